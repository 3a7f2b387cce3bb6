import { describe, expect, test } from "vitest";
import { Sought } from "../../src/references/sought.js";
import { readSql } from "../../src/references/sql-references.js";

const ORDERS = { schema: "public", name: "orders" };
const sought = new Sought([{ table: ORDERS, column: "legacy_ref" }]);

/** Grade, kind and offset of each reference. */
function read(sql: string, among = sought): string[] {
  return readSql({ text: sql }, among).map(
    ({ grade, kind, offset }) => `${grade} ${kind} ${offset} ${sql.slice(offset, offset + 10)}`,
  );
}

describe("binds a column to its table", () => {
  test.each([
    ["an alias", 'SELECT o."legacy_ref" FROM public.orders AS o', ["certain read 10 legacy_ref"]],
    ["capitals", "SELECT LEGACY_REF FROM Orders", ["certain read 7 LEGACY_REF"]],
    ["quotes that keep capitals", 'SELECT "Legacy_Ref" FROM orders', []],
    ["another table's alias", "SELECT c.legacy_ref FROM orders o JOIN c ON true", []],
    ["two tables", "SELECT legacy_ref FROM orders o JOIN c ON true", ["likely read 7 legacy_ref"]],
    ["USING", "SELECT 1 FROM orders o JOIN c USING (legacy_ref)", ["likely read 37 legacy_ref"]],
    ["another schema", "SELECT legacy_ref FROM app.orders", []],
    ["INSERT's list", "INSERT INTO orders (id, legacy_ref) VALUES (1, 2)", ["certain write 24 legacy_ref"]],
    ["INSERT's list, the rows to come later", "INSERT INTO orders (legacy_ref)", ["certain write 20 legacy_ref"]],
    ["INSERT … SELECT", "INSERT INTO c (legacy_ref) SELECT legacy_ref FROM orders", ["certain read 34 legacy_ref"]],
    [
      "ON CONFLICT",
      "INSERT INTO orders (id) VALUES (1) ON CONFLICT (legacy_ref) DO UPDATE SET legacy_ref = excluded.legacy_ref",
      ["certain conflict target 48 legacy_ref", "certain write 74 legacy_ref", "certain read 96 legacy_ref"],
    ],
    [
      "UPDATE",
      "UPDATE orders SET legacy_ref = 1 WHERE id = 2 RETURNING legacy_ref",
      ["certain write 18 legacy_ref", "certain read 56 legacy_ref"],
    ],
    ["DELETE", "DELETE FROM orders WHERE legacy_ref IS NULL", ["certain read 25 legacy_ref"]],
    [
      "a column list through a CTE",
      "WITH o AS (SELECT legacy_ref FROM orders) SELECT legacy_ref FROM o",
      ["certain read 18 legacy_ref"],
    ],
    [
      "a star through a CTE",
      "WITH o AS (SELECT * FROM orders) SELECT legacy_ref FROM o",
      ["certain read 40 legacy_ref"],
    ],
    ["a CTE of the table's name", "WITH orders AS (SELECT 1 AS legacy_ref) SELECT legacy_ref FROM orders", []],
    ["a subquery's own column", "SELECT s.legacy_ref FROM (SELECT id AS legacy_ref FROM orders) s", []],
    [
      "a correlated subquery",
      "SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM c WHERE c.ref = orders.legacy_ref)",
      ["certain read 72 legacy_ref"],
    ],
    [
      "an inner table that may have it too",
      "SELECT 1 FROM orders WHERE EXISTS (SELECT 1 FROM c WHERE legacy_ref = 1)",
      ["possible read 57 legacy_ref"],
    ],
    ["an output name in ORDER BY", "SELECT count(*) AS legacy_ref FROM orders ORDER BY legacy_ref", []],
    ["a string and a comment", "SELECT 'legacy_ref' FROM orders -- legacy_ref", []],
    ["a statement of the schema", "ALTER TABLE orders DROP COLUMN legacy_ref", []],
    ["the second statement", "SELECT 1; SELECT legacy_ref FROM orders", ["certain read 17 legacy_ref"]],
  ])("%s", (_, sql, expected) => {
    expect(read(sql)).toEqual(expected);
  });
});

