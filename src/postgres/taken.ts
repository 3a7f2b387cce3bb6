/** A lock of one operation, and the relations that an operation reaches from the one that it names. */
import type { Catalog, Table } from "../model/catalog.js";
import type { Blocked, Work } from "../model/lock.js";
import type { QualifiedName } from "../model/name.js";
import type { LockMode } from "../model/operation.js";
import type { Circumstances } from "./circumstances.js";

/** A lock of one operation. `work` is done on this relation meanwhile. */
export interface Taken {
  readonly relation: QualifiedName;
  readonly mode: LockMode;
  readonly work: Work;
  /** What it keeps others from beyond the mode's own. */
  readonly alsoBlocks?: readonly Blocked[];
}

/** The schema just before an operation, and the work that `work.ts` found for it. */
export interface Situation extends Circumstances {
  readonly work: Work;
}

export function taken(relation: QualifiedName, mode: LockMode, work: Work = "instant"): Taken {
  return {
    relation: { ...(relation.schema === undefined ? {} : { schema: relation.schema }), name: relation.name },
    mode,
    work,
  };
}

/** The relation with its partitions and the tables that inherit from it, at every depth. */
export function tree(relation: QualifiedName, mode: LockMode, work: Work, catalog: Catalog): Taken[] {
  const children = [...catalog.partitionsOf(relation), ...catalog.inheritedBy(relation)];
  return [taken(relation, mode, work), ...children.flatMap((child) => tree(child, mode, work, catalog))];
}

/** The relation with its partitions, at every depth. */
export function partitions(relation: QualifiedName, mode: LockMode, work: Work, catalog: Catalog): Taken[] {
  const children = catalog.partitionsOf(relation);
  return [taken(relation, mode, work), ...children.flatMap((child) => partitions(child, mode, work, catalog))];
}

/** What a query that reads these locks: itself, and what views among them read in their turn. */
export function readThrough(reads: readonly QualifiedName[], work: Work, catalog: Catalog): Taken[] {
  return reads.flatMap((read) => throughViews(read, "ACCESS SHARE", work, catalog));
}

/** The relation, and below a view everything that it selects from; the work is done there. */
export function throughViews(relation: QualifiedName, mode: LockMode, work: Work, catalog: Catalog): Taken[] {
  const table = catalog.table(relation);
  if (table?.kind !== "view") return [taken(relation, mode, work)];
  return [taken(relation, mode), ...table.reads.flatMap((read) => throughViews(read, mode, work, catalog))];
}

/** Views of the relation, and views of those. */
export function readers(relation: QualifiedName, catalog: Catalog): Table[] {
  return catalog.readBy(relation).flatMap((view) => [view, ...readers(view, catalog)]);
}

/** Tables with a column of the type, of a domain over it, or made OF it. */
export function tablesWithType(type: QualifiedName, catalog: Catalog): Table[] {
  const isMeant = typeOrDomainOver(type, catalog);
  return [...catalog.tables()].filter(
    ({ columns, ofType }) => isMeant(ofType) || [...columns.values()].some((column) => isMeant(column.type)),
  );
}

/** Views of columns that are of the type, with the views of those. */
export function viewsOfType(type: QualifiedName, catalog: Catalog): Table[] {
  const isMeant = typeOrDomainOver(type, catalog);
  return tablesWithType(type, catalog).flatMap((table) =>
    catalog
      .readBy(table)
      .filter(({ uses = [] }) =>
        uses.some((use) => isSame(use.table, table) && isMeant(table.columns.get(use.column)?.type)),
      )
      .flatMap((view) => [view, ...readers(view, catalog)]),
  );
}

function typeOrDomainOver(type: QualifiedName, catalog: Catalog): (used: QualifiedName | undefined) => boolean {
  const names = [type];
  for (const name of names) {
    for (const other of catalog.types()) if (other.kind === "domain" && isSame(other.baseType, name)) names.push(other);
  }
  return (used) => used !== undefined && names.some((name) => isSame(used, name));
}

function isSame(one: QualifiedName, other: QualifiedName): boolean {
  return one.name === other.name && (!one.schema || !other.schema || one.schema === other.schema);
}
