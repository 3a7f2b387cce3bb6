import type { Report } from "../model/report.js";

/** The report as `check --format json` prints it; `report.schema.json` describes it. Lone surrogates are escaped. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report)}\n`;
}
