import rule from "../../rules/prefer-bigint-key.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6 } from "./tools.js";

const narrowKey = (column: string, table: string, type: string, last: string, declare: string): string =>
  `${column}, the key of ${table}, is ${type}: every INSERT behind ${last} fails, and widening it then rewrites ${table} and each table that names it while every query on them waits. Declare it as ${declare}.`;

ruleTester.run("prefer-bigint-key", rule, {
  valid: [
    { name: "bigint", code: "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);" },
    { name: "bigserial", code: "CREATE TABLE orders (id bigserial PRIMARY KEY);" },
    { name: "uuid", code: "CREATE TABLE orders (id uuid PRIMARY KEY);" },
    { name: "a column that is no key", code: "CREATE TABLE orders (id bigint PRIMARY KEY, count integer UNIQUE);" },
    {
      name: "one of several columns that count nothing",
      code: "CREATE TABLE months (year integer, month smallint, PRIMARY KEY (year, month));",
    },
    {
      name: "as wide as the key that it names",
      history: ["CREATE TABLE orders (id integer PRIMARY KEY);"],
      code: "CREATE TABLE details (order_id integer PRIMARY KEY REFERENCES orders);",
    },
    {
      name: "a table that no migration made",
      code: "CREATE TABLE notes (id bigint PRIMARY KEY, user_id integer REFERENCES auth.users (id));",
    },
    {
      name: "the key of base",
      history: ["CREATE TABLE orders (id integer PRIMARY KEY);"],
      code: "ALTER TABLE orders ADD COLUMN note text;",
    },
    {
      name: "widened afterwards",
      code: "CREATE TABLE orders (id integer PRIMARY KEY);\nALTER TABLE orders ALTER COLUMN id TYPE bigint;",
    },
    {
      name: "a table listed as small",
      tables: { small: ["countries"] },
      code: "CREATE TABLE countries (id smallint PRIMARY KEY);",
    },
    { name: "a temporary table", code: "CREATE TEMPORARY TABLE batch (id integer PRIMARY KEY);" },
    {
      name: "a foreign key that is dropped again",
      history: ["CREATE TABLE accounts (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE notes (id bigint PRIMARY KEY, account_id integer CONSTRAINT named REFERENCES accounts);\nALTER TABLE notes DROP CONSTRAINT named;",
    },
  ],
  invalid: [
    {
      name: "serial",
      code: "CREATE TABLE orders (\n  id SERIAL PRIMARY KEY,\n  note text\n);",
      errors: [
        {
          message: narrowKey("id", "orders", "SERIAL", "2147483647", "bigserial"),
          line: 2,
          column: 3,
          endLine: 2,
          endColumn: 24,
          suggestions: [
            {
              desc: "Make it bigserial",
              output: "CREATE TABLE orders (\n  id bigserial PRIMARY KEY,\n  note text\n);",
            },
          ],
        },
      ],
    },
    {
      name: "a key that a later statement makes, in Prisma",
      tool: prisma6,
      code: 'CREATE TABLE "Order" ("id" SMALLINT NOT NULL);\nALTER TABLE "Order" ADD PRIMARY KEY ("id");',
      errors: [
        {
          message: narrowKey("id", '"Order"', "SMALLINT", "32767", "bigint (BigInt in the Prisma schema)"),
          line: 1,
          column: 23,
          endLine: 1,
          endColumn: 45,
          suggestions: [
            {
              desc: "Make it bigint",
              output: 'CREATE TABLE "Order" ("id" bigint NOT NULL);\nALTER TABLE "Order" ADD PRIMARY KEY ("id");',
            },
          ],
        },
      ],
    },
    {
      name: "a domain over integer, and one column of a key that counts",
      tool: drizzle,
      history: ["CREATE DOMAIN key AS integer;"],
      code: "CREATE TABLE a (id key PRIMARY KEY);\nCREATE TABLE b (n integer GENERATED ALWAYS AS IDENTITY, at date, PRIMARY KEY (n, at)) PARTITION BY RANGE (at);",
      errors: [
        {
          message: narrowKey("id", "a", "key", "2147483647", "bigint (bigint() or bigserial() in the Drizzle schema)"),
          line: 1,
          column: 17,
          endLine: 1,
          endColumn: 35,
          suggestions: [
            {
              desc: "Make it bigint",
              output:
                "CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (n integer GENERATED ALWAYS AS IDENTITY, at date, PRIMARY KEY (n, at)) PARTITION BY RANGE (at);",
            },
          ],
        },
        {
          message: narrowKey(
            "n",
            "b",
            "integer",
            "2147483647",
            "bigint (bigint() or bigserial() in the Drizzle schema)",
          ),
          line: 2,
          column: 17,
          endLine: 2,
          endColumn: 55,
          suggestions: [
            {
              desc: "Make it bigint",
              output:
                "CREATE TABLE a (id key PRIMARY KEY);\nCREATE TABLE b (n bigint GENERATED ALWAYS AS IDENTITY, at date, PRIMARY KEY (n, at)) PARTITION BY RANGE (at);",
            },
          ],
        },
      ],
    },
    {
      name: "a new column of a table in use",
      history: ["CREATE TABLE visits (at date);"],
      code: "ALTER TABLE visits ADD COLUMN no serial PRIMARY KEY;",
      errors: [
        {
          message: narrowKey("no", "visits", "serial", "2147483647", "bigserial"),
          line: 1,
          column: 31,
          endLine: 1,
          endColumn: 52,
          suggestions: [
            { desc: "Make it bigserial", output: "ALTER TABLE visits ADD COLUMN no bigserial PRIMARY KEY;" },
          ],
        },
      ],
    },
    {
      name: "narrower than the key that it names",
      history: ["CREATE TABLE accounts (id bigint PRIMARY KEY);"],
      code: "CREATE TABLE notes (id bigint PRIMARY KEY, account_id integer, by smallint REFERENCES accounts, FOREIGN KEY (account_id) REFERENCES accounts (id));",
      errors: [
        {
          message:
            "by of notes is smallint and names id of accounts, which is bigint: no row of notes can name one behind 32767. Declare it as bigint.",
          line: 1,
          column: 64,
          endLine: 1,
          endColumn: 95,
        },
        {
          message:
            "account_id of notes is integer and names id of accounts, which is bigint: no row of notes can name one behind 2147483647. Declare it as bigint.",
          line: 1,
          column: 97,
          endLine: 1,
          endColumn: 146,
        },
      ],
    },
    {
      name: "one column of two, new and with rows",
      history: [
        "CREATE TABLE lines (a integer, b bigint, PRIMARY KEY (b, a));",
        "CREATE TABLE notes (a integer, b integer);",
      ],
      code: "ALTER TABLE notes ADD CONSTRAINT notes_fk FOREIGN KEY (b, a) REFERENCES lines NOT VALID;\nALTER TABLE notes ADD COLUMN c int;\nALTER TABLE notes ADD FOREIGN KEY (c, a) REFERENCES lines (b, a) NOT VALID;",
      errors: [
        {
          message:
            "b of notes is integer and names b of lines, which is bigint: no row of notes can name one behind 2147483647. Widening it rewrites notes: add a column of type bigint beside it, fill that in batches, and give it the foreign key.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 88,
        },
        {
          message:
            "c of notes is int and names b of lines, which is bigint: no row of notes can name one behind 2147483647. Declare it as bigint.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 75,
        },
      ],
    },
  ],
});
