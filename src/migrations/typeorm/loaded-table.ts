/** Tables and columns as TypeORM loads them from the database (`loadTables`), and columns as migrations describe them. */
import type { Catalog, Column, Table } from "../../model/catalog.js";
import type { TypeName } from "../../model/name.js";
import { sqlTypeName } from "../../postgres/type-names.js";
import { Text } from "../evaluator/text.js";
import { Dictionary, List, textOf, type Value } from "../evaluator/value.js";
import { defaultName, type TableName } from "./elements.js";

/** What TypeORM compares of a column: a `TableColumn`. */
export interface ColumnState {
  readonly name: string;
  /** As PostgreSQL spells it where it was loaded, else as the migration does: that is not the same to TypeORM. */
  readonly type: Plain;
  readonly length: Plain;
  readonly precision: Plain;
  readonly scale: Plain;
  readonly isArray: Plain;
  readonly isNullable: Plain;
  readonly isPrimary: Plain;
  readonly isUnique: Plain;
  readonly isGenerated: Plain;
  readonly generationStrategy: Plain;
  readonly default: Plain;
  readonly enum: readonly string[];
  readonly enumName: Plain;
  readonly comment: Plain;
  readonly collation: Plain;
  readonly generatedType: Plain;
  readonly asExpression: Plain;
}

type Plain = string | number | boolean | null | undefined;

interface Named {
  readonly name: string;
  readonly columns: readonly string[];
}

export interface LoadedTable {
  readonly name: TableName;
  readonly columns: readonly ColumnState[];
  /** Absent: it has none. */
  readonly primaryKey?: Named;
  readonly uniques: readonly Named[];
  readonly checks: readonly Named[];
  readonly foreignKeys: readonly Named[];
  /** Those of constraints not included. */
  readonly indexes: readonly (Named & { readonly where?: string })[];
}

const WITH_LENGTH = new Set(["character varying", "character", "bit", "bit varying"]);
const WITH_TIME = /^(?:interval|time(?:stamp)? with(?:out)? time zone)$/;

/** A table of the schema; undefined where not all of it is known. */
export function loadTable(schema: Catalog, name: TableName): LoadedTable | undefined {
  const [own, namespace] = [name.name.known, name.schema?.known];
  if (own === undefined || (name.schema !== undefined && namespace === undefined)) return undefined;
  const table = schema.table(namespace === undefined ? { name: own } : { schema: namespace, name: own });
  if (!table?.columnsKnown || !/table$/.test(table.kind)) return undefined;
  const constraints = [...table.constraints.values()];
  const ofKind = (kind: string): readonly Named[] => constraints.filter((constraint) => constraint.kind === kind);
  const [primaryKey] = ofKind("primary key");
  const uniques = ofKind("unique");
  const columns = [...table.columns.values()].map((column) => stateOf(column, { schema, table, primaryKey, uniques }));
  return {
    name: { schema: Text.of(table.schema), name: Text.of(table.name) },
    columns: columns.filter((column) => column !== undefined),
    ...(primaryKey && { primaryKey }),
    uniques,
    checks: constraints
      .filter(({ kind }) => kind === "check")
      .map(({ name: check, columns: keys, expression }) => ({ name: check, columns: expression?.columns ?? keys })),
    foreignKeys: ofKind("foreign key"),
    indexes: schema
      .indexesOf(table)
      .filter(({ constraint }) => constraint === undefined)
      .map(({ name: index, columns: keys, where }) => ({
        name: index,
        columns: keys,
        ...(where && { where: where.sql }),
      })),
  };
}

interface Surroundings {
  readonly schema: Catalog;
  readonly table: Table;
  readonly primaryKey: Named | undefined;
  readonly uniques: readonly Named[];
}

/** Undefined for a column whose type is not known. */
function stateOf(column: Column, { schema, table, primaryKey, uniques }: Surroundings): ColumnState | undefined {
  const { type } = column;
  if (type === undefined) return undefined;
  const values = schema.enum(type)?.values;
  const name = sqlName(type);
  const [first, second] = type.modifiers;
  const isNumeric = name === "numeric" && first !== undefined;
  const isTime = WITH_TIME.test(name) && first !== undefined && first !== 6;
  const usualEnum = `${table.name}_${column.name.toLowerCase()}_enum`;
  return {
    name: column.name,
    type: values === undefined ? name : "enum",
    length: WITH_LENGTH.has(name) && first !== undefined && !isUsualLength(name, first) ? String(first) : "",
    precision: isNumeric || isTime ? first : undefined,
    scale: isNumeric ? (second ?? 0) : undefined,
    isArray: type.arrayDimensions > 0,
    isNullable: column.notNull === false,
    isPrimary: primaryKey?.columns.includes(column.name) === true,
    isUnique: uniques.some(({ columns }) => columns.length === 1 && columns[0] === column.name),
    ...generation(column, table),
    enum: values ?? [],
    enumName: values === undefined || type.name === usualEnum ? undefined : type.name,
    // What comments there are is not known, and makes no difference to anybody but their readers.
    comment: undefined,
    collation: column.collation,
    generatedType: column.generated === undefined ? undefined : "STORED",
    asExpression: column.generation?.sql,
  };
}

