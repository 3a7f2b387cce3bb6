import { expect, it } from "vitest";
import rule from "../../rules/no-referenced-table-drop.js";
import { lint } from "../../src/check/lint.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);";
const uses = { "src/orders.ts": 'export const all = "SELECT id FROM orders";\n' };
const clean = { "src/orders.ts": "export const all = [];\n" };

const countsOrders =
  "CREATE FUNCTION count_orders() RETURNS int LANGUAGE plpgsql AS $$ BEGIN\n  RETURN (SELECT count(*) FROM orders);\nEND $$;";

/** Code on both sides that is this line of SQL. */
const both = (sql: string): { baseCode: Record<string, string>; headCode: Record<string, string> } => {
  const code = { "src/a.ts": `export const a = \`${sql}\`;\n` };
  return { baseCode: code, headCode: code };
};

const atHead = (what: string, places: string): string =>
  `The code of this pull request still uses ${what} (${places}) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop it in a later pull request.`;
const atBase = (what: string, places: string): string =>
  `The running code uses ${what} (${places}) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop it in a later pull request.`;
const onFirstLine = (message: string, endColumn: number): readonly ExpectedError[] => [
  { message, line: 1, column: 1, endLine: 1, endColumn },
];

ruleTester.run("no-referenced-table-drop", rule, {
  valid: [
    { name: "nobody names it", history: [orders], baseCode: clean, headCode: clean, code: "DROP TABLE orders;" },
    {
      name: "a function that nobody calls",
      history: [orders, countsOrders],
      baseCode: clean,
      headCode: clean,
      code: "DROP TABLE orders;",
    },
    {
      name: "a model that nothing works with, which the pull request takes away",
      history: [orders],
      baseCode: { ...clean, "prisma/schema.prisma": "model orders {\n  id Int @id\n}\n" },
      headCode: clean,
      code: "DROP TABLE orders;",
    },
    { name: "a table of this change", pending: [orders], baseCode: uses, headCode: uses, code: "DROP TABLE orders;" },
    {
      name: "only old code names it, and nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: uses,
      headCode: clean,
      code: "DROP TABLE orders;",
    },
    {
      name: "only old code names it, and migrations run after the deploy",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: uses,
      headCode: clean,
      code: "DROP TABLE orders;",
    },
    {
      name: "a table of that name in another schema",
      history: [`${orders} CREATE SCHEMA old; CREATE TABLE old.orders (id int);`],
      ...both("SELECT id FROM public.orders"),
      code: "DROP TABLE old.orders;",
    },
    {
      name: "a name that is no certain use",
      history: ["CREATE TABLE order_lines (id int);"],
      baseCode: { "src/a.ts": "const order_lines = 1;\n" },
      headCode: { "src/a.ts": "const order_lines = 1;\n" },
      code: "DROP TABLE order_lines;",
    },
    {
      name: "views, functions, types and schemas that are made again",
      history: [
        orders,
        "CREATE VIEW big AS SELECT id FROM orders; CREATE FUNCTION total(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE kind AS ENUM ('a'); CREATE SCHEMA app;",
      ],
      tool: prisma7,
      ...both("SELECT total(1), 'a'::kind FROM big, app.other"),
      code: "DROP VIEW big;\nCREATE VIEW big AS SELECT id, total FROM orders;\nDROP FUNCTION total;\nCREATE FUNCTION total(a int, b int DEFAULT 0) RETURNS int LANGUAGE sql AS 'SELECT 1';\nDROP TYPE kind;\nCREATE TYPE kind AS ENUM ('b');\nDROP SCHEMA app CASCADE;\nCREATE SCHEMA app;",
    },
    {
      name: "an updatable view in the table's place",
      history: [orders, "CREATE TABLE purchases (id bigint);"],
      ...both("SELECT id FROM orders"),
      code: "DROP TABLE orders;\nCREATE VIEW orders AS SELECT id FROM purchases;",
    },
    {
      name: "a view that is made again in a later transaction, which only the new code uses",
      history: [orders, "CREATE VIEW big AS SELECT id FROM orders;"],
      tool: unknownRunner,
      baseCode: { "src/a.ts": "" },
      headCode: both("SELECT id FROM big").headCode,
      code: "BEGIN;\nDROP VIEW big;\nCOMMIT;\nCREATE VIEW big AS SELECT id FROM orders;",
    },
    {
      name: "one of two functions of a name",
      history: [
        "CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION total(text) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      ],
      ...both("SELECT total('a')"),
      code: "DROP FUNCTION total(integer);",
    },
    {
      name: "a type that an enum's change leaves over",
      history: ['CREATE TYPE "Status" AS ENUM (\'a\'); CREATE TABLE t (s "Status");'],
      tool: prisma6,
      ...both('SELECT $1::"Status"'),
      code: 'BEGIN;\nCREATE TYPE "Status_new" AS ENUM (\'b\');\nALTER TABLE t ALTER COLUMN s TYPE "Status_new" USING (s::text::"Status_new");\nALTER TYPE "Status" RENAME TO "Status_old";\nALTER TYPE "Status_new" RENAME TO "Status";\nDROP TYPE "Status_old";\nCOMMIT;',
    },
    {
      name: "a type that models of the old code declare, whose columns go before it",
      history: ["CREATE TYPE kind AS ENUM ('a'); CREATE TABLE t (id bigint, k kind);"],
      baseCode: { "prisma/schema.prisma": 'enum Kind {\n  a\n\n  @@map("kind")\n}\n' },
      headCode: { "prisma/schema.prisma": "" },
      code: "DROP TYPE kind;",
    },
    {
      name: "functions and types of this change",
      pending: ["CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE kind AS (a int);"],
      ...both("SELECT total(), $1::kind"),
      code: "DROP FUNCTION total;\nDROP TYPE kind;",
    },
    {
      name: "functions that are replaced or dropped by this change",
      history: [orders, countsOrders, countsOrders.replace("count_orders", "count_all")],
      baseCode: clean,
      headCode: clean,
      code: `DROP FUNCTION count_all();\nDROP TABLE orders;\n${countsOrders.replace("CREATE", "CREATE OR REPLACE").replace("FROM orders", "FROM purchases")}`,
    },
    {
      name: "indexes, triggers and policies, which code does not name",
      history: [orders, "CREATE INDEX by_total ON orders (total);"],
      ...both("SELECT by_total FROM x"),
      code: "DROP INDEX by_total;",
    },
  ],
  invalid: [
    {
      name: "the running code only",
      history: [orders],
      baseCode: uses,
      headCode: clean,
      code: "DROP TABLE orders;",
      errors: onFirstLine(atBase("the table orders", "src/orders.ts:1"), 18),
    },
    {
      name: "the code of the change as well, with downtime too",
      history: [orders],
      deploy: { model: "recreate" },
      tool: drizzle,
      baseCode: uses,
      headCode: {
        ...uses,
        "src/schema.ts": 'export const orders = pgTable("orders", { id: bigint("id") });\n',
      },
      code: 'DROP TABLE "orders" CASCADE;',
      errors: onFirstLine(atHead("the table orders", "src/orders.ts:1, src/schema.ts:1"), 28),
    },
    {
      name: "each of a list",
      history: [orders, "CREATE TABLE lines (id int);"],
      ...both("SELECT * FROM orders JOIN lines USING (id)"),
      code: "DROP TABLE IF EXISTS lines,\n  orders;",
      errors: [
        { message: atHead("the table lines", "src/a.ts:1"), line: 1, column: 22, endLine: 1, endColumn: 27 },
        { message: atHead("the table orders", "src/a.ts:1"), line: 2, column: 3, endLine: 2, endColumn: 9 },
      ],
    },
    {
      name: "views and sequences",
      history: [
        orders,
        "CREATE VIEW big AS SELECT id FROM orders; CREATE MATERIALIZED VIEW sums AS SELECT 1 AS a; CREATE SEQUENCE invoice_no;",
      ],
      ...both("SELECT id, nextval('invoice_no') FROM big JOIN sums ON true"),
      tool: unknownRunner,
      code: "DROP VIEW big;\nDROP MATERIALIZED VIEW sums;\nDROP SEQUENCE invoice_no;",
      errors: [
        { message: atHead("the view big", "src/a.ts:1"), line: 1, column: 1, endLine: 1, endColumn: 14 },
        { message: atHead("the materialized view sums", "src/a.ts:1"), line: 2, column: 1, endLine: 2, endColumn: 28 },
        { message: atHead("the sequence invoice_no", "src/a.ts:1"), line: 3, column: 1, endLine: 3, endColumn: 25 },
      ],
    },
    {
      name: "a function of the database",
      history: [orders, countsOrders],
      baseCode: clean,
      headCode: { ...clean, "src/count.ts": 'export const count = "SELECT count_orders()";\n' },
      code: "DROP TABLE orders;",
      errors: onFirstLine(atHead("the table orders", "db/migrations/0002.sql:2"), 18),
    },
    {
      name: "functions, types and schemas",
      history: [
        "CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE PROCEDURE sweep() LANGUAGE sql AS ''; CREATE TYPE kind AS ENUM ('a'); CREATE DOMAIN code AS text; CREATE SCHEMA app;",
      ],
      ...both("SELECT total(1), 'a'::kind, 'b'::code FROM app.orders"),
      tool: prisma7,
      code: 'DROP FUNCTION total(int);\nDROP TYPE "kind";\nDROP DOMAIN code;\nDROP SCHEMA app CASCADE;\nDROP PROCEDURE sweep;',
      errors: [
        { message: atHead("the function total", "src/a.ts:1"), line: 1, column: 1, endLine: 1, endColumn: 25 },
        { message: atHead("the type kind", "src/a.ts:1"), line: 2, column: 1, endLine: 2, endColumn: 17 },
        { message: atHead("the domain code", "src/a.ts:1"), line: 3, column: 1, endLine: 3, endColumn: 17 },
        { message: atHead("the schema app", "src/a.ts:1"), line: 4, column: 1, endLine: 4, endColumn: 24 },
      ],
    },
    {
      name: "a view in the table's place that refuses writes",
      history: [orders, "CREATE TABLE purchases (id bigint);"],
      ...both("INSERT INTO orders (id) VALUES (1)"),
      code: "DROP TABLE orders;\nCREATE VIEW orders AS SELECT DISTINCT id FROM purchases;",
      errors: onFirstLine(atHead("the table orders", "src/a.ts:1"), 18),
    },
    {
      name: "a view that is made again in a later transaction",
      history: [orders, "CREATE VIEW big AS SELECT id FROM orders;"],
      tool: unknownRunner,
      ...both("SELECT id FROM big"),
      code: "BEGIN;\nDROP VIEW big;\nCOMMIT;\nCREATE VIEW big AS SELECT id FROM orders;",
      errors: [
        {
          message:
            "The running code uses the view big (src/a.ts:1) and fails from the moment it is dropped until line 4 makes it again, in another transaction. Drop it and make it again in one.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 14,
        },
      ],
    },
    {
      name: "a table that is made again, where only the running code uses it",
      history: [orders],
      tool: unknownRunner,
      baseCode: both("SELECT id FROM orders").baseCode,
      headCode: { "src/a.ts": "" },
      code: "BEGIN;\nDROP TABLE orders;\nCOMMIT;\nCREATE TABLE orders (id uuid);",
      errors: [
        {
          message:
            "The running code uses the table orders (src/a.ts:1) and fails from the moment it is dropped until line 4 makes it again, in another transaction. Drop it and make it again in one.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 18,
        },
      ],
    },
  ],
});

it("hands on every place, with the object that is dropped", () => {
  const { change } = memoryChange("/repo", "DROP FUNCTION total;", {
    history: ["CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1';"],
    baseCode: { "a.py": 'q = "SELECT total()"\n' },
    headCode: { "b.ts": "db.rpc('total');\n" },
  });
  const found = lint(change).findings.find(({ finding }) => finding.rule === "no-referenced-table-drop")?.finding;
  expect(found?.object).toBe("public.total");
  expect(found?.evidence).toEqual([
    {
      side: "head",
      grade: "likely",
      kind: "function call",
      file: "b.ts",
      line: 1,
      column: 9,
      excerpt: "db.rpc('total');",
    },
    {
      side: "base",
      grade: "likely",
      kind: "function call",
      file: "a.py",
      line: 1,
      column: 13,
      excerpt: 'q = "SELECT total()"',
    },
  ]);
});
