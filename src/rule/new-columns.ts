/** Columns that this change adds: whatever holds of their rows, a statement of the change has made so. */
import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { AddColumn, Operation } from "../model/operation.js";
import type { RuleMigration } from "./types.js";
import type { PlacedStatement } from "./transaction.js";

/** An ADD COLUMN with the place where it stands. */
export interface AddedColumn extends PlacedStatement {
  readonly operation: AddColumn;
}

const added = new WeakMap<Database, ReadonlyMap<string, AddedColumn>>();

/**
 * The statement of this change that adds a column, as far as it does: IF NOT EXISTS on one that is there adds nothing.
 * @param operation One that uses the column.
 */
export function addedColumn(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
  column: string,
): AddedColumn | undefined {
  let known = added.get(migration.database);
  if (!known) added.set(migration.database, (known = columnsAddedBy(migration)));
  const { schema, name } = migration.before(operation).qualify(table);
  const found = known.get(JSON.stringify([schema, name, column]));
  return found && isSameChange(migration, found) ? found : undefined;
}

/** Where there is no base, each file is a change of its own. */
export function isSameChange({ change, migration }: RuleMigration, other: PlacedStatement): boolean {
  return change.base !== undefined || change.incomplete.length > 0 || other.migration === migration;
}

function columnsAddedBy(migration: RuleMigration): ReadonlyMap<string, AddedColumn> {
  const found = new Map<string, AddedColumn>();
  for (const placed of migration.judged()) {
    const { before, statement } = placed.statement;
    for (const operation of statement.operations) {
      if (operation.type !== "AddColumn") continue;
      if (before.table(operation.table)?.columns.has(operation.column.name)) continue;
      const { schema, name } = before.qualify(operation.table);
      found.set(JSON.stringify([schema, name, operation.column.name]), { ...placed, operation });
    }
  }
  return found;
}
