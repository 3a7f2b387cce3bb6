import rule from "../../rules/no-blocking-index-drop.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders =
  "CREATE TABLE orders (id bigint, code text); CREATE INDEX orders_code ON orders (code); CREATE INDEX orders_id ON orders (id);";
const partitioned =
  "CREATE TABLE events (id bigint) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9); CREATE INDEX events_id ON events (id);";

ruleTester.run("no-blocking-index-drop", rule, {
  valid: [
    { name: "with CONCURRENTLY", history: [orders], code: "DROP INDEX CONCURRENTLY orders_code;" },
    { name: "a table of this change", pending: [orders], code: "DROP INDEX orders_code;" },
    { name: "a partitioned table, which has no CONCURRENTLY", history: [partitioned], code: "DROP INDEX events_id;" },
    {
      name: "the index of one partition, which PostgreSQL refuses to drop",
      history: [partitioned],
      code: "DROP INDEX events_1_id_idx;",
    },
    {
      name: "the index of a constraint, which PostgreSQL refuses to drop",
      history: ["CREATE TABLE users (id bigint PRIMARY KEY);"],
      code: "DROP INDEX users_pkey;",
    },
    { name: "an index that does not exist", history: [orders], code: "DROP INDEX IF EXISTS orders_total;" },
    {
      name: "an index that may not exist",
      history: ["DO $$ BEGIN EXECUTE (SELECT 'x'); END $$;"],
      code: "DROP INDEX IF EXISTS orders_total;",
    },
    {
      name: "an index that an earlier migration dropped",
      history: [orders, "DROP INDEX orders_code;"],
      code: "DROP INDEX IF EXISTS orders_code;",
    },
    {
      name: "a table that the transaction has locked already",
      history: [orders],
      code: "ALTER TABLE orders DROP COLUMN id;\nDROP INDEX orders_code;",
    },
    {
      name: "Drizzle, with a lock_timeout",
      history: [orders],
      tool: drizzle,
      code: "SET lock_timeout = '5s';\n--> statement-breakpoint\nDROP INDEX orders_code;",
    },
    {
      name: "Drizzle, with a lock_timeout of the connection",
      history: [orders],
      tool: drizzle,
      session: { lock_timeout: "10s" },
      code: "DROP INDEX orders_code;",
    },
    {
      name: "DROP CONSTRAINT, which has no other form",
      history: ["CREATE TABLE users (id bigint PRIMARY KEY);"],
      code: "ALTER TABLE users DROP CONSTRAINT users_pkey;",
    },
  ],
  invalid: [
    {
      name: "an index of a table in use",
      history: [orders],
      tool: unknownRunner,
      code: "DROP INDEX orders_code;",
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 23,
          suggestions: [{ desc: "Drop it with CONCURRENTLY", output: "DROP INDEX CONCURRENTLY orders_code;" }],
        },
      ],
    },
    {
      name: "in a transaction that the file opens",
      history: [orders],
      tool: unknownRunner,
      code: "BEGIN;\nDROP INDEX IF EXISTS orders_code;\nCOMMIT;",
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY outside BEGIN … COMMIT.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 33,
        },
      ],
    },
    {
      name: "as Prisma writes it, before 7.4, beside another statement",
      history: [orders],
      tool: prisma6,
      code: '-- DropIndex\nDROP INDEX "orders_code";\n\n-- CreateEnum\nCREATE TYPE "Kind" AS ENUM (\'A\');',
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 25,
        },
      ],
    },
    {
      name: "alone in its file, Prisma before 7.4",
      history: [orders],
      tool: prisma6,
      code: 'DROP INDEX "orders_code";',
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 25,
          suggestions: [{ desc: "Drop it with CONCURRENTLY", output: 'DROP INDEX CONCURRENTLY "orders_code";' }],
        },
      ],
    },
    {
      name: "several in one statement, Prisma from 7.4",
      history: [orders, "CREATE TABLE users (name text); CREATE INDEX users_name ON users (name);"],
      tool: prisma7,
      code: "DROP INDEX orders_code, orders_id, users_name;",
      errors: [
        {
          message:
            "Dropping orders_code, orders_id and users_name waits for every query that uses orders and users, and every query that comes later waits behind it until it is done, SELECT too. Drop each with a DROP INDEX CONCURRENTLY of its own.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 46,
        },
      ],
    },
    {
      name: "Drizzle, which has no way to run CONCURRENTLY",
      history: [orders],
      tool: drizzle,
      code: 'DROP INDEX "orders_code";',
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drizzle has no way to run DROP INDEX CONCURRENTLY: put SET lock_timeout = '5s' before it. It then gives up, and can be run again.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 25,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "SET lock_timeout = '5s';\n--> statement-breakpoint\nDROP INDEX \"orders_code\";",
            },
          ],
        },
      ],
    },
    {
      name: "CASCADE",
      history: [orders],
      code: "DROP INDEX orders_code CASCADE;",
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY, which has no CASCADE, in a migration of its own that runs outside a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 31,
        },
      ],
    },
    {
      name: "an index of this change on a table in use",
      history: ["CREATE TABLE orders (id bigint, code text);"],
      pending: ["CREATE INDEX orders_code ON orders (code);"],
      code: "DROP INDEX orders_code;",
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY in a migration of its own that runs outside a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 23,
        },
      ],
    },
    {
      name: "an index that no migration created",
      history: ["DO $$ BEGIN END $$;"],
      code: "DROP INDEX billing.old_idx;",
      errors: [
        {
          message:
            "Dropping billing.old_idx waits for every query that uses its table, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY in a migration of its own that runs outside a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 27,
        },
      ],
    },
    {
      name: "two of one table, told once",
      history: [orders],
      tool: prisma6,
      code: "DROP INDEX orders_code;\nDROP INDEX orders_id;",
      errors: [
        {
          message:
            "Dropping orders_code waits for every query that uses orders, and every query that comes later waits behind it until it is done, SELECT too. Drop it with DROP INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 23,
        },
      ],
    },
  ],
});
