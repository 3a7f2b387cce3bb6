/** How the step ends. */
import type { Report } from "../model/report.js";
import { countedFindings, verdictSentence } from "../report/words.js";
import type { FailOn } from "./inputs.js";

/** Why the step fails; undefined where it passes. */
export function failureOf(report: Report, failOn: FailOn): string | undefined {
  const { verdict, findings } = report;
  if (failOn === "never") return undefined;
  if (verdict === "incomplete") return incompleteMessage(report);
  if (verdict === "unsafe" || (verdict === "warnings" && failOn === "warning")) {
    const counts = countedFindings(findings);
    const sentence = verdictSentence(report);
    return `${counts} in the migrations. ${sentence.startsWith(counts) ? "" : sentence}`.trimEnd();
  }
  return undefined;
}

export function incompleteMessage({ change: { incomplete } }: Report): string {
  return [
    "The change could not be read whole.",
    ...incomplete.slice(0, 1).map(({ reason, fix }) => `${reason} ${fix}`),
  ].join(" ");
}
