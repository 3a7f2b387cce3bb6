import { expect, it } from "vitest";
import rule from "../../rules/no-rename.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total int);";
const rename = "ALTER TABLE orders RENAME TO purchases;";
const view = "CREATE VIEW orders AS SELECT * FROM purchases;";

/** Code on both sides, or only at base, that is this line of SQL. */
const both = (sql: string): { baseCode: Record<string, string>; headCode: Record<string, string> } => {
  const code = { "src/a.ts": `export const a = \`${sql}\`;\n` };
  return { baseCode: code, headCode: code };
};
const atBaseOnly = (sql: string): { baseCode: Record<string, string>; headCode: Record<string, string> } => ({
  ...both(sql),
  headCode: { "src/a.ts": "export const a = [];\n" },
});
const query = "SELECT note FROM orders";

const head = (what: string, newName: string, remedy: string): string =>
  `The code of this pull request still uses ${what} by this name (src/a.ts:1) and fails once it is ${newName}, in whatever order the two ship. ${remedy}`;
const base = (what: string, newName: string, remedy: string): string =>
  `The running code uses ${what} by this name (src/a.ts:1) and fails from the moment it is ${newName} until its last instance is gone. ${remedy}`;
const withView = (together = "in one transaction", name = "orders", newName = "purchases"): string =>
  `Put a view in its place, ${together} with this: CREATE VIEW ${name} AS SELECT * FROM ${newName}. Drop the view in a later pull request.`;
const onFirstLine = (message: string, endColumn: number): readonly ExpectedError[] => [
  { message, line: 1, column: 1, endLine: 1, endColumn },
];
const keepNote =
  "Keep note in the database and map it in the code; or add remark beside it, write both, copy the rows, read remark, and drop note in a later pull request.";

