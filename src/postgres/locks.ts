/**
 * Which table-level locks a statement takes on which relations.
 *
 * One row per operation, over the schema just before it: the relation that it acts on and the others that it reaches
 * (partitions, referenced tables, what a view reads). A statement takes the strongest mode that any of its operations
 * needs, and does all its work under it. The facts are measured on PostgreSQL 12 to 18; the tests measure them again.
 *
 * Locks on indexes are not listed: whoever uses an index has locked its table first. One under ACCESS EXCLUSIVE whose table
 * is free counts as its table, because planning a query locks every index of its tables. Nor are the locks listed on the
 * sequences of a table's columns that go with the table's own.
 */
import type { Catalog, Constraint, Table } from "../model/catalog.js";
import type { Blocked, Lock, Work } from "../model/lock.js";
import type { QualifiedName } from "../model/name.js";
import type {
  ConstraintDefinition,
  LockMode,
  Operation,
  OperationOf,
  OperationType,
  PartitionBound,
} from "../model/operation.js";
import { LOCK_MODES } from "./lock-modes.js";
import { objectLocks } from "./object-locks.js";
import { excludesBound } from "./partition-proof.js";
import {
  partitions,
  readers,
  readThrough,
  tablesWithType,
  taken,
  throughViews,
  tree,
  viewsOfType,
  type Situation,
  type Taken,
} from "./taken.js";
import { typeChange } from "./type-change.js";
import { foreignKeysOf, lackingForeignKeys, longest, partitionsWith, sameForeignKey } from "./work.js";

const all: readonly Blocked[] = ["read", "write", "ddl"];

/** What each mode keeps others from (PostgreSQL documentation, table 13.2, for the locks of SELECT, DML and DDL). */
const blocks: Readonly<Record<LockMode, readonly Blocked[]>> = {
  "ACCESS SHARE": [],
  "ROW SHARE": [],
  "ROW EXCLUSIVE": [],
  "SHARE UPDATE EXCLUSIVE": ["ddl"],
  SHARE: ["write", "ddl"],
  "SHARE ROW EXCLUSIVE": ["write", "ddl"],
  EXCLUSIVE: ["write", "ddl"],
  "ACCESS EXCLUSIVE": ["read", "write", "ddl"],
};

type Fact<Type extends OperationType> = (operation: OperationOf<Type>, situation: Situation) => readonly Taken[];

export type LockFacts = { readonly [Type in OperationType]?: Fact<Type> };

