/** A finding as the comment of a review, with an edit that the reader can commit by a click. */
import type { Finding, Suggestion } from "../model/finding.js";
import { address, cut, markdown, prose, visible } from "./escape.js";
import type { StatementFindings } from "./statements.js";

/** An edit that replaces whole lines of the file. */
export interface LineEdit {
  readonly message: string;
  /** 1-based, both inclusive. */
  readonly line: number;
  readonly endLine: number;
  readonly text: string;
}

const MESSAGE_LENGTH = 4000;

/** Longest edit that is offered, in UTF-16 units. */
const EDIT_LENGTH = 10_000;

/** The Markdown of a comment, without the lines that it stands on. */
export function renderReviewComment({ speaks, also }: StatementFindings, edit: LineEdit | undefined): string {
  const level = speaks.severity === "error" ? "Error" : "Warning";
  return [
    `**${level}** · ${ruleLink(speaks)}<br>${prose(cut(speaks.message, MESSAGE_LENGTH))}`,
    ...also.map((finding) => `Also, ${ruleLink(finding)}: ${prose(cut(finding.message, MESSAGE_LENGTH))}`),
    ...(edit ? [`${prose(edit.message)}:\n\n${suggestionBlock(edit.text)}`] : []),
  ].join("\n\n");
}

function ruleLink({ rule, help }: Finding): string {
  return /^https:\/\//.test(help) ? `[${markdown(rule)}](${address(help)})` : markdown(rule);
}

/**
 * A suggestion as an edit of whole lines; undefined where it cannot be shown as it is. GitHub commits what stands in
 * the block, so nothing in it may be escaped: text that would need that is not offered.
 * @param text The file's text.
 */
export function lineEditOf(
  text: string,
  { message, range: [start, end], text: replacement }: Suggestion,
): LineEdit | undefined {
  const source = text.replace(/^\ufeff/, "");
  const from = source.lastIndexOf("\n", start - 1) + 1;
  const newline = source.indexOf("\n", end);
  const to = newline < 0 ? source.length : newline;
  const edited = source.slice(from, start) + replacement + source.slice(end, to);
  const concerned = source.slice(from, to) + edited;
  if (edited.length > EDIT_LENGTH || concerned !== visible(concerned) || /<!--|-->/.test(edited)) return undefined;
  const line = lineAt(source, from);
  return { message, line, endLine: line + source.slice(from, to).split("\n").length - 1, text: edited };
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The fence is longer than any run of backticks inside. */
function suggestionBlock(text: string): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  const mark = "`".repeat(Math.max(3, longest + 1));
  return `${mark}suggestion\n${text}\n${mark}`;
}
