import type { Node, RawStmt } from "libpg-query";
import type { Unparsed } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { ParsedSql, SqlComment, Statement } from "../model/statement.js";
import { commentsOf, splitStatements } from "./lexer.js";
import { parseTree, type ParseOutcome } from "./libpg-query.js";
import { offsetsOf } from "./offsets.js";
import { operationsOf } from "./operations.js";
import { substitutePlaceholders, type HiddenSql } from "./placeholders.js";
import { StatementSource } from "./statement-source.js";

const BYTE_ORDER_MARK = "\ufeff";

/** A statement on its way: parsed, or with the reason why not. */
type Piece = { readonly range: Range } & (
  | { readonly node: Node; readonly parsed: string; readonly fromByte: (byte: number) => number }
  | { readonly reason: string; readonly position?: number }
);

/**
 * Reads a file of SQL. Never throws: a statement that PostgreSQL's grammar refuses has a single `Unparsed` operation,
 * and the others are read all the same. Ranges are UTF-16 offsets into the `text` of the result, which is the file's
 * without its byte order mark.
 */
export function parseSql(file: string): ParsedSql {
  const text = file.startsWith(BYTE_ORDER_MARK) ? file.slice(1) : file;
  const comments = commentsOf(text);
  const pieces = parseWhole(text, text, comments) ?? parseWithRecovery(text);
  return { text, comments, statements: pieces.map((piece, index) => statementOf(text, piece, index)) };
}

function statementOf(text: string, piece: Piece, index: number): Statement {
  const { range } = piece;
  const sql = text.slice(...range);
  if ("node" in piece) {
    const { node, parsed, fromByte } = piece;
    const operations = operationsOf(new StatementSource({ index, range, node, written: text, parsed, fromByte }));
    return { index, sql, range, operations };
  }
  const { reason, position } = piece;
  const unparsed: Unparsed = {
    type: "Unparsed",
    range,
    statement: index,
    reason,
    ...(position !== undefined && { position }),
  };
  return { index, sql, range, operations: [unparsed] };
}

/** All statements at once; undefined where PostgreSQL refuses one of them. */
function parseWhole(text: string, parsed: string, comments: readonly SqlComment[]): Piece[] | undefined {
  // The parser stops at NUL without a word.
  if (parsed.includes("\0")) return undefined;
  const outcome = parseTree(parsed);
  return outcome.ok ? piecesOf(outcome.statements, text, parsed, comments) : undefined;
}

function piecesOf(
  statements: readonly RawStmt[],
  text: string,
  parsed: string,
  comments: readonly SqlComment[],
): Piece[] {
  const { fromByte } = offsetsOf(parsed);
  return statements.flatMap(({ stmt, stmt_location = 0, stmt_len = 0 }) => {
    if (stmt === undefined) return [];
    const start = fromByte(stmt_location);
    const end = stmt_len === 0 ? parsed.length : fromByte(stmt_location + stmt_len);
    return [{ range: [start, trimEnd(text, start, end, comments)] as const, node: stmt, parsed, fromByte }];
  });
}

/** Leaves out blanks and comments at the end of a statement. */
function trimEnd(text: string, start: number, end: number, comments: readonly SqlComment[]): number {
  for (;;) {
    while (end > start && /\s/.test(text.charAt(end - 1))) end--;
    const comment = endingAt(comments, end);
    if (comment === undefined || comment.range[0] <= start) return end;
    end = comment.range[0];
  }
}

/** The comment that ends at this offset; comments are in order. */
function endingAt(comments: readonly SqlComment[], end: number): SqlComment | undefined {
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

/** With placeholders replaced; and if that does not parse either, statement by statement. */
function parseWithRecovery(text: string): Piece[] {
  const substitution = substitutePlaceholders(text);
  const parsed = substitution?.text ?? text;
  const hidden = substitution?.hidden ?? [];
  const pieces =
    (substitution && parseWhole(text, parsed, commentsOf(parsed))) ??
    splitStatements(parsed).map((range) => parseOne(text, parsed, range));
  return hidden.length === 0 ? pieces : inOrder(pieces, hidden);
}

function inOrder(pieces: readonly Piece[], hidden: readonly HiddenSql[]): Piece[] {
  return [...pieces, ...hidden].sort((a, b) => a.range[0] - b.range[0]);
}

function parseOne(text: string, parsed: string, range: Range): Piece {
  const [start, end] = range;
  const written = text.slice(start, end);
  if (written.includes("\0")) {
    return {
      range,
      reason: "contains a NUL character, which PostgreSQL does not accept",
      position: text.indexOf("\0", start),
    };
  }
  const substituted = parsed.slice(start, end);
  // What parses as it is written has no placeholders, whatever it looks like.
  const candidates = substituted === written ? [text] : [text, parsed];
  let failure: (ParseOutcome & { ok: false }) | undefined;
  let failed = written;
  for (const candidate of candidates) {
    failed = candidate.slice(start, end);
    const outcome = parseTree(failed);
    if (outcome.ok) {
      const node = outcome.statements[0]?.stmt;
      if (node === undefined || outcome.statements.length > 1) break;
      const { fromByte } = offsetsOf(failed);
      return { range, node, parsed: candidate, fromByte: (byte) => start + fromByte(byte) };
    }
    failure = outcome;
  }
  if (failure === undefined) return { range, reason: "could not be split into statements" };
  const { codePoint } = failure;
  return {
    range,
    reason: failure.message,
    ...(codePoint !== undefined && { position: start + offsetsOf(failed).fromCodePoint(codePoint) }),
  };
}
