/** What this change does to the rows of a table, or to what its rows satisfy, before an operation. */
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import { ByName, oncePerChange, operationsOfChange, type PlacedOperationOf, precedes } from "./same-change.js";
import type { RuleMigration } from "./types.js";

const TYPES = [
  "AlterColumnType",
  "Copy",
  "Delete",
  "DropConstraint",
  "DropIndex",
  "Insert",
  "Merge",
  "Truncate",
  "Update",
] as const;

export type PlacedDataStep = PlacedOperationOf<(typeof TYPES)[number]>;

const stepsOfChange = oncePerChange((migration) => {
  const found = new ByName<PlacedDataStep>();
  for (const placed of operationsOfChange(migration, ...TYPES)) {
    const { operation, statement } = placed;
    const { before } = statement;
    const table = operation.type === "DropIndex" ? before.index(operation.index)?.table : operation.table;
    if (table) found.add(before.qualify(table), placed);
  }
  return found;
});

/** The statements of this change on a table's rows, its constraints and indexes, that stand before an operation. */
export function dataStepsBefore(
  migration: RuleMigration,
  operation: Operation,
  table: QualifiedName,
): readonly PlacedDataStep[] {
  const steps = stepsOfChange(migration).of(migration.before(operation).qualify(table));
  return steps.filter((step) => precedes(step.operation, operation, migration));
}
