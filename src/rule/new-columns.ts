/** Columns that this change adds: whatever holds of their values, a statement of the change has made so. */
import type { QualifiedName } from "../model/name.js";
import type { AddColumn, Operation } from "../model/operation.js";
import { ByName, oncePerChange, operationsOfChange, type PlacedOperationOf, precedes } from "./same-change.js";
import type { RuleMigration } from "./types.js";

/** An ADD COLUMN with the place where it stands. */
export type AddedColumn = PlacedOperationOf<"AddColumn">;

const columnsAdded = oncePerChange((migration) => {
  const found = new ByName<AddedColumn>();
  for (const added of operationsOfChange(migration, "AddColumn")) {
    const { before } = added.statement;
    const { table, column, ifNotExists } = added.operation;
    if (ifNotExists && before.table(table)?.columns.has(column.name)) continue;
    found.add(before.qualify(table), added);
    found.add(before.qualify(table), added, column.name);
  }
  return found;
});

/** The columns that this change adds to a table, in order, whether the operation comes before or after. */
export function addedColumns(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
): readonly AddedColumn[] {
  return columnsAdded(migration).of(migration.before(operation).qualify(table));
}

/** The statement of this change that has added a column before an operation uses it. */
export function addedColumn(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
  column: string,
): AddColumn | undefined {
  const found = columnsAdded(migration).of(migration.before(operation).qualify(table), column);
  const own = migration.statementOf(operation);
  // Within one statement PostgreSQL drops first: what it adds is not what it drops.
  const isDropped = (added: AddedColumn): boolean => operation.type === "DropColumn" && added.statement === own;
  return found.findLast((added) => !isDropped(added) && precedes(added.operation, operation, migration))?.operation;
}