describe("reads what pgsql-ast-parser does not", () => {
  test.each([
    ["DELETE … USING", "DELETE FROM orders USING c WHERE orders.legacy_ref = c.id", ["certain read 40 legacy_ref"]],
    [
      "MERGE",
      "MERGE INTO orders o USING c ON c.id = o.id WHEN MATCHED THEN UPDATE SET legacy_ref = c.legacy_ref",
      ["certain write 72 legacy_ref"],
    ],
    ["FETCH FIRST", "SELECT legacy_ref FROM orders FETCH FIRST ROW ONLY", ["certain read 7 legacy_ref"]],
    ["placeholders", "SELECT 1 FROM orders WHERE legacy_ref = :ref AND id = ?", ["certain read 27 legacy_ref"]],
    ["a placeholder of the same name", "SELECT 1 FROM orders WHERE sku = :legacy_ref", []],
    ["no SQL at all", "Select the legacy_ref from the list of orders", []],
    [
      "a function's body",
      "CREATE FUNCTION f() RETURNS void AS $$ BEGIN UPDATE orders SET legacy_ref = 1; END $$ LANGUAGE plpgsql",
      ["likely write 63 legacy_ref"],
    ],
  ])("%s", (_, sql, expected) => {
    expect(read(sql)).toEqual(expected);
  });
});

test("a table outside of public is only likely without its schema", () => {
  const among = new Sought([{ table: { schema: "shop", name: "orders" }, column: "legacy_ref" }]);
  expect(read("SELECT legacy_ref FROM orders", among)).toEqual(["likely read 7 legacy_ref"]);
  expect(read("SELECT legacy_ref FROM shop.orders", among)).toEqual(["certain read 7 legacy_ref"]);
  expect(read("SELECT legacy_ref FROM public.orders", among)).toEqual([]);
});

test("finds the table itself", () => {
  const among = new Sought([{ table: ORDERS }]);
  expect(read('SELECT o.id FROM public."orders" o JOIN c ON true', among)).toEqual(['certain table 25 orders" o ']);
  expect(read("WITH orders AS (SELECT 1) SELECT * FROM orders", among)).toEqual([]);
});

test("statements that are too large or too deep are read by their words", () => {
  const values = Array.from({ length: 20_000 }, (_, index) => index).join(",");
  expect(read(`SELECT legacy_ref FROM orders WHERE id IN (${values})`)).toEqual(["certain read 7 legacy_ref"]);
  const deep = `SELECT legacy_ref FROM orders WHERE ${"(".repeat(30_000)}1${")".repeat(30_000)} = 1`;
  expect(read(deep)).toEqual(["likely read 7 legacy_ref"]);
});

test("reads every beginning of a statement without failing: code puts them together", () => {
  const statements = [
    "INSERT INTO orders (id, legacy_ref) VALUES (1, 2), (3, 4) ON CONFLICT (legacy_ref) DO UPDATE SET legacy_ref = excluded.legacy_ref WHERE orders.id > 1 RETURNING *, legacy_ref AS ref",
    "INSERT INTO orders (legacy_ref) WITH c AS (SELECT 1 AS a) SELECT a FROM c UNION ALL SELECT 2",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 100) SELECT o.legacy_ref, sum(n) OVER (PARTITION BY o.id ORDER BY n) FROM t JOIN orders o ON o.id = t.n LEFT JOIN LATERAL (SELECT 1) x ON true GROUP BY 1, 2 HAVING count(*) > 1 ORDER BY 1 LIMIT 3 OFFSET 4 FOR UPDATE",
    "UPDATE orders AS o SET legacy_ref = CASE WHEN c.a IS NULL THEN 1 ELSE ARRAY[1, 2] END, (a, b) = (1, 2) FROM c WHERE o.id = c.id RETURNING o.legacy_ref",
    "DELETE FROM orders USING c WHERE legacy_ref IN (SELECT id FROM c) AND id BETWEEN 1 AND 2 RETURNING legacy_ref",
    "CREATE MATERIALIZED VIEW v AS SELECT legacy_ref::text, a.b[1], EXTRACT(year FROM d), b AT TIME ZONE 'utc' FROM orders",
  ];
  for (const sql of statements) {
    for (const { index } of sql.matchAll(/\s|$/g)) expect(() => read(sql.slice(0, index))).not.toThrow();
  }
});
