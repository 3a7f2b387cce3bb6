/** Knex's `raw` with its bindings: `?` and `:name` are values, `??` and `:name:` names (`lib/raw.js`). */
import { literal, parameter, quoted, sqlText, Text } from "../evaluator/text.js";
import { Dictionary, Handle, List, textOf, Unknown, type Value } from "../evaluator/value.js";

/** A piece of SQL that is put into other SQL as it is: `knex.raw("now()")`. */
export class RawSql extends Handle {
  constructor(
    readonly sql: Text,
    more: ConstructorParameters<typeof Handle>[2],
    methods: ConstructorParameters<typeof Handle>[1] = {},
  ) {
    super("knex.raw()", methods, more);
  }
}

/** `"public"."orders"` of `public.orders`; `"a" as "b"` of `a as b`. */
export function wrapped(name: Value): Text {
  if (name instanceof RawSql) return name.sql;
  const text = textOf(name) ?? unknownName(name);
  const alias = / as /i.exec(text.toString());
  if (alias) {
    return sqlText`${wrapped(text.slice(0, alias.index))} as ${wrapped(text.slice(alias.index + alias[0].length))}`;
  }
  return Text.join(
    text.split(".").map((part) => (part.toString() === "*" ? part : quoted(part.trim()))),
    ".",
  );
}

function unknownName(value: Value): Text {
  const reason = value instanceof Unknown ? value.reason : "is not known";
  return Text.hole({
    kind: "identifier",
    name: (value instanceof Unknown ? value.expression : undefined) ?? "name",
    reason,
  });
}

/** Names with commas between them. */
export function columnized(names: Value): Text {
  return Text.join((names instanceof List ? names.items : [names]).map(wrapped), ", ");
}

const BINDING = /\\\?|\?\??|:\w+:?/g;

/** SQL with its bindings: an array for `?`, an object for `:name`, or a single value. */
export function withBindings(sql: Text, bindings: Value): Text {
  if (bindings === undefined) return sql;
  const named = bindings instanceof Dictionary ? bindings : undefined;
  const values = bindings instanceof List ? bindings.items : [bindings];
  const parts: Text[] = [];
  const text = sql.toString();
  let at = 0;
  let next = 0;
  for (const { 0: found, index } of text.matchAll(BINDING)) {
    const value = boundTo(found, text[index - 1], named, () => values[next++]);
    if (value === undefined) continue;
    parts.push(sql.slice(at, index), value);
    at = index + found.length;
  }
  parts.push(sql.slice(at));
  return Text.join(parts);
}

function boundTo(
  found: string,
  before: string | undefined,
  named: Dictionary | undefined,
  next: () => Value,
): Text | undefined {
  if (found === "\\?") return named ? undefined : Text.of("?");
  if (found.startsWith("?")) {
    if (named) return undefined;
    return found === "??" ? columnized(next()) : valueOf(next(), "?");
  }
  if (!named || before === ":") return undefined;
  const name = found.replace(/^:|:$/g, "");
  if (!named.has(name)) return undefined;
  return found.endsWith(":") ? columnized(named.get(name)) : valueOf(named.get(name), name);
}

/** A value in SQL text, as node-postgres writes it. */
export function escaped(value: Value): Text {
  if (value instanceof RawSql) return value.sql;
  if (value == null) return Text.of("NULL");
  if (typeof value !== "object") return Text.of(String(value));
  if (!(value instanceof Text)) return parameter("value");
  const text = literal(value.map((part) => part.replaceAll("\\", "\\\\")));
  return value.toString().includes("\\") ? sqlText`E${text}` : text;
}

/** A value that is sent beside the SQL, or SQL that stands for it. */
export function valueOf(value: Value, name: string): Text {
  if (value instanceof RawSql) return value.sql;
  const inline = escaped(value);
  return parameter(
    (value instanceof Unknown ? value.expression : undefined) ?? name,
    inline.known === undefined ? undefined : inline,
  );
}
