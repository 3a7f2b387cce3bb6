import { setOutput } from "@actions/core";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../model/report.js";
import { renderJson } from "../report/json.js";
import { errorsOf, warningsOf } from "../report/words.js";

/**
 * Writes the JSON report to a file of its own and sets the outputs of `action.yml`.
 * @param sarif For code scanning; absent where there is nothing to upload.
 */
export function writeOutputs(report: Report, sarif?: string): void {
  const folder = mkdtempSync(join(process.env["RUNNER_TEMP"] || tmpdir(), "migration-safety-"));
  const file = join(folder, "report.json");
  writeFileSync(file, renderJson(report));
  if (sarif !== undefined) {
    const sarifFile = join(folder, "results.sarif");
    writeFileSync(sarifFile, sarif);
    setOutput("sarif-file", sarifFile);
  }
  setOutput("verdict", report.verdict);
  setOutput("errors", errorsOf(report));
  setOutput("warnings", warningsOf(report));
  setOutput("unknowns", report.unknowns.length);
  setOutput("migrations", report.migrations.length);
  setOutput("overridden", report.override !== undefined);
  setOutput("deploy-order", report.plan.deployOrder);
  setOutput("report-file", file);
}
