import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import { lockedTables } from "./remedies.js";
import type { RuleMigration } from "./types.js";

/**
 * What nearly every change does, in an instant: a new table, a plain column, a default, a wider type, a view, a policy.
 * Asking for a lock_timeout each time would only teach people to turn the rules off, so they speak where a change does
 * more than that.
 */
const ROUTINE: { readonly [Type in OperationType]?: (op: OperationOf<Type>, migration: RuleMigration) => boolean } = {
  AddColumn: (op, migration) => migration.work(op) === "instant" && op.column.constraints.length === 0,
  // Tools write the foreign keys of a new table as statements of their own.
  AddConstraint: (op, migration) => !migration.isLive(op),
  AlterColumnType: (op, migration) => migration.work(op) === "instant",
  AlterPolicy: () => true,
  CreatePolicy: () => true,
  CreateTable: ({ partitionOf }) => partitionOf === undefined,
  CreateView: () => true,
  // It lets queries through while it waits, and a timeout would leave it half-way.
  DetachPartition: ({ concurrently }) => concurrently,
  DropDefault: () => true,
  DropNotNull: () => true,
  DropPolicy: () => true,
  DropRelation: ({ kind }) => kind === "view",
  LockTable: ({ noWait }) => noWait,
  SetDefault: () => true,
};

/** Whether an operation is one of those, on no table that the configuration lists as hot. */
export function isRoutine(op: Operation, migration: RuleMigration): boolean {
  const row = ROUTINE[op.type] as ((op: Operation, migration: RuleMigration) => boolean) | undefined;
  if (row?.(op, migration) !== true) return false;
  // On a busy table even a short wait is felt; NOWAIT is none.
  return (op.type === "LockTable" && op.noWait) || hotTables(op, migration) === "";
}

/** The hot tables that an operation's statement locks, for a message. */
export function hotTables(op: Operation, migration: RuleMigration): string {
  const { change, database } = migration;
  if (!change.configuration.databases[database.name]?.tables?.hot.length) return "";
  return lockedTables(migration, op, "write", (table) => migration.isHot(op, table));
}
