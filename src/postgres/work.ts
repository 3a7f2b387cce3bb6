/**
 * What PostgreSQL does for an operation while it holds its lock: `instant`, `scan`, `index-build` or `rewrite`.
 *
 * One row per operation, over the schema just before it. The facts are measured on PostgreSQL 12 to 18; the tests
 * measure them again. Where the schema is not known the row says so.
 */
import type { Catalog, Constraint, Table } from "../model/catalog.js";
import type { Work } from "../model/lock.js";
import type { QualifiedName } from "../model/name.js";
import type {
  AddColumn,
  AddConstraint,
  AttachPartition,
  ColumnDefinition,
  ConstraintDefinition,
  Operation,
  OperationOf,
  OperationType,
} from "../model/operation.js";
import type { Circumstances } from "./circumstances.js";
import { serialType } from "./catalog/columns.js";
import { isEmptied } from "./emptied-tables.js";
import { provesBound } from "./partition-proof.js";
import { isVolatile } from "./function-volatility.js";
import { workOfTypeChange } from "./type-change.js";

const byDuration: readonly Work[] = ["instant", "scan", "index-build", "rewrite"];

export function longest(works: Iterable<Work>): Work {
  let longest = 0;
  for (const work of works) longest = Math.max(longest, byDuration.indexOf(work));
  return byDuration[longest]!;
}

export function workOf(operation: Operation, circumstances: Circumstances): Work {
  const row = facts[operation.type] as Fact<OperationType> | undefined;
  if (row === undefined) return "instant";
  if ("table" in operation && operation.table && !isWrite(operation)) {
    if (hasNoRows(operation.type, operation.table, circumstances)) return "instant";
  }
  return typeof row === "function" ? row(operation, circumstances) : row;
}

/** Whether there are no rows to look at: they are on another server, or the transaction has removed them. */
function hasNoRows(type: OperationType, table: QualifiedName, circumstances: Circumstances): boolean {
  if (circumstances.catalog.table(table)?.kind === "foreign table") return true;
  // ATTACH reads the partition.
  return type !== "AttachPartition" && isEmptied(table, circumstances);
}

function isWrite({ type }: Operation): boolean {
  return type === "Insert" || type === "Update" || type === "Delete" || type === "Merge";
}

type Fact<Type extends OperationType> = Work | ((operation: OperationOf<Type>, circumstances: Circumstances) => Work);

/** Operations that are not listed are instant. */
const facts: { readonly [Type in OperationType]?: Fact<Type> } = {
  AddColumn: (operation, circumstances) => workOfAddColumn(operation, circumstances),
  AlterColumnType: workOfTypeChange,
  SetNotNull: (operation, circumstances) => workOfNotNull(operation.table, operation.column, circumstances),
  AddConstraint: (operation, circumstances) => workOfAddConstraint(operation, circumstances),
  ValidateConstraint: (operation, { catalog }) =>
    catalog.table(operation.table)?.constraints.get(operation.constraint)?.valid ? "instant" : "scan",
  AlterTable: (operation, { catalog }) =>
    operation.kind === "sequence"
      ? "instant"
      : operation.enforced === true
        ? "scan"
        : workOfSubcommand(operation, catalog),
  AttachPartition: (operation, { catalog }) => workOfAttach(operation, catalog),
  CreateIndex: (operation, { catalog }) => {
    if (operation.ifNotExists && operation.index && exists(catalog, operation.table, operation.index.name))
      return "instant";
    return operation.only && mayBePartitioned(catalog.table(operation.table)) ? "instant" : "index-build";
  },
  // Before 14 PostgreSQL passes over a partitioned table, with a warning.
  Reindex: ({ kind, target }, { catalog, postgres }) =>
    kind === "table" && postgres < 14 && catalog.table(target)?.kind === "partitioned table"
      ? "instant"
      : "index-build",
  // 18 and before check the whole domain's columns on every change that can fail.
  AlterDomain: (operation) => {
    if (operation.subcommand === "AddConstraint") return operation.constraint?.notValid ? "instant" : "scan";
    return operation.subcommand === "ValidateConstraint" || operation.subcommand === "SetNotNull" ? "scan" : "instant";
  },
  Cluster: "rewrite",
  MoveAllInTablespace: ({ kind }) => (kind === "index" ? "index-build" : "rewrite"),
  Vacuum: (operation) => (operation.full ? "rewrite" : operation.analyzeOnly ? "instant" : "scan"),
  // Without CONCURRENTLY a new file takes the place of the old one; with it, both contents are compared.
  RefreshMaterializedView: (operation) => (operation.concurrently ? "scan" : "rewrite"),
  CreateTableAs: (operation, { catalog }) =>
    operation.withNoData || (operation.ifNotExists && catalog.table(operation.table)) ? "instant" : "scan",
  Insert: (operation) => (operation.reads.length > 0 ? "scan" : "instant"),
  // With a WHERE the cost depends on whether an index serves it, which is not known.
  Update: (operation) => (operation.hasWhere ? "instant" : "scan"),
  Delete: (operation) => (operation.hasWhere ? "instant" : "scan"),
  Merge: "scan",
};

