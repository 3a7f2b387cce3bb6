/** The keys of an index as SQL that a query can use: without collation, operator class and order. */
import { Lexer } from "../postgres/lexer.js";

interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** An element of EXCLUDE: no two rows may have values between which the operator holds. */
export interface ExclusionKey {
  readonly key: string;
  /** `=`, `&&`, `OPERATOR(app.=)` */
  readonly operator: string;
}

/**
 * `["a", "lower(b)", "(c || d)"]` of `CREATE INDEX ON t USING btree (a DESC, lower(b) text_ops, (c || d))`; undefined
 * where there is no list of keys.
 */
export function indexKeys(sql: string): readonly string[] | undefined {
  return elementsBehind(sql, "on")?.map(({ value }) => value);
}

/** Of a statement that adds an EXCLUDE constraint; undefined where its elements cannot be told. */
export function exclusionKeys(sql: string): readonly ExclusionKey[] | undefined {
  const keys = elementsBehind(sql, "exclude")?.map(({ value, rest }) => ({
    key: value,
    operator: /^(?:.*\s)?WITH\s+(\S.*)$/is.exec(rest)?.[1] ?? "",
  }));
  return keys?.every(({ operator }) => operator !== "") === true ? keys : undefined;
}

interface Element {
  readonly value: string;
  /** What stands behind the value. */
  readonly rest: string;
}

/** The elements of the first list in brackets behind a word. */
function elementsBehind(sql: string, word: string): readonly Element[] | undefined {
  const pieces = piecesOf(sql);
  const from = pieces.findIndex(({ text }) => text.toLowerCase() === word);
  const open = pieces.findIndex(({ text }, at) => from >= 0 && at > from && text === "(");
  if (open < 0) return undefined;
  const elements: Element[] = [];
  for (let at = open + 1; at < pieces.length; at++) {
    const [first, last] = [at, endOfValue(pieces, at)];
    at = last + 1;
    while (at < pieces.length && pieces[at]!.text !== "," && pieces[at]!.text !== ")") {
      at = pieces[at]!.text === "(" ? closing(pieces, at) + 1 : at + 1;
    }
    const end = pieces[Math.min(at, pieces.length) - 1]!.end;
    elements.push({
      value: sql.slice(pieces[first]!.start, pieces[last]!.end),
      rest: sql.slice(pieces[last]!.end, end).trim(),
    });
    if (pieces[at]?.text !== ",") return elements;
  }
  return undefined;
}

function piecesOf(sql: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const lexer = new Lexer(sql);
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (kind !== "comment") pieces.push({ text: sql.slice(start, end), start, end });
  }
  return pieces;
}

/** The last piece of a column, a call, or an expression in brackets. */
function endOfValue(pieces: readonly Piece[], start: number): number {
  if (pieces[start]!.text === "(") return closing(pieces, start);
  let at = start;
  while (pieces[at + 1]?.text === ".") at += 2;
  return pieces[at + 1]?.text === "(" ? closing(pieces, at + 1) : Math.min(at, pieces.length - 1);
}

/** The bracket that closes the one at a place. */
function closing(pieces: readonly Piece[], open: number): number {
  let depth = 0;
  for (let at = open; at < pieces.length; at++) {
    const { text } = pieces[at]!;
    if (text === "(") depth++;
    else if (text === ")" && --depth === 0) return at;
  }
  return pieces.length - 1;
}
