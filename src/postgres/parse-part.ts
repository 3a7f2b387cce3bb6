/** A stretch of a text, parsed: its statements with their places in the whole text. */
import type { Node } from "libpg-query";
import type { Range } from "../model/position.js";
import type { SqlComment } from "../model/statement.js";
import { parseTree, type ParseFailure } from "./libpg-query.js";
import { offsetsOf } from "./offsets.js";

export interface ParsedPiece {
  readonly range: Range;
  readonly node: Node;
  readonly parsed: string;
  readonly fromByte: (byte: number) => number;
}

/** @param comments Those of the text, in order: at the end of a statement they are left out. */
export function parsePart(
  parsed: string,
  [start, end]: Range,
  comments: readonly SqlComment[],
): ParsedPiece[] | ParseFailure {
  const part = parsed.slice(start, end);
  const outcome = parseTree(part);
  if (!outcome.ok) return outcome;
  const offsets = offsetsOf(part);
  const fromByte = start === 0 ? offsets.fromByte : (byte: number) => start + offsets.fromByte(byte);
  const pieces: ParsedPiece[] = [];
  for (const { stmt, stmt_location = 0, stmt_len = 0 } of outcome.statements) {
    if (stmt === undefined) continue;
    const from = fromByte(stmt_location);
    const to = stmt_len === 0 ? end : fromByte(stmt_location + stmt_len);
    pieces.push({ range: [from, trimEnd(parsed, from, to, comments)], node: stmt, parsed, fromByte });
  }
  return pieces;
}

/** Leaves out blanks and comments at the end of a statement. */
function trimEnd(text: string, start: number, end: number, comments: readonly SqlComment[]): number {
  for (;;) {
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    const comment = commentEndingAt(comments, end);
    if (comment === undefined || comment.range[0] <= start) return end;
    end = comment.range[0];
  }
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
}

/** Comments are in order. */
function commentEndingAt(comments: readonly SqlComment[], end: number): SqlComment | undefined {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((comments[middle] as SqlComment).range[1] < end) low = middle + 1;
    else high = middle;
  }
  const comment = comments[low];
  return comment?.range[1] === end ? comment : undefined;
}
