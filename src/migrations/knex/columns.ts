/** Columns of Knex's table builder: their types and modifiers as PostgreSQL gets them (`pg-columncompiler.js`). */
import { jsonOf } from "../evaluator/language.js";
import { inlined, literal, quoted, sqlText, Text } from "../evaluator/text.js";
import type { Origin } from "../evaluator/text.js";
import { Dictionary, List, option, textOf, truthOf, Unknown, type Value } from "../evaluator/value.js";
import { parameter } from "../evaluator/text.js";
import { escaped, RawSql, withBindings, wrapped } from "./raw.js";

/** A column that a callback describes, call by call. */
export interface KnexColumn {
  readonly type: string;
  readonly args: readonly Value[];
  /** Modifiers by name, each with the arguments of its last call. */
  readonly modifiers: Map<string, readonly Value[]>;
  /** Set by `.alter()`. */
  alter?: { readonly nullable: boolean; readonly type: boolean };
  /** Whether a condition decides about it that only a run of the program knows. */
  readonly conditional: boolean;
  /** The calls that describe it. */
  place: Omit<Origin, "verbatim">;
}

/** What a column asks its table. */
export interface ColumnTable {
  readonly name: Text;
  readonly schema: Text | undefined;
  /** Table and schema as PostgreSQL gets them. */
  readonly wrapped: Text;
  /** Whether a column may say itself that it is the primary key. */
  readonly hasPrimary: boolean;
  /** Sends a statement before those of the table. */
  before(sql: Text): void;
}

/** What a builder's method is called, and what the compiler calls it. */
const ALIASES: Readonly<Record<string, string>> = {
  float: "floating",
  enum: "enu",
  boolean: "bool",
  string: "varchar",
  bigint: "biginteger",
};

/** Methods of the table builder that make a column. */
export const COLUMN_METHODS: readonly string[] = [
  "tinyint",
  "smallint",
  "mediumint",
  "bigint",
  "decimal",
  "float",
  "double",
  "date",
  "datetime",
  "timestamp",
  "time",
  "geometry",
  "geography",
  "point",
  "varchar",
  "text",
  "binary",
  "enum",
  "bool",
  "boolean",
  "dateTime",
  "increments",
  "bigincrements",
  "bigIncrements",
  "integer",
  "biginteger",
  "bigInteger",
  "string",
  "json",
  "jsonb",
  "uuid",
  "enu",
  "specificType",
];

type TypeOf = (args: readonly Value[], column: KnexColumn, table: ColumnTable) => Text;

const fixed = (name: string): TypeOf => {
  const text = Text.of(name);
  return () => text;
};

const TYPES: Readonly<Record<string, TypeOf>> = {
  tinyint: fixed("smallint"),
  smallint: fixed("smallint"),
  mediumint: fixed("integer"),
  integer: fixed("integer"),
  biginteger: fixed("bigint"),
  floating: fixed("real"),
  double: fixed("double precision"),
  decimal: ([precision, scale]) => {
    if (precision === null) return Text.of("decimal");
    return sqlText`decimal(${number(precision, 8)}, ${number(scale, 2)})`;
  },
  date: fixed("date"),
  datetime: temporal,
  timestamp: temporal,
  time: fixed("time"),
  geometry: fixed("geometry"),
  geography: fixed("geography"),
  point: fixed("point"),
  varchar: ([length]) => sqlText`varchar(${number(length, 255)})`,
  text: fixed("text"),
  binary: fixed("bytea"),
  bool: fixed("boolean"),
  increments: ([options], _, table) => withPrimary("serial", options, true, table),
  bigincrements: ([options], _, table) => withPrimary("bigserial", options, true, table),
  uuid: ([options], _, table) => withPrimary("uuid", options, false, table),
  json: ([binary]) => Text.of(truthOf(binary) === true ? "jsonb" : "json"),
  jsonb: fixed("jsonb"),
  enu: enumeration,
  specifictype: ([type]) => textOf(type) ?? unknownPart(type, "type"),
};

function unknownPart(value: Value, name: string): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return Text.hole({ kind: "any", name: (value instanceof Unknown ? value.expression : undefined) ?? name, reason });
}

