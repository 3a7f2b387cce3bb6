import rule from "../../rules/no-blocking-reindex.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, code text); CREATE INDEX orders_code ON orders (code);";
const events =
  "CREATE TABLE events (id bigint) PARTITION BY RANGE (id); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (9); CREATE INDEX events_id ON events (id);";
const visits = "CREATE TABLE visits (seen tsrange, CONSTRAINT visits_seen EXCLUDE USING gist (seen WITH &&));";

const blocks = (indexes: string, table: string): string =>
  `Rebuilding ${indexes} keeps every query on ${table} waiting until it is done, SELECT too.`;

ruleTester.run("no-blocking-reindex", rule, {
  valid: [
    { name: "an index, with CONCURRENTLY", history: [orders], code: "REINDEX INDEX CONCURRENTLY orders_code;" },
    { name: "a table, with CONCURRENTLY", history: [orders], code: "REINDEX TABLE CONCURRENTLY orders;" },
    { name: "CONCURRENTLY as an option", history: [orders], code: "REINDEX (CONCURRENTLY) TABLE orders;" },
    { name: "a table of this change", pending: [orders], code: "REINDEX TABLE orders;" },
    { name: "an index of a table of this change", pending: [orders], code: "REINDEX INDEX orders_code;" },
    { name: "a small table", history: [orders], tables: { small: ["orders"] }, code: "REINDEX TABLE orders;" },
    {
      name: "a partitioned table before 14, which PostgreSQL passes over",
      postgres: 13,
      history: [events],
      code: "REINDEX TABLE events;",
    },
  ],
  invalid: [
    {
      name: "an index",
      history: [orders],
      tool: unknownRunner,
      code: "-- bloat\nREINDEX INDEX orders_code;",
      errors: [
        {
          message: `${blocks("orders_code", "orders")} Use REINDEX INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 26,
          suggestions: [
            { desc: "Rebuild with CONCURRENTLY", output: "-- bloat\nREINDEX INDEX CONCURRENTLY orders_code;" },
          ],
        },
      ],
    },
    {
      name: "a table, with options, each statement sent alone",
      history: [orders],
      tool: prisma7,
      code: 'REINDEX (VERBOSE) TABLE "orders";',
      errors: [
        {
          message: `${blocks("the indexes of orders", "orders")} Use REINDEX TABLE CONCURRENTLY.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
          suggestions: [
            { desc: "Rebuild with CONCURRENTLY", output: 'REINDEX (VERBOSE) TABLE CONCURRENTLY "orders";' },
          ],
        },
      ],
    },
    {
      name: "beside another statement, where a file is one query",
      history: [orders],
      tool: prisma6,
      code: 'REINDEX INDEX "orders_code";\nSELECT 1;',
      errors: [
        {
          message: `${blocks("orders_code", "orders")} Use REINDEX INDEX CONCURRENTLY in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 28,
        },
      ],
    },
    {
      name: "a tool that has no way to run CONCURRENTLY",
      history: [orders],
      tool: drizzle,
      code: "REINDEX TABLE orders;",
      errors: [
        {
          message: `${blocks("the indexes of orders", "orders")} Drizzle has no way to run it outside one: run it by hand, and keep it out of the migrations.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 21,
        },
      ],
    },
    {
      name: "a partitioned table from 14 on",
      history: [events],
      tool: prisma7,
      code: "REINDEX TABLE events;",
      errors: [
        {
          message: `${blocks("the indexes of events", "events")} Use REINDEX TABLE CONCURRENTLY.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 21,
          suggestions: [{ desc: "Rebuild with CONCURRENTLY", output: "REINDEX TABLE CONCURRENTLY events;" }],
        },
      ],
    },
    {
      name: "a schema",
      history: [orders],
      tool: prisma7,
      code: "REINDEX SCHEMA public;",
      errors: [
        {
          message:
            "REINDEX SCHEMA rebuilds the indexes of one table after the other, and keeps every query on that table waiting meanwhile, SELECT too. Use REINDEX SCHEMA CONCURRENTLY.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 22,
          suggestions: [{ desc: "Rebuild with CONCURRENTLY", output: "REINDEX SCHEMA CONCURRENTLY public;" }],
        },
      ],
    },
    {
      name: "system catalogs, which have no CONCURRENTLY",
      history: [orders],
      tool: prisma7,
      code: "REINDEX SYSTEM shop;",
      errors: [
        {
          message:
            "REINDEX SYSTEM rebuilds the indexes of one table after the other, and keeps every query on that table waiting meanwhile, SELECT too. System catalogs have no CONCURRENTLY, and every query uses them: keep it out of the migrations, and run it by hand while nobody uses the database.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 20,
        },
      ],
    },
    {
      name: "the index of an EXCLUDE constraint, which has no CONCURRENTLY",
      history: [visits],
      tool: prisma7,
      code: "REINDEX INDEX visits_seen;",
      errors: [
        {
          message: `${blocks("visits_seen", "visits")} The index of an EXCLUDE constraint has no CONCURRENTLY: keep it out of the migrations, and run it by hand while nobody uses the table.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 26,
        },
      ],
    },
    {
      name: "an index before 12",
      postgres: 11,
      history: [orders],
      tool: prisma7,
      code: "REINDEX INDEX orders_code;",
      errors: [
        {
          message: `${blocks("orders_code", "orders")} Before PostgreSQL 12 REINDEX has no CONCURRENTLY: build the same index under another name with CREATE INDEX CONCURRENTLY, drop this one with DROP INDEX CONCURRENTLY, and rename the new one.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 26,
        },
      ],
    },
    {
      name: "an index that no migration created",
      history: ["DO $$ BEGIN END $$;"],
      tool: prisma7,
      code: "REINDEX INDEX billing.old_idx;",
      errors: [
        {
          message: `${blocks("billing.old_idx", "its table")} Use REINDEX INDEX CONCURRENTLY.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 30,
          suggestions: [{ desc: "Rebuild with CONCURRENTLY", output: "REINDEX INDEX CONCURRENTLY billing.old_idx;" }],
        },
      ],
    },
    {
      name: "in a DO block",
      history: [orders],
      tool: unknownRunner,
      code: "DO $$ BEGIN\n  REINDEX TABLE orders;\nEND $$;",
      errors: [
        {
          message: `${blocks("the indexes of orders", "orders")} Use REINDEX TABLE CONCURRENTLY in a file of its own that your runner sends without a transaction.`,
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 23,
        },
      ],
    },
  ],
});