/** Operations that are not listed lock no user table. */
const facts: LockFacts = {
  ...objectLocks,

  CreateTable: (operation, { catalog }) => {
    if (operation.ifNotExists && catalog.table(operation.table)) return [];
    const foreignKeys = [...operation.constraints, ...operation.columns.flatMap((column) => column.constraints)];
    return [
      ...foreignKeys.flatMap(({ references }) => (references ? [taken(references.table, "SHARE ROW EXCLUSIVE")] : [])),
      ...operation.inherits.map((parent) => taken(parent, "SHARE UPDATE EXCLUSIVE")),
      ...operation.like.map((source) => taken(source, "ACCESS SHARE")),
      ...(operation.partitionOf ? newPartition(operation.partitionOf, operation.bound, catalog) : []),
    ].filter(({ relation }) => relation.name !== operation.table.name || relation.schema !== operation.table.schema);
  },
  CreateTableAs: ({ reads }, { catalog, work }) => readThrough(reads, work, catalog),
  CreateView: ({ view, replace, reads }, { catalog }) => [
    ...(replace && catalog.table(view) ? [taken(view, "ACCESS EXCLUSIVE")] : []),
    ...reads.map((read) => taken(read, "ACCESS SHARE")),
  ],
  DropRelation: ({ relation, cascade, ifExists }, { catalog }) => drop(relation, cascade, ifExists, catalog),
  RenameRelation: ({ relation, kind }, { catalog }) => {
    // ALTER INDEX locks it less than ALTER TABLE, which can rename it, too.
    if (kind === "index") return [];
    return [taken(catalog.index(relation)?.table ?? relation, "ACCESS EXCLUSIVE")];
  },
  SetSchema: ({ relation, kind }) => (kind === "index" ? [] : [taken(relation, "ACCESS EXCLUSIVE")]),

  AddColumn: ({ table, column, only }, { catalog, work }) => [
    ...(only ? [taken(table, "ACCESS EXCLUSIVE", work)] : tree(table, "ACCESS EXCLUSIVE", work, catalog)),
    ...column.constraints.flatMap((constraint) =>
      referenced(
        constraint,
        "SHARE ROW EXCLUSIVE",
        work === "scan" && column.default && column.default.kind !== "null" ? work : "instant",
      ),
    ),
  ],
  DropColumn: ({ table, column, cascade }, { catalog }) => [
    ...tree(table, "ACCESS EXCLUSIVE", "instant", catalog),
    ...constraintsOf(table, catalog)
      .filter(({ columns }) => columns.includes(column))
      .flatMap((constraint) => dropOf(table, constraint, cascade, catalog)),
    ...(cascade ? catalog.readBy(table).map((view) => taken(view, "ACCESS EXCLUSIVE")) : []),
  ],
  RenameColumn: ({ table }, { catalog }) => tree(table, "ACCESS EXCLUSIVE", "instant", catalog),
  AlterColumnType: (operation, situation) => {
    const { table, column } = operation;
    const { catalog, work } = situation;
    // Foreign keys from and to the column are made again, and checked where the values or their order change.
    const checked = typeChange(operation, situation) === "free" ? "instant" : "scan";
    return [
      ...tree(table, "ACCESS EXCLUSIVE", work, catalog),
      ...foreignKeysOf(table, catalog)
        .filter(({ columns }) => columns.includes(column))
        .flatMap((constraint) => referenced(constraint, "ACCESS EXCLUSIVE", checked)),
      ...referencing(table, (columns) => columns.includes(column), catalog).map((other) =>
        taken(other, "ACCESS EXCLUSIVE", checked),
      ),
    ];
  },
  SetDefault: alterTable,
  DropDefault: alterTable,
  SetNotNull: (operation, situation) => {
    const { catalog, postgres } = situation;
    const table = catalog.table(operation.table);
    const unproven = constraintsOf(operation.table, catalog).some(
      ({ kind, columns, valid }) => kind === "not null" && columns[0] === operation.column && !valid,
    );
    // Where it is NOT NULL already, PostgreSQL goes no further; before 18 it does so to tables that inherit.
    const isDone = table?.columns.get(operation.column)?.notNull === true && !unproven;
    const stays = isDone && (postgres >= 18 || table.kind === "partitioned table");
    return stays ? [taken(operation.table, "ACCESS EXCLUSIVE")] : alterTable(operation, situation);
  },
  DropNotNull: alterTable,

  AddConstraint: ({ table, only, constraint }, { catalog, postgres, work }) => {
    if (only && constraint.kind !== "foreign key") return [taken(table, "ACCESS EXCLUSIVE", work)];
    switch (constraint.kind) {
      case "foreign key": {
        // Partitions that have it lose their own, with its triggers on the referenced table.
        const takenOver =
          constraint.notValid || constraint.notEnforced ? [] : partitionsWith(table, constraint, catalog);
        const isTakenOver = ({ relation }: Taken): boolean => takenOver.some(({ name }) => name === relation.name);
        // From 18 on the lock reaches inheriting tables, which get no foreign key all the same.
        const reached = partitions(table, "SHARE ROW EXCLUSIVE", work, catalog);
        const others = postgres >= 18 ? tree(table, "SHARE ROW EXCLUSIVE", "instant", catalog) : [];
        return [
          ...others,
          ...reached.map((lock): Taken => (isTakenOver(lock) ? { ...lock, work: "instant" } : lock)),
          ...referenced(constraint, takenOver.length > 0 ? "ACCESS EXCLUSIVE" : "SHARE ROW EXCLUSIVE", work),
        ];
      }
      case "primary key":
      case "unique":
      case "exclude":
        // The index reaches partitions, not inheriting tables; the lock reaches those too from 18 on.
        return postgres >= 18
          ? [
              ...tree(table, "ACCESS EXCLUSIVE", "instant", catalog),
              ...partitions(table, "ACCESS EXCLUSIVE", work, catalog),
            ]
          : [taken(table, "ACCESS EXCLUSIVE", work), ...partitions(table, "SHARE", work, catalog)];
      default:
        if (!constraint.noInherit) return tree(table, "ACCESS EXCLUSIVE", work, catalog);
        return [
          ...(postgres >= 18 ? tree(table, "ACCESS EXCLUSIVE", "instant", catalog) : []),
          taken(table, "ACCESS EXCLUSIVE", work),
        ];
    }
  },
  ValidateConstraint: ({ table, constraint }, { catalog, work }) => {
    const known = catalog.table(table)?.constraints.get(constraint);
    if (known?.valid) return [taken(table, "SHARE UPDATE EXCLUSIVE")];
    return [
      ...tree(table, "SHARE UPDATE EXCLUSIVE", work, catalog),
      ...(known ? referenced(known, "ROW SHARE", work) : []),
    ];
  },
  DropConstraint: ({ table, constraint, cascade }, { catalog }) => {
    const known = catalog.table(table)?.constraints.get(constraint);
    // A key or a foreign key is no business of inheriting tables.
    const inherited = !known || known.kind === "check" || known.kind === "not null";
    return [
      ...(inherited ? tree : partitions)(table, "ACCESS EXCLUSIVE", "instant", catalog),
      ...(known ? dropOf(table, known, cascade, catalog) : []),
    ];
  },
  RenameConstraint: ({ table, constraint }, { catalog }) => {
    const known = catalog.table(table)?.constraints.get(constraint);
    const inherited = !known || known.kind === "check" || known.kind === "not null";
    return inherited ? tree(table, "ACCESS EXCLUSIVE", "instant", catalog) : [taken(table, "ACCESS EXCLUSIVE")];
  },
  AlterTable: (operation, situation) => {
    const { catalog, postgres, work } = situation;
    const { table, only, kind, subcommand, other, name } = operation;
    if (kind === "index" || catalog.index(table)) return alterIndex(operation, situation);
    const mode = isStrong(operation) ? "ACCESS EXCLUSIVE" : (subcommands[subcommand] ?? "ACCESS EXCLUSIVE");
    const constraint = subcommand === "AlterConstraint" && catalog.table(table)?.constraints.get(name ?? "");
    const parent = subcommand === "AddInherit" ? "SHARE UPDATE EXCLUSIVE" : "ACCESS SHARE";
    return [
      ...(only || onOneTable.has(subcommand) || (postgres < 17 && subcommand.endsWith("Identity"))
        ? [taken(table, mode, work)]
        : (isOfPartitions(subcommand) ? partitions : tree)(table, mode, work, catalog)),
      ...(other ? [taken(other, parent)] : []),
      // Not enforced, a foreign key has no triggers on the referenced table.
      ...(constraint && operation.enforced !== undefined
        ? referenced(constraint, operation.enforced ? "SHARE ROW EXCLUSIVE" : "ACCESS EXCLUSIVE", work)
        : []),
    ];
  },

  AttachPartition: ({ table, partition, bound }, { catalog, work }) => {
    const defaults = defaultPartitions(table, catalog, bound);
    const lacking = lackingForeignKeys(table, partition, catalog);
    const present = foreignKeysOf(table, catalog).filter((key) => !lacking.includes(key));
    return [
      taken(table, "SHARE UPDATE EXCLUSIVE", longest(defaults.map((other) => other.work))),
      ...tree(partition, "ACCESS EXCLUSIVE", work, catalog),
      ...defaults,
      ...lacking.flatMap((key) => referenced(key, "SHARE ROW EXCLUSIVE", "scan")),
      // The partition's own triggers on the referenced table go: the parent's take their place.
      ...present.flatMap((key) => referenced(key, "ACCESS EXCLUSIVE", "instant")),
    ];
  },
  // Before 14 the partition itself is locked less.
  DetachPartition: ({ table, partition, concurrently }, { catalog, postgres }) => [
    taken(table, concurrently ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE"),
    taken(partition, postgres >= 14 ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE"),
    ...(concurrently ? [] : defaultPartitions(table, catalog)),
    ...foreignKeysOf(table, catalog).flatMap((key) => referenced(key, "SHARE ROW EXCLUSIVE", "instant")),
  ],

  CreateIndex: ({ table, concurrently, only }, { catalog, work }) => {
    const mode = concurrently ? "SHARE UPDATE EXCLUSIVE" : "SHARE";
    return only ? [taken(table, mode, work)] : partitions(table, mode, work, catalog);
  },
  DropIndex: ({ index, concurrently }, { catalog }) => {
    const table = catalog.index(index)?.table;
    return table
      ? partitions(table, concurrently ? "SHARE UPDATE EXCLUSIVE" : "ACCESS EXCLUSIVE", "instant", catalog)
      : [];
  },
  Reindex: ({ kind, target, concurrently }, { catalog, work }) => {
    const table = kind === "index" ? catalog.index(target)?.table : kind === "table" ? target : undefined;
    if (!table) return [];
    if (concurrently) return partitions(table, "SHARE UPDATE EXCLUSIVE", work, catalog);
    // The index itself is under ACCESS EXCLUSIVE, and planning any query locks every index of its tables.
    return partitions(table, "SHARE", work, catalog).map((lock) => ({ ...lock, alsoBlocks: ["read"] }));
  },

  // A domain's new constraint is checked in every table that has a column of it.
  AlterDomain: ({ domain }, { catalog, work }) =>
    work === "instant" ? [] : tablesWithType(domain, catalog).map((table) => taken(table, "SHARE", work)),
  DropType: ({ name, cascade }, { catalog }) =>
    cascade
      ? [...tablesWithType(name, catalog), ...viewsOfType(name, catalog)].map((one) => taken(one, "ACCESS EXCLUSIVE"))
      : [],
  DropSchema: ({ schema, cascade }, { catalog }) =>
    cascade
      ? [...catalog.tables()]
          .filter((table) => table.schema === schema)
          .flatMap((table) => drop(table, true, false, catalog))
      : [],

  // Which partitions and referenced tables the rows reach is not in the statement; those locks block nobody.
  Insert: ({ table, reads }, { catalog, work }) => [
    ...throughViews(table, "ROW EXCLUSIVE", "instant", catalog),
    ...readThrough(reads, work, catalog),
  ],
  Update: writeRows,
  Delete: writeRows,
  Merge: writeRows,
  Copy: ({ table, from }) => [taken(table, from ? "ROW EXCLUSIVE" : "ACCESS SHARE")],
  Select: ({ reads, locksRows = [] }, { catalog }) => [
    ...readThrough(reads, "instant", catalog),
    ...locksRows.flatMap((table) => throughViews(table, "ROW SHARE", "instant", catalog)),
  ],
  Truncate: ({ table, only, cascade }, { catalog }) => [
    ...(only ? [taken(table, "ACCESS EXCLUSIVE")] : tree(table, "ACCESS EXCLUSIVE", "instant", catalog)),
    ...(cascade ? spread(table, catalog).map((other) => taken(other, "ACCESS EXCLUSIVE")) : []),
  ],
  LockTable: ({ table, only, mode }, { catalog }) => {
    if (only) return [taken(table, mode)];
    const reached = throughViews(table, mode, "instant", catalog);
    return reached.flatMap(({ relation }) => tree(relation, mode, "instant", catalog));
  },
  Vacuum: ({ table, full }, { work }) =>
    table ? [taken(table, full ? "ACCESS EXCLUSIVE" : "SHARE UPDATE EXCLUSIVE", work)] : [],
  Cluster: ({ table }, { work }) => (table ? [taken(table, "ACCESS EXCLUSIVE", work)] : []),
  RefreshMaterializedView: ({ view, concurrently, withNoData }, { catalog, work }) => [
    taken(view, concurrently ? "EXCLUSIVE" : "ACCESS EXCLUSIVE", work),
    ...(withNoData ? [] : readThrough(catalog.table(view)?.reads ?? [], "scan", catalog)),
  ],
};

/** ALTER TABLE subcommands without an operation of their own; those not listed take ACCESS EXCLUSIVE. */
const subcommands: Readonly<Record<string, LockMode>> = {
  SetStatistics: "SHARE UPDATE EXCLUSIVE",
  SetOptions: "SHARE UPDATE EXCLUSIVE",
  ResetOptions: "SHARE UPDATE EXCLUSIVE",
  SetRelOptions: "SHARE UPDATE EXCLUSIVE",
  ResetRelOptions: "SHARE UPDATE EXCLUSIVE",
  ClusterOn: "SHARE UPDATE EXCLUSIVE",
  DropCluster: "SHARE UPDATE EXCLUSIVE",
  EnableTrig: "SHARE ROW EXCLUSIVE",
  EnableAlwaysTrig: "SHARE ROW EXCLUSIVE",
  EnableReplicaTrig: "SHARE ROW EXCLUSIVE",
  EnableTrigAll: "SHARE ROW EXCLUSIVE",
  EnableTrigUser: "SHARE ROW EXCLUSIVE",
  DisableTrig: "SHARE ROW EXCLUSIVE",
  DisableTrigAll: "SHARE ROW EXCLUSIVE",
  DisableTrigUser: "SHARE ROW EXCLUSIVE",
};

/** Options whose change takes ACCESS EXCLUSIVE (reloptions.c); those of a view all do. */
function isStrong({ kind, subcommand, parameters = [] }: OperationOf<"AlterTable">): boolean {
  const ofRelation = subcommand === "SetRelOptions" || subcommand === "ResetRelOptions";
  return ofRelation && (kind === "view" || parameters.includes("user_catalog_table"));
}

/** ALTER INDEX: planning any query on the table waits for an index that is attached or moved. Others lock it less. */
function alterIndex(
  { table: index, subcommand, other }: OperationOf<"AlterTable">,
  { catalog, work }: Situation,
): readonly Taken[] {
  const table = catalog.index(index)?.table;
  if (table && subcommand === "SetTableSpace") return [taken(table, "ACCESS EXCLUSIVE", work)];
  const part = other && catalog.index(other)?.table;
  if (subcommand !== "AttachPartition" || !table || !part) return [];
  return [taken(table, "ACCESS SHARE"), { ...taken(part, "ACCESS SHARE"), alsoBlocks: ["read", "write"] }];
}

/** Subcommands that reach partitions and not tables that inherit. */
function isOfPartitions(subcommand: string): boolean {
  return subcommand.includes("Trig") || subcommand.endsWith("Identity");
}

/** Subcommands that never reach the partitions and children. */
const onOneTable: ReadonlySet<string> = new Set([
  "AddInherit",
  "ChangeOwner",
  "ClusterOn",
  "DisableRowSecurity",
  "DropCluster",
  "DropInherit",
  "EnableRowSecurity",
  "ForceRowSecurity",
  "NoForceRowSecurity",
  "ReplicaIdentity",
  "ResetRelOptions",
  "SetAccessMethod",
  "SetLogged",
  "SetRelOptions",
  "SetTableSpace",
  "SetUnLogged",
]);

/** The locks of one operation. */
export function locksOf(operation: Operation, situation: Situation): readonly Taken[] {
  const fact = facts[operation.type] as Fact<OperationType> | undefined;
  if (!fact) return [];
  const { catalog } = situation;
  if (operation.ifTableExists && catalog.complete && "table" in operation && operation.table) {
    if (!catalog.table(operation.table) && !catalog.index(operation.table)) return [];
  }
  return fact(operation as never, situation)
    .filter(({ relation }) => !catalog.index(relation))
    .map((lock) => ({ ...lock, relation: catalog.qualify(lock.relation) }));
}

/** The locks of a statement: the strongest mode for each relation, and the longest work under it. */
export function combineLocks(taken: readonly Taken[]): readonly Lock[] {
  const locks = new Map<string, Lock>();
  for (const { relation, mode, work, alsoBlocks } of taken) {
    const name = `${relation.schema}.${relation.name}`;
    const known = locks.get(name);
    const strongest = known && LOCK_MODES.indexOf(known.mode) > LOCK_MODES.indexOf(mode) ? known.mode : mode;
    locks.set(name, {
      relation: name,
      mode: strongest,
      blocks: all.filter(
        (one) => blocks[strongest].includes(one) || alsoBlocks?.includes(one) || known?.blocks.includes(one),
      ),
      while: known ? longest([known.while, work]) : work,
    });
  }
  return [...locks.values()];
}

function alterTable(
  { table, only }: { readonly table: QualifiedName; readonly only?: true },
  { catalog, work }: Situation,
): readonly Taken[] {
  return only ? [taken(table, "ACCESS EXCLUSIVE", work)] : tree(table, "ACCESS EXCLUSIVE", work, catalog);
}

function writeRows(
  { table, only, reads = [] }: Pick<OperationOf<"Update">, "table" | "only" | "reads">,
  { catalog, work }: Situation,
): readonly Taken[] {
  const written = throughViews(table, "ROW EXCLUSIVE", work, catalog);
  return [
    ...written.flatMap((lock) => (only ? [lock] : tree(lock.relation, lock.mode, lock.work, catalog))),
    ...readThrough(reads, work, catalog),
  ];
}

function constraintsOf(table: QualifiedName, catalog: Catalog): readonly Constraint[] {
  return [...(catalog.table(table)?.constraints.values() ?? [])];
}

function referenced(constraint: Constraint | ConstraintDefinition, mode: LockMode, work: Work): Taken[] {
  return constraint.references ? [taken(constraint.references.table, mode, work)] : [];
}

/** Tables with a foreign key to these columns of the table. */
function referencing(
  table: QualifiedName,
  isMeant: (columns: readonly string[]) => boolean,
  catalog: Catalog,
): readonly Table[] {
  const { schema, name } = catalog.qualify(table);
  return catalog
    .referencedBy(table)
    .filter((other) =>
      [...other.constraints.values()].some(
        ({ references }) =>
          references &&
          references.table.schema === schema &&
          references.table.name === name &&
          isMeant(references.columns),
      ),
    );
}

/** A foreign key goes with its triggers on the referenced table; a key with CASCADE takes the foreign keys to it along. */
function dropOf(table: QualifiedName, constraint: Constraint, cascade: boolean, catalog: Catalog): Taken[] {
  if (constraint.kind === "foreign key") return referenced(constraint, "ACCESS EXCLUSIVE", "instant");
  if (!cascade || (constraint.kind !== "primary key" && constraint.kind !== "unique")) return [];
  const key = [...constraint.columns].sort().join("\0");
  return referencing(table, (columns) => [...columns].sort().join("\0") === key, catalog).map((other) =>
    taken(other, "ACCESS EXCLUSIVE"),
  );
}

function drop(relation: QualifiedName, cascade: boolean, ifExists: boolean, catalog: Catalog): Taken[] {
  const table = catalog.table(relation);
  if (!table && ifExists && catalog.complete) return [];
  return [
    ...tree(relation, "ACCESS EXCLUSIVE", "instant", catalog),
    ...(table?.partitionOf ? [taken(table.partitionOf, "ACCESS EXCLUSIVE")] : []),
    ...ownForeignKeys(relation, catalog).flatMap((key) => referenced(key, "ACCESS EXCLUSIVE", "instant")),
    ...(cascade ? catalog.referencedBy(relation).map((other) => taken(other, "ACCESS EXCLUSIVE")) : []),
    ...(cascade ? readers(relation, catalog).map((view) => taken(view, "ACCESS EXCLUSIVE")) : []),
  ];
}

/** Foreign keys without those that a partition has from its parent: their triggers are the parent's. */
function ownForeignKeys(relation: QualifiedName, catalog: Catalog): Constraint[] {
  const parent = catalog.table(relation)?.partitionOf;
  const inherited = parent ? foreignKeysOf(parent, catalog) : [];
  return foreignKeysOf(relation, catalog).filter((key) => !inherited.some((other) => sameForeignKey(key, other)));
}

/** The lock on a default partition; where its parent gets a partition beside it, rows are looked for that belong there. */
function defaultPartitions(parent: QualifiedName, catalog: Catalog, added?: PartitionBound): readonly Taken[] {
  const whole = catalog.table(parent);
  const other = catalog.defaultPartitionOf(parent);
  if (!other) return [];
  const isRead = added !== undefined && !(whole && excludesBound(other, whole, added, catalog));
  return [taken(other, "ACCESS EXCLUSIVE", isRead ? "scan" : "instant")];
}

/** A new, empty partition: its parent, what the parent's foreign keys reference, and a default partition, which is read unless its CHECKs exclude the new one's rows. */
function newPartition(parent: QualifiedName, bound: PartitionBound | undefined, catalog: Catalog): Taken[] {
  const defaults = defaultPartitions(parent, catalog, bound);
  return [
    taken(parent, "ACCESS EXCLUSIVE", longest(defaults.map(({ work }) => work))),
    ...defaults,
    ...foreignKeysOf(parent, catalog).flatMap((key) => referenced(key, "SHARE ROW EXCLUSIVE", "instant")),
  ];
}

/** Everything that TRUNCATE … CASCADE empties beside the table itself. */
function spread(table: QualifiedName, catalog: Catalog, seen = new Set<string>()): Table[] {
  return catalog.referencedBy(table).flatMap((other) => {
    const name = `${other.schema}.${other.name}`;
    if (seen.has(name)) return [];
    seen.add(name);
    return [other, ...spread(other, catalog, seen)];
  });
}
