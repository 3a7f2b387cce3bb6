import type { Unparsed } from "../model/operation.js";
import type { Range } from "../model/position.js";
import type { ParsedSql, SqlComment, Statement } from "../model/statement.js";
import { insideDoBlock } from "./block-operations.js";
import { parseLargeInsert } from "./large-insert.js";
import { commentsOf, splitStatements } from "./lexer.js";
import { isOutOfTime, TIME_WAS_OVER } from "../text/out-of-time.js";
import { offsetsOf } from "./offsets.js";
import { operationsOf } from "./operations.js";
import { parsePart, type ParsedPiece } from "./parse-part.js";
import { substitutePlaceholders, widen, type HiddenSql } from "./placeholders.js";
import { StatementSource } from "./statement-source.js";

const BYTE_ORDER_MARK = "\ufeff";

/** The parser takes some 50 times a text's size in memory: longer text is parsed in parts of this many UTF-16 units. */
const LONGEST_PART = 1_000_000;
/** A longer statement is not read, unless it is an INSERT of many rows. */
const LONGEST_STATEMENT = 4_000_000;

/** The text as it stands, the text as it is parsed (placeholders replaced by names), and the latter's comments. */
interface Source {
  readonly written: string;
  readonly parsed: string;
  readonly placeholders: readonly Range[];
  readonly comments: readonly SqlComment[];
}

/** A statement on its way: parsed, or with the reason why not. */
type Piece = ParsedPiece | Pick<Unparsed, "range" | "reason" | "position" | "refused">;

/**
 * Reads a file of SQL. Never throws: a statement that PostgreSQL's grammar refuses has a single `Unparsed` operation,
 * and the others are read all the same. Where the time of the check ends, the rest is one such statement. Ranges are UTF-16 offsets into the `text` of the result, which is the file's
 * without its byte order mark.
 */
export function parseSql(file: string): ParsedSql {
  const text = file.startsWith(BYTE_ORDER_MARK) ? file.slice(1) : file;
  const source: Source = { written: text, parsed: text, placeholders: [], comments: commentsOf(text) };
  const pieces = parseWhole(source);
  if (pieces !== undefined) return parsedSql(text, source.comments, pieces);

  const substitution = substitutePlaceholders(text);
  if (substitution === undefined) return parsedSql(text, source.comments, parseInParts(source));
  const { text: parsed, placeholders, hidden } = substitution;
  const substituted: Source = { written: text, parsed, placeholders, comments: commentsOf(parsed) };
  const found = parseWhole(substituted) ?? parseInParts(substituted);
  return parsedSql(text, substituted.comments, withHidden(found, hidden), placeholders);
}

function parsedSql(
  text: string,
  comments: readonly SqlComment[],
  pieces: readonly Piece[],
  placeholders: readonly Range[] = [],
): ParsedSql {
  const statements: Statement[] = [];
  for (const [index, piece] of pieces.entries()) {
    const ended = isOutOfTime();
    statements.push(statementOf(text, ended ? restOf(pieces, index) : piece, index, placeholders));
    if (ended) break;
  }
  return { text, comments, statements };
}

/** What there is no time for, from a place in a list to its end. */
function restOf(places: readonly { readonly range: Range }[], from: number): Pick<Unparsed, "range" | "reason"> {
  const [first, last] = [places[from], places.at(-1)];
  return { range: [first?.range[0] ?? 0, last?.range[1] ?? 0], reason: TIME_WAS_OVER };
}

function statementOf(text: string, piece: Piece, index: number, placeholders: readonly Range[]): Statement {
  const range = widen(piece.range, placeholders);
  const sql = text.slice(...range);
  if ("node" in piece) {
    const operations = operationsOf(new StatementSource({ index, written: text, placeholders, ...piece, range }));
    const [only] = operations;
    const block = only?.type === "DoBlock" ? insideDoBlock(only, { ...piece, text, placeholders }) : undefined;
    return { index, sql, range, operations: block ?? operations };
  }
  const { range: _, ...why } = piece;
  const unparsed: Unparsed = { type: "Unparsed", range, statement: index, ...why };
  return { index, sql, range, operations: [unparsed] };
}

