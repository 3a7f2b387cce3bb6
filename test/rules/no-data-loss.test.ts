import { expect, it } from "vitest";
import rule from "../../rules/no-data-loss.js";
import { ruleTester, type ExpectedError } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";
import { startPGlite } from "../postgres/start-pglite.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);";
const lines = "CREATE TABLE lines (order_id bigint REFERENCES orders, line_no int UNIQUE);";
const notes = "CREATE TABLE notes (line int REFERENCES lines (line_no));";
const wayOut =
  "Only a backup brings them back. Copy what is still needed into another table before; if nothing is, accept this finding with that reason.";

/** The one finding on the first line, from its start. */
const onFirstLine = (message: string, endColumn: number): readonly ExpectedError[] => [
  { message: `${message} ${wayOut}`, line: 1, column: 1, endLine: 1, endColumn },
];

ruleTester.run("no-data-loss", rule, {
  valid: [
    {
      name: "a table of this change",
      pending: [orders],
      code: "TRUNCATE orders;\nDELETE FROM orders;\nDROP TABLE orders;",
    },
    { name: "a temporary table", code: "CREATE TEMP TABLE t (a int);\nDELETE FROM t;\nDROP TABLE t;" },
    {
      name: "what holds no rows of its own",
      history: [
        orders,
        "CREATE VIEW v AS TABLE orders; CREATE MATERIALIZED VIEW m AS TABLE orders; CREATE SEQUENCE s; CREATE INDEX i ON orders (total);",
      ],
      code: "DROP VIEW v CASCADE;\nDROP MATERIALIZED VIEW m;\nDROP SEQUENCE s;\nDROP INDEX i;",
    },
    { name: "a foreign table", code: "DROP FOREIGN TABLE f;" },
    {
      name: "some rows",
      history: [orders],
      code: "DELETE FROM orders WHERE total = 0;\nDELETE FROM orders USING lines WHERE id = order_id;",
    },
    {
      name: "rows that go elsewhere",
      history: [orders],
      code: "CREATE TABLE old (LIKE orders);\nWITH moved AS (DELETE FROM orders RETURNING *) INSERT INTO old SELECT * FROM moved;",
    },
    {
      name: "rows that were copied by this change",
      history: [orders, lines],
      pending: ["CREATE TABLE orders_old AS TABLE orders;\nINSERT INTO archive SELECT * FROM lines;"],
      code: "DROP TABLE lines;\nTRUNCATE public.orders;",
    },
    {
      name: "a table copied under its new name",
      history: [orders],
      code: "ALTER TABLE orders RENAME TO orders_old;\nCREATE TABLE orders (id bigint);\nINSERT INTO orders SELECT id FROM orders_old;\nDROP TABLE orders_old;",
    },
    {
      name: "a table that does not exist",
      history: [orders, "SELECT 1;"],
      code: "DROP TABLE IF EXISTS lines CASCADE;",
    },
    {
      name: "a table that the same file makes, where history is not known",
      code: "DROP TABLE IF EXISTS lines;\nCREATE TABLE lines (id bigint);",
    },
    {
      name: "an empty schema: PostgreSQL refuses any other",
      history: ["CREATE SCHEMA app;"],
      code: "DROP SCHEMA app;",
    },
    {
      name: "a schema of this change",
      pending: ["CREATE SCHEMA app;"],
      code: "CREATE TABLE app.t (a int);\nDROP SCHEMA app CASCADE;",
    },
    {
      name: "a schema without tables",
      history: ["CREATE SCHEMA app; CREATE VIEW app.v AS SELECT 1;", orders, "SELECT 1;"],
      code: "DROP SCHEMA app CASCADE;",
    },
    {
      name: "a type that no table has",
      history: ["CREATE TYPE status AS ENUM ('new');", orders],
      code: "DROP TYPE status CASCADE;",
    },
    {
      name: "a type with its columns still there: PostgreSQL refuses it",
      history: ["CREATE TYPE status AS ENUM ('new'); CREATE TABLE t (s status);"],
      code: "DROP TYPE status;",
    },
  ],
  invalid: [
    {
      name: "DROP TABLE",
      history: [orders],
      code: "DROP TABLE orders;",
      errors: onFirstLine("DROP TABLE deletes every row of orders.", 18),
    },
    {
      name: "each table of a list, in Drizzle",
      history: [orders, lines],
      tool: drizzle,
      code: 'DROP TABLE "lines",\n  public.orders CASCADE;',
      errors: [
        { message: `DROP TABLE deletes every row of lines. ${wayOut}`, line: 1, column: 12, endLine: 1, endColumn: 19 },
        { message: `DROP TABLE deletes every row of orders. ${wayOut}`, line: 2, column: 3, endLine: 2, endColumn: 16 },
      ],
    },
    {
      name: "a table that no migration made",
      tool: prisma6,
      code: "DROP TABLE IF EXISTS auth.sessions;",
      errors: onFirstLine("DROP TABLE deletes every row of auth.sessions.", 35),
    },
    {
      name: "a partitioned table, and tables that inherit from it",
      history: [
        "CREATE TABLE events (id int) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9);",
        "CREATE TABLE base (a int); CREATE TABLE child (b int) INHERITS (base); CREATE TABLE grandchild () INHERITS (child);",
      ],
      code: "DROP TABLE events;\nDROP TABLE base CASCADE;",
      errors: [
        { message: `DROP TABLE deletes every row of events. ${wayOut}`, line: 1, column: 1, endLine: 1, endColumn: 18 },
        {
          message: `DROP TABLE deletes every row of base, and by CASCADE of child and grandchild. ${wayOut}`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 24,
        },
      ],
    },
    {
      name: "copied afterwards, or from another table",
      history: [orders, lines],
      code: "INSERT INTO archive SELECT * FROM lines;\nDROP TABLE orders;\nINSERT INTO archive SELECT * FROM orders;",
      errors: [
        { message: `DROP TABLE deletes every row of orders. ${wayOut}`, line: 2, column: 1, endLine: 2, endColumn: 18 },
      ],
    },
    {
      name: "a copy that is gone with the session",
      history: [orders],
      code: "CREATE TEMP TABLE t AS TABLE orders;\nTRUNCATE orders;",
      errors: [
        { message: `TRUNCATE deletes every row of orders. ${wayOut}`, line: 2, column: 1, endLine: 2, endColumn: 16 },
      ],
    },
    {
      name: "TRUNCATE … CASCADE, with what references the table at any depth",
      history: [orders, lines, notes],
      pending: ["CREATE TABLE flags (order_id bigint REFERENCES orders);"],
      tool: prisma7,
      code: "TRUNCATE orders CASCADE;",
      errors: onFirstLine("TRUNCATE deletes every row of orders, and by CASCADE of lines and notes.", 24),
    },
    {
      name: "DELETE without WHERE, with one that is always true, and inside WITH",
      history: [orders, lines],
      tool: unknownRunner,
      code: "DELETE FROM orders;\nDELETE FROM orders WHERE 1 = 1;\nWITH gone AS (DELETE FROM lines RETURNING *) SELECT count(*) FROM gone;",
      errors: [
        {
          message: `This DELETE has no condition and deletes every row of orders. ${wayOut}`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 19,
        },
        {
          message: `This DELETE has no condition and deletes every row of orders. ${wayOut}`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 31,
        },
        {
          message: `This DELETE has no condition and deletes every row of lines. ${wayOut}`,
          line: 3,
          column: 15,
          endLine: 3,
          endColumn: 44,
        },
      ],
    },
    {
      name: "DROP SCHEMA … CASCADE",
      history: [
        "CREATE SCHEMA app; CREATE TABLE app.a (x int); CREATE TABLE app.b (x int); CREATE VIEW app.v AS TABLE app.a;",
      ],
      code: "DROP SCHEMA app CASCADE;",
      errors: onFirstLine("DROP SCHEMA app CASCADE deletes app.a and app.b, with every row.", 24),
    },
    {
      name: "a schema that no migration made",
      code: "DROP SCHEMA legacy CASCADE;",
      errors: onFirstLine("DROP SCHEMA legacy CASCADE deletes every table of legacy, with every row.", 27),
    },
    {
      name: "types with the columns that have them",
      history: [
        "CREATE TYPE status AS ENUM ('new'); CREATE DOMAIN code AS text;",
        'CREATE TABLE orders (s status, "Old" status[], c code); CREATE TABLE lines (s public.status);',
      ],
      code: "DROP TYPE status CASCADE;\nDROP DOMAIN code CASCADE;",
      errors: [
        {
          message: `DROP TYPE status CASCADE deletes orders.s, orders."Old" and lines.s, with every value. ${wayOut}`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 25,
        },
        {
          message: `DROP DOMAIN code CASCADE deletes orders.c, with every value. ${wayOut}`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 25,
        },
      ],
    },
  ],
});

