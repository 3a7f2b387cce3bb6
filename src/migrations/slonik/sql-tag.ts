/** Slonik's `sql` tag, and what can be put into it (`createSqlTag.ts`, `sqlFragmentFactories/`). */
import { jsonOf } from "../evaluator/language.js";
import { literal, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, List, type Method, textOf, Unknown, type Value } from "../evaluator/value.js";

/** A piece of SQL, or a whole query: what the tag makes. */
export class Sql extends Handle {
  constructor(readonly sql: Text) {
    super("sql``", {}, { get: (property) => (property === "sql" ? sql : undefined) });
  }
}

/** What is put into a template: SQL as it is, everything else as a parameter. */
function embedded(value: Value, name: string): Text {
  if (value instanceof Sql) return value.sql;
  if (value instanceof Unknown) {
    // It may well be SQL that comes from elsewhere.
    return Text.hole({ kind: "any", name: value.expression ?? name, reason: value.reason });
  }
  if (value instanceof Text) return parameter(name, value.known === undefined ? undefined : literal(value));
  return parameter(name, typeof value === "object" && value !== null ? undefined : Text.of(String(value)));
}

const template: Method = ([strings, ...values]) => {
  const parts = strings instanceof List ? strings.items : [];
  return new Sql(
    Text.join(
      parts.flatMap((part, index) => [
        textOf(part) ?? "",
        index < values.length ? embedded(values[index], `value${String(index + 1)}`) : "",
      ]),
    ),
  );
};

function itemsOf(value: Value): readonly Value[] {
  return value instanceof List ? value.items : [value];
}

function name(value: Value): Text {
  const text = textOf(value);
  if (text) return quoted(text);
  const { reason, expression = "name" } = value instanceof Unknown ? value : { reason: "is not known" };
  return quoted(Text.hole({ kind: "identifier", name: expression, reason }));
}

/** A name with what stands before it: `"app"."orders"`. */
function nameOf(path: Value): Text {
  return Text.join(itemsOf(path).map(name), ".");
}

/** A type of an array's elements: a name, or SQL for the array's whole type. */
function arrayType(type: Value): Text {
  return type instanceof Sql ? type.sql : sqlText`${name(type)}[]`;
}

function elementType(type: Value): Text {
  if (type instanceof List) return nameOf(type);
  return type instanceof Sql ? type.sql : name(type);
}

const json =
  (type: string): Method =>
  ([value]) => {
    const text = jsonOf(value);
    return new Sql(sqlText`${parameter("json", text === undefined ? undefined : literal(text))}::${type}`);
  };

const same: Method = template;

const METHODS: Readonly<Record<string, Method>> = {
  identifier: ([path]) => new Sql(nameOf(path)),
  join: ([members, glue]) =>
    new Sql(
      Text.join(
        itemsOf(members).map((member) => embedded(member, "value")),
        glue instanceof Sql ? glue.sql : ", ",
      ),
    ),
  literalValue: ([value]) =>
    new Sql(literal(textOf(value) ?? Text.hole({ kind: "value", name: "value", reason: "is not known" }))),
  json: json("json"),
  jsonb: json("jsonb"),
  array: ([, type]) => new Sql(sqlText`${parameter("array")}::${arrayType(type)}`),
  unnest: ([, types]) =>
    new Sql(
      sqlText`unnest(${Text.join(
        itemsOf(types).map((type) => sqlText`${parameter("column")}::${elementType(type)}[]`),
        ", ",
      )})`,
    ),
  binary: () => new Sql(parameter("data")),
  date: () => new Sql(sqlText`${parameter("date")}::date`),
  timestamp: () => new Sql(sqlText`to_timestamp(${parameter("timestamp")})`),
  uuid: () => new Sql(sqlText`${parameter("uuid")}::uuid`),
  // Tags of newer versions, which say besides what rows they give.
  fragment: same,
  unsafe: same,
  raw: ([text]) => new Sql(textOf(text) ?? Text.hole({ kind: "any", name: "sql", reason: "is not known" })),
};

/** A tag that is made for a type of rows: ``sql.type(schema)`…` ``. */
const TYPED = ["type", "typeAlias"];

export const SQL_TAG = new Callable(
  "sql",
  template,
  undefined,
  new Dictionary(
    [
      ...Object.entries(METHODS).map(([method, call]) => [method, new Callable(`sql.${method}`, call)] as const),
      ...TYPED.map((method) => [method, new Callable(`sql.${method}`, () => new Callable("sql", template))] as const),
    ],
    undefined,
    "is nothing of Slonik's sql that is known",
  ),
);
