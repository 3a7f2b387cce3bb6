/** SQL as it is sent: a program has it in pieces, or makes it up in a call. */
import type { Migration } from "../model/migration.js";
import type { Range } from "../model/position.js";
import type { Statement } from "../model/statement.js";

/** SQL with a stretch of it. */
export interface SentSql {
  readonly text: string;
  readonly range: Range;
}

/**
 * Where to look for something in a statement: in files of SQL the given part of it, in programs all of it, because the
 * places of its parts are places of the program.
 */
export function sentSql({ sql }: Pick<Migration, "sql">, statement: Statement, range = statement.range): SentSql {
  if (!statement.embedded) return { text: sql.text, range };
  return { text: statement.sql, range: [0, statement.sql.length] };
}

/** The text of that. */
export function sentText(migration: Pick<Migration, "sql">, statement: Statement, range?: Range): string {
  const sent = sentSql(migration, statement, range);
  return sent.text.slice(...sent.range);
}
