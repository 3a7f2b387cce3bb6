/** Locks of operations on what stands on a relation or beside it: a row an operation, measured as those of `locks.ts`. */
import type { Catalog, Table } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { ObjectKind } from "../model/object-operation.js";
import type { LockFacts } from "./locks.js";
import type { OperationOf, SequenceOwner } from "../model/operation.js";
import { parseTree } from "./libpg-query.js";
import { plannedBy, type Planned } from "./operations/planned.js";
import {
  partitions,
  readers,
  readThrough,
  taken,
  throughViews,
  tablesWithType,
  type Situation,
  type Taken,
} from "./taken.js";

export const objectLocks: LockFacts = {
  CreateTrigger: ({ table, forEach, referencedTable }, { catalog }) => [
    ...(forEach === "row"
      ? partitions(table, "SHARE ROW EXCLUSIVE", "instant", catalog)
      : [taken(table, "SHARE ROW EXCLUSIVE")]),
    ...(referencedTable ? [taken(referencedTable, "ACCESS SHARE")] : []),
  ],
  // IF EXISTS looks first, under a lock that it gives back.
  DropTrigger: ({ table, trigger, ifExists }, { catalog }) =>
    ifExists && catalog.complete && lacks(catalog.table(table), "triggers", trigger)
      ? []
      : withTrigger(table, trigger, catalog),
  CreatePolicy: policy,
  AlterPolicy: policy,
  DropPolicy: ({ table, policy, ifExists }, { catalog }) =>
    ifExists && catalog.complete && lacks(catalog.table(table), "policies", policy)
      ? []
      : [taken(table, "ACCESS EXCLUSIVE")],
  RenamePolicy: onTable,
  CreateRule: (operation) => [taken(operation.table, "ACCESS EXCLUSIVE"), ...planned(operation)],
  DropRule: onTable,
  RenameRule: onTable,
  // Before 15 the partitions' triggers keep their name.
  RenameTrigger: ({ table, trigger }, { catalog, postgres }) =>
    postgres >= 15 ? withTrigger(table, trigger, catalog) : [taken(table, "ACCESS EXCLUSIVE")],
  AlterSequence: ({ sequence, ifExists, ownedBy }, { catalog }) => {
    if (ifExists && catalog.complete && !catalog.table(sequence)) return [];
    return [taken(sequence, "SHARE ROW EXCLUSIVE"), ...ownerOf(ownedBy)];
  },
  CreateSequence: ({ ownedBy }) => ownerOf(ownedBy),
  // Typed tables change with their type.
  AlterType: ({ name, cascade }, { catalog }) =>
    cascade
      ? tablesWithType(name, catalog)
          .filter(({ ofType }) => ofType)
          .map((table) => taken(table, "ACCESS EXCLUSIVE"))
      : [],
  // PostgreSQL looks up what the body of an SQL function names. Other languages do so when it is called.
  CreateFunction: ({ language, body, parsedBody }) => {
    if (parsedBody) return planned(parsedBody);
    const parsed = language === "sql" && body !== undefined ? parseTree(body) : undefined;
    return parsed?.ok ? planned(plannedBy(parsed.statements)) : [];
  },
  DropFunction: ({ function: name, cascade }, { catalog }) =>
    cascade
      ? [...catalog.tables()].filter((table) => calls(table, name)).map((table) => taken(table, "ACCESS EXCLUSIVE"))
      : [],
  DropObject: ({ kind, name, cascade }, { catalog }) => {
    if (kind === "statistics") {
      const table = catalog.tableOfStatistics(name);
      return table ? [taken(table, "SHARE UPDATE EXCLUSIVE")] : [];
    }
    if (cascade && (kind === "server" || kind === "foreign data wrapper"))
      return foreignTables(kind, name.name, catalog);
    if (!cascade || kind !== "collation") return [];
    return [...catalog.tables()]
      .filter(({ columns }) => [...columns.values()].some(({ collation }) => collation === name.name))
      .map((table) => taken(table, "ACCESS EXCLUSIVE"));
  },
  CreateStatistics: ({ table }) => [taken(table, "SHARE UPDATE EXCLUSIVE")],
  CreatePublication: published,
  AlterPublication: published,
  ChangeOwner: ({ relation, kind }) => (relation && kind !== "index" ? [taken(relation, "ACCESS EXCLUSIVE")] : []),
  Comment: ({ relation, kind }) =>
    relation ? [taken(relation, ofWholeRelation.has(kind) ? "SHARE UPDATE EXCLUSIVE" : "ACCESS SHARE")] : [],
  Grant: granted,
  Revoke: granted,
  Explain: readThroughPlan,
  Prepare: readThroughPlan,
  Call: ({ reads }, { catalog }) => readThrough(reads, "instant", catalog),
};

