import type { MigrationPart, ReadMigrationText } from "../migrations/tool.js";
import { upSection } from "../migrations/up-section.js";
import type { ParsedSql } from "../model/statement.js";
import { parseSql } from "../postgres/parse-sql.js";

/** A migration file's statements, and the parts of the file that its tool runs apart from each other. */
export interface ParsedMigration {
  readonly sql: ParsedSql;
  /** Absent: the file is one part, and runs as is usual for the tool. */
  readonly parts?: readonly MigrationPart[];
}

/** Parses a file's text as its tool reads it. */
export type ParseMigration = (text: string, file: string, read: ReadMigrationText | undefined) => ParsedMigration;

/**
 * Parses the part of a migration file that runs on the way up. All places are those of the whole file.
 * @param parse Parses that part; a caller that keeps what it has parsed gives its own.
 */
export function parseMigration(
  text: string,
  file: string,
  read: ReadMigrationText = readAnyText,
  parse: (sql: string) => ParsedSql = parseSql,
): ParsedMigration {
  const whole = withoutByteOrderMark(text);
  const { sql: up, parts } = read(whole, file);
  const parsed = parse(up);
  return { sql: up === whole ? parsed : { ...parsed, text: whole }, ...(parts === undefined ? {} : { parts }) };
}

/** A file that is there and cannot be read: it stays in the list, as one statement that says why. */
export function unreadableMigration(reason: string): ParsedMigration {
  const range = [0, 0] as const;
  const operations = [{ type: "Unparsed", range, statement: 0, reason } as const];
  return { sql: { text: "", statements: [{ index: 0, sql: "", range, operations }], comments: [] } };
}

const readAnyText: ReadMigrationText = (text) => ({ sql: upSection(text) });

function withoutByteOrderMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
