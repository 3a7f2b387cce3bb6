/** Tables, views, sequences and indexes: created, and refreshed. */
import type {
  AlterSeqStmt,
  ColumnDef,
  Constraint,
  CreateForeignTableStmt,
  CreateSchemaStmt,
  CreateSeqStmt,
  CreateStmt,
  CreateTableAsStmt,
  DefElem,
  IndexElem,
  IndexStmt,
  IntoClause,
  Node,
  RangeVar,
  ReindexStmt,
  RefreshMatViewStmt,
  SelectStmt,
  TableLikeClause,
  ViewStmt,
} from "libpg-query";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  CreateView,
  LikeTable,
  Reindex,
  SequenceOwner,
} from "../../model/operation.js";
import type { StatementSource } from "../statement-source.js";
import { columnNames, columnUses } from "./column-uses.js";
import { columnDefinition, tableConstraint } from "./definitions.js";
import { reader, type Draft } from "./draft.js";
import { expression, mentionsOf, usersFunctions } from "./expressions.js";
import { indexKey } from "./index-keys.js";
import { indexNameColumns } from "./index-names.js";
import { all, as, nameOf, qualified, relationName, strings, unwrap } from "./names.js";
import { partitionBound, partitionKey } from "./partitions.js";
import { selectedColumns } from "./row-source.js";

function isTemporary(relation: RangeVar | undefined): boolean {
  // CREATE TABLE pg_temp.t is as temporary as CREATE TEMPORARY TABLE t.
  return relation?.relpersistence === "t" || relation?.schemaname === "pg_temp";
}

/** TableLikeClause.options, lowest bit first (parsenodes.h, TableLikeOption). */
const LIKE_OPTIONS = [
  "comments",
  "compression",
  "constraints",
  "defaults",
  "generated",
  "identity",
  "indexes",
  "statistics",
  "storage",
];

