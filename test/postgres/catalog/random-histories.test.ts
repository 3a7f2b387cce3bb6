import type { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { startPGlite } from "../start-pglite.js";
import { compareHistory } from "./compare-history.js";
import { START, statement } from "./random-ddl.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite();
});
afterAll(async () => {
  await database.close();
});

test("the replayed catalog equals PostgreSQL's after random changes", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 40, maxLength: 80, size: "max" }), async (statements) => {
      const comparison = await compareHistory(database, [
        { name: "history", statements: parseSql([START, ...statements].join(";\n")).statements },
      ]);
      taken += comparison.statements;
      expect(comparison.differences).toEqual([]);
    }),
    // Always the same ones, so that a run says something of the code alone. Others: HISTORY_SEED=2 HISTORY_RUNS=100.
    { seed: Number(process.env["HISTORY_SEED"] ?? 1), numRuns: Number(process.env["HISTORY_RUNS"] ?? 6) },
  );
  // Enough of them are such that PostgreSQL takes them.
  expect(taken).toBeGreaterThan(100);
});
