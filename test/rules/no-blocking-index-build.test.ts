import rule from "../../rules/no-blocking-index-build.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, paid boolean);";
const partitioned = "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);";

ruleTester.run("no-blocking-index-build", rule, {
  valid: [
    { name: "CONCURRENTLY", history: [orders], code: "CREATE INDEX CONCURRENTLY i ON orders (account_id);" },
    { name: "a table of this file", code: `${orders}\nCREATE INDEX i ON orders (account_id);` },
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
  ],
});
