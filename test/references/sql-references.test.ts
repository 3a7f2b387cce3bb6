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

describe("reads what only PostgreSQL's own parser does", () => {
  test.each([
    [
      "MERGE's conditions",
      "MERGE INTO orders o USING c ON c.ref = o.legacy_ref WHEN MATCHED AND o.legacy_ref IS NULL THEN DELETE RETURNING o.legacy_ref",
      ["certain read 41 legacy_ref", "certain read 71 legacy_ref", "certain read 114 legacy_ref"],
    ],
    ["a window's definition", "SELECT sum(a) OVER w FROM orders WINDOW w AS (ORDER BY legacy_ref)", 55],
    ["EXPLAIN", "EXPLAIN (ANALYZE) SELECT legacy_ref FROM orders", 25],
    ["a cursor", "DECLARE c CURSOR FOR SELECT legacy_ref FROM orders", 28],
    ["COPY", "COPY (SELECT legacy_ref FROM orders) TO STDOUT", 13],
    ["a call", "CALL p((SELECT legacy_ref FROM orders))", 15],
    ["ROLLUP", "SELECT 1 FROM orders GROUP BY ROLLUP (legacy_ref)", 38],
    ["a sample", "SELECT legacy_ref FROM orders TABLESAMPLE bernoulli (1)", 7],
    ["an aggregate of JSON", "SELECT json_arrayagg(legacy_ref) FROM orders", 21],
    ["a query as JSON", "SELECT json_array(SELECT legacy_ref FROM orders)", 25],
    [
      "INTERSECT, whose ORDER BY names outputs",
      "SELECT legacy_ref FROM orders INTERSECT SELECT 1 ORDER BY legacy_ref",
      7,
    ],
    ["a row of several", "UPDATE orders SET (id, legacy_ref) = (1, 2)", ["certain write 23 legacy_ref"]],
    [
      "several columns from one query",
      "UPDATE orders SET (id, ref) = (SELECT 1, o.legacy_ref FROM orders o)",
      ["certain read 43 legacy_ref"],
    ],
    [
      "the versions of a row",
      "UPDATE orders SET id = 1 RETURNING old.legacy_ref, new.legacy_ref",
      ["certain read 39 legacy_ref", "certain read 55 legacy_ref"],
    ],
    ["a version's alias", "UPDATE orders SET id = 1 RETURNING WITH (OLD AS o) o.legacy_ref", 53],
    ["a join with an alias", "SELECT j.legacy_ref FROM (orders JOIN c USING (id)) AS j", ["likely read 9 legacy_ref"]],
    ["a join's alias hides what it joins", "SELECT orders.legacy_ref FROM (orders JOIN c USING (id)) AS j", []],
    ["NATURAL JOIN", "SELECT legacy_ref FROM orders NATURAL JOIN c", ["likely read 7 legacy_ref"]],
    ["columns that a function defines", "SELECT legacy_ref FROM orders, json_to_record($1) AS r(legacy_ref text)", []],
    [
      "columns of JSON_TABLE",
      "SELECT legacy_ref FROM orders, json_table(a, '$[*]' COLUMNS (legacy_ref text)) AS j",
      [],
    ],
    [
      "several queries of WITH RECURSIVE",
      "WITH RECURSIVE a AS (SELECT 1), b AS (SELECT legacy_ref FROM orders) SELECT legacy_ref FROM a, b",
      ["certain read 45 legacy_ref"],
    ],
    [
      "a predicate of ON CONFLICT",
      "INSERT INTO orders (id) VALUES (1) ON CONFLICT (id) WHERE legacy_ref > 1 DO NOTHING",
      58,
    ],
  ])("%s", (_, sql, expected) => {
    expect(read(sql)).toEqual(typeof expected === "number" ? [`certain read ${expected} legacy_ref`] : expected);
  });
});

describe("finds a name's own place", () => {
  test.each([
    ["behind letters beyond ASCII", "SELECT 'é€😀', legacy_ref FROM orders", "certain read 15 legacy_ref"],
    ["behind comments", 'SELECT 1 FROM orders WHERE orders /* . */ . -- a\n "legacy_ref" > 1', 51],
    ["behind a database and a schema", "SELECT shop.public.orders.legacy_ref FROM shop.public.orders", 26],
    [
      "in the second of two USING of one name",
      "SELECT 1 FROM orders JOIN (SELECT * FROM a JOIN b USING (legacy_ref)) c USING (legacy_ref)",
      "likely read 79 legacy_ref",
    ],
    [
      "in an ON CONFLICT with expressions",
      'INSERT INTO orders (id) VALUES (1) ON CONFLICT (lower(a, b), "legacy_ref") DO NOTHING',
      "certain conflict target 62 legacy_ref",
    ],
    ["in COPY", 'COPY orders (id, "legacy_ref") FROM STDIN', "certain write 18 legacy_ref"],
  ])("%s", (_, sql, expected) => {
    expect(read(sql)).toEqual([typeof expected === "number" ? `certain read ${expected} legacy_ref` : expected]);
  });
});

test("a name that PostgreSQL cuts still stands for the expression", () => {
  const hole = `h0${"_".repeat(80)}`;
  const text = `SELECT o.legacy_ref, p.legacy_ref FROM ${hole} o, parcels p`;
  const found = readSql({ text, holes: new Map([[hole, ORDERS]]) }, sought);
  expect(found.map(({ grade, kind, offset }) => [grade, kind, offset])).toEqual([["certain", "read", 9]]);
});

describe("reads what only pgsql-ast-parser does", () => {
  test.each([
    ["IN with a placeholder", "SELECT 1 FROM orders o, c WHERE o.legacy_ref IN :refs", ["certain read 34 legacy_ref"]],
    [
      "IN with an expression of the host language",
      "SELECT 1 FROM orders WHERE id IN h0_______ AND legacy_ref > 1",
      ["certain read 47 legacy_ref"],
    ],
    ["an INSERT before its rows", "INSERT INTO orders (legacy_ref)", ["certain write 20 legacy_ref"]],
  ])("%s", (_, sql, expected) => {
    expect(read(sql)).toEqual(expected);
  });
});

describe("reads the words of what no parser does, and what is no query", () => {
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
  const long = `SELECT legacy_ref FROM orders WHERE ${"1 + ".repeat(6_000)}1 = 1`;
  expect(read(long)).toEqual([expect.stringMatching(/^(?:certain|likely) read 7 legacy_ref$/)]);
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
