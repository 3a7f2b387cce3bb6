/** SQL as Liquibase reads it: changesets in a formatted file, each in a transaction of its own, or one whole file. */
import type { TransactionMode } from "../../model/migration.js";
import type { Range } from "../../model/position.js";
import { POSTGRESQL, dialectOf } from "../dialect.js";
import { blank, linesOf } from "../sections.js";
import type { MigrationPart, MigrationText } from "../tool.js";

/** The line that makes a SQL file a changelog (AbstractFormattedChangeLogParser, FIRST_LINE_REGEX). */
const HEADER = /^\s*--\s*liquibase\s*formatted/i;
export const CHANGESET = /^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)(.*)/i;
const IGNORE_LINES = /^--\s*ignoreLines:(\w+)\s*$/i;

/** Whether a file is a changelog of its own: its first line with text says so. */
export function isFormattedSql(text: string): boolean {
  for (const { text: line } of linesOf(text.replace(/^\uFEFF/, ""))) if (line.trim() !== "") return HEADER.test(line);
  return false;
}

/** How the statements of a changeset, or of a file that one names, are sent. */
export interface Sending {
  readonly runInTransaction: boolean;
  readonly splitStatements: boolean;
  readonly endDelimiter?: string;
}

/** Outside a transaction, statements that are not split go out as one query. */
export function transactionOf({ runInTransaction, splitStatements }: Sending): TransactionMode {
  if (runInTransaction) return "per-file";
  return splitStatements ? "per-statement" : "single-send";
}

/** A changeset of a formatted file. */
export interface Changeset extends Sending {
  /** Where its line starts. */
  readonly start: number;
  readonly id: string;
  readonly runs: boolean;
  readonly repeatable: boolean;
}

/** Text that is not run is blank: before the first changeset, for other systems, ignored lines and changesets. */
export function readFormattedSql(text: string): MigrationText {
  const changesets: Changeset[] = [];
  const hidden: Range[] = [];
  const lines = linesOf(text);
  for (let next = lines.next(); next.done !== true; next = lines.next()) {
    const { text: line, start } = next.value;
    const found = CHANGESET.exec(line);
    if (found !== null) {
      changesets.push(changesetOf(found, start));
      continue;
    }
    const ignored = IGNORE_LINES.exec(line)?.[1];
    if (ignored === undefined) continue;
    let end = next.value.end;
    for (let count = Number(ignored); ignored === "start" ? true : count > 0; count--) {
      const skipped = lines.next();
      if (skipped.done === true) break;
      end = skipped.value.end;
      if (ignored === "start" && /^--\s*ignoreLines:end/i.test(skipped.value.text)) break;
    }
    hidden.push([start, end]);
  }
  const parts = changesets.map((changeset, index): MigrationPart & { readonly changeset: Changeset } => ({
    changeset,
    range: [changeset.start, changesets[index + 1]?.start ?? text.length],
    transaction: transactionOf(changeset),
  }));
  hidden.push([0, changesets[0]?.start ?? text.length]);
  for (const { range, changeset } of parts) if (!changeset.runs) hidden.push(range);
  const shown = blank(text, merged(hidden));
  const pieces = parts.map(({ range, changeset }) => withSemicolons(shown.slice(...range), changeset.endDelimiter));
  const sql = shown.slice(0, parts[0]?.range[0]) + pieces.join("");
  return {
    sql,
    parts: parts.map(({ range, transaction, changeset: { id, repeatable } }) => ({
      range,
      transaction,
      id,
      repeatable,
    })),
  };
}

/** A file without changesets is one: an included one without a header, or one that a `sqlFile` change names. */
export function readWholeSql(text: string, sending: Sending): MigrationText {
  return {
    sql: withSemicolons(text, sending.endDelimiter),
    parts: [{ range: [0, text.length], transaction: transactionOf(sending) }],
  };
}

export function changesetOf([, author = "", id = "", attributes = ""]: RegExpExecArray, start: number): Changeset {
  const flag = (name: string, otherwise: boolean): boolean => {
    const value = new RegExp(`\\b${name}:(\\w+)`, "i").exec(attributes)?.[1];
    return value === undefined ? otherwise : value.toLowerCase() === "true";
  };
  const endDelimiter = /\bendDelimiter:(\S*)/i.exec(attributes)?.[1];
  return {
    start,
    id: `${author.replace(/^"|"$/g, "")}:${id.replace(/^"|"$/g, "")}`,
    runInTransaction: flag("runInTransaction", true),
    splitStatements: flag("splitStatements", true),
    repeatable: flag("runOnChange", false) || flag("runAlways", false),
    runs: !flag("ignore", false) && isForPostgres(/\bdbms:([\w!,]+)/i.exec(attributes)?.[1]),
    ...(endDelimiter === undefined || endDelimiter === "" ? {} : { endDelimiter }),
  };
}

/** `postgresql,h2`, `!oracle`, `all`; a list with negations only means all others (DatabaseList.definitionMatches). */
export function isForPostgres(dbms: string | undefined): boolean {
  const names = (dbms ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  if (names.length === 0 || names.includes("all")) return true;
  const isPostgres = (name: string): boolean => dialectOf(name) === POSTGRESQL;
  if (names.some((name) => name.startsWith("!") && isPostgres(name.slice(1)))) return false;
  return names.some(isPostgres) || names.every((name) => name.startsWith("!"));
}

/**
 * Other delimiters as the one that SQL has. By default a line of `/` or `go` is one beside the semicolon
 * (StringUtil.isDelimiter). A delimiter may be a pattern, of which the usual are for a line with one word.
 */
function withSemicolons(text: string, written: string | undefined): string {
  const delimiter = written?.trim() === "" ? undefined : written;
  if (delimiter === ";") return text;
  const isPattern = delimiter?.includes("\\") === true;
  const words = delimiter === undefined ? ["/", "go"] : isPattern ? wordsOf(delimiter) : [delimiter];
  if (words.length === 0) return text;
  const escaped = words.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const alone = words.every((word) => /^(?:\w+|\/)$/.test(word)) ? "^[ \\t]*" : "";
  const pattern = new RegExp(`${alone}(?:${escaped})[ \\t]*(?=\\r?$)`, "gim");
  return text.replace(pattern, (found) => `${found.slice(0, -1).replace(/[^\r\n]/g, " ")};`);
}

/** `/` of `\n\s*\/\s*\n|\n\s*\/\s*$`. */
function wordsOf(pattern: string): readonly string[] {
  return [...new Set(pattern.replace(/\\[nrst][*+?]?/g, " ").match(/[^\s|$^*+?()[\]\\]+/g))];
}

/** In order and apart from each other. */
function merged(ranges: readonly Range[]): Range[] {
  const result: [number, number][] = [];
  for (const [start, end] of [...ranges].sort(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
