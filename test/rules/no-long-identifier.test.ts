import rule from "../../rules/no-long-identifier.js";
import { ruleTester } from "./rule-tester.js";

const long = "orders_customer_account_id_customers_customer_account_id_foreign_key";
const cut = "orders_customer_account_id_customers_customer_account_id_foreig";
const message = (name: string, kept: string): string =>
  `PostgreSQL keeps 63 bytes of a name: ${name} becomes ${kept}, and whoever looks for the whole name in the catalogs, a tool that compares schemas among them, does not find it. Choose a name of at most 63 bytes.`;
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);";

ruleTester.run("no-long-identifier", rule, {
  valid: [
    { name: "63 bytes", history: [orders], code: `CREATE INDEX ${cut} ON orders (id);` },
    { name: "63 bytes of several each", code: `CREATE TABLE "${"ä".repeat(31)}" (id bigint);` },
    {
      name: "a default name, which PostgreSQL shortens by itself",
      code: `CREATE TABLE ${cut.slice(0, 60)} (account_number bigint UNIQUE);`,
    },
    {
      name: "a name that is only used",
      history: [`${orders} ALTER TABLE orders ADD CONSTRAINT ${long} CHECK (id > 0);`],
      code: `ALTER TABLE orders DROP CONSTRAINT ${long};`,
    },
    { name: "a long text", code: `CREATE TYPE kind AS ENUM ('a');\nCOMMENT ON TYPE kind IS '${long}';` },
  ],
  invalid: [
    {
      name: "a constraint",
      history: [orders],
      code: `ALTER TABLE orders\n  ADD CONSTRAINT ${long} CHECK (id > 0);`,
      errors: [
        {
          message: message(long, cut),
          line: 2,
          column: 18,
          endLine: 2,
          endColumn: 86,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `ALTER TABLE orders\n  ADD CONSTRAINT ${cut} CHECK (id > 0);`,
            },
          ],
        },
      ],
    },
    {
      name: "a table, a column and an inline constraint, in quotes and in capitals",
      code: `CREATE TABLE "T${long}" (\n  ${long.toUpperCase()} bigint CONSTRAINT "C${long}" PRIMARY KEY\n);`,
      errors: [
        {
          message: message(`"T${long}"`, `"T${cut.slice(0, -1)}"`),
          line: 1,
          column: 14,
          endLine: 1,
          endColumn: 85,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `CREATE TABLE "T${cut.slice(0, -1)}" (\n  ${long.toUpperCase()} bigint CONSTRAINT "C${long}" PRIMARY KEY\n);`,
            },
          ],
        },
        {
          message: message(long, cut),
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 71,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `CREATE TABLE "T${long}" (\n  ${cut} bigint CONSTRAINT "C${long}" PRIMARY KEY\n);`,
            },
          ],
        },
        {
          message: message(`"C${long}"`, `"C${cut.slice(0, -1)}"`),
          line: 2,
          column: 90,
          endLine: 2,
          endColumn: 161,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `CREATE TABLE "T${long}" (\n  ${long.toUpperCase()} bigint CONSTRAINT "C${cut.slice(0, -1)}" PRIMARY KEY\n);`,
            },
          ],
        },
      ],
    },
    {
      name: "a policy",
      history: [orders],
      code: `CREATE POLICY ${long} ON orders USING (true);`,
      errors: [
        {
          message: message(long, cut),
          line: 1,
          column: 15,
          endLine: 1,
          endColumn: 83,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `CREATE POLICY ${cut} ON orders USING (true);`,
            },
          ],
        },
      ],
    },
    {
      name: "whole characters only",
      code: `CREATE TABLE "${"ä".repeat(32)}" (id bigint);`,
      errors: [
        {
          message: message(`"${"ä".repeat(32)}"`, `"${"ä".repeat(31)}"`),
          line: 1,
          column: 14,
          endLine: 1,
          endColumn: 48,
          suggestions: [
            { desc: "Write the name as PostgreSQL keeps it", output: `CREATE TABLE "${"ä".repeat(31)}" (id bigint);` },
          ],
        },
      ],
    },
    {
      name: "in a DO block",
      history: [orders],
      code: `DO $$ BEGIN\n  ALTER TABLE orders RENAME TO ${long};\nEND $$;`,
      errors: [
        {
          message: message(long, cut),
          line: 2,
          column: 32,
          endLine: 2,
          endColumn: 100,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `DO $$ BEGIN\n  ALTER TABLE orders RENAME TO ${cut};\nEND $$;`,
            },
          ],
        },
      ],
    },
    {
      name: "two names that become one",
      history: [orders],
      code: `CREATE INDEX ${long} ON orders (id);\nCREATE INDEX ${long}_2 ON orders (account_id);`,
      errors: [
        {
          message: message(long, cut),
          line: 1,
          column: 14,
          endLine: 1,
          endColumn: 82,
          suggestions: [
            {
              desc: "Write the name as PostgreSQL keeps it",
              output: `CREATE INDEX ${cut} ON orders (id);\nCREATE INDEX ${long}_2 ON orders (account_id);`,
            },
          ],
        },
        {
          message: `PostgreSQL keeps 63 bytes of a name: ${long}_2 becomes ${cut}, and so did ${long} (line 1): the statement fails. Choose a name that differs in its first 63 bytes.`,
          line: 2,
          column: 14,
          endLine: 2,
          endColumn: 84,
        },
      ],
    },
    {
      name: "one of base, and IF NOT EXISTS",
      history: [`${orders} CREATE INDEX ${long} ON orders (id);`],
      code: `CREATE INDEX IF NOT EXISTS ${long}_2 ON orders (account_id);`,
      errors: [
        {
          message: `PostgreSQL keeps 63 bytes of a name: ${long}_2 becomes ${cut}, and so did ${long} (db/migrations/0001.sql:1): with IF NOT EXISTS PostgreSQL makes nothing and goes on. Choose a name that differs in its first 63 bytes.`,
          line: 1,
          column: 28,
          endLine: 1,
          endColumn: 98,
        },
      ],
    },
  ],
});
