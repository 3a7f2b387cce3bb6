/** What this change does to the rows of a table, or to what its rows satisfy, before an operation. */
import type { Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationOf } from "../model/operation.js";
import { isSameChange, precedes } from "./new-columns.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleMigration } from "./types.js";

type DataStep = OperationOf<
  "AlterColumnType" | "Copy" | "Delete" | "DropConstraint" | "DropIndex" | "Insert" | "Merge" | "Truncate" | "Update"
>;

export interface PlacedDataStep extends PlacedStatement {
  readonly operation: DataStep;
}

const TYPES: ReadonlySet<Operation["type"]> = new Set<DataStep["type"]>([
  "AlterColumnType",
  "Copy",
  "Delete",
  "DropConstraint",
  "DropIndex",
  "Insert",
  "Merge",
  "Truncate",
  "Update",
]);

const known = new WeakMap<Database, ReadonlyMap<string, readonly PlacedDataStep[]>>();

/** The statements of this change on a table's rows, its constraints and indexes, that stand before an operation. */
export function dataStepsBefore(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
): readonly PlacedDataStep[] {
  let steps = known.get(migration.database);
  if (!steps) known.set(migration.database, (steps = findSteps(migration)));
  const { schema, name } = migration.before(operation).qualify(table);
  const found = steps.get(JSON.stringify([schema, name])) ?? [];
  return found.filter((step) => isSameChange(migration, step) && precedes(step.operation, operation, migration));
}

function findSteps(migration: RuleMigration): ReadonlyMap<string, readonly PlacedDataStep[]> {
  const found = new Map<string, PlacedDataStep[]>();
  for (const placed of migration.judged()) {
    const { before, statement } = placed.statement;
    for (const operation of statement.operations) {
      if (!isDataStep(operation)) continue;
      const table = operation.type === "DropIndex" ? before.index(operation.index)?.table : operation.table;
      if (!table) continue;
      const { schema, name } = before.qualify(table);
      const key = JSON.stringify([schema, name]);
      const steps = found.get(key);
      if (steps) steps.push({ ...placed, operation });
      else found.set(key, [{ ...placed, operation }]);
    }
  }
  return found;
}

function isDataStep(operation: Operation): operation is DataStep {
  return TYPES.has(operation.type);
}