/** With what psql runs from elsewhere in its place; a statement that it stands in the middle of is as unknown. */
function withHidden(pieces: readonly Piece[], hidden: readonly HiddenSql[]): readonly Piece[] {
  const apart: Piece[] = [];
  const within = new Map<Piece, string>();
  for (const command of hidden) {
    const [start] = command.range;
    const around = pieces.find(({ range }) => range[0] < start && start < range[1]);
    if (around === undefined) apart.push(command);
    else within.set(around, command.reason);
  }
  if (hidden.length === 0) return pieces;
  return pieces
    .map((piece): Piece => {
      const reason = within.get(piece);
      return reason === undefined ? piece : { range: piece.range, reason };
    })
    .concat(apart)
    .sort((a, b) => a.range[0] - b.range[0]);
}

/** All statements at once; undefined where PostgreSQL refuses one of them or the text is too long for that. */
function parseWhole({ parsed, comments }: Source, range: Range = [0, parsed.length]): Piece[] | undefined {
  const [start, end] = range;
  if (end - start > LONGEST_PART) return undefined;
  const pieces = parsePart(parsed, range, comments);
  return "message" in pieces ? undefined : pieces;
}

/** Statement by statement where PostgreSQL refuses one of them; many at a time where the text is only too long. */
function parseInParts(source: Source): Piece[] {
  const ranges = splitStatements(source.parsed);
  if (source.parsed.length <= LONGEST_PART) return parseEach(source, ranges);
  return whileThereIsTime(inParts(ranges).map(together), (part) => {
    return parseWhole(source, part.range) ?? parseEach(source, part.ranges);
  });
}

function parseEach(source: Source, ranges: readonly Range[]): Piece[] {
  return whileThereIsTime(
    ranges.map((range) => ({ range })),
    ({ range }) => parseOne(source, range),
  );
}

function whileThereIsTime<Part extends { readonly range: Range }>(
  parts: readonly Part[],
  parse: (part: Part) => readonly Piece[],
): Piece[] {
  const pieces: Piece[] = [];
  for (const [index, part] of parts.entries()) {
    if (isOutOfTime()) return [...pieces, restOf(parts, index)];
    for (const piece of parse(part)) pieces.push(piece);
  }
  return pieces;
}

function together(ranges: readonly Range[]): { readonly range: Range; readonly ranges: readonly Range[] } {
  return { range: [ranges[0]?.[0] ?? 0, ranges.at(-1)?.[1] ?? 0], ranges };
}

/** Groups neighbours as long as they fit into one part. */
function inParts(ranges: readonly Range[]): Range[][] {
  const parts: Range[][] = [];
  let from = -Infinity;
  for (const range of ranges) {
    const part = parts.at(-1);
    if (part !== undefined && range[1] - from <= LONGEST_PART) part.push(range);
    else {
      parts.push([range]);
      from = range[0];
    }
  }
  return parts;
}

/** One statement; its range holds several where the splitter did not see where the first ends. */
function parseOne({ written, parsed, comments }: Source, range: Range): Piece[] {
  const [start, end] = range;
  if (end - start > LONGEST_PART) {
    const insert = parseLargeInsert(parsed, range);
    if (insert !== undefined) return ["node" in insert ? { range, parsed, ...insert } : { range, ...insert }];
    if (end - start > LONGEST_STATEMENT) {
      return [{ range, reason: `a statement of ${megabytes(end - start)} MB is too large to be analysed` }];
    }
  }
  // What parses as it is written has no placeholders, whatever it looks like.
  const asWritten = parsePart(written, range, comments);
  if (!("message" in asWritten)) return asWritten;
  const substituted = written === parsed ? asWritten : parsePart(parsed, range, comments);
  if (!("message" in substituted)) return substituted;
  const { message: reason, codePoint } = substituted;
  if (codePoint === undefined) return [{ range, reason }];
  const position = start + offsetsOf(parsed.slice(start, end)).fromCodePoint(codePoint);
  const isQuote = reason.startsWith("unterminated dollar-quoted string");
  const isSql =
    written.slice(start, end) === parsed.slice(start, end) &&
    (isQuote || !TEMPLATE_MARKS.test(written[position] ?? ""));
  return [{ range, reason, position, ...(isSql && { refused: true }) }];
}

/** What PostgreSQL stops at in the text of a template language, of another database's dialect or of its client. */
const TEMPLATE_MARKS = /[<>{}%@#$?[\\`&|~!^:]/;

function megabytes(length: number): string {
  return (length / 1_000_000).toFixed(1);
}
