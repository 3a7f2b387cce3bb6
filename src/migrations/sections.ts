/** Sections of a migration's text: what runs stays, what does not turns into blanks. */
import type { Range } from "../model/position.js";

/** The text with the ranges turned into blanks, line breaks excepted, so that all places stay the same. */
export function blank(text: string, ranges: readonly Range[]): string {
  let result = "";
  let at = 0;
  for (const [start, end] of ranges) {
    result += text.slice(at, start) + text.slice(start, end).replace(/[^\r\n]/g, " ");
    at = end;
  }
  return at === 0 ? text : result + text.slice(at);
}

export interface Line {
  /** Without its line break. */
  readonly text: string;
  readonly start: number;
  /** Where the next line starts. */
  readonly end: number;
}

/** The lines of a text, `\n` or `\r\n` at their ends. */
export function* linesOf(text: string): Generator<Line> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found + 1;
    yield { text: text.slice(start, end).replace(/\r?\n$/, ""), start, end };
    start = end;
  }
}
