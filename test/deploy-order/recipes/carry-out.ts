/** Carries out a recipe on a database that has rows: each step as it asks for, with its check, and what is there in the end. */
import { expect } from "vitest";
import { positionOf } from "../../../src/deploy-order/moment.js";
import { differencesOf } from "../../postgres/catalog/description.js";
import { comparable, type SharedPostgres } from "../shared-postgres.js";
import type { RecipeCase } from "./cases.js";
import { chosenWay } from "./chosen-way.js";

export async function carryOut(postgres: SharedPostgres, one: RecipeCase): Promise<void> {
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
}
