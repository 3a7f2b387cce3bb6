import { expect, test } from "vitest";
import type { Statement } from "../../src/model/statement.js";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseProgram } from "../../src/change/parse-program.js";
import { knex } from "../../src/migrations/knex.js";
import { Listing } from "../../src/migrations/listing.js";

const FILE = "migrations/1_orders.js";

/** A Knex migration with this body. */
function migration(body: string): { readonly text: string; readonly statements: readonly Statement[] } {
  const text = `exports.up = async (knex) => {\n${body}\n};\nexports.down = async () => {};\n`;
  const tree = memoryTree(new Map([[FILE, text]]), "head");
  const sent = knex.open(new Listing(tree), "migrations").evaluate?.(text, FILE, tree);
  return parseProgram(text, FILE, { up: sent?.up ?? [], comments: [] });
}

test("values that are sent beside the SQL stand in it, as far as they are known", () => {
  expect(
    migration(`  await knex("orders").update({ active: true, note: "it's", ref: null, rank: -1.5, at: new Date() });
  await knex("orders").where("code", 7).limit(knex.batch).del();`).statements.map(({ sql }) => sql),
  ).toEqual([
    `update "orders" set "active" = true, "note" = 'it''s', "ref" = NULL, "rank" = '-1.5', "at" = $1`,
    `delete from "orders" where "code" = '7'`,
  ]);
});

test.each([
  [
    "alone",
    `  await knex.schema.alterTable("orders", (t) => {\n    t.string("coupon").notNullable();\n  });`,
    [`t.string("coupon").notNullable()`],
  ],
  [
    "beside another one",
    `  await knex.schema.alterTable("orders", (t) => {\n    t.string("a");\n    t.string("b");\n  });`,
    [`t.string("a")`, `t.string("b")`],
  ],
])("a column, %s, stands where its call does", (_, body, calls) => {
  const { text, statements } = migration(body);
  const operations = statements.flatMap((statement) => statement.operations);
  expect(operations.map(({ type }) => type)).toEqual(calls.map(() => "AddColumn"));
  for (const [index, { range }] of operations.entries()) {
    const place = text.slice(...range);
    expect(place).toContain(calls[index]?.slice("t.".length));
    expect(place).not.toContain("alterTable");
  }
});
