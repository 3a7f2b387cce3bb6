import type { DetectionReport } from "../model/detection.js";
import type { Explanation } from "../model/explanation.js";
import type { Replay } from "../model/replay.js";
import type { PlanReport, Report } from "../model/report.js";

/**
 * As a command prints it with `--format json`; the schemas beside this file describe it. Lone surrogates are escaped.
 */
export function renderJson(result: Report | PlanReport | Explanation | DetectionReport | Replay): string {
  return `${JSON.stringify(result)}\n`;
}
