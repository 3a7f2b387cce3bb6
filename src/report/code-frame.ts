import type { Place } from "../model/position.js";
import { LINE_ENDING } from "../text/line-counter.js";
import { cut, visible } from "./escape.js";

const CONTEXT_LINES = 2;

/** A statement of a hundred lines is marked at its first lines. */
const MARKED_LINES = 8;
const LINE_LENGTH = 160;

/** Less would show nothing of a line. */
const LEAST_LENGTH = 20;

export interface CodeFrameColors {
  readonly dim: (text: string) => string;
  readonly mark: (text: string) => string;
}

export interface CodeFrameOptions {
  /** The number of the text's first line. */
  readonly firstLine?: number;
  /** Columns for the whole frame; absent: as many as its lines need, up to a limit. */
  readonly width?: number;
}

/**
 * The lines of a place with carets under it, and two lines around.
 *
 * ```text
 *   1 | BEGIN;
 * > 2 | ALTER TABLE orders DROP COLUMN legacy_ref;
 *     |                    ^^^^^^^^^^^^^^^^^^^^^^
 * ```
 */
export function codeFrame(
  text: string,
  place: Omit<Place, "file">,
  colors: CodeFrameColors,
  { firstLine = 1, width = Infinity }: CodeFrameOptions = {},
): string {
  const lines = text.replace(/^\ufeff/, "").split(LINE_ENDING);
  const start = place.line - firstLine;
  // A range that ends before the first column of a line ends with the line before.
  const endsBefore = place.endColumn === 1 && place.endLine > place.line;
  const end = (endsBefore ? place.endLine - 1 : place.endLine) - firstLine;
  if (start < 0 || start >= lines.length) return "";
  const lastMarked = Math.min(end, start + MARKED_LINES - 1, lines.length - 1);
  const from = Math.max(0, start - CONTEXT_LINES);
  const to = Math.min(lines.length - 1, lastMarked < end ? lastMarked : end + CONTEXT_LINES);
  const digits = String(to + firstLine).length;
  const lineLength = Math.max(LEAST_LENGTH, Math.min(LINE_LENGTH, width - digits - "> 1 | ".length + 1));
  const frame: string[] = [];
  for (let index = from; index <= to; index += 1) {
    const line = lines[index]!;
    const marked = index >= start && index <= lastMarked;
    const number = String(index + firstLine).padStart(digits);
    frame.push(`${colors.dim(`${marked ? ">" : " "} ${number} |`)} ${cut(expanded(line), lineLength)}`.trimEnd());
    if (!marked) continue;
    const first = index === start ? place.column - 1 : line.length - line.trimStart().length;
    const last = index === end && !endsBefore ? place.endColumn - 1 : line.trimEnd().length;
    const before = expanded(line.slice(0, first)).length;
    const carets = Math.min(Math.max(expanded(line.slice(first, last)).length, 1), lineLength - before);
    if (line.trim() === "" || carets <= 0) continue;
    frame.push(`${colors.dim(`  ${" ".repeat(digits)} |`)} ${" ".repeat(before)}${colors.mark("^".repeat(carets))}`);
  }
  return frame.join("\n");
}

function expanded(text: string): string {
  return visible(text.replaceAll("\t", "  "));
}
