import { expect, test } from "vitest";
import { howItRuns } from "../../src/deploy-order/how-it-runs.js";
import type { RecipeStep } from "../../src/deploy-order/recipe.js";
import { drizzle, supabase } from "../rules/tools.js";

const outside = (sql: string): RecipeStep => ({
  name: "step",
  actor: "pipeline",
  title: "Do it.",
  from: { release: 0, slot: "before" },
  sql,
  transaction: "outside",
});

test("what a tool runs outside of its transaction is the pipeline's", () => {
  const build = howItRuns(outside("CREATE INDEX CONCURRENTLY i ON t (a);"), supabase, "per-file", false);
  expect(build.actor).toBe("pipeline");
  expect(build.how).toContain("In a migration of its own: Supabase runs it outside the transaction of the file");
});

test.each([
  "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;",
  "UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000);",
])("what stays in the transaction all the same is run by hand: %s", (sql) => {
  expect(howItRuns(outside(sql), supabase, "per-file", false)).toEqual({
    actor: "person",
    how: "Supabase has no way to run it outside a transaction: run it by hand, and keep it out of the migrations.",
  });
});

test("a tool without any way says how an index is built", () => {
  const build = howItRuns(outside("CREATE INDEX CONCURRENTLY i ON t (a);"), drizzle, "all-pending", false);
  expect(build).toEqual({ actor: "person", how: drizzle.withoutOutside });
});
