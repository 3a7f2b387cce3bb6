/**
 * SQL that a program makes, with something in the place of what only a run of the program knows: a parameter for a
 * value, a name in quotes for a name. PostgreSQL's grammar decides which of them fits.
 */
import { type Hole, type Piece, Text } from "../migrations/evaluator/text.js";
import type { Range } from "../model/position.js";
import { Lexer } from "../postgres/lexer.js";
import { checkSyntax } from "../postgres/libpg-query.js";
import { offsetsOf } from "../postgres/offsets.js";

/** SQL that can be parsed, in pieces that know where they come from. */
export interface FilledSql {
  readonly sql: string;
  readonly pieces: readonly Piece[];
  /** What is not known of it, and stands in the SQL as a name or as nothing. */
  readonly unknown: readonly Hole[];
}

/** Stands for a hole while the text around it is looked at; PostgreSQL takes it for a letter. */
const MARK = "\uE000";

type Fill = "parameter" | "name" | "nothing";

/** What may stand in a hole, the likeliest first. */
const FILLS: Readonly<Record<Hole["kind"], readonly Fill[]>> = {
  value: ["parameter"],
  identifier: ["name"],
  any: ["parameter", "name", "nothing"],
};

/** A hole between other tokens, on its way to what fits there. */
interface OpenHole {
  readonly piece: Piece;
  readonly fills: readonly Fill[];
  at: number;
}