/** Of a table that no migration has made nobody would say ON ONLY if it were not partitioned. */
function mayBePartitioned(table: Table | undefined): boolean {
  return table?.createdIn === undefined || table.kind === "partitioned table";
}

/** ALTER TABLE subcommands without an operation of their own; those not listed are instant. */
const subcommands: Readonly<Record<string, Work>> = {
  SetLogged: "rewrite",
  SetUnLogged: "rewrite",
  SetAccessMethod: "rewrite",
  SetTableSpace: "rewrite",
  SetExpression: "rewrite",
};

/** A partitioned table and its indexes have no files: what they are told holds for partitions that come later. */
const OF_FILES: ReadonlySet<string> = new Set(["SetAccessMethod", "SetTableSpace"]);

function workOfSubcommand({ subcommand, table: name, kind }: OperationOf<"AlterTable">, catalog: Catalog): Work {
  const index = catalog.index(name);
  const table = catalog.table(index?.table ?? name);
  if (OF_FILES.has(subcommand) && table?.kind === "partitioned table") return "instant";
  // An index is copied alone.
  if (subcommand === "SetTableSpace" && (index || kind === "index")) return "index-build";
  // A table that is logged already, or not, stays as it is.
  if (table?.createdIn !== undefined && subcommand === (table.unlogged ? "SetUnLogged" : "SetLogged")) return "instant";
  return subcommands[subcommand] ?? "instant";
}

function exists(catalog: Catalog, table: QualifiedName, name: string): boolean {
  const { schema } = catalog.qualify(table);
  return catalog.index({ schema, name }) !== undefined || catalog.table({ schema, name }) !== undefined;
}

/** The first row that applies decides. */
const columnFacts: readonly {
  readonly when: (column: ColumnDefinition, circumstances: Circumstances) => boolean;
  readonly work: Work;
}[] = [
  { when: (column) => serialType(column.type) !== undefined, work: "rewrite" },
  { when: (column) => column.identity !== undefined, work: "rewrite" },
  { when: (column) => column.generated?.kind === "stored", work: "rewrite" },
  {
    when: (column, { catalog }) => {
      const domain = column.type.arrayDimensions === 0 ? catalog.domain(column.type) : undefined;
      return domain !== undefined && (domain.hasCheck || domain.notNull);
    },
    work: "rewrite",
  },
  {
    when: (column, { catalog }) => column.default !== undefined && isVolatile(column.default, catalog),
    work: "rewrite",
  },
  { when: (column, { postgres }) => hasDefault(column) && postgres < 11, work: "rewrite" },
  {
    when: (column) => has(column, "primary key") || has(column, "unique") || has(column, "exclude"),
    work: "index-build",
  },
  { when: (column) => has(column, "check"), work: "scan" },
  // Even DEFAULT NULL makes PostgreSQL look.
  { when: (column) => has(column, "foreign key") && column.default !== undefined, work: "scan" },
];

function hasDefault(column: ColumnDefinition): boolean {
  return column.default !== undefined && column.default.kind !== "null";
}

function has(column: ColumnDefinition, kind: Constraint["kind"]): boolean {
  return column.constraints.some(
    (constraint) => constraint.kind === kind && !constraint.notValid && !constraint.notEnforced,
  );
}

function workOfAddColumn(operation: AddColumn, circumstances: Circumstances): Work {
  const exists = circumstances.catalog.table(operation.table)?.columns.has(operation.column.name);
  if (exists && operation.ifNotExists) return "instant";
  return columnFacts.find(({ when }) => when(operation.column, circumstances))?.work ?? "instant";
}