function number(value: Value, otherwise: number): Text {
  if (value == null) return Text.of(String(otherwise));
  const known = typeof value === "number" ? value : Number(textOf(value)?.known);
  if (!Number.isNaN(known)) return Text.of(String(known));
  return value instanceof Unknown ? unknownPart(value, "length") : Text.of(String(otherwise));
}

function temporal([first, second]: readonly Value[]): Text {
  const isOptions = first instanceof Dictionary;
  const withZone = isOptions ? option(first, "useTz") : truthOf(first ?? false) === false;
  const precision = isOptions ? option(first, "precision") : second;
  const type = withZone === false ? "timestamp" : "timestamptz";
  return precision == null ? Text.of(type) : sqlText`${type}(${number(precision, 6)})`;
}

function withPrimary(type: string, options: Value, otherwise: boolean, { hasPrimary }: ColumnTable): Text {
  const asked = options === undefined ? otherwise : truthOf(option(options, "primaryKey")) === true;
  return Text.of(asked && !hasPrimary ? `${type} primary key` : type);
}

function enumeration([allowed, options]: readonly Value[], { args }: KnexColumn, table: ColumnTable): Text {
  // Knex puts them between quotes as they are: one with an apostrophe is a syntax error.
  const values = Text.join(
    labels(allowed).map((label) => sqlText`'${label}'`),
    ", ",
  );
  if (truthOf(option(options, "useNative")) !== true) return sqlText`text check (${wrapped(args[0])} in (${values}))`;
  const schema = textOf(option(options, "schemaName")) ?? table.schema;
  const own = quoted(textOf(option(options, "enumName")) ?? Text.of("undefined"));
  const name = schema === undefined ? own : sqlText`${quoted(schema)}.${own}`;
  if (truthOf(option(options, "existingType")) !== true) table.before(sqlText`create type ${name} as enum (${values})`);
  return name;
}

function labels(allowed: Value): readonly Text[] {
  if (!(allowed instanceof List)) return [unknownPart(allowed, "values")];
  return allowed.items.map((item) => textOf(item) ?? unknownPart(item, "value"));
}

/** `default 'x'`; a boolean is a digit in quotes, which PostgreSQL reads as one. */
function defaultTo([value]: readonly Value[], type: string): Text {
  if (value === undefined) return Text.of("default");
  if (value === null) return Text.of("default null");
  if (value instanceof RawSql) return sqlText`default ${value.sql}`;
  if (type === "bool") {
    const truth = value instanceof Text && value.known === "false" ? false : truthOf(value);
    return Text.of(`default '${truth === true ? "1" : "0"}'`);
  }
  if (value instanceof Text) return sqlText`default ${escaped(value)}`;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") {
    return Text.of(`default '${String(value)}'`);
  }
  // An object or an array as JSON; where a part of it is not known it is a constant, whatever is in it.
  if (value instanceof Dictionary || value instanceof List) return sqlText`default ${literal(jsonOf(value) ?? "{}")}`;
  return sqlText`default ${parameter("default")}`;
}

const CHECKS: Readonly<
  Record<string, (name: Text, args: readonly Value[]) => readonly [predicate: Text, name: Value]>
> = {
  check: (_, [predicate, bindings, name]) => [inlined(withBindings(textOf(predicate) ?? Text.EMPTY, bindings)), name],
  checkPositive: (column, [name]) => [sqlText`${column} > 0`, name],
  checkNegative: (column, [name]) => [sqlText`${column} < 0`, name],
  checkIn: (column, [values, name]) => [sqlText`${column} in (${list(values)})`, name],
  checkNotIn: (column, [values, name]) => [sqlText`${column} not in (${list(values)})`, name],
  checkBetween: (column, [intervals, name]) => {
    const items = intervals instanceof List ? intervals.items : [];
    const pairs =
      items.length === 2 && !(items[0] instanceof List)
        ? [items]
        : items.map((one) => (one instanceof List ? one.items : []));
    return [
      Text.join(
        pairs.map(([from, to]) => sqlText`${column} between ${escaped(from)} and ${escaped(to)}`),
        " or ",
      ),
      name,
    ];
  },
  checkLength: (column, [operator, length, name]) => [
    sqlText`length(${column}) ${textOf(operator) ?? "="} ${number(length, 0)}`,
    name,
  ],
  checkRegex: (column, [regex, name]) => [sqlText`${column} ~ ${escaped(regex)}`, name],
};

