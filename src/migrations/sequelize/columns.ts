/** Names, columns and conditions as Sequelize writes them (`lib/dialects/postgres/query-generator.js`). */
import { literal, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import { Dictionary, List, option, textOf, truthOf, type Value } from "../evaluator/value.js";
import { ComputedByModel, DataType, escaped, Fragment, hole, OPERATORS, quotedName } from "./types.js";

/** A table: a string, or an object with its schema. */
export function tableOf(table: Value, options?: Value): Text {
  const schema = textOf(option(table, "schema")) ?? textOf(option(options, "schema"));
  const name = textOf(table) ?? textOf(option(table, "tableName"));
  if (name === undefined) return quoted(hole(table, "identifier", "table"));
  return schema === undefined ? quotedName(name) : sqlText`${quoted(schema)}.${quoted(name)}`;
}

/** A table's name without its schema, for the names that are made of it. */
export function bareTable(table: Value): Text {
  return textOf(table) ?? textOf(option(table, "tableName")) ?? hole(table, "identifier", "table");
}

export function nameOf(value: Value): Text {
  return quoted(textOf(value) ?? hole(value, "identifier", "name"));
}

/** Where a column's definition is used. */
interface Place {
  readonly table: Value;
  readonly options?: Value;
  readonly name: string | Text;
}

export interface Column {
  readonly type: Text;
  readonly notNull: boolean;
  /** Absent: none that a column can have. */
  readonly default?: Text;
  readonly unique: boolean;
  readonly primaryKey: boolean;
  readonly references?: Text;
  readonly comment?: Text;
  /** The statement that creates its enum; its type is then that. */
  readonly createsEnum?: Text;
  /** Whatever follows the type. */
  readonly increment?: "SERIAL" | "IDENTITY";
}

/** @param attribute A type, or an object with one. */
export function columnOf(attribute: Value, place: Place): Column {
  const options = attribute instanceof Dictionary ? attribute : new Dictionary([["type", attribute]]);
  const given = options.get("type");
  const type =
    given instanceof DataType && given.name === "ENUM" && options.has("values") ? withValues(given, options) : given;
  const creates = type instanceof DataType && type.values ? enumOf(type.values, place) : undefined;
  const value = options.get("defaultValue");
  const comment = textOf(options.get("comment"));
  const references = options.get("references");
  const isOn = (name: string): boolean => truthOf(options.get(name)) === true;
  return {
    type: creates ? (isList(type) ? sqlText`${creates.name}[]` : creates.name) : typeSql(type),
    notNull: options.has("allowNull") && truthOf(options.get("allowNull")) === false,
    unique: options.get("unique") === true,
    primaryKey: isOn("primaryKey"),
    ...(value !== undefined && !(value instanceof ComputedByModel) && { default: defaultOf(value, type) }),
    ...(truthOf(references) === true && { references: referencesOf(references, options, place.table) }),
    ...(comment && { comment }),
    ...(creates && { createsEnum: creates.statement }),
    ...(isOn("autoIncrement") && { increment: isOn("autoIncrementIdentity") ? "IDENTITY" : "SERIAL" }),
  };
}

function withValues(type: DataType, options: Dictionary): DataType {
  const values = options.get("values");
  return new DataType("ENUM", type.sql, { values: values instanceof List ? values : undefined });
}

function isList(type: Value): boolean {
  return type instanceof DataType && type.isList;
}

function typeSql(type: Value): Text {
  return type instanceof DataType ? type.sql : (textOf(type) ?? hole(type, "any", "type"));
}

function defaultOf(value: Value, type: Value): Text {
  const sql = escaped(value);
  const cast = value instanceof List && type instanceof DataType && type.values === undefined;
  return cast ? sqlText`${sql}::${type.sql}` : sql;
}

function enumOf(values: List, { table, options, name }: Place): { readonly name: Text; readonly statement: Text } {
  const schema = textOf(option(table, "schema")) ?? textOf(option(options, "schema")) ?? "public";
  const own = sqlText`${quoted(schema)}.${quoted(sqlText`enum_${bareTable(table)}_${name}`)}`;
  const create = sqlText`BEGIN CREATE TYPE ${own} AS ENUM(${Text.join(values.items.map(escaped), ", ")}); EXCEPTION WHEN duplicate_object THEN null; END`;
  return { name: own, statement: sqlText`DO ${literal(create)};` };
}

function referencesOf(references: Value, options: Value, table: Value): Text {
  const model = references instanceof Dictionary ? references.get("model") : references;
  const schema = textOf(model) === undefined ? undefined : option(table, "schema");
  const to = tableOf(model, new Dictionary([["schema", schema]]));
  const action = (name: string, words: string): Text | string => {
    const text = textOf(option(options, name));
    return text === undefined ? "" : sqlText` ${words} ${text.map((part) => part.toUpperCase())}`;
  };
  const deferrable = option(references, "deferrable");
  return Text.join([
    sqlText`REFERENCES ${to} (${nameOf(option(references, "key") ?? Text.of("id"))})`,
    action("onDelete", "ON DELETE"),
    action("onUpdate", "ON UPDATE"),
    deferrable instanceof Fragment ? sqlText` ${deferrable.sql}` : "",
  ]);
}

/** The numbers' types that count by themselves. */
const SERIAL: Readonly<Record<string, string>> = { BIGINT: "BIGSERIAL", SMALLINT: "SMALLSERIAL", INTEGER: "SERIAL" };

/** What stands behind a column's name in CREATE TABLE and ADD COLUMN. */
export function definition(column: Column): Text {
  const serial = column.increment === "SERIAL" ? SERIAL[column.type.toString()] : undefined;
  const parts: (Text | string)[] = [serial ?? column.type];
  if (column.notNull && column.increment !== "SERIAL") parts.push("NOT NULL");
  if (column.increment === "IDENTITY") parts.push("GENERATED BY DEFAULT AS IDENTITY");
  if (column.default) parts.push(sqlText`DEFAULT ${column.default}`);
  if (column.unique) parts.push("UNIQUE");
  if (column.references) parts.push(column.references);
  return Text.join(parts, " ");
}

/** A condition; undefined for none. Values are parameters where the call sends them beside the SQL. */
export function conditionOf(where: Value, asParameters = false): Text | undefined {
  if (where == null) return undefined;
  if (where instanceof Fragment) return where.sql;
  if (!(where instanceof Dictionary) || where.open !== undefined) return hole(where, "any", "where");
  const value = (of: Value, name: string): Text => (asParameters ? parameterOf(of, name) : escaped(of));
  const terms = [...where.properties].map(([name, wanted]) => {
    const column = quoted(name);
    const inner = wanted instanceof Dictionary ? [...wanted.properties] : undefined;
    if (name.startsWith("$") || inner?.some(([key]) => OPERATORS[key] === undefined))
      return hole(wanted, "any", "where");
    const compared = inner ?? [[wanted instanceof List ? "$in" : "$eq", wanted] as const];
    return Text.join(
      compared.map(([key, of]) => {
        const operator = of === null ? (NULLS[key] ?? OPERATORS[key]) : OPERATORS[key];
        const operand =
          of instanceof List
            ? sqlText`(${Text.join(of.items.map(escaped), ", ")})`
            : of === null
              ? "NULL"
              : value(of, name);
        return sqlText`${column} ${operator ?? ""} ${operand}`;
      }),
      " AND ",
    );
  });
  return terms.length === 0 ? undefined : Text.join(terms, " AND ");
}

const NULLS: Readonly<Record<string, string>> = { $eq: "IS", $ne: "IS NOT" };

/** A value that is sent beside the SQL. */
export function parameterOf(value: Value, name: string): Text {
  if (value instanceof Fragment) return value.sql;
  const inline = escaped(value);
  return parameter(name, inline.known === undefined ? undefined : inline);
}
