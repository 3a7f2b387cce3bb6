/** Names that a statement writes longer than PostgreSQL keeps them. */
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { Range } from "../model/position.js";
import { clip, maximumBytes } from "../postgres/catalog/default-names.js";
import { tokensOf } from "../postgres/lexer.js";

/** A character of UTF-8 has at most this many bytes: what was cut is at least that close to the limit. */
const LONGEST_CHARACTER = 4;

export interface LongIdentifier {
  /** As written, without quotes. */
  readonly name: string;
  /** As PostgreSQL keeps it. */
  readonly cut: string;
  /** Where it stands in the file; absent where the file has it in no such form. */
  readonly range?: Range;
}

/** Whether a name, as PostgreSQL keeps it, can be what is left of a longer one. */
export function isMaybeCut(name: string): boolean {
  if (name.length * LONGEST_CHARACTER <= maximumBytes - LONGEST_CHARACTER) return false;
  return Buffer.byteLength(name) > maximumBytes - LONGEST_CHARACTER;
}

/** The identifiers of an operation that are too long, each where it stands first, by what is left of them. */
export function longIdentifiers(
  operation: Operation,
  { statement }: AnalysedStatement,
  { sql }: Migration,
): ReadonlyMap<string, LongIdentifier> {
  const inFile = longIn(sql.text, operation.range);
  if (inFile.size > 0) return inFile;
  // Where the statement comes from a call, its text is not the file's.
  const computed = longIn(statement.sql, [0, statement.sql.length]);
  return new Map([...computed].map(([cut, { name }]) => [cut, { name, cut }]));
}

function longIn(text: string, range: Range): Map<string, LongIdentifier> {
  const found = new Map<string, LongIdentifier>();
  for (const { kind, start, end } of tokensOf(text, range)) {
    if (kind === "string" && text.charCodeAt(start) === 0x24) {
      // The body of a DO block or function.
      for (const [cut, long] of longIn(text, bodyOf(text, start, end))) if (!found.has(cut)) found.set(cut, long);
      continue;
    }
    if (kind !== "word" && kind !== "quoted") continue;
    if ((end - start) * LONGEST_CHARACTER <= maximumBytes) continue;
    const written = text.slice(start, end);
    const name = kind === "word" ? fold(written) : written.slice(1, -1).replaceAll('""', '"');
    if (Buffer.byteLength(name) <= maximumBytes) continue;
    const cut = clip(name, maximumBytes);
    if (!found.has(cut)) found.set(cut, { name, cut, range: [start, end] });
  }
  return found;
}

/** PostgreSQL folds ASCII letters only, in a database of several bytes a character. */
function fold(word: string): string {
  return word.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What is between the tags of `$tag$ … $tag$`. */
function bodyOf(text: string, start: number, end: number): Range {
  const tag = text.indexOf("$", start + 1) + 1 - start;
  return [start + tag, end - tag];
}
