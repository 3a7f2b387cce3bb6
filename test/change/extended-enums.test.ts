import fc from "fast-check";
import { expect, it } from "vitest";
import { addValueSql, type ExtendedEnum, extendedEnum } from "../../src/change/extended-enums.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { quoteLiteral } from "../../src/text/quote-literal.js";

/** What the exchange of a type's values for others adds. */
function extended(from: readonly string[], to: readonly string[]): ExtendedEnum | undefined {
  const listed = (values: readonly string[]): string => values.map(quoteLiteral).join(", ");
  const { statements } = parseSql(`
    CREATE TYPE app.state AS ENUM (${listed(from)});
    CREATE TABLE orders (state app.state);
    ALTER TYPE app.state RENAME TO state_old;
    CREATE TYPE app.state AS ENUM (${listed(to)});
    ALTER TABLE orders ALTER COLUMN state TYPE app.state USING state::text::app.state;`);
  const replay = new Replay({ postgres: 16 });
  for (const [order, statement] of statements.slice(0, -1).entries()) replay.apply(statement, order);
  const operations = statements.flatMap((statement) => statement.operations);
  const last = operations.at(-1);
  if (last?.type !== "AlterColumnType") throw new Error("The statement was not read.");
  return extendedEnum(last, replay.catalog, operations);
}

it("has the type by its first name, and the statements", () => {
  const { type, added } = extended(["a", "b"], ["it's", "a", "x", "y", "b", "z"])!;
  expect(type).toEqual({ schema: "app", name: "state" });
  expect(added.map((one) => addValueSql(type, one))).toEqual([
    "ALTER TYPE app.state ADD VALUE 'it''s' BEFORE 'a'",
    "ALTER TYPE app.state ADD VALUE 'x' AFTER 'a'",
    "ALTER TYPE app.state ADD VALUE 'y' AFTER 'x'",
    "ALTER TYPE app.state ADD VALUE 'z'",
  ]);
});

it.each<[what: string, to: readonly string[]]>([
  ["the same values", ["a", "b"]],
  ["values that go", ["a", "c"]],
  ["another order", ["b", "a", "c"]],
])("is none for %s", (_, to) => {
  expect(extended(["a", "b"], to)).toBeUndefined();
});

it("adds any values in such an order that the type has them all in theirs", () => {
  const values = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 5, unit: "grapheme-ascii" }), { minLength: 2 });
  fc.assert(
    fc.property(values, fc.infiniteStream(fc.boolean()), (to, picks) => {
      const from = to.filter(() => picks.next().value === true);
      fc.pre(from.length > 0 && from.length < to.length);
      const found = extended(from, to);
      const type = [...from];
      for (const { value, neighbor } of found?.added ?? []) {
        const at = neighbor ? type.indexOf(neighbor.value) + (neighbor.position === "after" ? 1 : 0) : type.length;
        expect(neighbor === undefined || type.includes(neighbor.value)).toBe(true);
        type.splice(at, 0, value);
      }
      expect(type).toEqual(to);
    }),
  );
});
