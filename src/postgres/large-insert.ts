import type { Node } from "libpg-query";
import type { Range } from "../model/position.js";
import { Lexer } from "./lexer.js";
import { checkSyntax, parseTree, type ParseFailure } from "./libpg-query.js";
import { offsetsOf } from "./offsets.js";

/** Rows are checked in parts of this many UTF-16 units. */
const ROWS_AT_A_TIME = 500_000;

type LargeInsert =
  | { readonly node: Node; readonly fromByte: (byte: number) => number }
  | { readonly reason: string; readonly position?: number };

/**
 * Reads an INSERT of many rows: all of it is checked, in parts, and the parse tree is that of its first part. Nothing
 * that the tree is asked for depends on the other rows, and as a whole it may not fit into memory. Undefined for any
 * other statement.
 */
export function parseLargeInsert(text: string, range: Range): LargeInsert | undefined {
  const shape = rowsOf(text, range);
  if (shape === undefined) return undefined;
  const { parts, head, tail } = shape;
  const before = text.slice(...head);
  const behind = text.slice(...tail);
  let node: Node | undefined;
  for (const [index, part] of parts.entries()) {
    const sql = `${before}${text.slice(...part)} ${behind}`;
    if (index === 0) {
      const outcome = parseTree(sql);
      if (!outcome.ok) return failed(outcome, sql, head, part, tail);
      node = outcome.statements[0]?.stmt;
    } else {
      const outcome = checkSyntax(sql);
      if (!outcome.ok) return failed(outcome, sql, head, part, tail);
    }
  }
  return node === undefined ? undefined : { node, fromByte: (byte) => head[0] + byte };
}

/** Where the head ends (behind VALUES), the rows in parts, and the clauses behind the rows. */
function rowsOf(text: string, [start, end]: Range): { head: Range; parts: Range[]; tail: Range } | undefined {
  const lexer = new Lexer(text, start, end);
  let depth = 0;
  let words = 0;
  let firstRow: number | undefined;
  let partStart = 0;
  let rowsEnd = end;
  const parts: Range[] = [];
  while (lexer.next()) {
    if (lexer.kind === "punctuation") {
      const character = text[lexer.start];
      if (character === "(") depth++;
      else if (character === ")") depth--;
      else if (character === "," && depth === 0 && firstRow !== undefined && lexer.start - partStart > ROWS_AT_A_TIME) {
        parts.push([partStart, lexer.start]);
        partStart = lexer.end;
      }
    } else if (lexer.kind === "word" && depth === 0) {
      const word = text.slice(lexer.start, lexer.end).toLowerCase();
      if (words++ === 0 && word !== "insert") return undefined;
      if (firstRow !== undefined) {
        rowsEnd = lexer.start;
        break;
      }
      if (word === "select" || word === "default") return undefined;
      if (word === "values") firstRow = partStart = lexer.end;
    }
  }
  if (firstRow === undefined) return undefined;
  parts.push([partStart, rowsEnd]);
  return { head: [start, firstRow], parts, tail: [rowsEnd, end] };
}

function failed(failure: ParseFailure, sql: string, head: Range, part: Range, tail: Range): LargeInsert {
  const { message: reason, codePoint } = failure;
  if (codePoint === undefined) return { reason };
  const offset = offsetsOf(sql).fromCodePoint(codePoint);
  const headLength = head[1] - head[0];
  const partLength = part[1] - part[0];
  if (offset < headLength) return { reason, position: head[0] + offset };
  const inRows = offset - headLength;
  return { reason, position: inRows < partLength ? part[0] + inRows : tail[0] + inRows - partLength - 1 };
}
