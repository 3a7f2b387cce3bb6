import rule from "../../rules/no-blocking-index-build.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, paid boolean);";
const partitioned = "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);";

ruleTester.run("no-blocking-index-build", rule, {
  valid: [
    {
      name: "an index by the name that the edited migration built it under, whatever it is now",
      history: [orders],
      was: "CREATE INDEX a ON orders (id);",
      code: "CREATE INDEX a ON orders (id, paid);",
    },
    { name: "CONCURRENTLY", history: [orders], code: "CREATE INDEX CONCURRENTLY i ON orders (account_id);" },
    {
      name: "where the application stops for the upgrade, so that nobody waits",
      history: [orders],
      deploy: { model: "recreate" },
      code: "CREATE INDEX i ON orders (account_id);",
    },
    { name: "a table of this file", code: `${orders}\nCREATE INDEX i ON orders (account_id);` },
    {
      name: "a table of the same DO block",
      code: `DO $$ BEGIN\n${orders}\nCREATE INDEX i ON orders (account_id);\nEND $$;`,
    },
    { name: "a table of this change", pending: [orders], code: "CREATE INDEX i ON orders (account_id);" },
    {
      name: "a table of this change, qualified",
      pending: [orders],
      code: "CREATE INDEX i ON public.orders (account_id);",
    },
    {
      name: "a table made of a query",
      history: [orders],
      code: "CREATE TABLE paid AS TABLE orders;\nCREATE INDEX i ON paid (id);",
    },
    {
      name: "a table of this change that was renamed",
      pending: ["CREATE TABLE old_orders (id bigint);"],
      code: "ALTER TABLE old_orders RENAME TO new_orders;\nCREATE INDEX i ON new_orders (id);",
    },
    {
      name: "an index that is there",
      history: [`${orders}\nCREATE INDEX i ON orders (account_id);`],
      code: "CREATE INDEX IF NOT EXISTS i ON orders (account_id);",
    },
    { name: "ON ONLY a table that no migration has made", code: "CREATE INDEX i ON ONLY events (at);" },
    {
      name: "ON ONLY a table that no migration has made, by another name",
      history: ["ALTER TABLE events_new RENAME TO events;"],
      code: "CREATE INDEX i ON ONLY events (at);",
    },
    { name: "ON ONLY a partitioned table", history: [partitioned], code: "CREATE INDEX i ON ONLY events (at);" },
    {
      name: "a partition of this change",
      history: [partitioned],
      code: "CREATE TABLE events_2026 (id bigint, at date);\nCREATE INDEX i ON events_2026 (at);",
    },
    {
      name: "a materialized view, which nobody writes to",
      history: [`${orders}\nCREATE MATERIALIZED VIEW totals AS SELECT account_id FROM orders;`],
      code: "CREATE INDEX i ON totals (account_id);",
    },
    { name: "a temporary table", code: "CREATE TEMP TABLE batch (id bigint);\nCREATE INDEX i ON batch (id);" },
    { name: "without base, a table of the same file", base: false, code: `${orders}\nCREATE INDEX i ON orders (id);` },
  ],
  invalid: [
    {
      name: "in a DO block that is edited: what is new there",
      history: [orders],
      tool: unknownRunner,
      was: "DO $$ BEGIN\n  CREATE INDEX a ON orders (id);\n  ALTER TABLE orders ADD COLUMN x int;\nEND $$;",
      code: "DO $$ BEGIN\n  CREATE INDEX a ON orders (id);\n  ALTER TABLE orders ADD COLUMN y int;\n  CREATE INDEX b ON orders (id);\nEND $$;",
      errors: [
        {
          message:
            "Building b reads every row of orders, and since line 3 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders, SELECT too, waits until it is done. Build it with CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 4,
          column: 3,
          endLine: 4,
          endColumn: 32,
        },
      ],
    },
    {
      name: "in a DO block, where CONCURRENTLY is refused",
      history: [orders],
      tool: prisma7,
      code: "DO $$ BEGIN\n  CREATE INDEX i ON orders (account_id);\nEND $$;",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY as a statement of its own, because no DO block can run it.",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 40,
          suggestions: [],
        },
      ],
    },
    {
      name: "a runner with a transaction for each file",
      history: [orders],
      code: "SELECT 1;\n  CREATE INDEX orders_account_idx ON orders (account_id);",
      errors: [
        {
          message:
            "Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own that runs outside a transaction.",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 57,
        },
      ],
    },
    {
      name: "a runner that is not known: the suggestion stands on its own",
      history: [orders],
      tool: unknownRunner,
      code: "create unique index orders_account_idx on orders (account_id);",
      errors: [
        {
          message:
            "Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE UNIQUE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 62,
          suggestions: [
            {
              desc: "Build it with CONCURRENTLY",
              output: "create unique index CONCURRENTLY orders_account_idx on orders (account_id);",
            },
          ],
        },
      ],
    },
    {
      name: "Prisma from 7.4: each statement is sent alone",
      history: [orders],
      tool: prisma7,
      code: "ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX i ON orders (account_id);",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
          suggestions: [
            {
              desc: "Build it with CONCURRENTLY",
              output: "ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX CONCURRENTLY i ON orders (account_id);",
            },
          ],
        },
      ],
    },
    {
      name: "Prisma before 7.4, the only statement of its file",
      history: [orders],
      tool: prisma6,
      code: "-- CreateIndex\nCREATE INDEX i ON orders (account_id);",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
          suggestions: [
            {
              desc: "Build it with CONCURRENTLY",
              output: "-- CreateIndex\nCREATE INDEX CONCURRENTLY i ON orders (account_id);",
            },
          ],
        },
      ],
    },
    {
      name: "what the transaction holds on another table is no lock on this one",
      history: [orders, "CREATE TABLE items (id bigint);"],
      tool: prisma6,
      code: "ALTER TABLE items ADD COLUMN note text;\nCREATE INDEX i ON orders (account_id);",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
        },
      ],
    },
    {
      name: "Prisma before 7.4, one of two statements: CONCURRENTLY would fail there",
      history: [orders],
      tool: prisma6,
      code: "ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX i ON orders (account_id);",
      errors: [
        {
          message:
            "Building i reads every row of orders, and since line 1 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders, SELECT too, waits until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
        },
      ],
    },
    {
      name: "Drizzle, which has no way out of its transaction",
      history: [orders],
      tool: drizzle,
      code: 'CREATE INDEX "orders_account_idx" ON "orders" USING btree ("account_id");',
      errors: [
        {
          message:
            "Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Drizzle's migrate() runs all pending migrations in one transaction. Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept this finding there, with that reason.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 73,
        },
      ],
    },
    {
      name: "BEGIN and COMMIT in the file",
      history: [orders],
      tool: unknownRunner,
      code: "BEGIN;\nCREATE INDEX i ON orders (account_id);\nCOMMIT;",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY outside BEGIN … COMMIT.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
        },
      ],
    },
    {
      name: "a partitioned table",
      history: [partitioned],
      tool: unknownRunner,
      code: "CREATE INDEX events_at_idx ON events (at);",
      errors: [
        {
          message:
            "Building events_at_idx blocks every INSERT, UPDATE and DELETE on events and its partitions until it is done on all of them, and a partitioned table has no CONCURRENTLY. Create it with ON ONLY events, which builds nothing, and then one for each partition. Build it with CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction. Join each to it with ALTER INDEX … ATTACH PARTITION.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a table that no migration created, in a schema of its own",
      tool: unknownRunner,
      code: "CREATE INDEX ON auth.users (email);",
      errors: [
        {
          message:
            "Building the index blocks every INSERT, UPDATE and DELETE on auth.users until it is done. Build it with CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 35,
          suggestions: [
            { desc: "Build it with CONCURRENTLY", output: "CREATE INDEX CONCURRENTLY ON auth.users (email);" },
          ],
        },
      ],
    },
    {
      name: "IF NOT EXISTS of an index that is not there",
      history: [orders],
      tool: unknownRunner,
      code: "CREATE INDEX IF NOT EXISTS i ON orders (account_id);",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 52,
        },
      ],
    },
    {
      name: "without base, a table of an earlier file",
      base: false,
      history: [orders],
      tool: unknownRunner,
      code: "CREATE INDEX i ON orders (account_id) WHERE paid;",
      errors: [
        {
          message:
            "Building i blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 49,
          suggestions: [
            {
              desc: "Build it with CONCURRENTLY",
              output: "CREATE INDEX CONCURRENTLY i ON orders (account_id) WHERE paid;",
            },
          ],
        },
      ],
    },
  ],
});
