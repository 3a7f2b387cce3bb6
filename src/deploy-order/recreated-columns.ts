/**
 * Columns that a change drops and adds again under their name. The two statements are one thing: neither half can wait
 * for a later pull request without the other, and code finds the column on both sides of the pair, only without values.
 */
import type { PlacedOperation } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { targetKey } from "../references/find-references.js";

/** Both halves of each pair, with the other one. */
export type RecreatedColumns = ReadonlyMap<Operation, PlacedOperation>;

/** @param operations Those of a change, in the order in which they run. */
export function recreatedColumns(operations: Iterable<PlacedOperation>): RecreatedColumns {
  const pairs = new Map<Operation, PlacedOperation>();
  const dropped = new Map<string, PlacedOperation>();
  const added = new Map<string, PlacedOperation>();
  for (const placed of operations) {
    const { operation, statement, migration } = placed;
    if (operation.type !== "DropColumn" && operation.type !== "AddColumn") continue;
    const column = operation.type === "DropColumn" ? operation.column : operation.column.name;
    const key = `${migration.database}\0${targetKey({ table: statement.before.qualify(operation.table), column })}`;
    const [mine, others] = operation.type === "DropColumn" ? [dropped, added] : [added, dropped];
    const other = others.get(key);
    // Within one statement PostgreSQL drops first, whatever is written first.
    if (other && (operation.type === "AddColumn" || other.statement === statement)) {
      pairs.set(operation, other);
      pairs.set(other.operation, placed);
      others.delete(key);
    } else mine.set(key, placed);
  }
  return pairs;
}
