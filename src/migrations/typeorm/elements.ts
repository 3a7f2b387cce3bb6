/** SQL of TypeORM's Table, TableColumn, TableIndex, … (`driver/postgres/PostgresQueryRunner.ts`). */
import { createHash } from "node:crypto";
import { literal, quoted, sqlText, Text } from "../evaluator/text.js";
import { List, option, textOf, textsOf, truthOf, Unknown, type Value } from "../evaluator/value.js";

/** A table as a call names it: a name with or without a schema, or a Table. */
export interface TableName {
  readonly schema?: Text;
  readonly name: Text;
}

export function tableName(table: Value): TableName {
  const whole = textOf(table) ?? textOf(option(table, "name"));
  if (whole === undefined) return { name: unknownName(table, "table") };
  const [first = whole, second] = whole.split(".");
  if (second !== undefined) return { schema: first, name: second };
  const schema = textOf(option(table, "schema"));
  return { name: first, ...(schema !== undefined && { schema }) };
}

/** `"s"."t"`; TypeORM leaves out the schema that it searches anyway. */
export function tablePath({ schema, name }: TableName): Text {
  const isUsual = schema === undefined || schema.known === "public";
  return isUsual ? quoted(name) : sqlText`${quoted(schema)}.${quoted(name)}`;
}

/** `"public"."i"`: what is beside a table has the table's schema, which TypeORM writes out here. */
export function besideTable({ schema = Text.of("public") }: TableName, name: Text): Text {
  return sqlText`${quoted(schema)}.${quoted(name)}`;
}

/** What stands for a name that is not known. */
export function unknownName(value: Value, name: string): Text {
  const { reason, expression } = value instanceof Unknown ? value : { reason: "is not known", expression: undefined };
  return Text.hole({ kind: "identifier", name: expression ?? name, reason });
}

