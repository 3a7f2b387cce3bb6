/** What an edit of a migration that was merged before left as it was. */
import type { MigrationPart } from "../migrations/tool.js";
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { ParsedSql, Statement } from "../model/statement.js";
import { statementTokens } from "../postgres/statement-tokens.js";
import type { ParsedMigration } from "./parse-migration.js";

export interface Edit {
  /** Indexes of statements that the file had before, comments and white space aside, and that do not run again. */
  readonly unchanged: ReadonlySet<number>;
  /** Of a tool that remembers parts and not files: the parts that are not what they were, or gone. */
  readonly editedParts?: readonly string[];
}

export function editOf(before: ParsedMigration, now: ParsedMigration): Edit {
  if (![...(before.parts ?? []), ...(now.parts ?? [])].some(({ id }) => id !== undefined)) {
    return { unchanged: unchangedStatements(before.sql.statements, now.sql.statements) };
  }
  const old = byPart(before);
  const unchanged = new Set<number>();
  const editedParts: string[] = [];
  for (const [id, { repeatable, statements }] of byPart(now)) {
    const was = old.get(id)?.statements;
    old.delete(id);
    if (was === undefined) continue;
    const kept = unchangedStatements(was, statements);
    const same = kept.size === statements.length && was.length === statements.length;
    // All of a repeatable one runs again.
    if (!repeatable || same) for (const index of kept) unchanged.add(index);
    if (!repeatable && !same) editedParts.push(id);
  }
  return { unchanged, editedParts: [...editedParts, ...old.keys()] };
}

/** Statements that run because of the change: of an edited migration those that it did not have before. */
export function newStatements({ statements, unchanged }: Migration): readonly AnalysedStatement[] {
  return unchanged === undefined ? statements : statements.filter(({ statement }) => !unchanged.has(statement.index));
}

/** Whether a file says the same as before: then nothing in it is new. */
export function isSame({ unchanged }: Edit, before: ParsedSql, now: ParsedSql): boolean {
  return unchanged.size === now.statements.length && before.statements.length === now.statements.length;
}

function unchangedStatements(before: readonly Statement[], now: readonly Statement[]): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const { sql } of before) left.set(keyOf(sql), (left.get(keyOf(sql)) ?? 0) + 1);
  const unchanged = new Set<number>();
  for (const { index, sql } of now) {
    const key = keyOf(sql);
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    unchanged.add(index);
  }
  return unchanged;
}

function keyOf(sql: string): string {
  return statementTokens(sql).join("\0");
}

interface Part {
  readonly repeatable: boolean;
  readonly statements: readonly Statement[];
}

/** Statements by the part that they stand in; both are in order. */
function byPart({ parts = [], sql }: ParsedMigration): Map<string, Part> {
  const found = new Map<string, Part>();
  let next = 0;
  for (const { id = "", range, repeatable = false } of parts satisfies readonly MigrationPart[]) {
    const statements: Statement[] = [];
    for (; (sql.statements[next]?.range[0] ?? Infinity) < range[1]; next++) {
      const statement = sql.statements[next];
      if (statement !== undefined) statements.push(statement);
    }
    found.set(id, { repeatable, statements });
  }
  return found;
}
