/** Kysely's expressions: names, values, and the `sql` tag with what can be put into it (`raw-builder/sql.ts`). */
import { literal, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, List, textOf, Unknown, type Method, type Value } from "../evaluator/value.js";

/** What a query gives. */
export const RESULT = new Unknown("comes from a query");

/** Something that stands for SQL where Kysely takes an expression. */
export class Expression extends Handle {
  constructor(
    readonly sql: Text,
    name = "sql``",
    methods: Readonly<Record<string, Method>> = {},
  ) {
    super(name, methods);
  }
}

/** SQL of a template: sent by `.execute(db)`, a part of other SQL where it is put into it. */
function rawSql(sql: Text): Expression {
  const same: Method = () => expression;
  const expression: Expression = new Expression(sql, "sql``", {
    execute(_, site) {
      site.run.send(sql, site);
      return RESULT;
    },
    as: ([alias]) => rawSql(sqlText`${sql} as ${nameOf(alias)}`),
    $castTo: same,
    $notNull: same,
    withPlugin: same,
    withoutPlugins: same,
  });
  return expression;
}

/** A name with its schema or table: `"app"."orders"` of `app.orders`. */
export function nameOf(value: Value): Text {
  if (value instanceof Expression) return value.sql;
  const text = textOf(value);
  if (text === undefined) return unknownName(value);
  return Text.join(
    text.split(".").map((part) => (part.toString() === "*" ? part : quoted(part.trim()))),
    ".",
  );
}

/** `"orders" as "o"` of `orders as o`. */
export function aliasedName(value: Value): Text {
  const text = textOf(value);
  const alias = text && / as /.exec(text.toString());
  if (!text || !alias) return nameOf(value);
  return sqlText`${nameOf(text.slice(0, alias.index))} as ${nameOf(text.slice(alias.index + alias[0].length))}`;
}

function unknownName(value: Value): Text {
  const { reason, expression } = value instanceof Unknown ? value : { reason: "is not known" };
  return Text.hole({ kind: "identifier", name: expression ?? "name", reason });
}

/** SQL that is given as it is: a data type, an operator. */
export function plainSql(value: Value): Text {
  if (value instanceof Expression) return value.sql;
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return textOf(value) ?? Text.hole({ kind: "any", name: "sql", reason });
}

/** A value that Kysely writes into the SQL, as it does in all statements that change the schema. */
export function immediate(value: Value): Text {
  if (value instanceof Expression) return value.sql;
  if (value instanceof List) return sqlText`(${Text.join(value.items.map(immediate), ", ")})`;
  if (value === null || value === undefined) return Text.of("null");
  if (value instanceof Text) return literal(value);
  if (typeof value === "object") return bound(value, "value");
  return Text.of(String(value));
}

/** A value that is sent beside the SQL, or the SQL of an expression. */
export function bound(value: Value, name: string): Text {
  if (value instanceof Expression) return value.sql;
  if (value instanceof List)
    return sqlText`(${Text.join(
      value.items.map((item) => bound(item, name)),
      ", ",
    )})`;
  const inline = typeof value === "object" && value !== null && !(value instanceof Text) ? undefined : immediate(value);
  return parameter(
    (value instanceof Unknown ? value.expression : undefined) ?? name,
    inline?.known === undefined ? undefined : inline,
  );
}

/** Names with commas between them. */
export function nameList(names: Value): Text {
  return Text.join((names instanceof List ? names.items : [names]).map(nameOf), ", ");
}

/** The tag `sql`, and what it has besides. */
export const SQL_TAG = new Callable(
  "sql",
  ([strings, ...values]) => {
    const parts = strings instanceof List ? strings.items : [];
    return rawSql(
      Text.join(
        parts.flatMap((part, index) => [
          textOf(part) ?? "",
          index < values.length ? bound(values[index], `value${String(index + 1)}`) : "",
        ]),
      ),
    );
  },
  undefined,
  new Dictionary(
    Object.entries({
      ref: ([name]) => rawSql(nameOf(name)),
      table: ([name]) => rawSql(aliasedName(name)),
      id: (names) =>
        rawSql(
          Text.join(
            names.map((name) => identifier(name)),
            ".",
          ),
        ),
      val: ([value]) => rawSql(bound(value, "value")),
      value: ([value]) => rawSql(bound(value, "value")),
      lit: ([value]) => rawSql(immediate(value)),
      literal: ([value]) => rawSql(immediate(value)),
      raw: ([sql]) => rawSql(plainSql(sql)),
      join: ([values, separator]) =>
        rawSql(
          values instanceof List
            ? Text.join(
                values.items.map((value) => bound(value, "value")),
                separator === undefined ? ", " : plainSql(separator),
              )
            : plainSql(values),
        ),
    } satisfies Record<string, Method>).map(([name, method]) => [name, new Callable(`sql.${name}`, method)] as const),
  ),
);

/** One name, which may have dots in it. */
function identifier(name: Value): Text {
  const text = textOf(name);
  return text === undefined ? unknownName(name) : quoted(text);
}

/** Operators that are keywords or signs, as `where("a", "=", 1)` has them. */
export function comparison(left: Value, operator: Value, right: Value, value: (of: Value) => Text): Text {
  const rightSide = right === null ? Text.of("null") : value(right);
  return sqlText`${nameOf(left)} ${plainSql(operator)} ${rightSide}`;
}
