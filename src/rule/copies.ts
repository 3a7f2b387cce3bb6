/** Where this change puts the values of a column, or the rows of a table, before or after it drops them. */
import type { Database } from "../model/change.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { CreateTableAs, DropColumn, DropRelation, Insert, Operation, Update } from "../model/operation.js";
import { formatName } from "../change/object-names.js";
import { builtinVolatility } from "../postgres/function-volatility.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { isSameChange, precedes } from "./new-columns.js";
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
  return split(migration, op, (placed, operation) => {
    const { before } = placed.statement;
    const wanted = migration.before(op).qualify(op.table);
    const isWanted = (name: QualifiedName): boolean => isSame(before.qualify(name), wanted);
    if (operation.copies?.includes(op.column) !== true && operation.copies?.includes("*") !== true) return undefined;
    const read = [...(operation.type === "Update" ? [operation.table] : []), ...(operation.reads ?? [])];
    if (!read.some(isWanted)) return undefined;
    const intoItself = operation.type === "Update" && isWanted(operation.table);
    const columns = operation.type === "Update" ? operation.columns : [];
    const filled = intoItself ? columns.filter((column) => column !== op.column) : columns;
    if (intoItself && filled.length === 0) return undefined;
    const prefix = intoItself ? "" : formatName(operation.table);
    const into = filled[0] === undefined ? prefix : [prefix, quoteIdentifier(filled[0])].filter(Boolean).join(".");
    const others = read.filter((name) => !isWanted(name)).map((name) => before.table(name));
    const ambiguous = others.some((table) => !table?.columnsKnown || table.columns.has(op.column));
    return { ...placed, operation, into, columns: filled, ambiguous };
  });
}

/** The statements of this change that copy the rows of a table that it drops. */
export function copiesOfTable(migration: RuleMigration, op: DropRelation): Copies {
  const wanted = migration.before(op).qualify(op.relation);
  return split(migration, op, (placed, operation) => {
    const { before } = placed.statement;
    if (operation.type === "Update" || isSame(before.qualify(operation.table), wanted)) return undefined;
    if (!operation.reads.some((name) => isSame(before.qualify(name), wanted))) return undefined;
    return { ...placed, operation, into: formatName(operation.table), columns: [], ambiguous: false };
  });
}

const opaque = new WeakMap<Database, readonly PlacedOperation[]>();

/** Whether something whose effects are not known runs between two operations of this change: it may copy anything. */
export function mayCopyBetween(migration: RuleMigration, first: PlacedOperation, last: PlacedOperation): boolean {
  // Where in the order a file stands that could not be read is not known.
  if (first.migration !== last.migration && (migration.change.unread?.length ?? 0) > 0) return true;
  let known = opaque.get(migration.database);
  if (!known) opaque.set(migration.database, (known = opaqueOperations(migration)));
  return known.some(
    (placed) =>
      isSameChange(migration, placed) &&
      precedes(first.operation, placed.operation, migration) &&
      precedes(placed.operation, last.operation, migration),
  );
}

function opaqueOperations(migration: RuleMigration): readonly PlacedOperation[] {
  const found: PlacedOperation[] = [];
  for (const placed of migration.judged()) {
    for (const operation of placed.statement.statement.operations) {
      if (isOpaque(operation)) found.push({ ...placed, operation });
    }
  }
  return found;
}

function isOpaque(operation: Operation): boolean {
  switch (operation.type) {
    case "Call":
    case "DoBlock":
    case "Execute":
    case "Unparsed":
      return true;
    case "Select":
      return operation.functions.some((name) => builtinVolatility(name) === undefined);
    default:
      return false;
  }
}

function split(
  migration: RuleMigration,
  op: Operation,
  copyOf: (placed: PlacedStatement, operation: Copying) => Copy | undefined,
): Copies {
  const before: Copy[] = [];
  const after: Copy[] = [];
  for (const { operation, ...placed } of copyingStatements(migration)) {
    const copy = isSameChange(migration, placed) ? copyOf(placed, operation) : undefined;
    if (copy) (precedes(operation, op, migration) ? before : after).push(copy);
  }
  return { before, after };
}

function isSame(a: Required<QualifiedName>, b: Required<QualifiedName>): boolean {
  return a.name === b.name && a.schema === b.schema;
}

type CopyingStatement = PlacedStatement & { readonly operation: Copying };

const known = new WeakMap<Database, readonly CopyingStatement[]>();

/** Everything in this change that copies, in the order in which it runs. */
function copyingStatements(migration: RuleMigration): readonly CopyingStatement[] {
  let found = known.get(migration.database);
  if (!found) {
    const copying: CopyingStatement[] = [];
    for (const placed of migration.judged()) {
      for (const operation of placed.statement.statement.operations) {
        if (isCopying(operation)) copying.push({ ...placed, operation });
      }
    }
    known.set(migration.database, (found = copying));
  }
  return found;
}

function isCopying(operation: Operation): operation is Copying {
  switch (operation.type) {
    case "CreateTableAs":
      return !operation.materializedView && !operation.temporary;
    case "Insert":
      return operation.reads.length > 0;
    case "Update":
      return operation.copies !== undefined && operation.copies.length > 0;
    default:
      return false;
  }
}
