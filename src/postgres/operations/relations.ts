/** Tables, views, sequences and indexes: created, dropped, renamed, moved. */
import type {
  AlterObjectSchemaStmt,
  ColumnDef,
  Constraint,
  CreateForeignTableStmt,
  CreateSchemaStmt,
  CreateSeqStmt,
  CreateStmt,
  CreateTableAsStmt,
  DefElem,
  DropStmt,
  IndexElem,
  IndexStmt,
  IntoClause,
  Node,
  ObjectWithArgs,
  RangeVar,
  ReindexStmt,
  RenameStmt,
  RefreshMatViewStmt,
  SelectStmt,
  TableLikeClause,
  TypeName,
  ViewStmt,
} from "libpg-query";
import type {
  ColumnDefinition,
  ConstraintDefinition,
  DropRelation,
  FunctionKind,
  LikeTable,
  Reindex,
} from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import type { StatementSource } from "../statement-source.js";
import { relationKind } from "./alter-table.js";
import { columnDefinition, tableConstraint } from "./definitions.js";
import { other, reader, type Draft } from "./draft.js";
import { expression, mentionsOf } from "./expressions.js";
import { indexKey } from "./index-keys.js";
import { indexNameColumns } from "./index-names.js";
import { all, as, nameOf, objectParts, qualified, relationName, unwrap } from "./names.js";
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

function createTable(statement: CreateStmt, source: StatementSource, foreign: boolean): Draft {
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
    ...(partitionOf !== undefined && { partitionOf }),
    ...(statement.partbound?.is_default === true && { defaultPartition: true }),
    inherits: partitionOf === undefined ? parents : [],
    like,
    ...(statement.ofTypename !== undefined && { ofType: nameOf(statement.ofTypename.names) }),
    ...(foreign && { foreign }),
  };
}

/** CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW. */
export function createTableAs(
  into: IntoClause | undefined,
  query: unknown,
  { materializedView = false, ifNotExists = false } = {},
): Draft {
  return {
    type: "CreateTableAs",
    table: relationName(into?.rel),
    materializedView,
    ifNotExists,
    temporary: isTemporary(into?.rel),
    unlogged: into?.rel?.relpersistence === "u",
    reads: mentionsOf(query).relations,
    copies: selectedColumns(query),
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

const DROPPED_RELATIONS: Readonly<Record<string, DropRelation["kind"]>> = {
  OBJECT_TABLE: "table",
  OBJECT_VIEW: "view",
  OBJECT_MATVIEW: "materialized view",
  OBJECT_FOREIGN_TABLE: "foreign table",
  OBJECT_SEQUENCE: "sequence",
};

/** Words between DROP and the first name. */
const DROP_WORDS = new Set([
  "materialized",
  "foreign",
  "table",
  "view",
  "sequence",
  "index",
  "type",
  "domain",
  "schema",
  "function",
  "procedure",
  "routine",
  "aggregate",
]);

/** Where each name of a DROP stands; one name alone stands for the whole statement. */
function droppedRanges(statement: DropStmt, source: StatementSource): readonly Range[] {
  const count = statement.objects?.length ?? 0;
  if (count === 1) return [source.range];
  let token = 1;
  while (DROP_WORDS.has(source.word(token))) {
    const kindIsWhole = source.word(token) !== "materialized" && source.word(token) !== "foreign";
    token++;
    if (kindIsWhole) break;
  }
  if (source.has(token, "concurrently")) token++;
  if (source.has(token, "if", "exists")) token += 2;
  return source.elements(token).map(({ from, to }) => {
    const last = source.word(to - 1);
    const behavior = (last === "cascade" || last === "restrict") && to - from > 1 && source.word(to - 2) !== ".";
    return source.rangeOf(from, behavior ? to - 1 : to);
  });
}

function drop(statement: DropStmt, source: StatementSource): Draft[] {
  const objectType = statement.removeType ?? "";
  const ifExists = statement.missing_ok === true;
  const cascade = statement.behavior === "DROP_CASCADE";
  const nodes = statement.objects ?? [];
  const objects = nodes.map(objectParts);
  const relation = DROPPED_RELATIONS[objectType];
  const operation = (parts: readonly string[], object: Node | undefined): Draft | undefined => {
    if (relation !== undefined) {
      return { type: "DropRelation", kind: relation, relation: qualified(parts), ifExists, cascade };
    }
    switch (objectType) {
      case "OBJECT_INDEX": {
        const concurrently = statement.concurrent === true;
        const anchors = { afterIndexKeyword: (source.tokens[1] as { end: number }).end };
        return { type: "DropIndex", index: qualified(parts), concurrently, ifExists, cascade, anchors };
      }
      case "OBJECT_TYPE":
      case "OBJECT_DOMAIN":
        return { type: "DropType", name: qualified(parts), ifExists, cascade };
      case "OBJECT_SCHEMA":
        return { type: "DropSchema", schema: parts[0] ?? "", ifExists, cascade };
      case "OBJECT_FUNCTION":
      case "OBJECT_PROCEDURE":
      case "OBJECT_ROUTINE":
      case "OBJECT_AGGREGATE":
        return {
          type: "DropFunction",
          kind: functionKind(objectType) as FunctionKind,
          function: qualified(parts),
          ...argumentsOf(object),
          ifExists,
          cascade,
        };
      case "OBJECT_TRIGGER":
        return { type: "DropTrigger", trigger: parts.at(-1) ?? "", table: qualified(parts.slice(0, -1)) };
      default:
        return undefined;
    }
  };
  const drafts = objects.map((parts, index) => operation(parts, nodes[index])).filter((draft) => draft !== undefined);
  if (drafts.length === 0) {
    // A policy's or rule's name follows that of its table.
    const onTable = objectType === "OBJECT_POLICY" || objectType === "OBJECT_RULE";
    const tables = onTable ? objects.map((parts) => qualified(parts.slice(0, -1))) : [undefined];
    return tables.map((relation) => other("DropStmt", { object: objectType, relation }));
  }
  const ranges = droppedRanges(statement, source);
  return drafts.map((draft, index) => ({ ...draft, range: ranges[index] ?? source.range }));
}

const FUNCTION_KINDS: Readonly<Record<string, FunctionKind>> = {
  OBJECT_FUNCTION: "function",
  OBJECT_PROCEDURE: "procedure",
  OBJECT_ROUTINE: "routine",
  OBJECT_AGGREGATE: "aggregate",
};

function functionKind(objectType: string | undefined): FunctionKind | undefined {
  return FUNCTION_KINDS[objectType ?? ""];
}

/** The argument types that a statement gives for a function; nothing where it gives none. */
function argumentsOf(object: Node | undefined): { readonly arguments?: readonly string[] } {
  const { args_unspecified: unspecified, objargs } = as<ObjectWithArgs>(object, "ObjectWithArgs") ?? {};
  if (unspecified === true) return {};
  return { arguments: all<TypeName>(objargs, "TypeName").map(({ names }) => nameOf(names).name) };
}

function rename(statement: RenameStmt): Draft {
  const newName = statement.newname ?? "";
  const relation = relationName(statement.relation);
  const subject = statement.subname ?? "";
  const kind = relationKind(statement.renameType);
  if (kind !== undefined) return { type: "RenameRelation", kind, relation, newName };
  switch (statement.renameType) {
    case "OBJECT_COLUMN":
      return { type: "RenameColumn", table: relation, column: subject, newName };
    case "OBJECT_TABCONSTRAINT":
      return { type: "RenameConstraint", table: relation, constraint: subject, newName };
    case "OBJECT_TYPE":
    case "OBJECT_DOMAIN":
      return { type: "RenameType", name: qualified(objectParts(statement.object)), newName };
    case "OBJECT_SCHEMA":
      return { type: "RenameSchema", schema: subject, newName };
    default: {
      const functions = functionKind(statement.renameType);
      if (functions !== undefined) {
        return {
          type: "RenameFunction",
          kind: functions,
          function: qualified(objectParts(statement.object)),
          newName,
        };
      }
      // ALTER TYPE … RENAME ATTRIBUTE has its type where the others have a relation.
      const locksRelation = statement.relation !== undefined && statement.renameType !== "OBJECT_ATTRIBUTE";
      return other("RenameStmt", {
        object: statement.renameType,
        relation: locksRelation ? relation : undefined,
      });
    }
  }
}

function setSchema(statement: AlterObjectSchemaStmt): Draft {
  const { objectType, newschema: newSchema = "" } = statement;
  const kind = relationKind(objectType);
  if (kind !== undefined) return { type: "SetSchema", kind, relation: relationName(statement.relation), newSchema };
  const name = qualified(objectParts(statement.object));
  const functions = functionKind(objectType);
  if (functions !== undefined) return { type: "SetFunctionSchema", kind: functions, function: name, newSchema };
  return objectType === "OBJECT_TYPE" || objectType === "OBJECT_DOMAIN"
    ? { type: "SetTypeSchema", name, newSchema }
    : other("AlterObjectSchemaStmt", { object: objectType });
}

function createIndex(statement: IndexStmt, source: StatementSource): Draft {
  const table = relationName(statement.relation);
  const keys = all<IndexElem>(statement.indexParams, "IndexElem");
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
  CreateStmt: reader<CreateStmt>((statement, source) => [createTable(statement, source, false)]),
  CreateForeignTableStmt: reader<CreateForeignTableStmt>((statement, source) => [
    createTable(statement.base ?? {}, source, true),
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
      ...(isUpdatable(statement.query) && { updatable: true }),
    },
  ]),
  CreateSeqStmt: reader<CreateSeqStmt>((statement) => [
    {
      type: "CreateSequence",
      sequence: relationName(statement.sequence),
      ifNotExists: statement.if_not_exists === true,
    },
  ]),
  CreateSchemaStmt: reader<CreateSchemaStmt>((statement) => [
    {
      type: "CreateSchema",
      schema: statement.schemaname ?? statement.authrole?.rolename ?? "",
      ifNotExists: statement.if_not_exists === true,
    },
  ]),
  DropStmt: reader<DropStmt>(drop),
  RenameStmt: reader<RenameStmt>((statement) => [rename(statement)]),
  AlterObjectSchemaStmt: reader<AlterObjectSchemaStmt>((statement) => [setSchema(statement)]),
  IndexStmt: reader<IndexStmt>((statement, source) => [createIndex(statement, source)]),
  ReindexStmt: reader<ReindexStmt>((statement) => [reindex(statement)]),
  RefreshMatViewStmt: reader<RefreshMatViewStmt>((statement) => [
    {
      type: "RefreshMaterializedView",
      view: relationName(statement.relation),
      concurrently: statement.concurrent === true,
    },
  ]),
};
