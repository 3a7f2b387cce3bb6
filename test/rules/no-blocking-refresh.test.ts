import rule from "../../rules/no-blocking-refresh.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int);";
const totals = "CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders;";
const unique = "CREATE UNIQUE INDEX totals_id ON totals (id);";

const blocks = "Refreshing totals keeps every query on it waiting until its query is done.";
const concurrently = "Use REFRESH MATERIALIZED VIEW CONCURRENTLY totals, which lets them through.";
const createIndex = "CREATE UNIQUE INDEX ON totals (…) first, on columns that tell its rows apart";
const fails = `This fails: CONCURRENTLY tells rows apart by a unique index on columns, over all rows, and totals has none. ${createIndex}.`;

ruleTester.run("no-blocking-refresh", rule, {
  valid: [
    {
      name: "with CONCURRENTLY",
      history: [orders, totals + unique],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
    },
    { name: "a view of this change", history: [orders], code: `${totals}\nREFRESH MATERIALIZED VIEW totals;` },
    {
      name: "a view that this change makes anew",
      history: [orders, totals],
      code: `DROP MATERIALIZED VIEW totals;\n${totals}\nREFRESH MATERIALIZED VIEW totals;`,
    },
    {
      name: "a small view",
      history: [orders, totals],
      tables: { small: ["totals"] },
      code: "REFRESH MATERIALIZED VIEW totals;",
    },
    {
      name: "CONCURRENTLY on a view that no migration created",
      history: [orders],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY reporting.totals;",
    },
    {
      name: "CONCURRENTLY, where a statement that is not known may have made the index",
      history: [orders, totals, "DO $$ BEGIN EXECUTE (SELECT 'x'); END $$;"],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
    },
  ],
  invalid: [
    {
      name: "a view with a unique index",
      history: [orders, totals + unique],
      code: "REFRESH MATERIALIZED VIEW totals;",
      errors: [
        {
          message: `${blocks} ${concurrently}`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 33,
          suggestions: [
            { desc: "Refresh it with CONCURRENTLY", output: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;" },
          ],
        },
      ],
    },
    {
      name: "a view without one",
      history: [orders, totals],
      tool: drizzle,
      code: 'REFRESH MATERIALIZED VIEW "totals" WITH DATA;',
      errors: [
        {
          message: `${blocks} ${concurrently} ${createIndex}: it needs that.`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 45,
        },
      ],
    },
    {
      name: "a view that no migration created",
      history: [orders],
      code: "REFRESH MATERIALIZED VIEW reporting.totals;",
      errors: [
        {
          message:
            "Refreshing reporting.totals keeps every query on it waiting until its query is done. Use REFRESH MATERIALIZED VIEW CONCURRENTLY reporting.totals, which lets them through. CREATE UNIQUE INDEX ON reporting.totals (…) first, on columns that tell its rows apart: it needs that.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 43,
        },
      ],
    },
    {
      name: "WITH NO DATA",
      history: [orders, totals],
      code: "REFRESH MATERIALIZED VIEW totals WITH NO DATA;",
      errors: [
        {
          message:
            "WITH NO DATA empties totals: every query on it fails until it is refreshed. Refresh it with CONCURRENTLY instead, or drop it once no code reads it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 46,
        },
      ],
    },
    {
      name: "CONCURRENTLY without an index",
      history: [orders, totals],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
      errors: [{ message: fails, line: 1, column: 1, endLine: 1, endColumn: 46 }],
    },
    {
      name: "CONCURRENTLY with indexes that do not serve",
      history: [
        orders,
        totals,
        "CREATE INDEX ON totals (id); CREATE UNIQUE INDEX ON totals (id) WHERE total > 0; CREATE UNIQUE INDEX ON totals (abs(id));",
      ],
      code: "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
      errors: [{ message: fails, line: 1, column: 1, endLine: 1, endColumn: 46 }],
    },
  ],
});
