import rule from "../../rules/prefer-timestamptz.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6 } from "./tools.js";

const message = (column: string, table: string, replacement: string): string =>
  `${column} of ${table} is a timestamp without time zone: now() and a value with an offset lose their zone when they are stored, so two sessions with different time zones read different moments from one value, and an hour of each autumn means two. Declare it as ${replacement}.`;

ruleTester.run("prefer-timestamptz", rule, {
  valid: [
    { name: "timestamptz", code: "CREATE TABLE orders (at timestamptz, due timestamp with time zone, day date);" },
    {
      name: "a column of base",
      history: ["CREATE TABLE orders (at timestamp);"],
      code: "ALTER TABLE orders ADD COLUMN note text;",
    },
    {
      name: "another precision",
      history: ["CREATE TABLE orders (at timestamp(3));"],
      code: "ALTER TABLE orders ALTER COLUMN at TYPE timestamp(6);",
    },
    {
      name: "changed afterwards",
      code: "CREATE TABLE orders (at timestamp);\nALTER TABLE orders RENAME COLUMN at TO placed_at;\nALTER TABLE orders ALTER COLUMN placed_at TYPE timestamptz;",
    },
    { name: "dropped afterwards", code: "CREATE TABLE orders (at timestamp);\nALTER TABLE orders DROP COLUMN at;" },
    { name: "a temporary table", code: "CREATE TABLE pg_temp.batch (at timestamp);" },
  ],
  invalid: [
    {
      name: "as Prisma writes it",
      tool: prisma6,
      code: 'CREATE TABLE "orders" (\n  "created_at" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP\n);',
      errors: [
        {
          message: message("created_at", "orders", "timestamptz(3) (@db.Timestamptz(3) in the Prisma schema)"),
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 63,
          suggestions: [
            {
              desc: "Make it timestamptz(3)",
              output: 'CREATE TABLE "orders" (\n  "created_at" timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP\n);',
            },
          ],
        },
      ],
    },
    {
      name: "a new column, written out, of several",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "ALTER TABLE orders ADD COLUMN timestamp timestamp without time zone[];",
      errors: [
        {
          message: message("timestamp", "orders", "timestamptz[]"),
          line: 1,
          column: 31,
          endLine: 1,
          endColumn: 70,
          suggestions: [
            {
              desc: "Make it timestamptz[]",
              output: "ALTER TABLE orders ADD COLUMN timestamp timestamptz[];",
            },
          ],
        },
      ],
    },
    {
      name: "a column that becomes one",
      history: ["CREATE TABLE orders (at timestamptz);"],
      code: "ALTER TABLE orders ALTER COLUMN at TYPE timestamp;",
      errors: [{ message: message("at", "orders", "timestamptz"), line: 1, column: 1, endLine: 1, endColumn: 50 }],
    },
  ],
});
