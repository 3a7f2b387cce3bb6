import { expect, it } from "vitest";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check as checkChange } from "../../src/check/check.js";
import { memorySource } from "../check/memory-source.js";
import rule from "../../rules/no-blocking-not-null.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, supabase, unknownRunner } from "./tools.js";

const orders = 'CREATE TABLE orders (id bigint PRIMARY KEY, total numeric, "accountId" bigint);';
const check = "ALTER TABLE orders ADD CONSTRAINT total_set CHECK (total IS NOT NULL) NOT VALID;";
const setNotNull = "ALTER TABLE orders ALTER COLUMN total SET NOT NULL;";

ruleTester.run("no-blocking-not-null", rule, {
  valid: [
    { name: "a table of this change", pending: [orders], code: setNotNull },
    { name: "a column that is NOT NULL already", history: [orders], code: "ALTER TABLE orders ALTER id SET NOT NULL;" },
    {
      name: "proved by a valid CHECK",
      history: [orders, check, "ALTER TABLE orders VALIDATE CONSTRAINT total_set;"],
      code: setNotNull,
    },
    {
      name: "proved by a CHECK that this file validates",
      history: [orders, check],
      code: `ALTER TABLE orders VALIDATE CONSTRAINT total_set;\n${setNotNull}\nALTER TABLE orders DROP CONSTRAINT total_set;`,
    },
    {
      name: "proved by a CHECK that nothing here has made, and that goes behind it",
      history: [orders],
      code: `${setNotNull}\nALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_total_present;`,
    },
    {
      name: "proved by a part of a CHECK",
      history: [orders, "ALTER TABLE orders ADD CHECK (total IS NOT NULL AND total > 0);"],
      code: setNotNull,
    },
    {
      name: "a constraint that is not validated",
      postgres: 18,
      history: [orders],
      code: "ALTER TABLE orders ADD CONSTRAINT total_set NOT NULL total NOT VALID;",
    },
    { name: "DROP NOT NULL", history: [orders], code: "ALTER TABLE orders ALTER COLUMN id DROP NOT NULL;" },
  ],
  invalid: [
    {
      name: "NOT NULL that goes and comes back",
      history: [orders, "ALTER TABLE orders ADD COLUMN paid boolean NOT NULL DEFAULT false;"],
      tool: supabase,
      code: "ALTER TABLE orders ALTER COLUMN paid DROP NOT NULL;\nALTER TABLE orders ALTER COLUMN paid SET NOT NULL;",
      errors: [
        {
          message:
            "paid of orders is NOT NULL already: line 1 drops that, and this sets it again, which reads every row, while every query on orders waits, SELECT too. Leave both out.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 50,
        },
      ],
    },
    {
      name: "a clause of several; the file has a transaction of its own",
      history: [orders],
      code: 'ALTER TABLE orders\n  ALTER COLUMN total SET NOT NULL,\n  ALTER COLUMN "accountId" SET NOT NULL;',
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration; SET NOT NULL behind that reads nothing.",
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 34,
        },
        {
          message:
            'Making "accountId" NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT "orders_accountId_nonnull" CHECK ("accountId" IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration; SET NOT NULL behind that reads nothing.',
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 40,
        },
      ],
    },
    ...[
      { name: "a constraint whose name only has the column's letters", behind: "orders_subtotals_present" },
      { name: "a constraint of the column that goes before it", before: "orders_total_present" },
    ].map(({ name, behind, before }) => {
      const drop = (constraint: string): string => `ALTER TABLE orders DROP CONSTRAINT IF EXISTS ${constraint};`;
      const line = before === undefined ? 1 : 2;
      return {
        name,
        history: [orders],
        code: before === undefined ? `${setNotNull}\n${drop(behind)}` : `${drop(before)}\n${setNotNull}`,
        errors: [
          {
            message:
              "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration; SET NOT NULL behind that reads nothing.",
            line,
            column: 1,
            endLine: line,
            endColumn: 51,
          },
        ],
      };
    }),
    {
      name: "what goes behind it is of another column, or was made here and proves nothing",
      history: [orders, "ALTER TABLE orders ADD CONSTRAINT total_range CHECK (total > 0);"],
      code: `${setNotNull}\nALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_state_present, DROP CONSTRAINT IF EXISTS total_range;`,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration; SET NOT NULL behind that reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Prisma before 7.4",
      history: [orders],
      tool: prisma6,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration; SET NOT NULL behind that reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Prisma from 7.4: the next statement is a later transaction",
      history: [orders],
      tool: prisma7,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT after it; SET NOT NULL behind that reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "Drizzle: another file of the same deploy is the same transaction",
      history: [orders],
      tool: drizzle,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction; SET NOT NULL behind that reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "a CHECK that is not valid yet",
      history: [orders, check],
      tool: unknownRunner,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. VALIDATE CONSTRAINT total_set before it, which blocks no query; then it reads nothing.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "a CHECK that implies it but does not say it is no proof",
      history: [orders, "ALTER TABLE orders ADD CHECK (length(total::text) > 0);"],
      postgres: 18,
      tool: unknownRunner,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use ADD CONSTRAINT orders_total_not_null NOT NULL total NOT VALID instead, and VALIDATE CONSTRAINT in a later transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
          suggestions: [
            {
              desc: "Add it as a constraint with NOT VALID",
              output: "ALTER TABLE orders ADD CONSTRAINT orders_total_not_null NOT NULL total NOT VALID;",
            },
          ],
        },
      ],
    },
    {
      name: "PostgreSQL 18: a NOT NULL constraint that is not valid yet",
      history: [orders, "ALTER TABLE orders ADD CONSTRAINT total_set NOT NULL total NOT VALID;"],
      postgres: 18,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Use VALIDATE CONSTRAINT total_set instead, which blocks no query.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
          suggestions: [
            {
              desc: "Validate the constraint instead",
              output: "ALTER TABLE orders VALIDATE CONSTRAINT total_set;",
            },
          ],
        },
      ],
    },
    {
      name: "PostgreSQL 18: as a table constraint",
      history: [orders],
      postgres: 18,
      code: "ALTER TABLE orders ADD NOT NULL total;",
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Add it with NOT VALID, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 38,
          suggestions: [{ desc: "Add it with NOT VALID", output: "ALTER TABLE orders ADD NOT NULL total NOT VALID;" }],
        },
      ],
    },
    {
      name: "before PostgreSQL 12 a CHECK is no proof",
      history: [orders, "ALTER TABLE orders ADD CHECK (total IS NOT NULL);"],
      postgres: 11,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Before PostgreSQL 12 it always does: the CHECK orders_total_check holds as well, leave it at that.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "before PostgreSQL 12",
      history: [orders],
      postgres: 11,
      code: setNotNull,
      errors: [
        {
          message:
            "Making total NOT NULL reads every row of orders: every query on orders waits until it is done, SELECT too. Before PostgreSQL 12 it always does: use ADD CONSTRAINT orders_total_nonnull CHECK (total IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT in a later migration.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
  ],
});

it("names the option of the call that takes NOT NULL and gives it back", () => {
  const files = {
    "package.json": JSON.stringify({ dependencies: { knex: "3.1.0", pg: "8.11.0" } }),
    "knexfile.js": 'module.exports = { client: "pg" };\n',
    "migrations/20260101000000_init.js":
      "exports.up = (knex) => knex.raw(\"CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL DEFAULT 'new')\");\n",
  };
  const next = `exports.up = (knex) =>
  knex.schema.alterTable("orders", (t) => t.text("state").notNullable().defaultTo("open").alter());
`;
  const report = checkChange(memorySource(files, { "migrations/20260201000000_next.js": next }), DEFAULT_CONFIGURATION);
  expect(
    report.findings.map(({ rule, line, column, endColumn, message }) => [rule, line, column, endColumn, message]),
  ).toEqual([
    [
      "no-blocking-not-null",
      2,
      45,
      98,
      "state of orders is NOT NULL already: line 2 drops that, and this sets it again, which reads every row, while every query on orders waits, SELECT too. Leave both out: `alter({ alterNullable: false })` does.",
    ],
  ]);
});
