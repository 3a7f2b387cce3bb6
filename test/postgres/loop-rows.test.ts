import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldTexts, UNKNOWN_NAME } from "../../src/postgres/folded-text.js";
import { numbersBetween, rowsOfQuery } from "../../src/postgres/loop-rows.js";
import { startPGlite } from "./start-pglite.js";

const QUERIES = [
  "VALUES ('a', 1), ('b', 2)",
  "SELECT * FROM (VALUES ('a', 'x'), ('b', 'y')) AS t (name, test)",
  "SELECT t.test, name AS n FROM (VALUES ('a', 'x'), ('b', 'y')) t(name, test)",
  "SELECT 'idx_' || name AS index_name FROM (VALUES ('a')) AS t (name)",
  "SELECT * FROM (VALUES ('a', 'x')) AS t (name)",
  "SELECT 'a' AS name, 1 AS n UNION ALL SELECT 'b', 2",
  "SELECT unnest(ARRAY['a', 'b'])",
  "SELECT unnest(ARRAY['a', 'b']) AS name",
  "SELECT unnest('{a, b}'::text[]) AS name",
  "SELECT * FROM unnest(ARRAY['a', 'b']) AS name",
  "SELECT t.name FROM unnest(ARRAY['a', 'b']::text[]) AS t (name)",
  "SELECT name FROM (SELECT unnest(ARRAY['a', 'b']) AS name) AS t",
];

describe("the rows of a loop", () => {
  let postgres: PGlite;
  beforeAll(async () => {
    postgres = await startPGlite();
  });
  afterAll(() => postgres.close());

  it.each(QUERIES)("are those that PostgreSQL returns for %s", async (query) => {
    const { rows } = await postgres.query<Record<string, unknown>>(query);
    const found = rowsOfQuery(query, new Map())?.map((row) => Object.fromEntries(row));
    expect(found).toEqual(
      rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, String(value)]))),
    );
  });

  it("have what variables hold", () => {
    const known = new Map<string, string | readonly string[]>([
      ["names", ["a", "b"]],
      ["prefix", "old_"],
    ]);
    expect(rowsOfQuery("SELECT prefix || t AS name FROM unnest(names) AS t", known)).toEqual([
      [["name", "old_a"]],
      [["name", "old_b"]],
    ]);
  });

  it("have a name in place of a value that only the server knows", () => {
    expect(rowsOfQuery("SELECT * FROM (VALUES (current_user, 'b')) AS t (a, b)", new Map())).toEqual([
      [
        ["a", UNKNOWN_NAME],
        ["b", "b"],
      ],
    ]);
    expect(rowsOfQuery("SELECT unnest(names) AS name", new Map())).toEqual([[["name", UNKNOWN_NAME]]]);
  });

  it.each([
    "SELECT tablename FROM pg_tables",
    "SELECT a FROM (VALUES ('a')) AS t (a), pg_tables",
    "SELECT unnest(conkey) FROM pg_constraint",
    "SELECT * FROM unnest(ARRAY['a']) WITH ORDINALITY AS t (name, n)",
    "WITH t AS (VALUES ('a')) SELECT * FROM t",
    "DELETE FROM orders RETURNING id",
    "this is no query",
    `VALUES ${"('a'), ".repeat(100)}('a')`,
  ])("are not known of %s", (query) => {
    expect(rowsOfQuery(query, new Map())).toBeUndefined();
  });

  it("are numbers", () => {
    expect(numbersBetween("1", " 3")).toEqual(["1", "2", "3"]);
    expect(numbersBetween("3", "1")).toEqual([]);
    expect(numbersBetween("-1", "0")).toEqual(["-1", "0"]);
    expect(numbersBetween("1", "n")).toBeUndefined();
    expect(numbersBetween("1", "1000000000")).toBeUndefined();
  });
});

describe("the elements of an array", () => {
  it("are known where they are written out", () => {
    expect(foldTexts("ARRAY['a', 'b' || 'c']")).toEqual(["a", "bc"]);
    expect(foldTexts("ARRAY[]::text[]")).toEqual([]);
    expect(foldTexts("'{\"a b\"}'::text[]")).toBeUndefined();
    expect(foldTexts("array_agg(name)")).toBeUndefined();
  });
});
