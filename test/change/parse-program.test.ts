import { expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseProgram } from "../../src/change/parse-program.js";
import { knex } from "../../src/migrations/knex.js";
import { Listing } from "../../src/migrations/listing.js";

const FILE = "migrations/1_orders.js";

/** The statements of a Knex migration with this body. */
function statementsOf(body: string): readonly string[] {
  const text = `exports.up = async (knex) => {\n${body}\n};\nexports.down = async () => {};\n`;
  const tree = memoryTree(new Map([[FILE, text]]), "head");
  const sent = knex.open(new Listing(tree), "migrations").evaluate?.(text, FILE, tree);
  return parseProgram(text, FILE, { up: sent?.up ?? [], comments: [] }).statements.map(({ sql }) => sql);
}

test("values that are sent beside the SQL stand in it, as far as they are known", () => {
  expect(
    statementsOf(`  await knex("orders").update({ active: true, note: "it's", ref: null, rank: -1.5, at: new Date() });
  await knex("orders").where("code", 7).limit(knex.batch).del();`),
  ).toEqual([
    `update "orders" set "active" = true, "note" = 'it''s', "ref" = NULL, "rank" = '-1.5', "at" = $1`,
    `delete from "orders" where "code" = '7'`,
  ]);
});
