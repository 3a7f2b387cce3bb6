/** Names, values and types as node-pg-migrate writes them (`src/utils/` of the package). */
import { quoted, sqlText, Text } from "../evaluator/text.js";
import {
  Callable,
  Dictionary,
  Handle,
  List,
  option,
  textOf,
  truthOf,
  Unknown,
  type Value,
} from "../evaluator/value.js";

/** SQL that is put into other SQL as it is: `pgm.func("now()")`. */
export class SqlLiteral extends Handle {
  constructor(readonly sql: Text) {
    super("pgm.func()", { toString: () => sql });
  }
}

function literalOf(value: Value): Text | undefined {
  if (value instanceof SqlLiteral) return value.sql;
  if (value instanceof Dictionary && value.get("literal") === true) return textOf(value.get("value"));
  return undefined;
}

export function isLiteral(value: Value): boolean {
  return literalOf(value) !== undefined;
}

function hole(value: Value, kind: "identifier" | "any", name: string): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return Text.hole({ kind, name: (value instanceof Unknown ? value.expression : undefined) ?? name, reason });
}

/** SQL that a call gives in a string. */
export function sqlOf(value: Value): Text {
  return (
    literalOf(value) ??
    textOf(value) ??
    (typeof value === "boolean" ? Text.of(String(value)) : hole(value, "any", "sql"))
  );
}

/** A name without quotes and schema. */
export function bareName(name: Value): Text {
  return textOf(name instanceof Dictionary ? name.get("name") : name) ?? hole(name, "identifier", "name");
}

/** `"public"."orders"` of an object with schema and name, `"orders"` of a string. */
export function nameOf(name: Value): Text {
  const literal = literalOf(name);
  if (literal !== undefined) return literal;
  const schema = textOf(option(name, "schema"));
  const own = quoted(bareName(name));
  return schema === undefined ? own : sqlText`${quoted(schema)}.${own}`;
}

export function listOf(value: Value): readonly Value[] {
  if (value === undefined) return [];
  return value instanceof List ? value.items : [value];
}

export function names(value: Value): Text {
  return Text.join(listOf(value).map(nameOf), ", ");
}

export function isOn(options: Value, name: string): boolean {
  return truthOf(option(options, name)) === true;
}

/** Words that an option adds. */
export function when(options: Value, name: string, words: string): string {
  return isOn(options, name) ? words : "";
}

/** Words and the SQL of an option. */
export function clause(
  options: Value,
  name: string,
  make: (sql: Text) => Text,
  read: (value: Value) => Text = sqlOf,
): Text | string {
  const value = option(options, name);
  return value === undefined || truthOf(value) === false ? "" : make(read(value));
}

/** A value in SQL: strings in dollar quotes. */
export function escapeValue(value: Value): Text {
  const literal = literalOf(value);
  if (literal !== undefined) return literal;
  if (value === null) return Text.of("NULL");
  if (value instanceof Text) {
    const text = value.toString();
    let number = 1;
    while (text.includes(`$pg${String(number)}$`)) number++;
    // Dollar quotes take no parameter in them.
    return sqlText`$pg${number}$${value}$pg${number}$`;
  }
  if (value instanceof List) return sqlText`ARRAY${elements(value)}`;
  if (typeof value === "object" || value === undefined) {
    return value instanceof Dictionary || value instanceof Callable
      ? Text.EMPTY
      : Text.hole({ kind: "value", name: "value", reason: value instanceof Unknown ? value.reason : "is not known" });
  }
  return Text.of(String(value));
}

function elements(list: List): Text {
  const parts = list.items.map((item) => (item instanceof List ? elements(item) : escapeValue(item)));
  return sqlText`[${Text.join(parts, ",")}]`;
}

const TYPE_ADAPTERS: Readonly<Record<string, string>> = {
  int: "integer",
  string: "text",
  float: "real",
  double: "double precision",
  datetime: "timestamp",
  bool: "boolean",
};

/** The type by its name in PostgreSQL. */
export function adapted(type: Value): Text {
  const known = textOf(type)?.known;
  const adapter = known === undefined || !Object.hasOwn(TYPE_ADAPTERS, known) ? undefined : TYPE_ADAPTERS[known];
  return adapter === undefined ? (type instanceof Dictionary ? nameOf(type) : sqlOf(type)) : Text.of(adapter);
}

const ID = new Dictionary([
  ["type", Text.of("serial")],
  ["primaryKey", true],
]);

/** A column's or attribute's definition with everything that shorthands say of its type. */
export function appliedType(type: Value, shorthands: Value): Dictionary {
  const asObject = (value: Value): Dictionary =>
    value instanceof Dictionary ? value : new Dictionary([["type", value]]);
  const own = asObject(type);
  const result = new Dictionary();
  let current = own.get("type");
  for (let depth = 0; depth < 10; depth++) {
    const name = textOf(current)?.known;
    const shorthand = name === undefined ? undefined : (option(shorthands, name) ?? (name === "id" ? ID : undefined));
    if (shorthand === undefined) break;
    const meant = asObject(shorthand);
    for (const [key, value] of meant.properties) if (!result.properties.has(key)) result.properties.set(key, value);
    current = meant.get("type");
  }
  for (const [key, value] of own.properties) result.properties.set(key, value);
  result.properties.set("type", current instanceof Dictionary ? current : adapted(current));
  return result;
}
