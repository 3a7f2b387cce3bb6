/** Statements that change, or copy, as many rows as a table in use has. */
import type { Delete, Insert, Update } from "../model/operation.js";
import { addedColumn } from "./new-columns.js";
import { canRunOutside, outsideTransaction } from "./remedies.js";
import type { RuleMigration } from "./types.js";

/** Whether an UPDATE or DELETE changes every row of a table in use that is not small. */
export function changesEveryRow(op: Update | Delete, migration: RuleMigration): boolean {
  return migration.isLive(op) && !migration.isSmall(op) && holdsForEveryRow(op, migration);
}

/** Whether an INSERT copies every row of a table in use that is not small. */
export function copiesEveryRow(op: Insert, migration: RuleMigration): boolean {
  return op.everyRow === true && op.reads.some((read) => migration.isLive(op, read) && !migration.isSmall(op, read));
}

/** Whether WHERE leaves no row out: there is none, or it asks what is known to be so. */
function holdsForEveryRow(op: Update | Delete, migration: RuleMigration): boolean {
  if (!op.hasWhere) return true;
  const columns = migration.before(op).table(op.table)?.columns;
  return (
    op.where?.nullTests?.every(({ column, isNull }) =>
      isNull ? isStillNull(op, column, migration) : columns?.get(column)?.notNull === true,
    ) === true
  );
}

/** Whether this change adds a column without giving rows a value for it. */
function isStillNull(op: Update | Delete, column: string, migration: RuleMigration): boolean {
  const added = addedColumn(migration, op, op.table, column)?.column;
  if (!added || added.notNull || added.identity || added.generated) return false;
  return added.default === undefined || added.default.kind === "null";
}

/** How to do it so that nobody waits for long, as a sentence. */
export function inBatches(migration: RuleMigration, op: Delete | Insert | Update): string {
  const action = "Do it in batches that commit each, with COMMIT in the loop of a DO block";
  const { tool } = migration.migration;
  // Supabase runs outside of its transaction what PostgreSQL refuses inside one, and nothing else.
  return canRunOutside(migration, op) && tool.name !== "supabase"
    ? outsideTransaction(migration, op, action)
    : `Do it in batches that commit each, in a script beside the migrations: ${tool.label} runs those in a transaction.`;
}
