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
    { numRuns: 10 },
  );
  // Enough of them are such that PostgreSQL takes them.
  expect(taken).toBeGreaterThan(150);
});