ruleTester.run("no-rename", rule, {
  valid: [
    { name: "nobody uses it", history: [orders], ...both("SELECT 1 FROM purchases"), code: rename },
    { name: "a table of this change", pending: [orders], ...both(query), code: rename },
    {
      name: "a row for the table of the name in another database",
      history: [orders],
      headCode: { "src/add.ts": 'await knex("orders").insert({ id, note, tenant_id: tenant });\n' },
      code: "ALTER TABLE orders RENAME COLUMN note TO remark;",
    },
    {
      name: "only old code uses it, and nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      ...atBaseOnly(query),
      code: rename,
    },
    {
      name: "a view in its place, in the transaction of the file",
      history: [orders],
      tool: unknownRunner,
      ...both(query),
      code: `BEGIN;\n${rename}\n${view}\nCOMMIT;`,
    },
    {
      name: "a view in its place, in the tool's transaction",
      history: [orders],
      tool: drizzle,
      ...both(query),
      code: `${rename}\n--> statement-breakpoint\n${view}`,
    },
    {
      name: "a view in its place, in one query",
      history: [orders],
      tool: prisma6,
      ...both(query),
      code: `${rename}\n${view}`,
    },
    {
      name: "a view in its place stands in for a renamed column as well",
      history: [orders],
      ...both(query),
      code: `ALTER TABLE orders RENAME COLUMN note TO remark;\n${rename}\nCREATE VIEW orders AS SELECT id, remark AS note, total FROM purchases;`,
    },
    {
      name: "a view in the old schema",
      history: [orders, "CREATE SCHEMA shop;"],
      ...both(query),
      code: "ALTER TABLE orders SET SCHEMA shop;\nCREATE VIEW orders AS SELECT * FROM shop.orders;",
    },
    {
      name: "tables and columns that change places",
      history: [orders, "CREATE TABLE orders_wide (id bigint, note text);"],
      ...both(query),
      code: "ALTER TABLE orders RENAME TO orders_narrow;\nALTER TABLE orders_wide RENAME TO orders;\nALTER TABLE orders RENAME COLUMN note TO note_old;\nALTER TABLE orders RENAME COLUMN id TO note;",
    },
    {
      name: "an enum that Prisma changes",
      history: ["CREATE TYPE \"Status\" AS ENUM ('a');"],
      tool: prisma6,
      ...both('SELECT $1::"Status"'),
      code: 'BEGIN;\nCREATE TYPE "Status_new" AS ENUM (\'b\');\nALTER TYPE "Status" RENAME TO "Status_old";\nALTER TYPE "Status_new" RENAME TO "Status";\nCOMMIT;',
    },
    {
      name: "a function that is made again under its old name",
      history: ["CREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"],
      ...both("SELECT total(1)"),
      code: "ALTER FUNCTION total(int) RENAME TO sum_of;\nCREATE FUNCTION total(int) RETURNS int LANGUAGE sql AS 'SELECT sum_of(1)';",
    },
    {
      name: "what queries do not name",
      history: [orders, "CREATE INDEX i ON orders (note); CREATE TYPE pair AS (a int);"],
      ...both("SELECT i, orders_pkey FROM x"),
      code: "ALTER INDEX i RENAME TO j;\nALTER TABLE orders RENAME CONSTRAINT orders_pkey TO pk;\nALTER TYPE pair RENAME ATTRIBUTE a TO b;",
    },
  ],
  invalid: [
    {
      name: "a table, by the running code",
      history: [orders],
      ...atBaseOnly(query),
      code: rename,
      errors: onFirstLine(base("the table orders", "purchases", withView()), 39),
    },
    {
      name: "a table, where each statement is sent alone",
      history: [orders],
      tool: prisma7,
      ...both(query),
      code: rename,
      errors: onFirstLine(head("the table orders", "purchases", withView("between one BEGIN and COMMIT")), 39),
    },
    {
      name: "a table, with downtime, and code that was left as it is",
      history: [orders],
      deploy: { model: "recreate" },
      ...both(query),
      code: rename,
      errors: onFirstLine(head("the table orders", "purchases", "Use purchases there."), 39),
    },
    {
      name: "a view in its place, in a later transaction",
      history: [orders],
      tool: unknownRunner,
      ...atBaseOnly(query),
      code: `BEGIN;\n${rename}\nCOMMIT;\n${view}`,
      errors: [
        { message: base("the table orders", "purchases", withView()), line: 2, column: 1, endLine: 2, endColumn: 39 },
      ],
    },
    {
      name: "a view in its place that refuses writes",
      history: [orders],
      ...atBaseOnly(query),
      code: `${rename}\nCREATE VIEW orders AS SELECT DISTINCT id, note FROM purchases;`,
      errors: onFirstLine(base("the table orders", "purchases", withView()), 39),
    },
    {
      name: "a column, among others",
      history: [orders],
      tool: drizzle,
      ...atBaseOnly(query),
      code: 'ALTER TABLE "orders" RENAME COLUMN "total" TO "sum";\n--> statement-breakpoint\nALTER TABLE "orders" RENAME COLUMN "note" TO "remark";',
      errors: [
        {
          message: base("the column note of orders", "remark", keepNote),
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 54,
        },
      ],
    },
    {
      name: "a column with a generated one in its place",
      history: [orders],
      postgres: 18,
      ...atBaseOnly(query),
      code: "ALTER TABLE orders RENAME COLUMN note TO remark;\nALTER TABLE orders ADD COLUMN note text GENERATED ALWAYS AS (remark) VIRTUAL;",
      errors: onFirstLine(base("the column note of orders", "remark", keepNote), 48),
    },
    {
      name: "SET SCHEMA",
      history: [orders],
      ...atBaseOnly(query),
      code: "ALTER TABLE orders SET SCHEMA shop;",
      errors: onFirstLine(
        base("the table orders", "shop.orders", withView("in one transaction", "orders", "shop.orders")),
        35,
      ),
    },
    {
      name: "views, sequences, functions, types and schemas",
      history: [
        orders,
        "CREATE SCHEMA app; CREATE VIEW app.big AS SELECT 1 AS a; CREATE SEQUENCE invoice_no; CREATE FUNCTION total() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TYPE kind AS ENUM ('a'); CREATE DOMAIN code AS text;",
      ],
      ...both("SELECT nextval('invoice_no'), total(), $1::kind, $2::code FROM app.big"),
      code: "ALTER VIEW app.big RENAME TO large;\nALTER SEQUENCE invoice_no RENAME TO n;\nALTER FUNCTION total() RENAME TO sum_of;\nALTER TYPE kind RENAME TO sort;\nALTER DOMAIN code SET SCHEMA app;\nALTER SCHEMA app RENAME TO shop;",
      errors: [
        {
          message: head(
            "the view app.big",
            "app.large",
            "Create app.large beside it, and drop app.big in a later pull request.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 35,
        },
        {
          message: head("the sequence invoice_no", "n", "Keep invoice_no in the database and map it in the code."),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
        },
        {
          message: head(
            "the function total",
            "sum_of",
            "Create sum_of beside it, and drop total in a later pull request.",
          ),
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 40,
        },
        {
          message: head("the type kind", "sort", "Keep kind in the database and map it in the code."),
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 31,
        },
        {
          message: head("the domain code", "app.code", "Keep code in the database and map it in the code."),
          line: 5,
          column: 1,
          endLine: 5,
          endColumn: 33,
        },
        {
          message: head("the schema app", "shop", "Keep app in the database and map it in the code."),
          line: 6,
          column: 1,
          endLine: 6,
          endColumn: 32,
        },
      ],
    },
  ],
});

it("PostgreSQL lets an updatable view stand in for a renamed table, and no other", async () => {
  const postgres = await startPGlite();
  try {
    await postgres.exec(`${orders} ${rename} ${view}
      INSERT INTO orders VALUES (1, 'a', 1) ON CONFLICT (id) DO UPDATE SET note = 'b';
      UPDATE orders SET total = 2 WHERE id = 1; DELETE FROM orders WHERE id = 2;`);
    expect((await postgres.query("SELECT * FROM orders FOR UPDATE")).rows).toEqual([{ id: 1, note: "a", total: 2 }]);
    await postgres.exec("DROP VIEW orders; CREATE VIEW orders AS SELECT DISTINCT id, note FROM purchases;");
    await expect(postgres.exec("DELETE FROM orders")).rejects.toMatchObject({ code: "55000" });
  } finally {
    await postgres.close();
  }
});
