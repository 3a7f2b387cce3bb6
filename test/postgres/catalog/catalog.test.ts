import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import type { PGlite } from "@electric-sql/pglite";
import { startPGlite } from "../start-pglite.js";
import { compareHistory } from "./compare-history.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite();
});
afterAll(async () => {
  await database.close();
});

const folder = new URL("histories/", import.meta.url);

describe("the replayed catalog equals PostgreSQL's after every file", () => {
  for (const history of readdirSync(folder)) {
    test(history, async () => {
      const files = readdirSync(new URL(`${history}/`, folder)).sort();
      const comparison = await compareHistory(
        database,
        files.map((name) => ({
          name,
          statements: parseSql(readFileSync(new URL(`${history}/${name}`, folder), "utf8")).statements,
        })),
      );
      expect(comparison).toMatchObject({ differences: [], refused: [] });
      expect(comparison.statements).toBeGreaterThan(0);
    });
  }
});
