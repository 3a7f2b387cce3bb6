/** The formats of a report, each by the name that `--format` has for it. */
import { rules } from "../../rules/index.js";
import { addedLinesOf } from "../change/added-lines.js";
import type { ChangeSource } from "../change/change-source.js";
import type { Report } from "../model/report.js";
import { pickAnnotations } from "../report/annotations.js";
import { renderJson } from "../report/json.js";
import { renderMarkdown, SUMMARY_BYTES } from "../report/markdown.js";
import { renderSarif } from "../report/sarif.js";
import { renderText } from "../report/text.js";
import { workflowCommand } from "../report/workflow-commands.js";

/** What a format needs beside the report. */
export interface Rendering {
  readonly source: ChangeSource;
  readonly color: boolean;
  /** Columns of the terminal; absent: it goes elsewhere. */
  readonly width?: number;
  /** This program's version. */
  readonly version: string;
  /** Whether SARIF lists accepted findings as suppressed results. */
  readonly accepted: boolean;
}

export const FORMATS = {
  text: (report, { color, width, source }) =>
    renderText(report, { color, source: (file) => source.head.tree.read(file), ...(width !== undefined && { width }) }),
  json: (report) => renderJson(report),
  sarif: (report, { version, accepted }) => renderSarif(report, { version, rules, accepted }),
  markdown: (report) => renderMarkdown(report, { fits: (markdown) => Buffer.byteLength(markdown) <= SUMMARY_BYTES }),
  github: (report, { source }) => renderForGitHub(report, source),
} as const satisfies Record<string, (report: Report, rendering: Rendering) => string>;

export type Format = keyof typeof FORMATS;

/**
 * Annotations for a workflow that runs the command line, and then the whole report for its log: the runner shows ten
 * annotations of each level for a step.
 */
function renderForGitHub(report: Report, source: ChangeSource): string {
  const annotations = pickAnnotations(report, {
    // Files by themselves are no change; then each line of them is asked about.
    addedLines: report.change.base === undefined ? () => () => true : addedLinesOf(source),
    rest: "in the log of this step",
  });
  const incomplete = report.change.incomplete.map(({ reason, fix }) =>
    workflowCommand({ level: "error", title: "The change could not be read whole", message: `${reason} ${fix}` }),
  );
  return [
    ...incomplete,
    ...annotations.map(workflowCommand),
    FORMATS.text(report, { source, color: false, version: "", accepted: false }),
  ].join("");
}
