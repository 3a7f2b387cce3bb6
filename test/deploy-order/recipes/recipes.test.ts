/**
 * What every recipe promises: its steps run one after the other on a table that has rows, each as it asks for; each
 * check answers what the step says; and at the end the schema is the one that the pull request wanted.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { RECIPES } from "../../../src/deploy-order/recipes/index.js";
import { positionOf } from "../../../src/deploy-order/moment.js";
import { differencesOf } from "../../postgres/catalog/description.js";
import { comparable, SharedPostgres } from "../shared-postgres.js";
import { CASES } from "./cases.js";
import { chosenWay } from "./chosen-way.js";

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

test.each(CASES.map((one) => [`${one.recipe}: ${one.title}`, one] as const))("%s", async (_, one) => {
  await postgres.reset(one.schema, one.pull);
  const wanted = comparable(await postgres.description());

  const { way, kept } = chosenWay(one) ?? expect.fail("the recipe does not fit");
  await postgres.reset(one.schema, one.rows);
  for (const sql of kept) await postgres.database.exec(sql);
  const names = new Set<string>();
  let position = 0;
  for (const step of way.steps) {
    expect(names, "names tell steps apart").not.toContain(step.name);
    names.add(step.name);
    expect(positionOf(step.from), `${step.name} is listed in the order of the timeline`).toBeGreaterThanOrEqual(
      position,
    );
    position = positionOf(step.from);
    const decided = one.decided?.[step.name];
    if (decided !== undefined && step.check) {
      expect(await postgres.answer(step), `${step.name} is not done yet`).not.toBe(step.check.answer);
    }
    if (decided !== undefined) await postgres.database.exec(decided);
    await postgres.run(step);
    if (step.check) expect(await postgres.answer(step), step.check.sql).toBe(step.check.answer);
  }
  expect(differencesOf(wanted, comparable(await postgres.description()))).toEqual(one.leaves ?? []);
  for (const [sql, answer] of one.finally ?? []) {
    const { rows } = await postgres.database.query<unknown[]>(sql, [], { rowMode: "array" });
    expect(rows[0]?.[0], sql).toBe(answer);
  }
});
