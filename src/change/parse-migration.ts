import type {
  DownText,
  EvaluatedMigration,
  EvaluateMigration,
  MigrationPart,
  ReadMigrationText,
  SourceFiles,
} from "../migrations/tool.js";
import { upSection } from "../migrations/up-section.js";
import type { Range } from "../model/position.js";
import type { ParsedSql, Statement } from "../model/statement.js";
import { parseSql } from "../postgres/parse-sql.js";
import { parseProgram } from "./parse-program.js";

/** A migration file's statements, and the parts of the file that its tool runs apart from each other. */
export interface ParsedMigration {
  readonly sql: ParsedSql;
  /** Absent: the file is one part, and runs as is usual for the tool. */
  readonly parts?: readonly MigrationPart[];
  /** Of a program: what it depends on, and what it says of its transaction. */
  readonly program?: Pick<EvaluatedMigration, "transaction" | "splitsRun" | "reads">;
  /** Of a program: what it sends on the way down. Absent: it has no such part. */
  readonly readDown?: () => ParsedSql;
}

/** How a tool follows migrations that are programs, and where their imports are. */
export interface ProgramReader {
  readonly evaluate: EvaluateMigration;
  readonly files: SourceFiles;
}

/** Parses a file's text as its tool reads it. */
export type ParseMigration = (
  text: string,
  file: string,
  read: ReadMigrationText | undefined,
  program?: ProgramReader,
) => ParsedMigration;

/** Whether a file is a program. */
export function isProgram(file: string): boolean {
  return /\.[cm]?[jt]sx?$/i.test(file);
}

/**
 * Parses the part of a migration file that runs on the way up. All places are those of the whole file.
 * @param parse Parses that part; a caller that keeps what it has parsed gives its own.
 */
export function parseMigration(
  text: string,
  file: string,
  read: ReadMigrationText = readAnyText,
  program?: ProgramReader,
  parse: (sql: string) => ParsedSql = parseSql,
): ParsedMigration {
  const whole = withoutByteOrderMark(text);
  if (program && isProgram(file)) {
    const { up, down, comments, ...facts } = program.evaluate(whole, file, program.files);
    return {
      sql: parseProgram(whole, file, { up, comments }),
      program: facts,
      ...(down && { readDown: () => parseProgram(whole, file, { up: down(), comments }) }),
    };
  }
  const { sql: up, parts } = read(whole, file);
  const parsed = parse(up);
  return { sql: up === whole ? parsed : { ...parsed, text: whole }, ...(parts === undefined ? {} : { parts }) };
}

/** A file that is there and cannot be read: it stays in the list, as one statement that says why. */
export function unreadableMigration(reason: string): ParsedMigration {
  return { sql: { text: "", statements: [unreadStatement("", [0, 0], { index: 0, reason })], comments: [] } };
}

/** A part of a file that is there and is not read. */
export function unreadStatement(
  text: string,
  range: Range,
  { index, reason }: { readonly index: number; readonly reason: string },
): Statement {
  return {
    index,
    sql: text.slice(...range),
    range,
    operations: [{ type: "Unparsed", range, statement: index, reason }],
  };
}

/**
 * Parses what undoes a migration: all of a file of its own, or what does not run on the way up of the migration's.
 * @param read How the migration is read; absent for a file of its own.
 */
export function parseDown(text: string, file: string, read?: ReadMigrationText): ParsedSql {
  const whole = withoutByteOrderMark(text);
  if (!read) return parseSql(whole);
  const { sql: up } = read(whole, file);
  // What is blank there and is not here.
  const down = whole.replace(/[^\s]/g, (unit, at: number) => (up[at] === " " ? unit : " "));
  return { ...parseSql(down), text: whole };
}

/** Parses what undoes a migration that says so itself. */
export function parseDownText(text: string, { sql, parts = [] }: DownText): ParsedSql {
  const parsed = parseSql(sql);
  if (parts.length < 2) return { ...parsed, text };
  const byPart: Statement[][] = parts.map(() => []);
  let part = 0;
  for (const statement of parsed.statements) {
    while (part < parts.length - 1 && statement.range[0] >= (parts[part]?.[1] ?? 0)) part++;
    byPart[part]?.push(statement);
  }
  return { ...parsed, text, statements: byPart.reverse().flat() };
}

export const readAnyText: ReadMigrationText = (text) => ({ sql: upSection(text) });

function withoutByteOrderMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
