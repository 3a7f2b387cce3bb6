import type { PGlite } from "@electric-sql/pglite";
import { pgcrypto } from "@electric-sql/pglite/contrib/pgcrypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../src/postgres/parse-sql.js";
import { compareHistory } from "./postgres/catalog/compare-history.js";
import { startPGlite } from "./postgres/start-pglite.js";
import { publishedHistories } from "./published-sql.js";

const histories = [...publishedHistories()];

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite({ extensions: { pgcrypto } });
});
afterAll(async () => {
  await database.close();
});

/** SQL with the names that the package's program fills in. */
function named(sql: string): string {
  return sql.replace(/:([A-Z_]+)_SCHEMA\b/g, (_, name: string) => name.toLowerCase());
}

/** Schemas that the packages make in their programs, and a function that pgcrypto brought before 13. */
const BEFORE = `
  CREATE SCHEMA graphile_worker;
  CREATE SCHEMA graphile_scheduler;
  CREATE FUNCTION public.gen_random_uuid() RETURNS uuid LANGUAGE sql AS 'SELECT pg_catalog.gen_random_uuid()';`;

describe("migration histories of published packages", () => {
  test.each(histories)("%s: every statement is analysed", (_, files) => {
    const unparsed = files.flatMap(({ name, sql }) =>
      parseSql(sql).statements.flatMap(({ operations }) =>
        operations.flatMap((operation) => (operation.type === "Unparsed" ? [`${name}: ${operation.reason}`] : [])),
      ),
    );
    expect(unparsed).toEqual([]);
  });

  test.each(histories)("%s: no statement is passed over", (_, files) => {
    for (const { name, sql } of files) {
      const { text, statements, comments } = parseSql(sql);
      // Whatever lies between statements and comments is blank or a semicolon.
      const covered = [...statements, ...comments].map(({ range }) => range).sort((a, b) => a[0] - b[0]);
      let end = 0;
      for (const [from, to] of covered) {
        if (from >= end) expect(text.slice(end, from), name).toMatch(/^[\s;]*$/);
        end = Math.max(end, to);
      }
      expect(text.slice(end), name).toMatch(/^[\s;]*$/);
    }
  });

  // What pg-boss ships behind its present schema brings older ones up to it, and takes them back.
  const fromNothing = histories.map(([name, files]) => [name, name === "pg-boss" ? files.slice(0, 1) : files] as const);

  test.each(fromNothing)("%s: the replayed catalog equals PostgreSQL's after every file", async (_, files) => {
    const read = files.map(({ name, sql }) => ({ name, statements: parseSql(named(sql)).statements }));
    const comparison = await compareHistory(database, [
      { name: "before", statements: parseSql(BEFORE).statements },
      ...read,
    ]);
    expect(comparison).toMatchObject({ differences: [], refused: [] });
  });

  test("they are large enough to mean something", () => {
    const statements = histories.map(([, files]) =>
      files.reduce((count, { sql }) => count + parseSql(sql).statements.length, 0),
    );
    expect(Math.min(...statements)).toBeGreaterThanOrEqual(10);
    expect(statements.reduce((sum, count) => sum + count)).toBeGreaterThan(220);
  });

  test("a name that psql fills in stands for itself in every file", () => {
    const worker = publishedHistories().get("graphile-worker") ?? [];
    const schemas = new Set(
      worker
        .flatMap(({ sql }) => parseSql(sql).statements)
        .flatMap(({ operations }) => operations)
        .flatMap((operation) => (operation.type === "CreateTable" ? [operation.table.schema] : [])),
    );
    expect([...schemas]).toEqual(["graphile_worker_schema"]);
  });
});
