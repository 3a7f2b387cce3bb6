/**
 * What a change takes from a column and gives back before its transaction ends: its default, or its NOT NULL. Nobody
 * sees the column without. Calls that change a column do so (Knex's `alter()`), and exchanges of types.
 */
import type { AnalysedStatement } from "../model/migration.js";
import type { Operation, OperationOf } from "../model/operation.js";
import type { QualifiedName } from "../model/name.js";

/** An operation, and where it stands; `migration.database` tells columns of several databases apart. */
interface Placed {
  readonly operation: Operation;
  readonly statement: AnalysedStatement;
  readonly migration: { readonly database: string };
}

type Taking = OperationOf<"DropDefault"> | OperationOf<"DropNotNull">;
type Giving = OperationOf<"SetDefault"> | OperationOf<"SetNotNull">;

const GIVES: Readonly<Record<Taking["type"], Giving["type"]>> = {
  DropDefault: "SetDefault",
  DropNotNull: "SetNotNull",
};

/**
 * Both halves of each pair, with the other one.
 * @param operations Those of a change, in the order in which they run.
 */
export function restoredColumns<One extends Placed>(operations: Iterable<One>): ReadonlyMap<Operation, One> {
  const pairs = new Map<Operation, One>();
  const taken = new Map<string, One>();
  for (const placed of operations) {
    const { operation } = placed;
    if (operation.type === "DropDefault" || operation.type === "DropNotNull") {
      if (hadIt(operation, placed)) taken.set(keyOf(GIVES[operation.type], operation, placed), placed);
    } else if (operation.type === "SetDefault" || operation.type === "SetNotNull") {
      const key = keyOf(operation.type, operation, placed);
      const drop = taken.get(key);
      if (!drop || !isOneTransaction(drop.statement, placed.statement)) continue;
      pairs.set(operation, drop);
      pairs.set(drop.operation, placed);
      taken.delete(key);
    }
  }
  return pairs;
}

function hadIt({ type, table, column }: Taking, { statement }: Placed): boolean {
  const before = statement.before.table(table)?.columns.get(column);
  return type === "DropNotNull" ? before?.notNull === true : before?.default !== undefined;
}

function keyOf(
  gives: Giving["type"],
  { table, column }: { readonly table: QualifiedName; readonly column: string },
  { statement, migration }: Placed,
): string {
  const { schema, name } = statement.before.qualify(table);
  return [migration.database, gives, schema, name, column].join("\0");
}

function isOneTransaction(one: AnalysedStatement, other: AnalysedStatement): boolean {
  return one === other || (one.transaction.group !== undefined && one.transaction.group === other.transaction.group);
}