/** A statement that is planned and does not run. */
function planned({ reads, writes }: Planned): readonly Taken[] {
  return [...writes.map((table) => taken(table, "ROW EXCLUSIVE")), ...reads.map((read) => taken(read, "ACCESS SHARE"))];
}

function ownerOf(owner: SequenceOwner | "none" | undefined): readonly Taken[] {
  return typeof owner === "object" ? [taken(owner.table, "ACCESS SHARE")] : [];
}

/** Whether a trigger or a default of the table calls the function. */
function calls({ triggers = [], columns }: Table, { schema, name }: QualifiedName): boolean {
  const isMeant = (called: QualifiedName): boolean =>
    called.name === name && (!schema || !called.schema || called.schema === schema);
  return (
    triggers.some((trigger) => isMeant(trigger.function)) ||
    [...columns.values()].some((column) => column.default?.functions.some(isMeant))
  );
}

function readThroughPlan({ reads, writes }: Planned, { catalog }: Situation): readonly Taken[] {
  return [
    ...writes.flatMap((table) => throughViews(table, "ROW EXCLUSIVE", "instant", catalog)),
    ...readThrough(reads, "instant", catalog),
  ];
}

/** A trigger for each row is one of each partition, too. */
function withTrigger(table: QualifiedName, trigger: string, catalog: Catalog): readonly Taken[] {
  const known = catalog.table(table)?.triggers?.find(({ name }) => name === trigger);
  return known?.forEach === "statement"
    ? [taken(table, "ACCESS EXCLUSIVE")]
    : partitions(table, "ACCESS EXCLUSIVE", "instant", catalog);
}

function onTable({ table }: { readonly table: QualifiedName }): readonly Taken[] {
  return [taken(table, "ACCESS EXCLUSIVE")];
}

function policy({ table, reads }: OperationOf<"CreatePolicy" | "AlterPolicy">): readonly Taken[] {
  return [taken(table, "ACCESS EXCLUSIVE"), ...reads.map((read) => taken(read, "ACCESS SHARE"))];
}

/** The tables that it names, and with SET those that it names no more. */
function published(operation: OperationOf<"CreatePublication" | "AlterPublication">, { catalog }: Situation): Taken[] {
  const isSet = operation.type === "AlterPublication" && operation.action === "set";
  const lock = (table: QualifiedName): Taken => taken(table, "SHARE UPDATE EXCLUSIVE");
  return [
    ...operation.tables.flatMap((table) => [
      lock(table),
      ...(table.only ? [] : withChildren(table, catalog).map(lock)),
    ]),
    ...(isSet ? catalog.publishedBy(operation.publication).map(lock) : []),
  ];
}

/** Tables that inherit from it, at every depth. */
function withChildren(table: QualifiedName, catalog: Catalog): readonly Table[] {
  return catalog.inheritedBy(table).flatMap((child) => [child, ...withChildren(child, catalog)]);
}

/** Those that go with their server, with the views on them. */
function foreignTables(kind: "server" | "foreign data wrapper", name: string, catalog: Catalog): Taken[] {
  const isMeant = ({ server }: Table): boolean =>
    server !== undefined && (kind === "server" ? server : catalog.wrapperOf(server)) === name;
  return [...catalog.tables()]
    .filter(isMeant)
    .flatMap((table) => [table, ...readers(table, catalog)])
    .map((table) => taken(table, "ACCESS EXCLUSIVE"));
}

// That of a sequence keeps nobody waiting.
function granted({ relation, kind }: OperationOf<"Grant" | "Revoke">, { postgres }: Situation): readonly Taken[] {
  return relation && kind !== "sequence" && postgres >= 18 ? [taken(relation, "ACCESS SHARE")] : [];
}

/** What a comment is on whose lock is that of its relation; that of a constraint, trigger, policy or rule is weaker. */
const ofWholeRelation: ReadonlySet<ObjectKind> = new Set<ObjectKind>([
  "table",
  "view",
  "materialized view",
  "foreign table",
  "sequence",
  "index",
  "column",
]);

function lacks(table: Table | undefined, parts: "policies" | "triggers", wanted: string): boolean {
  return table?.createdIn !== undefined && table[parts]?.some(({ name }) => name === wanted) !== true;
}