it("PostgreSQL deletes what the findings say", async () => {
  const postgres = await startPGlite();
  const count = async (table: string): Promise<unknown> =>
    (await postgres.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`)).rows[0]?.count;
  try {
    await postgres.exec(`${orders} ${lines} ${notes}
      INSERT INTO orders VALUES (1, 1); INSERT INTO lines VALUES (1, 1); INSERT INTO notes VALUES (1);`);
    await postgres.exec("TRUNCATE orders CASCADE;");
    expect([await count("lines"), await count("notes")]).toEqual([0, 0]);

    await postgres.exec("CREATE TABLE base (a int); CREATE TABLE child (b int) INHERITS (base);");
    await expect(postgres.exec("DROP TABLE base;")).rejects.toMatchObject({ code: "2BP01" });
    await postgres.exec("DROP TABLE base CASCADE;");
    await expect(count("child")).rejects.toMatchObject({ code: "42P01" });

    await postgres.exec("CREATE TYPE status AS ENUM ('new'); CREATE TABLE t (a int, s status, l status[]);");
    await expect(postgres.exec("DROP TYPE status;")).rejects.toMatchObject({ code: "2BP01" });
    await postgres.exec("DROP TYPE status CASCADE;");
    const { fields } = await postgres.query("TABLE t");
    expect(fields.map(({ name }) => name)).toEqual(["a"]);

    await postgres.exec("CREATE SCHEMA app; CREATE TABLE app.t (a int);");
    await expect(postgres.exec("DROP SCHEMA app;")).rejects.toMatchObject({ code: "2BP01" });
  } finally {
    await postgres.close();
  }
});
