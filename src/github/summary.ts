import { summary } from "@actions/core";
import type { Report } from "../model/report.js";
import { renderMarkdown, SUMMARY_BYTES, type MarkdownOptions } from "../report/markdown.js";

/** Writes the report to the summary of the run. Without a summary file (an older or emulated runner) nothing happens. */
export async function writeSummary(report: Report, link: MarkdownOptions["link"]): Promise<void> {
  if (!process.env["GITHUB_STEP_SUMMARY"]) return;
  const fits = (markdown: string): boolean => Buffer.byteLength(markdown) <= SUMMARY_BYTES;
  await summary.addRaw(renderMarkdown(report, { fits, ...(link && { link }) })).write();
}
