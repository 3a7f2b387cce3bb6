/** Columns that this change adds: whatever holds of their values, a statement of the change has made so. */
import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { AddColumn, Operation } from "../model/operation.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleMigration } from "./types.js";

/** An ADD COLUMN with the place where it stands. */
export interface AddedColumn extends PlacedStatement {
  readonly operation: AddColumn;
}

const added = new WeakMap<Database, ReadonlyMap<string, readonly AddedColumn[]>>();

/** The columns that this change adds to a table, in order, whether the operation comes before or after. */
export function addedColumns(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
): readonly AddedColumn[] {
  let known = added.get(migration.database);
  if (!known) added.set(migration.database, (known = columnsAddedBy(migration)));
  const { schema, name } = migration.before(operation).qualify(table);
  const found = known.get(JSON.stringify([schema, name])) ?? [];
  return found.filter((one) => isSameChange(migration, one));
}

/** The statement of this change that has added a column before an operation uses it. */
export function addedColumn(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
  column: string,
): AddColumn | undefined {
  const found = addedColumns(migration, operation, table).filter((one) => one.operation.column.name === column);
  return found.findLast((one) => precedes(one.operation, operation, migration))?.operation;
}

/** Where there is no base, each file is a change of its own. */
export function isSameChange({ change, migration }: RuleMigration, other: PlacedStatement): boolean {
  return change.base !== undefined || change.incomplete.length > 0 || other.migration === migration;
}

/** Whether an operation stands before another one, in the order in which they run. */
export function precedes(one: Operation, other: Operation, migration: RuleMigration): boolean {
  const places = placesOf(migration);
  return (places.get(one) ?? 0) < (places.get(other) ?? 0);
}

const places = new WeakMap<Database, ReadonlyMap<Operation, number>>();

function placesOf(migration: RuleMigration): ReadonlyMap<Operation, number> {
  let known = places.get(migration.database);
  if (!known) {
    const found = new Map<Operation, number>();
    for (const { statement } of migration.judged()) {
      for (const operation of statement.statement.operations) found.set(operation, found.size);
    }
    places.set(migration.database, (known = found));
  }
  return known;
}

function columnsAddedBy(migration: RuleMigration): ReadonlyMap<string, readonly AddedColumn[]> {
  const found = new Map<string, AddedColumn[]>();
  for (const placed of migration.judged()) {
    const { before, statement } = placed.statement;
    for (const operation of statement.operations) {
      if (operation.type !== "AddColumn") continue;
      const there = operation.ifNotExists && before.table(operation.table)?.columns.has(operation.column.name);
      if (there) continue;
      const { schema, name } = before.qualify(operation.table);
      const key = JSON.stringify([schema, name]);
      const columns = found.get(key);
      if (columns) columns.push({ ...placed, operation });
      else found.set(key, [{ ...placed, operation }]);
    }
  }
  return found;
}
