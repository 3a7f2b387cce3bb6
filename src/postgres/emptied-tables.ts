/** Tables that TRUNCATE has emptied: its lock keeps everybody else from putting rows there until the transaction ends. */
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Circumstances } from "./circumstances.js";

/** The names of tables that are known to have no rows, as `nameIn` makes them. */
export type EmptiedTables = ReadonlySet<string>;

export const NONE_EMPTIED: EmptiedTables = new Set();

export function isEmptied(table: QualifiedName, { catalog, emptied }: Circumstances): boolean {
  return emptied !== undefined && emptied.size > 0 && emptied.has(nameIn(catalog, table));
}

/**
 * What is empty behind an operation.
 * @param locked The relations that it locks.
 */
export function emptiedAfter(
  operation: Operation,
  { catalog, emptied = NONE_EMPTIED }: Circumstances,
  locked: () => readonly QualifiedName[],
): EmptiedTables {
  if (operation.type === "Truncate") {
    // In a block a condition may decide about it.
    if (operation.inBlock !== undefined) return emptied;
    // TRUNCATE locks the tables that it empties, and no others.
    return new Set([...emptied, ...locked().map((table) => nameIn(catalog, table))]);
  }
  if (emptied.size === 0) return emptied;
  const touched = touchedBy(operation);
  if (touched === "any") return NONE_EMPTIED;
  const names = touched.map((table) => nameIn(catalog, table));
  return names.some((name) => emptied.has(name))
    ? new Set([...emptied].filter((name) => !names.includes(name)))
    : emptied;
}

/** Tables that may have rows behind an operation, or whose name is another's; `any` where nobody can tell. */
function touchedBy(operation: Operation): readonly QualifiedName[] | "any" {
  switch (operation.type) {
    case "Insert":
    case "Merge":
    case "Copy":
    case "CreateTableAs":
    case "CreateTable":
      return [operation.table];
    case "AttachPartition":
      return [operation.table, operation.partition];
    case "DropRelation":
      return [operation.relation];
    case "RenameRelation":
      return [operation.relation, { ...operation.relation, name: operation.newName }];
    case "SetSchema":
      return [operation.relation, { schema: operation.newSchema, name: operation.relation.name }];
    case "RenameSchema":
    case "SetVariable":
    case "Discard":
    // A savepoint takes TRUNCATE back.
    case "TransactionControl":
    // What functions do is not known.
    case "Select":
    case "Call":
    case "DoBlock":
    case "Execute":
    case "Explain":
    case "OtherStatement":
    case "Unparsed":
      return "any";
    default:
      return [];
  }
}

function nameIn(catalog: Catalog, table: QualifiedName): string {
  const { schema, name } = catalog.qualify(table);
  return `${schema}.${name}`;
}