/** @param server Of a foreign table. */
function createTable(statement: CreateStmt, source: StatementSource, server?: string): Draft {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const like: LikeTable[] = [];
  for (const element of statement.tableElts ?? []) {
    const [type, node] = unwrap(element);
    if (type === "ColumnDef") {
      const from = source.tokenAt(source.offset((node as ColumnDef).location));
      columns.push(columnDefinition(source, node as ColumnDef, source.element(from).to));
    } else if (type === "Constraint") {
      const from = source.tokenAt(source.offset((node as Constraint).location));
      constraints.push(tableConstraint(source, node as Constraint, source.element(from).to));
    } else if (type === "TableLikeClause") {
      const { relation, options = 0 } = node as TableLikeClause;
      like.push({
        ...relationName(relation),
        including: LIKE_OPTIONS.filter((_, bit) => (options & (1 << bit)) !== 0),
      });
    }
  }
  const parents = all<RangeVar>(statement.inhRelations, "RangeVar").map(relationName);
  const partitionOf = statement.partbound === undefined ? undefined : parents[0];
  return {
    type: "CreateTable",
    table: relationName(statement.relation),
    ifNotExists: statement.if_not_exists === true,
    temporary: isTemporary(statement.relation),
    unlogged: statement.relation?.relpersistence === "u",
    columns,
    constraints,
    partitioned: statement.partspec !== undefined,
    ...(statement.partspec !== undefined && { partitionBy: partitionKey(statement.partspec) }),
    ...(partitionOf !== undefined && { partitionOf }),
    ...(statement.partbound !== undefined && { bound: partitionBound(statement.partbound) }),
    ...(statement.partbound?.is_default === true && { defaultPartition: true }),
    inherits: partitionOf === undefined ? parents : [],
    like,
    ...(statement.ofTypename !== undefined && { ofType: nameOf(statement.ofTypename.names) }),
    ...(server !== undefined && { foreign: true, server }),
  };
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW. */
export function createTableAs(
  into: IntoClause | undefined,
  query: Node | undefined,
  { materializedView = false, ifNotExists = false } = {},
): Draft {
  return {
    type: "CreateTableAs",
    table: relationName(into?.rel),
    materializedView,
    ifNotExists,
    temporary: isTemporary(into?.rel),
    unlogged: into?.rel?.relpersistence === "u",
    ...(into?.skipData === true && { withNoData: true }),
    reads: mentionsOf(query).relations,
    copies: selectedColumns(query),
    ...(materializedView && outputOf(query, into?.colNames)),
  };
}

/** What a view's query takes and what it makes of it. */
function outputOf(
  query: Node | undefined,
  aliases: readonly Node[] | undefined,
): Pick<CreateView, "uses" | "functions" | "columnNames"> {
  const names = columnNames(query, aliases);
  const functions = usersFunctions(mentionsOf(query));
  return {
    uses: columnUses(query),
    ...(functions.length > 0 && { functions }),
    ...(names !== undefined && { columnNames: names }),
  };
}

/** Clauses with which a query is no automatically updatable view (PostgreSQL documentation, CREATE VIEW). */
const NOT_UPDATABLE = [
  "withClause",
  "distinctClause",
  "groupClause",
  "havingClause",
  "limitCount",
  "limitOffset",
  "valuesLists",
] as const satisfies readonly (keyof SelectStmt)[];

/** Whether a view of this query is updatable, if the one relation that it reads is. */
function isUpdatable(query: Node | undefined): boolean {
  const select = as<SelectStmt>(query, "SelectStmt");
  if (select === undefined || select.op !== "SETOP_NONE") return false;
  const [from, ...others] = select.fromClause ?? [];
  const reads = from !== undefined && as<RangeVar>(from, "RangeVar") !== undefined && others.length === 0;
  if (!reads || NOT_UPDATABLE.some((clause) => select[clause] !== undefined)) return false;
  // An aggregate, a window function and a function that returns a set look alike here.
  return mentionsOf(select.targetList).functions.length === 0;
}

/** OWNED BY; `none` stands for NONE, which CREATE SEQUENCE does not need. */
function ownedBy(options: readonly Node[] | undefined): { readonly ownedBy?: SequenceOwner };
function ownedBy(options: readonly Node[] | undefined, none: "none"): { readonly ownedBy?: SequenceOwner | "none" };
function ownedBy(options: readonly Node[] | undefined, none?: "none"): { readonly ownedBy?: SequenceOwner | "none" } {
  const owner = all<DefElem>(options, "DefElem").find(({ defname }) => defname === "owned_by")?.arg;
  const parts = strings(as<{ items?: Node[] }>(owner, "List")?.items);
  if (parts.length > 1) return { ownedBy: { table: qualified(parts.slice(0, -1)), column: parts.at(-1) ?? "" } };
  return parts.length === 1 && none ? { ownedBy: none } : {};
}

/** A column in parentheses, also with COLLATE, is a column (ComputeIndexAttrs in indexcmds.c). */
function plainKey(key: IndexElem): IndexElem {
  const collate = as<{ arg?: Node; collname?: Node[] }>(key.expr, "CollateClause");
  const fields = as<{ fields?: Node[] }>(collate?.arg ?? key.expr, "ColumnRef")?.fields;
  if (fields === undefined) return key;
  const { expr: _, ...rest } = key;
  return { ...rest, ...(collate?.collname && { collation: collate.collname }), name: strings(fields).at(-1) ?? "" };
}

function createIndex(statement: IndexStmt, source: StatementSource): Draft {
  const table = relationName(statement.relation);
  const keys = all<IndexElem>(statement.indexParams, "IndexElem").map(plainKey);
  const included = all<IndexElem>(statement.indexIncludingParams, "IndexElem");
  const columns = keys.flatMap(({ name }) => name ?? []);
  const inExpressions = mentionsOf(
    keys.map(({ expr }) => expr),
    statement.whereClause,
  ).columns;
  const indexKeyword = source.word(1) === "unique" ? 2 : 1;
  const where = statement.whereClause && source.find(0, ["where"]);
  return {
    type: "CreateIndex",
    ...(statement.idxname !== undefined && {
      // An index lives in its table's schema.
      index: { ...(table.schema !== undefined && { schema: table.schema }), name: statement.idxname },
    }),
    table,
    unique: statement.unique === true,
    concurrently: statement.concurrent === true,
    ifNotExists: statement.if_not_exists === true,
    only: statement.relation?.inh !== true,
    method: statement.accessMethod ?? "btree",
    columns,
    nameColumns: indexNameColumns([...keys, ...included]),
    keys: keys.map(indexKey),
    ...(included.length > 0 && { including: included.flatMap(({ name }) => name ?? []) }),
    ...(statement.nulls_not_distinct === true && { nullsNotDistinct: true }),
    mentions: [...new Set([...columns, ...included.flatMap(({ name }) => name ?? []), ...inExpressions])],
    hasExpression: where !== undefined || keys.some(({ expr }) => expr !== undefined),
    ...(where !== undefined && {
      where: expression(source, statement.whereClause, source.rangeOf(where + 1, source.tokens.length)),
    }),
    anchors: { afterIndexKeyword: source.tokens[indexKeyword]?.end ?? source.range[1] },
  };
}

const REINDEXED: Readonly<Record<string, Reindex["kind"]>> = {
  REINDEX_OBJECT_INDEX: "index",
  REINDEX_OBJECT_TABLE: "table",
  REINDEX_OBJECT_SCHEMA: "schema",
  REINDEX_OBJECT_SYSTEM: "system",
  REINDEX_OBJECT_DATABASE: "database",
};

function reindex(statement: ReindexStmt): Draft {
  return {
    type: "Reindex",
    kind: REINDEXED[statement.kind ?? ""] ?? "index",
    target: statement.relation === undefined ? { name: statement.name ?? "" } : relationName(statement.relation),
    concurrently: isOn(statement.params, "concurrently"),
  };
}

/** Whether a list of options such as `(FULL, ANALYZE off)` turns one on. */
export function isOn(options: readonly Node[] | undefined, name: string): boolean {
  const option = all<DefElem>(options, "DefElem").findLast(({ defname }) => defname === name);
  if (option === undefined) return false;
  if (option.arg === undefined) return true;
  const value =
    as<{ sval?: string }>(option.arg, "String")?.sval ??
    as<{ boolval?: boolean }>(option.arg, "Boolean")?.boolval ??
    as<{ ival?: number }>(option.arg, "Integer")?.ival ??
    0;
  return !["off", "false", "0"].includes(String(value).toLowerCase());
}

export const relationReaders = {
  CreateStmt: reader<CreateStmt>((statement, source) => [createTable(statement, source)]),
  CreateForeignTableStmt: reader<CreateForeignTableStmt>((statement, source) => [
    createTable(statement.base ?? {}, source, statement.servername ?? ""),
  ]),
  CreateTableAsStmt: reader<CreateTableAsStmt>((statement) => [
    createTableAs(statement.into, statement.query, {
      materializedView: statement.objtype === "OBJECT_MATVIEW",
      ifNotExists: statement.if_not_exists === true,
    }),
  ]),
  ViewStmt: reader<ViewStmt>((statement) => [
    {
      type: "CreateView",
      view: relationName(statement.view),
      replace: statement.replace === true,
      temporary: isTemporary(statement.view),
      reads: mentionsOf(statement.query).relations,
      ...outputOf(statement.query, statement.aliases),
      ...(isUpdatable(statement.query) && { updatable: true }),
    },
  ]),
  CreateSeqStmt: reader<CreateSeqStmt>((statement) => [
    {
      type: "CreateSequence",
      sequence: relationName(statement.sequence),
      ifNotExists: statement.if_not_exists === true,
      temporary: isTemporary(statement.sequence),
      ...ownedBy(statement.options),
    },
  ]),
  AlterSeqStmt: reader<AlterSeqStmt>((statement) => [
    {
      type: "AlterSequence",
      sequence: relationName(statement.sequence),
      ifExists: statement.missing_ok === true,
      options: all<DefElem>(statement.options, "DefElem").map(({ defname = "" }) => defname),
      ...ownedBy(statement.options, "none"),
    },
  ]),
  CreateSchemaStmt: reader<CreateSchemaStmt>((statement) => [
    {
      type: "CreateSchema",
      schema: statement.schemaname ?? statement.authrole?.rolename ?? "",
      ifNotExists: statement.if_not_exists === true,
    },
  ]),
  IndexStmt: reader<IndexStmt>((statement, source) => [createIndex(statement, source)]),
  ReindexStmt: reader<ReindexStmt>((statement) => [reindex(statement)]),
  RefreshMatViewStmt: reader<RefreshMatViewStmt>((statement) => [
    {
      type: "RefreshMaterializedView",
      view: relationName(statement.relation),
      concurrently: statement.concurrent === true,
      ...(statement.skipData === true && { withNoData: true }),
    },
  ]),
};
