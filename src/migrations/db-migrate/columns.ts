/** Columns as db-migrate's driver for PostgreSQL writes them (`db-migrate-pg/index.js`, `db-migrate-base/index.js`). */
import { sqlText, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, option, textOf, truthOf, Unknown, type Value } from "../evaluator/value.js";

/** A part of the SQL that is not known. */
export function hole(value: Value, kind: "value" | "identifier" | "any", name: string): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return Text.hole({ kind, name: (value instanceof Unknown ? value.expression : undefined) ?? name, reason });
}

/** A name in quotes. The driver escapes nothing in it: `app"."orders` is a table in a schema. */
export function named(value: Value, what = "name"): Text {
  return sqlText`"${textOf(value) ?? hole(value, "identifier", what)}"`;
}

/** `new String("now()")`: a default that is put into the SQL as it is. */
class Raw extends Handle {
  constructor(readonly sql: Text) {
    super("new String()");
  }
}

/** JavaScript's own, but for objects of it, in which db-migrate's migrations say raw SQL. */
export const STRING = new Callable(
  "String",
  ([value]) => textOf(value) ?? new Unknown("is computed"),
  ([value]) => new Raw(textOf(value) ?? hole(value, "any", "value")),
);

/** Names of types that stand for others; the rest is written in capitals (`mapDataType`). */
const TYPES: Readonly<Record<string, string>> = {
  STRING: "VARCHAR",
  INT: "INTEGER",
  DATETIME: "TIMESTAMP",
  BLOB: "BYTEA",
};

/** `db.dataType` and what `dbmigrate.dataType` is (`db-migrate-shared/data_type.js`). */
export const DATA_TYPE = new Dictionary(
  Object.entries({
    CHAR: "char",
    STRING: "string",
    TEXT: "text",
    SMALLINT: "smallint",
    BIGINT: "bigint",
    INTEGER: "int",
    SMALL_INTEGER: "smallint",
    BIG_INTEGER: "bigint",
    REAL: "real",
    DATE: "date",
    DATE_TIME: "datetime",
    TIME: "time",
    BLOB: "blob",
    TIMESTAMP: "timestamp",
    BINARY: "binary",
    BOOLEAN: "boolean",
    DECIMAL: "decimal",
  }).map(([name, type]) => [name, Text.of(type)] as const),
);

/** A column's type without its length. */
export function mapped(type: Value): Text {
  const text = textOf(type);
  if (text === undefined) return hole(type, "any", "type");
  return text.map((name) => {
    const upper = name.toUpperCase();
    return Object.hasOwn(TYPES, upper) && name === name.toLowerCase() ? (TYPES[upper] ?? upper) : upper;
  });
}

/** `(20)`; empty where the call says none, also where the column has one. */
export function lengthOf(spec: Value): Text {
  const length = option(spec, "length");
  if (truthOf(length) === false) return Text.EMPTY;
  return sqlText`(${textOf(length) ?? hole(length, "any", "length")})`;
}

/** A default: strings in quotes that nothing is escaped in, everything else as JavaScript writes it. */
export function defaultOf(value: Value): Text {
  if (value instanceof Raw) return value.sql;
  if (value instanceof Text) return sqlText`'${value}'`;
  if (value instanceof Dictionary) {
    const raw = textOf(value.get("raw"));
    if (raw) return raw;
    return value.has("special") ? Text.of("CURRENT_TIMESTAMP") : hole(value, "any", "defaultValue");
  }
  return typeof value === "object" && value !== null ? hole(value, "value", "defaultValue") : Text.of(String(value));
}

export interface Column {
  /** What stands in CREATE TABLE and behind ADD COLUMN. */
  readonly definition: Text;
  /** What is sent behind that. */
  readonly foreignKey?: Value;
  readonly comment?: Text;
}

export function isKey(spec: Value): boolean {
  return truthOf(option(spec, "primaryKey")) === true;
}

/** A type alone stands for a column of it. */
export function specOf(spec: Value): Value {
  return spec instanceof Text ? new Dictionary([["type", spec]]) : spec;
}

/**
 * @param given A type, or an object with one.
 * @param isOnlyKey Whether it is the primary key by itself.
 */
export function columnOf(name: Text, given: Value, isOnlyKey: boolean): Column {
  const spec = specOf(given);
  const own = name.toString().startsWith('"') ? name : sqlText`"${name}"`;
  if (!(spec instanceof Dictionary)) return { definition: sqlText`${own} ${hole(spec, "any", "column")}` };
  const isOn = (property: string): boolean => truthOf(spec.get(property)) === true;
  const written = textOf(spec.get("type"));
  const zoned = /^(time|timestamp)tz$/.exec(written?.known ?? "");
  const type = mapped(zoned ? written?.slice(0, zoned[1]?.length) : spec.get("type"));
  const counts = isKey(spec) && isOn("autoIncrement");
  const value = spec.get("defaultValue");
  const parts = [
    own,
    counts ? "" : type,
    lengthOf(spec),
    (zoned !== null || isOn("timezone")) && "WITH TIME ZONE",
    counts && (written?.known === "bigint" ? "BIGSERIAL" : "SERIAL"),
    isOnlyKey && "PRIMARY KEY",
    spec.get("notNull") === true && "NOT NULL",
    isOn("unique") && "UNIQUE",
    value !== undefined && sqlText`DEFAULT ${defaultOf(value)}`,
  ];
  const foreignKey = spec.get("foreignKey");
  const comment = textOf(spec.get("comment"));
  return {
    definition: Text.join(
      parts.filter((part) => part !== false),
      " ",
    ),
    ...(truthOf(foreignKey) === true && { foreignKey }),
    ...(comment?.toString() && { comment }),
  };
}