function sqlName({ schema, name }: TypeName): string {
  const plain = sqlTypeName(name);
  return schema === undefined || schema === "public" || schema === "pg_catalog" ? plain : `${schema}.${plain}`;
}

const isUsualLength = (type: string, length: number): boolean =>
  length === 1 && (type === "character" || type === "bit");

/** What makes a column's values, as TypeORM tells it from the default that PostgreSQL shows. */
function generation(
  { name, type, identity, default: value, sequence }: Column,
  table: Table,
): Pick<ColumnState, "isGenerated" | "generationStrategy" | "default"> {
  const nothing = { isGenerated: false, generationStrategy: undefined, default: undefined };
  if (identity !== undefined) return { ...nothing, isGenerated: true, generationStrategy: "identity" };
  if (value === undefined) return nothing;
  const { sql } = value;
  if (sequence?.name === sequenceName(table.name, name) && /^nextval\(/i.test(sql)) {
    return { ...nothing, isGenerated: true, generationStrategy: "increment" };
  }
  const isUuid = /^(?:gen_random_uuid\(\)|uuid_generate_v\d\(\))/.test(sql);
  if (isUuid && type?.name === "uuid") return { ...nothing, isGenerated: true, generationStrategy: "uuid" };
  const plain = sql.replace(/::[\w\s.[\]\-"]+/g, "").replace(/^(-?\d+)$/, "'$1'");
  return { ...nothing, default: /^now\(\)$/i.test(sql) ? sql.toLowerCase() : plain };
}

/** The name of a serial column's sequence (`buildSequenceName`). */
export function sequenceName(table: string, column: string): string {
  const name = `${table}_${column}_seq`;
  return name.length > 63 ? `${table.slice(0, 29)}_${column.slice(0, Math.max(29, 63 - table.length - 5))}_seq` : name;
}

/** The name of the primary key, where it is not the one that TypeORM would give it. */
export function ownPrimaryKeyName({ name, primaryKey }: LoadedTable): string | undefined {
  if (primaryKey === undefined) return undefined;
  return primaryKey.name === keyName(name, primaryKey.columns) ? undefined : primaryKey.name;
}

/** `PK_…`, of a table with these columns in its key. */
export function keyName(table: TableName, columns: readonly string[]): string {
  return usualName("PK_", table, columns);
}

/** A name of TypeORM's for what has these columns. */
export function usualName(
  prefix: Parameters<typeof defaultName>[0],
  table: TableName,
  columns: readonly string[],
  where?: string,
): string {
  const about = [...columns].sort().join("_");
  return defaultName(prefix, table, where === undefined ? about : `${about}_${where}`).toString();
}

const NOT_KNOWN = Symbol("not known");

function plain(value: Value): Plain | typeof NOT_KNOWN {
  if (value == null || typeof value === "boolean" || typeof value === "number") return value;
  return value instanceof Text ? (value.known ?? NOT_KNOWN) : NOT_KNOWN;
}

const OPTIONS = [
  "length",
  "precision",
  "scale",
  "isArray",
  "isNullable",
  "isPrimary",
  "isUnique",
  "isGenerated",
  "generationStrategy",
  "default",
  "enumName",
  "comment",
  "collation",
  "generatedType",
  "asExpression",
] as const;

/** What the constructor of `TableColumn` makes of options that leave it out. */
const USUAL: Partial<Record<(typeof OPTIONS)[number], Plain>> = {
  length: "",
  isArray: false,
  isNullable: false,
  isPrimary: false,
  isUnique: false,
  isGenerated: false,
};

/** A column as a migration describes it; undefined where a part of that is not known. */
export function describedColumn(column: Value): ColumnState | undefined {
  if (!(column instanceof Dictionary) || column.open !== undefined) return undefined;
  const name = textOf(column.get("name"))?.known;
  const type = textOf(column.get("type"))?.known;
  const values = column.get("enum");
  const items = values instanceof List && !values.open ? values.items.map((item) => textOf(item)?.known) : [];
  if (name === undefined || type === undefined || items.includes(undefined)) return undefined;
  const state: Partial<Record<(typeof OPTIONS)[number], Plain>> = {};
  for (const option of OPTIONS) {
    const known = plain(column.get(option));
    if (known === NOT_KNOWN) return undefined;
    state[option] = known ?? (option in USUAL ? USUAL[option] : known);
  }
  return {
    ...(state as Omit<ColumnState, "name" | "type" | "enum">),
    name,
    type,
    enum: items.flatMap((item) => item ?? []),
  };
}