export function fillHoles(text: Text): FilledSql {
  const { pieces, open } = inContext(text);
  if (open.size === 0) return { sql: joined(pieces), pieces, unknown: unknownOf(pieces, open) };
  for (let tries = 0; tries <= open.size * 3; tries++) {
    const filled = pieces.map((piece) => fill(piece, open));
    const sql = joined(filled);
    const outcome = checkSyntax(sql);
    if (outcome.ok || outcome.codePoint === undefined) return { sql, pieces: filled, unknown: unknownOf(pieces, open) };
    if (!tryNext(filled, pieces, open, offsetsOf(sql).fromCodePoint(outcome.codePoint))) {
      return { sql, pieces: filled, unknown: unknownOf(pieces, open) };
    }
  }
  const filled = pieces.map((piece) => fill(piece, open));
  return { sql: joined(filled), pieces: filled, unknown: unknownOf(pieces, open) };
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Names and pieces of SQL that are not known; a value is nothing that a statement is about. */
function unknownOf(pieces: readonly Piece[], open: ReadonlyMap<Piece, OpenHole>): readonly Hole[] {
  return pieces.flatMap((piece) => {
    const { hole } = piece;
    if (hole === undefined) return [];
    const state = open.get(piece);
    return state !== undefined && state.fills[state.at] === "parameter" ? [] : [hole];
  });
}

/** Goes on with the hole that PostgreSQL stumbles over: the one at the place of its error, else the last before it. */
function tryNext(
  filled: readonly Piece[],
  pieces: readonly Piece[],
  open: ReadonlyMap<Piece, OpenHole>,
  error: number,
): boolean {
  let offset = 0;
  let candidate: OpenHole | undefined;
  for (const [index, { text }] of filled.entries()) {
    const state = open.get(pieces[index]!);
    if (state !== undefined && offset <= error && state.at + 1 < state.fills.length) candidate = state;
    offset += text.length;
  }
  if (candidate === undefined) return false;
  candidate.at++;
  return true;
}

function fill(piece: Piece, open: ReadonlyMap<Piece, OpenHole>): Piece {
  const state = open.get(piece);
  if (state === undefined) return piece;
  const number = [...open.keys()].indexOf(piece) + 1;
  const { name } = state.piece.hole!;
  switch (state.fills[state.at]) {
    case "parameter":
      return { ...piece, text: `$${String(number)}` };
    case "name":
      return { ...piece, text: `"${unknownName(name)}"` };
    default:
      return { ...piece, text: "" };
  }
}

/** The name in a statement of something whose name is not known: `${table}`. */
function unknownName(expression: string): string {
  return `\${${expression.replaceAll('"', "'")}}`;
}

/** Fills the holes in strings, comments, quoted names and parts of names, where there is no choice. */
function inContext(text: Text): { pieces: readonly Piece[]; open: ReadonlyMap<Piece, OpenHole> } {
  const open = new Map<Piece, OpenHole>();
  if (text.holes.length === 0) return { pieces: text.pieces, open };
  const marked = text.pieces.map(({ text: own, hole }) => (hole === undefined ? own : MARK)).join("");
  const tokens = tokensWithMarks(marked);
  const pieces: Piece[] = [];
  let offset = 0;
  /** End of a name that was put in quotes because a part of it is not known. */
  let closeAt: number | undefined;
  const close = (): void => {
    closeAt = undefined;
    pieces.push({ text: '"' });
  };
  const copy = (piece: Piece, from: number): void => {
    const length = piece.text.length;
    let done = 0;
    if (closeAt !== undefined && closeAt <= from + length) {
      done = closeAt - from;
      if (done > 0) pieces.push(...new Text([piece]).slice(0, done).map(lower).pieces);
      close();
    } else if (closeAt !== undefined) {
      pieces.push(...new Text([piece]).map(lower).pieces);
      return;
    }
    // A name that begins here and has a hole in it.
    const word = tokens.find(
      ({ kind, start, end }) =>
        kind === "word" && start >= from + done && start < from + length && end > from + length && end - start > 1,
    );
    if (word === undefined) {
      if (done < length) pieces.push(...new Text([piece]).slice(done).pieces);
      return;
    }
    const begin = word.start - from;
    if (begin > done) pieces.push(...new Text([piece]).slice(done, begin).pieces);
    pieces.push({ text: '"' }, ...new Text([piece]).slice(begin).map(lower).pieces);
    closeAt = word.end;
  };
  for (const piece of text.pieces) {
    const { hole } = piece;
    if (hole === undefined) {
      copy(piece, offset);
      offset += piece.text.length;
      continue;
    }
    if (closeAt !== undefined && closeAt <= offset) close();
    const token = tokens.find(({ start, end }) => start <= offset && offset < end);
    const name = unknownName(hole.name);
    if (token?.kind === "string")
      pieces.push({ ...piece, text: marked[token.start] === "'" ? name.replaceAll("'", "''") : name });
    else if (token?.kind === "quoted" || closeAt !== undefined) pieces.push({ ...piece, text: name });
    else if (token?.kind === "comment") pieces.push({ ...piece, text: name.replaceAll("*/", "") });
    else if (token !== undefined && token.kind === "word" && token.end - token.start > 1) {
      pieces.push({ text: '"' }, { ...piece, text: name });
      closeAt = token.end;
    } else {
      pieces.push(piece);
      open.set(piece, { piece, fills: FILLS[hole.kind], at: 0 });
    }
    offset += 1;
  }
  if (closeAt !== undefined) close();
  return { pieces, open };
}

const lower = (text: string): string => text.toLowerCase();

/** The tokens, comments included, that hold a mark. */
function tokensWithMarks(marked: string): { kind: Lexer["kind"]; start: number; end: number }[] {
  const tokens: { kind: Lexer["kind"]; start: number; end: number }[] = [];
  const lexer = new Lexer(marked);
  while (lexer.next()) {
    const { kind, start, end } = lexer;
    if (marked.slice(start, end).includes(MARK)) tokens.push({ kind, start, end });
  }
  return tokens;
}

/** Where a stretch of SQL stands in a program. */
export interface PlacedSql {
  readonly range: Range;
  /** Whether the program has this very text there. */
  readonly verbatim: boolean;
  /** What begins and ends the string that it stands in; absent where that is not one. */
  readonly quote?: string;
}

/**
 * The place of a stretch of the SQL in the file.
 * @param sent The call that sends it: where what does not stand inside it has its place.
 */
export function placer(pieces: readonly Piece[], file: string, sent: Range): (range: Range) => PlacedSql {
  const starts: number[] = [];
  let length = 0;
  for (const { text } of pieces) {
    starts.push(length);
    length += text.length;
  }
  return ([from, to]) => {
    let [start, end] = [Infinity, -Infinity];
    let verbatim = from < to;
    const quotes = new Set<string | undefined>();
    for (const [index, { text, origin }] of pieces.entries()) {
      const begin = starts[index]!;
      const behind = begin + text.length;
      if (begin > to || (begin === to && from < to)) break;
      if (behind < from || (behind === from && from < to)) continue;
      const inside = origin?.file === file && origin.range[0] >= sent[0] && origin.range[1] <= sent[1];
      if (!inside) {
        verbatim = false;
        // Where what begins or ends it is not in the call, no smaller place says what it is.
        if (begin <= from || behind >= to) return { range: sent, verbatim };
        continue;
      }
      const [first, last] = origin.range;
      if (!origin.verbatim) verbatim = false;
      quotes.add(origin.quote);
      start = Math.min(start, origin.verbatim ? first + Math.max(from - begin, 0) : first);
      end = Math.max(end, origin.verbatim ? first + Math.min(to - begin, text.length) : last);
    }
    if (start > end) return { range: sent, verbatim: false };
    const [quote] = quotes;
    return { range: [start, end], verbatim, ...(quotes.size === 1 && quote !== undefined && { quote }) };
  };
}
