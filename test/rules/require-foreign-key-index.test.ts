import rule from "../../rules/require-foreign-key-index.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6 } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY, a int, b int, UNIQUE (a, b));";
const orders = `${accounts} CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, a int, b int);`;
const noIndex = (table: string, columns: string, referenced: string, remedy: string): string =>
  `No index of ${table} starts with ${columns}: each DELETE on ${referenced}, and each UPDATE of its key, reads all of ${table} to find the rows that name the old one. ${remedy}`;

ruleTester.run("require-foreign-key-index", rule, {
  valid: [
    {
      name: "an index two statements further on",
      history: [accounts],
      code: "CREATE TABLE notes (account_id bigint REFERENCES accounts);\nCREATE TABLE other (id bigint);\nCREATE INDEX ON notes (account_id, id);",
    },
    {
      name: "the primary key starts with it",
      history: [accounts],
      code: "CREATE TABLE details (account_id bigint REFERENCES accounts, n int, PRIMARY KEY (account_id, n));",
    },
    {
      name: "unique",
      history: [accounts],
      code: "CREATE TABLE details (account_id bigint UNIQUE REFERENCES accounts);",
    },
    {
      name: "two columns in another order",
      history: [accounts],
      code: "CREATE TABLE notes (a int, b int, c int, FOREIGN KEY (a, b) REFERENCES accounts (a, b));\nCREATE INDEX ON notes (b DESC, a, c);",
    },
    {
      name: "a hash index",
      history: [accounts],
      code: "CREATE TABLE notes (account_id bigint REFERENCES accounts);\nCREATE INDEX ON notes USING hash (account_id);",
    },
    {
      name: "partial, without the rows that name nothing",
      history: [accounts],
      code: "CREATE TABLE notes (account_id bigint REFERENCES accounts);\nCREATE INDEX ON notes (account_id) WHERE (account_id IS NOT NULL);",
    },
    {
      name: "an index of base",
      history: [`${orders} CREATE INDEX ON orders (account_id);`],
      code: "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;",
    },
    {
      name: "a foreign key of base",
      history: [`${orders} ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts;`],
      code: "ALTER TABLE orders ADD COLUMN note text;",
    },
    {
      name: "an old column of a table that no migration made",
      history: [accounts],
      code: "ALTER TABLE legacy ADD FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;",
    },
    {
      name: "a foreign key that is not enforced",
      history: [orders],
      postgres: 18,
      code: "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts NOT ENFORCED;",
    },
    {
      name: "a table listed as small",
      history: [orders],
      tables: { small: ["orders"] },
      code: "ALTER TABLE orders ADD FOREIGN KEY (account_id) REFERENCES accounts;",
    },
    {
      name: "a temporary table",
      history: [accounts],
      code: "CREATE TEMP TABLE a (id int PRIMARY KEY);\nCREATE TEMP TABLE notes (a int REFERENCES a);",
    },
    {
      name: "what a block may do afterwards is not known",
      history: [accounts],
      code: "CREATE TABLE notes (account_id bigint REFERENCES accounts);\nDO $$ BEGIN EXECUTE current_setting('app.ddl'); END $$;",
    },
  ],
  invalid: [
    {
      name: "a new table",
      history: [accounts],
      code: "CREATE TABLE notes (\n  id bigint PRIMARY KEY,\n  account_id bigint REFERENCES accounts\n);",
      errors: [
        {
          message: noIndex("notes", "account_id", "accounts", "Add CREATE INDEX ON notes (account_id)."),
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 40,
        },
      ],
    },
    {
      name: "indexes that find no equal values, leave rows out, or start with something else",
      history: [accounts],
      code: [
        "CREATE TABLE notes (id bigint, a int, b int, live boolean, CONSTRAINT n FOREIGN KEY (a, b) REFERENCES accounts (a, b));",
        "CREATE INDEX ON notes USING brin (a, b);",
        "CREATE INDEX ON notes (a, b) WHERE live;",
        "CREATE INDEX ON notes (id, a, b);",
        "CREATE INDEX ON notes (a);",
        "CREATE INDEX ON notes (a, (b + 1));",
      ].join("\n"),
      errors: [
        {
          message: noIndex("notes", "a, b", "accounts", "Add CREATE INDEX ON notes (a, b)."),
          line: 1,
          column: 60,
          endLine: 1,
          endColumn: 118,
        },
      ],
    },
    {
      name: "a table in use, where the tool opens a transaction",
      history: [orders],
      code: "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;",
      errors: [
        {
          message: noIndex(
            "orders",
            "account_id",
            "accounts",
            "Build one with CREATE INDEX CONCURRENTLY ON orders (account_id) in a migration of its own that runs outside a transaction.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 92,
        },
      ],
    },
    {
      name: "a new column of it, in Prisma",
      history: [orders],
      tool: prisma6,
      code: 'ALTER TABLE "orders" ADD COLUMN "payer_id" BIGINT;\nALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("payer_id") REFERENCES "accounts"("id");',
      errors: [
        {
          message: noIndex(
            "orders",
            "payer_id",
            "accounts",
            "Build one with CREATE INDEX CONCURRENTLY ON orders (payer_id) in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          ),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 94,
        },
      ],
    },
    {
      name: "a new column of a table that no migration made",
      history: [accounts],
      code: "ALTER TABLE legacy ADD COLUMN payer_id bigint REFERENCES accounts;",
      errors: [
        {
          message: noIndex(
            "legacy",
            "payer_id",
            "accounts",
            "Build one with CREATE INDEX CONCURRENTLY ON legacy (payer_id) in a migration of its own that runs outside a transaction.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 66,
        },
      ],
    },
    {
      name: "a partitioned table in use",
      history: [`${accounts} CREATE TABLE events (account_id bigint, at date) PARTITION BY RANGE (at);`],
      code: "ALTER TABLE events ADD FOREIGN KEY (account_id) REFERENCES accounts;",
      errors: [
        {
          message: noIndex(
            "events",
            "account_id",
            "accounts",
            "Build one on each partition with CREATE INDEX CONCURRENTLY, create it on the parent with CREATE INDEX … ON ONLY events (account_id), and join them with ALTER INDEX … ATTACH PARTITION.",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 68,
        },
      ],
    },
    {
      name: "Drizzle, which runs nothing outside its transaction",
      history: [orders],
      tool: drizzle,
      code: 'ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id");',
      errors: [
        {
          message: noIndex("orders", "account_id", "accounts", drizzle.withoutOutside ?? ""),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 105,
        },
      ],
    },
  ],
});
