import { upSection } from "../migrations/up-section.js";
import type { ParsedSql } from "../model/statement.js";
import { parseSql } from "../postgres/parse-sql.js";

/** Parses the part of a migration file that runs on the way up. All places are those of the whole file. */
export function parseMigration(text: string): ParsedSql {
  const up = upSection(text);
  return up === text ? parseSql(text) : { ...parseSql(up), text: withoutByteOrderMark(text) };
}

/** A file that is there and cannot be read: it stays in the list, as one statement that says why. */
export function unreadableMigration(reason: string): ParsedSql {
  const range = [0, 0] as const;
  const operations = [{ type: "Unparsed", range, statement: 0, reason } as const];
  return { text: "", statements: [{ index: 0, sql: "", range, operations }], comments: [] };
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
