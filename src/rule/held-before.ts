import type { Operation } from "../model/operation.js";
import { heldLocks, type HeldLock } from "./transaction.js";
import type { RuleMigration } from "./types.js";

/**
 * The locks on tables in use that a transaction holds when an operation starts; what comes before it in the same DO block
 * has taken its own by then.
 */
export function heldBefore(migration: RuleMigration, op: Operation): readonly HeldLock[] {
  const { earlier, own } = heldLocks(migration, op);
  if (op.inBlock === undefined || own.length === 0) return earlier;
  const { statement, before } = migration.statementOf(op);
  const preceding = statement.operations.slice(0, statement.operations.indexOf(op));
  const isTaken = ({ name }: HeldLock): boolean =>
    preceding.some((other) => {
      const table = "table" in other ? other.table : undefined;
      if (other.inBlock === op.inBlock || table === undefined) return false;
      const qualified = before.qualify(table);
      return qualified.name === name.name && qualified.schema === name.schema;
    });
  return [...earlier, ...own.filter(isTaken)];
}
