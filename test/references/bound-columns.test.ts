import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Sought } from "../../src/references/sought.js";
import { readSql } from "../../src/references/sql-references.js";
import { startPGlite } from "../postgres/start-pglite.js";

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  orders: ["id", "status", "legacy_ref", "address"],
  items: ["id", "order_id", "legacy_ref"],
};

const sought = new Sought(
  Object.entries(COLUMNS).flatMap(([name, columns]) =>
    columns.map((column) => ({ table: { schema: "public", name }, column })),
  ),
  [],
  true,
);

/** The columns that a query works on, as the search has bound them; each possible owner counts. */
function boundIn(sql: string): readonly string[] {
  const found = readSql({ text: sql }, sought).filter(({ grade }) => grade === "certain" || grade === "likely");
  return [...new Set(found.map(({ target }) => `${target.table.name}.${target.column}`))].sort();
}

let database: Awaited<ReturnType<typeof startPGlite>>;

beforeAll(async () => {
  database = await startPGlite();
  await database.exec(`
    CREATE TYPE address AS (city text, legacy_ref text);
    CREATE TABLE orders (id int, status text, legacy_ref text, address address);
    CREATE TABLE items (id int, order_id int, legacy_ref text);`);
});

afterAll(() => database.close());

/** The columns that PostgreSQL says a view of the query depends on. */
async function dependenciesOf(sql: string): Promise<readonly string[]> {
  await database.exec(`DROP VIEW IF EXISTS v; CREATE VIEW v AS ${sql}`);
  const { rows } = await database.query<{ name: string }>(`
    SELECT DISTINCT refobjid::regclass || '.' || attname AS name FROM pg_depend d
    JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = 'v'::regclass
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    JOIN pg_class c ON c.oid = d.refobjid AND c.relkind = 'r'
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass`);
  return rows.map(({ name }) => name).sort();
}

const all = (table: string): readonly string[] => (COLUMNS[table] ?? []).map((column) => `${table}.${column}`);

describe("binds the columns that PostgreSQL says a query depends on", () => {
  test.each<readonly [string, string, readonly string[]]>([
    ["a row in brackets", "SELECT (o).legacy_ref FROM orders o", ["orders.legacy_ref"]],
    ["more brackets", 'SELECT ((o))."legacy_ref" FROM orders o', ["orders.legacy_ref"]],
    ["a row of a table with its schema", "SELECT (orders).status FROM public.orders", ["orders.status"]],
    ["a row in a condition", "SELECT 1 AS one FROM orders o WHERE (o).status = 'new'", ["orders.status"]],
    ["every column of a row", "SELECT (i).* FROM orders o, items i WHERE (i).id = 1", all("items")],
    [
      "a row of an outer query",
      "SELECT 1 AS one FROM orders o WHERE EXISTS (SELECT FROM items i WHERE i.order_id = (o).id)",
      ["items.order_id", "orders.id"],
    ],
    ["a part of a composite column", "SELECT (o.address).legacy_ref FROM orders o", ["orders.address"]],
    ["a part of a composite column alone", "SELECT (address).legacy_ref FROM orders", ["orders.address"]],
    [
      "every column of a join with an alias",
      "SELECT j.* FROM (orders o CROSS JOIN (SELECT 1 AS x) s) AS j",
      all("orders"),
    ],
    ["all of a join with an alias", "SELECT * FROM (orders o CROSS JOIN (SELECT 1 AS x) s) AS j", all("orders")],
    [
      "all of a join in a join",
      "SELECT j.* FROM ((orders o CROSS JOIN (SELECT 1 AS x) s) AS k CROSS JOIN (SELECT 2 AS y) t) AS j",
      all("orders"),
    ],
    [
      "a column of a join with an alias",
      "SELECT j.order_id FROM (items CROSS JOIN (SELECT 1 AS x) s) AS j",
      ["items.order_id"],
    ],
    ["a name for what USING joins", "SELECT k.id FROM orders o JOIN items USING (id) AS k", ["items.id", "orders.id"]],
  ])("%s", async (_, sql, expected) => {
    expect(await dependenciesOf(sql)).toEqual([...expected].sort());
    expect(boundIn(sql)).toEqual([...expected].sort());
  });
});

test.each([
  ["a row in brackets", 'SELECT ( o ) . "legacy_ref" FROM orders o', 'legacy_ref" FROM', undefined],
  ["a row that is compared", "SELECT 1 FROM orders WHERE (orders).status = 'new'", "status = 'new'", ["new"]],
])("places the name, with what it is compared with: %s", (_, sql, at, values) => {
  expect(readSql({ text: sql }, sought)).toEqual([
    {
      target: expect.anything() as unknown,
      grade: "certain",
      kind: "read",
      offset: sql.indexOf(at),
      ...(values && { values }),
    },
  ]);
});

test("the star of a join is where it names the table", () => {
  const sql = "SELECT j.* FROM (orders CROSS JOIN (SELECT 1 AS x) s) AS j";
  const found = readSql({ text: sql }, sought).map(
    ({ kind, offset }) => `${String(kind)} ${sql.slice(offset, offset + 6)}`,
  );
  expect(found).toEqual(Array.from({ length: 4 }, () => "star read orders"));
});
