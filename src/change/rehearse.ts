/** What statements would do that stand in no migration: the schemas around them, and what they lock. */
import type { Rehearsed } from "../model/change.js";
import type { Migration } from "../model/migration.js";
import type { Statement } from "../model/statement.js";
import type { Replay } from "../postgres/replay.js";
import { newStatements } from "./edited-statements.js";

/**
 * Runs statements one behind the other on the schema that the migrations leave which are not judged.
 * @param replay One that starts from the schema before the first migration.
 */
export function rehearse(
  statements: readonly Statement[],
  migrations: readonly Migration[],
  replay: Replay,
): readonly Rehearsed[] {
  for (const migration of migrations) {
    const judged = new Set(migration.judged ? newStatements(migration).map(({ statement }) => statement.index) : []);
    for (const statement of migration.sql.statements) {
      if (!judged.has(statement.index)) replay.apply(statement, migration.order);
    }
  }
  return statements.map((statement) => {
    const { before, after, locks, work } = replay.apply(statement, migrations.length);
    return { statement, before, after, locks, work };
  });
}
