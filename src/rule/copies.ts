/** Where this change puts the values of a column, or the rows of a table, before or after it drops them. */
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { CreateTableAs, DropColumn, Insert, Operation, Update } from "../model/operation.js";
import { formatName } from "../change/object-names.js";
import { builtinVolatility } from "../postgres/function-volatility.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import {
  ByName,
  firstAfter,
  inOrder,
  oncePerChange,
  operationsOfChange,
  type PlacedOperationOf,
  precedes,
} from "./same-change.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleMigration } from "./types.js";

type Copying = CreateTableAs | Insert | Update;

/** A statement that reads the values and writes them elsewhere. */
export interface Copy extends PlacedStatement {
  readonly operation: Copying;
  /** Where they go, for a message: `display_name`, `people.name`, `people`. */
  readonly into: string;
  /** The columns that it fills; empty where it names none. */
  readonly columns: readonly string[];
  /** Whether another relation that it reads has, or may have, a column of that name. */
  readonly ambiguous: boolean;
}

export interface Copies {
  /** In order. */
  readonly before: readonly Copy[];
  readonly after: readonly Copy[];
}

/** The statements of this change that copy the values of a column that it drops. */
export function copiesOfColumn(migration: RuleMigration, op: DropColumn): Copies {
  const wanted = migration.before(op).qualify(op.table);
  const copies = copyingStatements(migration);
  const found = [...new Set([...copies.of(wanted, op.column), ...copies.of(wanted, "*")])];
  return split(migration, op, found, ({ operation, ...placed }) => {
    const { before } = placed.statement;
    const isWanted = (name: QualifiedName): boolean => isSame(before.qualify(name), wanted);
    const intoItself = operation.type === "Update" && isWanted(operation.table);
    const columns = operation.type === "Update" ? operation.columns : [];
    const filled = intoItself ? columns.filter((column) => column !== op.column) : columns;
    if (intoItself && filled.length === 0) return undefined;
    const prefix = intoItself ? "" : formatName(operation.table);
    const into = filled[0] === undefined ? prefix : [prefix, quoteIdentifier(filled[0])].filter(Boolean).join(".");
    const others = readBy(operation)
      .filter((name) => !isWanted(name))
      .map((name) => before.table(name));
    const ambiguous = others.some((table) => !table?.columnsKnown || table.columns.has(op.column));
    return { ...placed, operation, into, columns: filled, ambiguous };
  });
}

/** The statements of this change that copy the rows of a table of an operation into another one. */
export function copiesOfTable(migration: RuleMigration, op: Operation, table: QualifiedName): Copies {
  const wanted = migration.before(op).qualify(table);
  return split(migration, op, copyingStatements(migration).of(wanted), ({ operation, ...placed }) => {
    const { before } = placed.statement;
    if (operation.type === "Update" || isSame(before.qualify(operation.table), wanted)) return undefined;
    return { ...placed, operation, into: formatName(operation.table), columns: [], ambiguous: false };
  });
}

/** Operations that may copy anything, because their effects are not known. */
const opaque = oncePerChange((migration) =>
  operationsOfChange(migration, "Call", "DoBlock", "Execute", "Select", "Unparsed").filter(
    ({ operation }) =>
      operation.type !== "Select" || operation.functions.some((name) => builtinVolatility(name) === undefined),
  ),
);

/** Whether something whose effects are not known runs between two operations of this change: it may copy anything. */
export function mayCopyBetween(migration: RuleMigration, first: PlacedOperation, last: PlacedOperation): boolean {
  // Where in the order a file stands that could not be read is not known.
  if (first.migration !== last.migration && (migration.change.unread?.length ?? 0) > 0) return true;
  const next = firstAfter(first.operation, opaque(migration), migration);
  return next !== undefined && precedes(next.operation, last.operation, migration);
}

function split(
  migration: RuleMigration,
  op: Operation,
  found: readonly CopyingStatement[],
  copyOf: (copying: CopyingStatement) => Copy | undefined,
): Copies {
  const before: Copy[] = [];
  const after: Copy[] = [];
  for (const copying of inOrder(found, migration)) {
    const copy = copyOf(copying);
    if (copy) (precedes(copying.operation, op, migration) ? before : after).push(copy);
  }
  return { before, after };
}

function isSame(a: Required<QualifiedName>, b: Required<QualifiedName>): boolean {
  return a.name === b.name && a.schema === b.schema;
}

type CopyingStatement = PlacedOperationOf<Copying["type"]>;

/** Everything in this change that copies, in order: by the tables that it reads, and by the columns that it takes. */
const copyingStatements = oncePerChange((migration) => {
  const found = new ByName<CopyingStatement>();
  for (const placed of operationsOfChange(migration, "CreateTableAs", "Insert", "Update")) {
    const { operation, statement } = placed;
    if (!isCopying(operation)) continue;
    const tables = new Map(
      readBy(operation).map((name) => {
        const table = statement.before.qualify(name);
        return [`${table.schema}.${table.name}`, table] as const;
      }),
    );
    for (const table of tables.values()) {
      found.add(table, placed);
      for (const column of new Set(operation.copies)) found.add(table, placed, column);
    }
  }
  return found;
});

/** The tables that a statement reads, its own too where it changes rows of it. */
function readBy(operation: Copying): readonly QualifiedName[] {
  return [...(operation.type === "Update" ? [operation.table] : []), ...(operation.reads ?? [])];
}

function isCopying(operation: Copying): boolean {
  switch (operation.type) {
    case "CreateTableAs":
      return !operation.materializedView && !operation.temporary;
    case "Insert":
      return operation.reads.length > 0;
    case "Update":
      return operation.copies !== undefined && operation.copies.length > 0;
  }
}