/** A text of an element's options, for SQL that takes it as it is. */
function sqlOption(element: Value, name: string): Text | undefined {
  const value = option(element, name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return Text.of(String(value));
  const reason = value instanceof Unknown ? value.reason : "is no text";
  return textOf(value) ?? Text.hole({ kind: "any", name, reason });
}

const isTrue = (element: Value, name: string): boolean => truthOf(option(element, name)) === true;

const names = (texts: readonly Text[]): Text => Text.join(texts.map(quoted), ", ");

/** The columns of an index, a key or a constraint. */
function columnsOf(element: Value, name = "columnNames"): readonly Text[] {
  const value = option(element, name);
  return value instanceof List || textOf(value) !== undefined ? textsOf(value) : [unknownName(value, name)];
}

/** The beginnings of the names that `DefaultNamingStrategy` makes; each name has 30 characters. */
type Prefix = "PK_" | "UQ_" | "FK_" | "IDX_" | "CHK_" | "XCL_";

/** A name of `DefaultNamingStrategy`: a hash of the table's name and of what it is about. */
export function defaultName(prefix: Prefix, { name }: TableName, about: string | undefined): Text {
  const table = name.known;
  if (table === undefined || about === undefined) {
    return Text.hole({ kind: "identifier", name: "name", reason: "is made of a name that is not known" });
  }
  return Text.of(
    prefix +
      createHash("sha1")
        .update(`${table}_${about}`)
        .digest("hex")
        .slice(0, 30 - prefix.length),
  );
}

/** Columns as the names are made of them. */
export function hashed(columns: readonly Text[]): string | undefined {
  const known = columns.map((column) => column.known);
  return known.includes(undefined) ? undefined : known.sort().join("_");
}

const ownName = (element: Value): Text | undefined => textOf(option(element, "name"));

export function indexName(table: TableName, index: Value): Text {
  const where = sqlOption(index, "where");
  const columns = hashed(columnsOf(index));
  const about = where === undefined ? columns : columns && where.known && `${columns}_${where.known}`;
  return ownName(index) ?? defaultName("IDX_", table, about);
}

export function createIndex(table: TableName, index: Value): Text {
  const type = isTrue(index, "isSpatial") ? Text.of("gist") : sqlOption(index, "type");
  const where = sqlOption(index, "where");
  return Text.join([
    isTrue(index, "isUnique") ? "CREATE UNIQUE INDEX " : "CREATE INDEX ",
    isTrue(index, "isConcurrent") ? "CONCURRENTLY " : "",
    sqlText`${quoted(indexName(table, index))} ON ${tablePath(table)}`,
    type === undefined ? "" : sqlText` USING ${type}`,
    sqlText` (${names(columnsOf(index))})`,
    where === undefined || where.known === "" ? "" : sqlText` WHERE ${where}`,
  ]);
}

/** The kinds of constraints: how each is named, and what stands behind its name. */
export type ConstraintKind = "unique" | "check" | "exclusion" | "foreignKey";

export function constraintName(kind: ConstraintKind, table: TableName, element: Value): Text {
  const expression = sqlOption(element, "expression")?.known;
  const columns = hashed(columnsOf(element));
  const made = {
    unique: () => defaultName("UQ_", table, columns),
    check: () => defaultName("CHK_", table, expression),
    exclusion: () => defaultName("XCL_", table, expression),
    foreignKey: () => defaultName("FK_", table, columns),
  };
  return ownName(element) ?? made[kind]();
}

/** `CONSTRAINT "n" UNIQUE ("a")` */
export function constraint(kind: ConstraintKind, table: TableName, element: Value): Text {
  const expression = sqlOption(element, "expression") ?? "";
  const body = {
    unique: () => sqlText`UNIQUE (${names(columnsOf(element))})`,
    check: () => sqlText`CHECK (${expression})`,
    exclusion: () => sqlText`EXCLUDE ${expression}`,
    foreignKey: () => foreignKey(element),
  };
  const deferrable = kind === "check" ? undefined : sqlOption(element, "deferrable");
  const more = deferrable === undefined ? "" : sqlText` DEFERRABLE ${deferrable}`;
  return sqlText`CONSTRAINT ${quoted(constraintName(kind, table, element))} ${body[kind]()}${more}`;
}

function foreignKey(element: Value): Text {
  const referenced = textOf(option(element, "referencedTableName"));
  const schema = textOf(option(element, "referencedSchema"));
  const table = tableName(referenced ?? option(element, "referencedTableName"));
  const path = tablePath(schema === undefined ? table : { schema, name: table.name });
  const columns = names(columnsOf(element, "referencedColumnNames"));
  const onDelete = sqlOption(element, "onDelete");
  const onUpdate = sqlOption(element, "onUpdate");
  return Text.join([
    sqlText`FOREIGN KEY (${names(columnsOf(element))}) REFERENCES ${path} (${columns})`,
    onDelete === undefined ? "" : sqlText` ON DELETE ${onDelete}`,
    onUpdate === undefined ? "" : sqlText` ON UPDATE ${onUpdate}`,
  ]);
}

export function columnName(column: Value): Text {
  return textOf(option(column, "name")) ?? unknownName(column, "column");
}

/** The type that TypeORM makes for an enum; undefined for a column of another type. */
export function enumOf(table: TableName, column: Value): { readonly path: Text; readonly create: Text } | undefined {
  if (!/^(?:simple-)?enum$/.test(textOf(option(column, "type"))?.known ?? "")) return undefined;
  const own = textOf(option(column, "enumName"));
  const made = Text.join([table.name, "_", columnName(column).map((name) => name.toLowerCase()), "_enum"]);
  const path = besideTable(table, own ?? made);
  const values = Text.join(textsOf(option(column, "enum")).map(literal), ", ");
  return { path, create: sqlText`CREATE TYPE ${path} AS ENUM(${values})` };
}

const SERIALS: Readonly<Record<string, string>> = {
  integer: "SERIAL",
  int: "SERIAL",
  int4: "SERIAL",
  smallint: "SMALLSERIAL",
  int2: "SMALLSERIAL",
  bigint: "BIGSERIAL",
  int8: "BIGSERIAL",
};

/** `"a" varchar(20) NOT NULL DEFAULT 'x'`: a column is NOT NULL unless it says `isNullable`. */
export function columnSql(table: TableName, column: Value): Text {
  const isUuid = isTrue(column, "isGenerated") && textOf(option(column, "generationStrategy"))?.known === "uuid";
  const expression = sqlOption(column, "asExpression");
  const collation = textOf(option(column, "collation"));
  const said = sqlOption(column, "default");
  const initial = isUuid && said === undefined ? Text.of("uuid_generate_v4()") : said;
  return Text.join([
    sqlText`${quoted(columnName(column))} ${typeOf(table, column)}`,
    expression === undefined ? "" : sqlText` GENERATED ALWAYS AS (${expression}) STORED`,
    collation === undefined ? "" : sqlText` COLLATE ${quoted(collation)}`,
    isTrue(column, "isNullable") ? "" : " NOT NULL",
    initial === undefined ? "" : sqlText` DEFAULT ${initial}`,
  ]);
}

function typeOf(table: TableName, column: Value): Text {
  const made = enumOf(table, column);
  const list = isTrue(column, "isArray") ? " array" : "";
  if (made) return sqlText`${made.path}${list}`;
  const type = sqlOption(column, "type") ?? Text.of("");
  const strategy = textOf(option(column, "generationStrategy"))?.known;
  if (isTrue(column, "isGenerated") && strategy !== "uuid") {
    if (strategy !== "identity") return Text.of(SERIALS[type.known ?? ""] ?? "");
    return sqlText`${type} GENERATED ${sqlOption(column, "generatedIdentity") ?? "BY DEFAULT"} AS IDENTITY`;
  }
  return fullType(column);
}

/** `varchar(20)`, `numeric(10,2)`, `timestamp(3) with time zone`, `text array` (`createFullType`). */
export function fullType(column: Value): Text {
  const type = sqlOption(column, "type") ?? Text.of("");
  const list = isTrue(column, "isArray") ? " array" : "";
  const sizes = [sqlOption(column, "length")].filter((size) => size !== undefined && size.known !== "");
  if (sizes.length === 0) sizes.push(sqlOption(column, "precision"));
  if (sizes[0] !== undefined && sqlOption(column, "length") === undefined) sizes.push(sqlOption(column, "scale"));
  const size = Text.join(
    sizes.filter((one) => one !== undefined),
    ",",
  );
  const arguments_ = size.toString() === "" ? "" : sqlText`(${size})`;
  // The number stands in the middle of these.
  const [, time, zone = ""] = /^(time(?:stamp)?)( with(?:out)? time zone)$/.exec(type.known ?? "") ?? [];
  return time === undefined ? sqlText`${type}${arguments_}${list}` : sqlText`${time}${arguments_}${zone}${list}`;
}