/** Whether every row is known to have a value: PostgreSQL does not look again. */
function workOfNotNull(name: QualifiedName, column: string, { catalog, postgres }: Circumstances): Work {
  const table = catalog.table(name);
  const constraints = [...(table?.constraints.values() ?? [])];
  const unproven = constraints.some(
    ({ kind, columns, valid }) => kind === "not null" && columns[0] === column && !valid,
  );
  if (table?.columns.get(column)?.notNull === true && !unproven) return "instant";
  // From 12 on a valid CHECK (c IS NOT NULL) is proof enough.
  const proven = constraints.some(({ valid, provesNotNull }) => valid && provesNotNull.includes(column));
  return proven && postgres >= 12 ? "instant" : "scan";
}

function workOfAddConstraint({ table, only, constraint }: AddConstraint, circumstances: Circumstances): Work {
  const { catalog } = circumstances;
  if (constraint.notValid || constraint.notEnforced) return "instant";
  // All rows are in the partitions.
  if (only && catalog.table(table)?.kind === "partitioned table") return "instant";
  switch (constraint.kind) {
    case "check":
      return "scan";
    case "foreign key":
      return isTakenOver(table, constraint, catalog) ? "instant" : "scan";
    case "not null":
      return workOfNotNull(table, constraint.columns[0]!, circumstances);
    case "exclude":
      return "index-build";
    case "unique":
      return constraint.usingIndex === undefined ? "index-build" : "instant";
    case "primary key": {
      if (constraint.usingIndex === undefined) return "index-build";
      const index = catalog.indexesOf(table).find(({ name }) => name === constraint.usingIndex);
      // The key's columns become NOT NULL. Where nothing is known of them, no scan is known either.
      const nullable = (index?.columns ?? []).filter(
        (column) => catalog.table(table)?.columns.get(column)?.notNull === false,
      );
      return longest(nullable.map((column) => workOfNotNull(table, column, circumstances)));
    }
  }
}

/** Whether no partition is left to read. */
function isTakenOver(table: QualifiedName, constraint: ConstraintDefinition, catalog: Catalog): boolean {
  const partitions = catalog.partitionsOf(table);
  return partitions.length > 0 && partitionsWith(table, constraint, catalog).length === partitions.length;
}

/** The partitions that have the foreign key already, valid: the partitioned table takes those over unread. */
export function partitionsWith(
  table: QualifiedName,
  { columns, references }: ConstraintDefinition,
  catalog: Catalog,
): readonly Table[] {
  if (!references) return [];
  const { schema, name } = catalog.qualify(references.table);
  return catalog.partitionsOf(table).filter((partition) =>
    foreignKeysOf(partition, catalog).some((key) => {
      const target = key.references?.table;
      return key.valid && key.columns.join() === columns.join() && target?.schema === schema && target.name === name;
    }),
  );
}

/**
 * ATTACH builds the indexes of the parent that the new partition lacks, checks the foreign keys that it lacks, and scans
 * it unless its valid CHECKs prove its bounds.
 */
function workOfAttach({ table: parent, partition, bound }: AttachPartition, catalog: Catalog): Work {
  const own = catalog.indexesOf(partition);
  const lacksIndex = catalog
    .indexesOf(parent)
    .some(
      (index) => !own.some(({ unique, columns }) => unique === index.unique && columns.join() === index.columns.join()),
    );
  if (lacksIndex) return "index-build";
  const [whole, part] = [catalog.table(parent), catalog.table(partition)];
  const proven = whole !== undefined && part !== undefined && provesBound(part, whole, bound, catalog);
  return proven && lackingForeignKeys(parent, partition, catalog).length === 0 ? "instant" : "scan";
}

/** Foreign keys of a partitioned table that a table does not have, and would get as a partition of it. */
export function lackingForeignKeys(parent: QualifiedName, partition: QualifiedName, catalog: Catalog): Constraint[] {
  const own = foreignKeysOf(partition, catalog);
  return foreignKeysOf(parent, catalog).filter((key) => !own.some((other) => sameForeignKey(key, other)));
}

export function foreignKeysOf(table: QualifiedName, catalog: Catalog): Constraint[] {
  return [...(catalog.table(table)?.constraints.values() ?? [])].filter(({ kind }) => kind === "foreign key");
}

export function sameForeignKey(a: Constraint, b: Constraint): boolean {
  return (
    a.columns.join() === b.columns.join() &&
    a.references?.table.name === b.references?.table.name &&
    a.references?.table.schema === b.references?.table.schema
  );
}
