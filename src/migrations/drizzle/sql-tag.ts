/** Drizzle's `sql` tag, and what can be put into it (`drizzle-orm/src/sql/sql.ts`). */
import { inlined, literal, parameter, quoted, Text } from "../evaluator/text.js";
import { Callable, Dictionary, Handle, List, type Method, textOf, Unknown, type Value } from "../evaluator/value.js";

/** SQL that is sent where it is executed, and a part of other SQL where it is put into it. */
export class SqlChunk extends Handle {
  constructor(public sql: Text) {
    const same: Method = () => this;
    super("sql``", {
      append: ([more]) => {
        this.sql = Text.join([this.sql, chunkOf(more)]);
        return this;
      },
      inlineParams: () => {
        this.sql = inlined(this.sql);
        return this;
      },
      if: ([condition]) => (condition === false || condition == null ? undefined : this),
      getSQL: same,
      mapWith: same,
      as: same,
    });
  }
}

/** What stands in SQL for a value that is put into it. */
function chunkOf(value: Value, name = "value"): Text {
  if (value instanceof SqlChunk) return value.sql;
  if (value === undefined) return Text.EMPTY;
  if (value instanceof List) {
    return Text.join([
      "(",
      Text.join(
        value.items.map((item) => chunkOf(item, name)),
        ", ",
      ),
      ")",
    ]);
  }
  const inline = literalOf(value);
  const written = value instanceof Unknown ? value.expression : undefined;
  return parameter(written ?? name, inline?.known === undefined ? undefined : inline);
}

function literalOf(value: Value): Text | undefined {
  if (value === null) return Text.of("null");
  if (value instanceof Text) return literal(value);
  return typeof value === "boolean" ? Text.of(String(value)) : textOf(value);
}

/** SQL that is given as it is: by the tag, or as a text. */
export function sqlOf(value: Value): Text {
  if (value instanceof SqlChunk) return value.sql;
  const { reason, expression } = value instanceof Unknown ? value : { reason: "is no text", expression: undefined };
  return textOf(value) ?? Text.hole({ kind: "any", name: expression ?? "sql", reason });
}

function identifier(value: Value): Text {
  const { reason, expression } = value instanceof Unknown ? value : { reason: "is not known", expression: undefined };
  const name = textOf(value);
  return name === undefined ? Text.hole({ kind: "identifier", name: expression ?? "name", reason }) : quoted(name);
}

const MEMBERS: Readonly<Record<string, Method>> = {
  raw: ([text]) => new SqlChunk(sqlOf(text)),
  identifier: ([name]) => new SqlChunk(identifier(name)),
  empty: () => new SqlChunk(Text.EMPTY),
  param: ([value]) => new SqlChunk(chunkOf(value)),
  fromList: ([chunks]) =>
    new SqlChunk(Text.join(chunks instanceof List ? chunks.items.map((one) => chunkOf(one)) : [])),
  join: ([chunks, separator]) =>
    chunks instanceof List && !chunks.open
      ? new SqlChunk(
          Text.join(
            chunks.items.map((one) => chunkOf(one)),
            chunkOf(separator),
          ),
        )
      : new SqlChunk(sqlOf(chunks)),
};

/** The tag, as `drizzle-orm` and the packages that are made with it export it. */
export const DRIZZLE_SQL = new Callable(
  "sql",
  ([strings, ...values]) => {
    const parts = strings instanceof List ? strings.items : [];
    const chunks = parts.flatMap((part, index) => [
      textOf(part) ?? "",
      index < values.length ? chunkOf(values[index], `value${String(index + 1)}`) : "",
    ]);
    return new SqlChunk(Text.join(chunks));
  },
  undefined,
  new Dictionary(Object.entries(MEMBERS).map(([name, method]) => [name, new Callable(`sql.${name}`, method)] as const)),
);
