/**
 * The proof that plans are right: each is carried out step by step on PostgreSQL, and after each step every query of each
 * version of the code that may be live is prepared and run. The orders that nobody planned fail as the pull request says.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Run } from "../../../src/deploy-order/schedule.js";
import { SharedPostgres } from "../shared-postgres.js";
import { PULL_REQUESTS } from "./pull-requests.js";
import { carryOut, codeFirst, differencesAtTheEnd, migrationFirst, planFor } from "./run-plan.js";

let postgres: SharedPostgres;
const figures = { "pull requests": 0, steps: 0, "queries checked": 0, "naive orders that failed as seeded": 0 };

beforeAll(async () => {
  postgres = await SharedPostgres.start();
});
afterAll(async () => {
  await postgres.close();
  const line = Object.entries(figures).map(([what, count]) => `${String(count)} ${what}`);
  console.log(line.join(", "));
});

test("there are forty", () => {
  expect(PULL_REQUESTS.length).toBeGreaterThanOrEqual(40);
  expect(new Set(PULL_REQUESTS.map(({ title }) => title)).size).toBe(PULL_REQUESTS.length);
});

test.each(PULL_REQUESTS.map((request) => [request.title, request] as const))("%s", async (_, request) => {
  const seeded = {
    migrationFirst: await migrationFirst(postgres, request),
    codeFirst: await codeFirst(postgres, request),
  };
  expect(seeded).toEqual({ migrationFirst: request.naive.migrationFirst, codeFirst: request.naive.codeFirst });

  const { plan, runs } = planFor(request);
  const printed = new Set(plan.phases.flatMap(({ steps }) => steps.map(({ sql }) => sql)));
  for (const { step, proposed } of runs) {
    if (proposed && step.sql !== undefined)
      expect(printed, "what is carried out is what the plan says").toContain(step.sql);
  }
  expect(handsBetween(runs), "no person acts between migrations that the pipeline runs together").toEqual([]);
  const { steps, queries, failures } = await carryOut(postgres, request, runs);
  expect(failures).toEqual([]);
  expect(await differencesAtTheEnd(postgres, request)).toEqual(request.leaves ?? []);

  figures["pull requests"]++;
  figures.steps += steps;
  figures["queries checked"] += queries;
  figures["naive orders that failed as seeded"] += Object.values(request.naive).length;
});

/** Steps of people that stand between two that the pipeline runs with one release: it runs both at once. */
function handsBetween(runs: readonly Run[]): readonly string[] {
  return runs.flatMap(({ position, step }, index) => {
    const runsSql = (one: Run): boolean =>
      one.position === position && one.step.actor === "pipeline" && one.step.sql !== undefined;
    const between = runs.slice(0, index).some(runsSql) && runs.slice(index + 1).some(runsSql);
    return step.actor === "person" && between ? step.name : [];
  });
}

test("a step that is missing is noticed, by the query that fails and when", async () => {
  const request = PULL_REQUESTS.find(({ title }) => title === "a required column that the code no longer uses");
  const { runs } = planFor(request!);
  const without = runs.filter(({ step }) => step.name !== "drop-not-null");
  expect(without.length).toBe(runs.length - 1);
  expect((await carryOut(postgres, request!, without)).failures).toEqual([
    'while release 0 is deployed: null value in column "kind" of relation "orders" violates not-null constraint (INSERT INTO orders (id) VALUES (:n))',
  ]);
});
