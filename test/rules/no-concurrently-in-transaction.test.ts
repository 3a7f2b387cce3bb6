import rule from "../../rules/no-concurrently-in-transaction.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);";
const index = "CREATE INDEX CONCURRENTLY i ON orders (account_id);";

ruleTester.run("no-concurrently-in-transaction", rule, {
  valid: [
    { name: "a runner that is not known", history: [orders], tool: unknownRunner, code: `SELECT 1;\n${index}` },
    { name: "Prisma from 7.4, each statement alone", history: [orders], tool: prisma7, code: `SELECT 1;\n${index}` },
    {
      name: "Prisma before 7.4, the only statement, behind comments",
      history: [orders],
      tool: prisma6,
      code: `-- CreateIndex\n/* alone */ ${index}\n`,
    },
    { name: "behind COMMIT", history: [orders], tool: unknownRunner, code: `BEGIN;\nSELECT 1;\nCOMMIT;\n${index}` },
    {
      name: "COMMIT in a DO block, and in a procedure that is called, where none is open",
      history: [`${orders} CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;`],
      tool: prisma7,
      code: "DO $$ BEGIN\n  COMMIT;\nEND $$;\nCALL fill();\nDO $$ BEGIN CALL fill(); ROLLBACK; END $$;",
    },
    { name: "without CONCURRENTLY", history: [orders], code: "CREATE INDEX i ON orders (account_id);\nDROP INDEX i;" },
    {
      name: "what a transaction may hold",
      history: [orders, "CREATE MATERIALIZED VIEW v AS TABLE orders;"],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY v;\nANALYZE orders;\nREINDEX TABLE orders;\nCLUSTER orders USING orders_pkey;\nTRUNCATE orders;",
    },
  ],
  invalid: [
    {
      name: "a DO block, which opens one wherever it runs",
      history: [orders],
      tool: prisma7,
      code: `DO $$ BEGIN\n  ${index}\nEND $$;`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. A DO block always runs in one. Run it as a statement of its own, because no DO block can run it.",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 53,
        },
      ],
    },
    {
      name: "COMMIT in a DO block, and in a procedure that is called, where a transaction is open",
      history: [
        `${orders} CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET account_id = 1 WHERE id = 1; COMMIT; END $$;`,
      ],
      code: "DO $$ BEGIN\n  UPDATE orders SET account_id = 2 WHERE id = 2;\n  COMMIT;\nEND $$;\nCALL fill();",
      errors: [
        {
          message:
            "COMMIT in PL/pgSQL fails here: PostgreSQL refuses it inside a transaction. By the configuration each file runs in one. Run it in a migration of its own that runs outside a transaction.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 9,
        },
        {
          message:
            "COMMIT in PL/pgSQL fails here: PostgreSQL refuses it inside a transaction. By the configuration each file runs in one. Run it in a migration of its own that runs outside a transaction.",
          line: 5,
          column: 1,
          endLine: 5,
          endColumn: 12,
        },
      ],
    },
    {
      name: "a runner with a transaction for each file, as configured",
      history: [orders],
      code: `SET lock_timeout = 0;\n${index}`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. By the configuration each file runs in one. Run it in a migration of its own that runs outside a transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 51,
        },
      ],
    },
    {
      name: "a table of the same file makes no difference",
      tool: prisma6,
      code: `${orders}\n${index}`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. Prisma 6.19.0 sends the file as one query, and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Prisma before 7.4: COMMIT in the file does not help",
      history: [orders],
      tool: prisma6,
      code: `COMMIT;\n${index}`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. Prisma 6.19.0 sends the file as one query, and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Prisma before 7.4: BEGIN in the file",
      history: [orders],
      tool: prisma6,
      code: `BEGIN;\n${index}\nCOMMIT;`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. BEGIN in this file opened one. Run it in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Prisma from 7.4: BEGIN in the file",
      history: [orders],
      tool: prisma7,
      code: `BEGIN;\n${index}\nCOMMIT;`,
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. BEGIN in this file opened one. Run it outside BEGIN … COMMIT.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Drizzle",
      history: [orders],
      tool: drizzle,
      code: 'CREATE INDEX CONCURRENTLY "i" ON "orders" USING btree ("account_id");--> statement-breakpoint\nVACUUM orders;',
      errors: [
        {
          message:
            "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction. Drizzle's migrate() runs all pending migrations in one transaction. Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept no-blocking-index-build there, with that reason.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 69,
        },
        {
          message:
            "VACUUM fails here: PostgreSQL refuses it inside a transaction. Drizzle 0.45.1 runs all pending migrations in one. Drizzle has no way to run it outside one: run it by hand, and keep it out of the migrations.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 14,
        },
      ],
    },
    {
      name: "everything else that PostgreSQL refuses",
      postgres: 14,
      history: [
        `${orders} CREATE TABLE events (id int) PARTITION BY RANGE (id); CREATE TABLE e1 PARTITION OF events FOR VALUES FROM (1) TO (2);`,
      ],
      tool: unknownRunner,
      code: [
        "BEGIN;",
        "DROP INDEX CONCURRENTLY i;",
        "REINDEX INDEX CONCURRENTLY i;",
        "REINDEX SCHEMA public;",
        "REINDEX TABLE events;",
        "ALTER TABLE events DETACH PARTITION e1 CONCURRENTLY;",
        "VACUUM FULL orders;",
        "CLUSTER;",
        "ALTER SYSTEM SET work_mem = '64MB';",
        "create  database other;",
        "COMMIT;",
      ].join("\n"),
      errors: [
        ["DROP INDEX CONCURRENTLY", 2, 26],
        ["REINDEX CONCURRENTLY", 3, 29],
        ["REINDEX SCHEMA", 4, 22],
        ["REINDEX of a partitioned table", 5, 21],
        ["DETACH PARTITION … CONCURRENTLY", 6, 52],
        ["VACUUM", 7, 19],
        ["CLUSTER of every table", 8, 8],
        ["ALTER SYSTEM", 9, 35],
        ["CREATE DATABASE", 10, 23],
      ].map(([statement, line, endColumn]) => ({
        message: `${String(statement)} fails here: PostgreSQL refuses it inside a transaction. BEGIN in this file opened one. Run it outside BEGIN … COMMIT.`,
        line: Number(line),
        column: 1,
        endLine: Number(line),
        endColumn: Number(endColumn),
      })),
    },
  ],
});
