/** Columns that a change adds and does not fill: every row has NULL there, and the code running now writes no other value. */
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import { targetKey } from "../references/find-references.js";

const known = new WeakMap<readonly PlacedOperation[], ReadonlySet<string>>();

/**
 * Whether all of some columns are such.
 * @param operations Those of the change, which may be of several databases; the answer is kept for all of them.
 */
export function areEmpty(
  operations: readonly PlacedOperation[],
  placed: PlacedOperation,
  table: QualifiedName,
  columns: readonly string[],
): boolean {
  const empty = known.get(operations) ?? emptyColumns(operations);
  known.set(operations, empty);
  return columns.length > 0 && columns.every((column) => empty.has(keyOf(placed, table, column)));
}

function emptyColumns(operations: readonly PlacedOperation[]): ReadonlySet<string> {
  const empty = new Set<string>();
  for (const placed of operations) {
    const { operation } = placed;
    if (operation.type === "AddColumn") {
      const { name, default: value, generated, identity } = operation.column;
      const fills = (value !== undefined && value.kind !== "null") || generated !== undefined || identity !== undefined;
      if (!fills) empty.add(keyOf(placed, operation.table, name));
    }
    if (operation.type === "Update") {
      for (const column of operation.columns) empty.delete(keyOf(placed, operation.table, column));
    }
  }
  return empty;
}

function keyOf({ statement, migration }: PlacedOperation, table: QualifiedName, column: string): string {
  return `${migration.database}\0${targetKey({ table: statement.before.qualify(table), column })}`;
}