/** Calls that change a column that was described. */
export const MODIFIERS: ReadonlySet<string> = new Set([
  "defaultTo",
  "unsigned",
  "nullable",
  "first",
  "after",
  "comment",
  "collate",
  ...Object.keys(CHECKS),
]);

function list(values: Value): Text {
  return Text.join((values instanceof List ? values.items : [values]).map(escaped), ",");
}

function columnName({ args, type }: KnexColumn): Value {
  const [name] = args;
  return name === undefined && type.includes("increments") ? Text.of("id") : name;
}

/** A column's type as PostgreSQL gets it. */
function columnType(column: KnexColumn, table: ColumnTable): Text {
  return TYPES[column.type]?.(column.args.slice(1), column, table) ?? Text.of(column.type);
}

/** The type of a method's column, as the compiler calls it. */
export function typeOf(method: string): string {
  return (ALIASES[method] ?? method).toLowerCase();
}

/** What a column becomes: its definition, and statements that follow those of the table. */
export function compileColumn(
  column: KnexColumn,
  table: ColumnTable,
): { readonly sql: Text; readonly after: readonly Text[] } {
  const { modifiers, type, place } = column;
  const name = wrapped(columnName(column));
  const parts = [name, columnType(column, table)];
  const after: Text[] = [];
  const isIncrements = type.includes("increments");
  const nullable = modifiers.get("nullable");
  const given = modifiers.get("defaultTo");
  if (!isIncrements) {
    if (nullable) parts.push(Text.of(nullable[0] === false ? "not null" : "null"));
    if (given && given[0] !== undefined) parts.push(defaultTo(given, type));
  }
  const comment = modifiers.get("comment");
  if (comment) {
    const text = textOf(comment[0]);
    const value = text === undefined ? Text.of("NULL") : literal(text.map((part) => part.replaceAll("''", "'")));
    after.push(sqlText`comment on column ${table.wrapped}.${name} is ${value}`.at(place));
  }
  let checks = 0;
  for (const [modifier, make] of Object.entries(CHECKS)) {
    const args = isIncrements ? undefined : modifiers.get(modifier);
    if (!args) continue;
    const [predicate, given] = make(name, args);
    const constraint = textOf(given);
    if (!column.alter)
      parts.push(sqlText`${constraint === undefined ? "" : sqlText`constraint ${constraint} `}check (${predicate})`);
    else {
      const own = constraint ?? sqlText`${table.name}_${textOf(columnName(column)) ?? ""}_${++checks}`;
      after.push(sqlText`alter table ${table.wrapped} add constraint ${own} check(${predicate})`.at(place));
    }
  }
  return { sql: Text.join(parts, " ").at(place), after };
}

/** The statements of `.alter()`: everything that the chain does not repeat is lost. */
export function alterColumn(column: KnexColumn, table: ColumnTable): readonly Text[] {
  const { alter = { nullable: true, type: true }, modifiers, type, place } = column;
  const name = wrapped(columnName(column));
  const clause = (sql: Text): Text => sqlText`alter table ${table.wrapped} alter column ${name} ${sql}`.at(place);
  const made = columnType(column, table);
  const drop = (text: string, modifier: string): Text =>
    clause(new Text([{ text, ...(!modifiers.has(modifier) && { implied: true }) }]));
  const statements = [drop("drop default", "defaultTo")];
  if (alter.nullable) statements.push(drop("drop not null", "nullable"));
  if (alter.type)
    statements.push(clause(sqlText`type ${made} using (${name}${type === "enu" ? "::text::" : "::"}${made})`));
  const given = modifiers.get("defaultTo");
  if (given) statements.push(clause(sqlText`set ${defaultTo(given, type)}`));
  if (alter.nullable && modifiers.get("nullable")?.[0] === false) statements.push(clause(Text.of("set not null")));
  return statements;
}
