import { expect, it } from "vitest";
import { restoredColumns } from "../../src/change/restored-columns.js";
import type { PlacedOperation } from "../../src/model/migration.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";
import { flyway, unknownRunner } from "../rules/tools.js";

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, total int NOT NULL DEFAULT 0, note text);";

/** The halves of each pair, as their types. */
function pairs(sql: string, surroundings: Partial<Surroundings> = {}): string[] {
  const { change } = memoryChange("/repository", sql, { history: [ORDERS], tool: flyway, ...surroundings });
  const operations = change.databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ judged }) => judged)
      .flatMap((migration) =>
        migration.statements.flatMap((statement): PlacedOperation[] =>
          statement.statement.operations.map((operation) => ({ operation, statement, migration })),
        ),
      ),
  );
  return [...restoredColumns(operations)].map(([one, { operation: other }]) => `${one.type} ${other.type}`);
}

const alter = (...clauses: readonly string[]): string =>
  clauses.map((clause) => `ALTER TABLE orders ALTER COLUMN ${clause};`).join("\n");

it("has what goes and comes back in one transaction", () => {
  expect(
    pairs(alter("total DROP NOT NULL", "total DROP DEFAULT", "total SET DEFAULT 1", "total SET NOT NULL")),
  ).toEqual(["SetDefault DropDefault", "DropDefault SetDefault", "SetNotNull DropNotNull", "DropNotNull SetNotNull"]);
  expect(
    pairs("ALTER TABLE orders ALTER total DROP DEFAULT, ALTER total SET DEFAULT 2;", { tool: unknownRunner }),
  ).toEqual(["SetDefault DropDefault", "DropDefault SetDefault"]);
});

it.each<[what: string, sql: string, surroundings: Partial<Surroundings>]>([
  [
    "what the column did not have",
    alter("note DROP NOT NULL", "note SET NOT NULL", "note DROP DEFAULT", "note SET DEFAULT 1"),
    {},
  ],
  ["another column", alter("total DROP NOT NULL", "note SET NOT NULL"), {}],
  ["what comes first and goes then", alter("total SET DEFAULT 1", "total DROP DEFAULT"), {}],
  ["statements that each commit", alter("total DROP NOT NULL", "total SET NOT NULL"), { transaction: "per-statement" }],
])("leaves out %s", (_, sql, surroundings) => {
  expect(pairs(sql, surroundings)).toEqual([]);
});
