import type { DetectionReport } from "../model/detection.js";
import type { Explanation } from "../model/explanation.js";
import type { Replay } from "../model/replay.js";
import type { Report } from "../model/report.js";

/**
 * As `check --format json` and `explain --format json` print it; `report.schema.json` and `explanation.schema.json`
 * describe it. Lone surrogates are escaped.
 */
export function renderJson(result: Report | Explanation | DetectionReport | Replay): string {
  return `${JSON.stringify(result)}\n`;
}
