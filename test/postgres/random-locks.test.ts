/** The locks of random statements on random schemas, as PostgreSQL takes them. Its tables are empty: no work is compared. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { START, statement } from "./catalog/random-ddl.js";
import { MeasuredPostgres } from "./measured-postgres.js";

let postgres: MeasuredPostgres;
beforeAll(async () => {
  postgres = await MeasuredPostgres.start();
});
afterAll(() => postgres.close());

/** By relation. That of a reader blocks nobody, and which partitions one reaches does not stand in its statement. */
function blocking(locks: Iterable<readonly [relation: string, mode: string]>): Readonly<Record<string, string>> {
  // Only those of two schemas are measured.
  return Object.fromEntries(
    [...locks].filter(([relation, mode]) => mode !== "ACCESS SHARE" && /^(?:public|app)\./.test(relation)),
  );
}

test("are those that PostgreSQL takes", async () => {
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { minLength: 40, maxLength: 60, size: "max" }), async (statements) => {
      await postgres.reset(`DROP SCHEMA IF EXISTS application CASCADE; ${START}`);
      const replay = new Replay({ postgres: 18 });
      for (const one of parseSql(START).statements) replay.apply(one, 0);
      const after: string[] = [];
      for (const sql of statements) {
        const measured = await postgres.run(sql).catch(() => undefined);
        if (!measured) continue;
        taken++;
        const [parsed] = parseSql(sql).statements;
        const claimed = replay.apply(parsed!, 1).locks;
        expect({ after, sql, locks: blocking(claimed.map(({ relation, mode }) => [relation, mode])) }).toEqual({
          after,
          sql,
          locks: blocking(Object.entries(measured.locks).map(([relation, { mode }]) => [relation, mode])),
        });
        after.push(sql);
      }
    }),
    {
      // Always the same ones, so that a run says something of the code alone. Others: LOCKS_SEED=2 LOCKS_RUNS=100.
      seed: Number(process.env["LOCKS_SEED"] ?? 1),
      numRuns: Number(process.env["LOCKS_RUNS"] ?? 3),
      // One statement is wrong, and what went before it is said: finding fewer of those takes minutes.
      endOnFailure: true,
    },
  );
  // Enough of them are such that PostgreSQL takes them.
  expect(taken).toBeGreaterThan(30);
});
