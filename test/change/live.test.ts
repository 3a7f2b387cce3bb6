import { describe, expect, it } from "vitest";
import { projectOf } from "../../src/change/project.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

const ORDERS = "CREATE TABLE orders (id bigint, ref text);";
const DROP = "ALTER TABLE orders DROP COLUMN ref;";

function isLive(sql: string, surroundings: Surroundings = {}, relation?: string): boolean {
  const { change, file } = memoryChange("/repository", sql, surroundings);
  const migration = change.databases[0]!.migrations.find((candidate) => candidate.file === file)!;
  const statement = migration.statements.at(-1)!;
  const operation = statement.statement.operations.at(-1)!;
  const placed = { migration, statement, operation };
  return projectOf(change).isLive(placed, relation === undefined ? undefined : { name: relation });
}

describe("a relation is in use while the migration runs", () => {
  it.each<[why: string, live: boolean, sql: string, surroundings: Surroundings]>([
    ["it is in a migration of base", true, DROP, { history: [ORDERS] }],
    ["no migration created it", true, DROP, {}],
    ["no migration created it, and history is empty", true, DROP, { history: ["SELECT 1;"] }],
    ["the same file creates it", false, ORDERS + DROP, {}],
    ["another file of the change creates it", false, DROP, { pending: [ORDERS] }],
    [
      "it was renamed since",
      true,
      "ALTER TABLE items DROP COLUMN ref;",
      {
        history: [ORDERS, "ALTER TABLE orders RENAME TO items;"],
      },
    ],
    [
      "the change creates it and renames it",
      false,
      "ALTER TABLE items DROP COLUMN ref;",
      {
        pending: [ORDERS, "ALTER TABLE orders RENAME TO items;"],
      },
    ],
    // Databases that ran it do not run it again; on the others it makes its table first.
    ["an edited migration created it at base already", false, ORDERS + DROP, { was: ORDERS }],
    ["an edited migration did not create it", true, DROP, { was: "SELECT 1;", history: [ORDERS] }],
    ["an edited migration creates it now", false, ORDERS + DROP, { was: "SELECT 1;" }],
    ["without a base, another file creates it", true, DROP, { base: false, history: [ORDERS] }],
    ["without a base, the same file creates it", false, ORDERS + DROP, { base: false }],
    [
      "a statement of the change creates it that is refused",
      false,
      `CREATE TABLE "public".Orders (id bigint ref text);${DROP}`,
      {},
    ],
    [
      "a statement of base creates it that is refused",
      true,
      DROP,
      { history: ["CREATE TABLE orders (id bigint ref text);"] },
    ],
    ["it is created by this statement", false, ORDERS, {}],
    [
      "it is created by this statement, if it is not there",
      true,
      ORDERS.replace("TABLE", "TABLE IF NOT EXISTS"),
      {
        history: [ORDERS],
      },
    ],
    ["it is temporary", false, `CREATE TEMPORARY TABLE orders (id bigint, ref text);${DROP}`, {}],
    ["an index has its table's life", true, "DROP INDEX i;", { history: [`${ORDERS}CREATE INDEX i ON orders (id);`] }],
    ["a new table's index", false, "DROP INDEX i;", { pending: [`${ORDERS}CREATE INDEX i ON orders (id);`] }],
    ["an index that nobody knows", true, "DROP INDEX i;", {}],
    ["a dropped table that is made again", false, `${ORDERS}${DROP}`, { history: [`${ORDERS}DROP TABLE orders;`] }],
  ])("%s: %s", (_why, live, sql, surroundings) => {
    expect(isLive(sql, surroundings)).toBe(live);
  });

  it("asks about another relation than the operation's own", () => {
    const sql = "CREATE TABLE items (id bigint, order_id bigint REFERENCES orders);";
    expect(isLive(sql, { history: [ORDERS] }, "orders")).toBe(true);
    expect(isLive(sql, { pending: [ORDERS] }, "orders")).toBe(false);
    expect(isLive(sql, { history: [ORDERS] })).toBe(false);
  });
});
