/**
 * What every recipe promises: its steps run one after the other on a table that has rows, each as it asks for; each
 * check answers what the step says; and at the end the schema is the one that the pull request wanted.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { RECIPES } from "../../../src/deploy-order/recipes/index.js";
import { SharedPostgres } from "../shared-postgres.js";
import { carryOut } from "./carry-out.js";
import { CASES } from "./cases.js";

let postgres: SharedPostgres;
beforeAll(async () => {
  postgres = await SharedPostgres.start();
});
afterAll(() => postgres.close());

/** Recipes whose steps leave the database as it is. */
const WITHOUT_SQL = ["rename-column-in-code", "rename-table-in-code"];

test("every recipe has a case", () => {
  const names = RECIPES.map(({ name }) => name).filter((name) => !WITHOUT_SQL.includes(name));
  expect([...new Set(CASES.map(({ recipe }) => recipe))].sort()).toEqual([...new Set(names)].sort());
});

test.each(CASES.map((one) => [`${one.recipe}: ${one.title}`, one] as const))("%s", (_, one) => carryOut(postgres, one));
