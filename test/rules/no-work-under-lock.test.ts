import rule from "../../rules/no-work-under-lock.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY);";
const users = "CREATE TABLE users (id bigint PRIMARY KEY);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric);";
const notValid = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;";
const addColumn = "ALTER TABLE orders ADD COLUMN note text;";
const update = "UPDATE orders SET total = 0;";

ruleTester.run("no-work-under-lock", rule, {
  valid: [
    { name: "work with no lock before it", history: [orders], code: update },
    { name: "work before the lock", history: [orders], code: `${update}\n${addColumn}` },
    { name: "a lock that blocks no query", history: [orders], code: `COMMENT ON TABLE orders IS 'x';\n${update}` },
    {
      name: "the row locks of another backfill",
      history: [orders, accounts],
      code: `UPDATE accounts SET id = id;\n${update}`,
    },
    { name: "files that commit each", history: [orders], pending: [addColumn], code: update },
    {
      name: "a runner that sends each statement alone",
      history: [orders],
      tool: prisma7,
      code: `${addColumn}\n${update}`,
    },
    { name: "a runner that is not known", history: [orders], tool: unknownRunner, code: `${addColumn}\n${update}` },
    { name: "behind COMMIT", history: [orders], tool: unknownRunner, code: `BEGIN;\n${addColumn}\nCOMMIT;\n${update}` },
    {
      name: "the lock of a table of this change",
      history: [orders],
      pending: [accounts],
      code: `ALTER TABLE accounts ADD COLUMN note text;\n${update}`,
    },
    {
      name: "work on a table of this change",
      history: [orders],
      pending: [accounts],
      code: `${addColumn}\nUPDATE accounts SET id = 1;\nCREATE INDEX i ON accounts (id);`,
    },
    {
      name: "the foreign key of a table of this change, which has no rows to look up",
      history: [orders],
      code: "CREATE TABLE items (id bigint, order_id bigint REFERENCES orders);\nALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES orders;",
    },
    {
      name: "with a WHERE, which an index may serve",
      history: [orders],
      code: `${addColumn}\nUPDATE orders SET total = 0 WHERE id = 1;\nDELETE FROM orders WHERE id = 2;\nINSERT INTO orders (id) SELECT id FROM orders WHERE id = 3;`,
    },
    {
      name: "rows that the migration brings along",
      history: [orders],
      code: `${addColumn}\nINSERT INTO orders (id) VALUES (1), ((SELECT max(id) FROM orders));`,
    },
    {
      name: "a table without its rows",
      history: [orders],
      code: `${addColumn}\nCREATE TABLE copy AS SELECT * FROM orders WITH NO DATA;`,
    },
    {
      name: "CONCURRENTLY, which fails in a transaction",
      history: [orders],
      code: `${addColumn}\nCREATE INDEX CONCURRENTLY i ON orders (id);\nREINDEX TABLE CONCURRENTLY orders;`,
    },
    {
      name: "VALIDATE beside a clause that needs no more of a lock",
      history: [orders, notValid],
      code: "ALTER TABLE orders ALTER COLUMN total SET STATISTICS 100, VALIDATE CONSTRAINT positive;",
    },
    {
      name: "VALIDATE of a constraint that is valid",
      history: [orders, notValid, "ALTER TABLE orders VALIDATE CONSTRAINT positive;"],
      code: `${addColumn}\nALTER TABLE orders VALIDATE CONSTRAINT positive;`,
    },
    {
      name: "the lock of a table that the transaction drops",
      history: [orders, accounts],
      code: `DROP TABLE accounts;\n${update}`,
    },
    {
      name: "a domain that no table uses",
      history: [orders, "CREATE DOMAIN email AS text;"],
      code: `${addColumn}\nALTER DOMAIN email ADD CHECK (VALUE <> '');`,
    },
  ],
  invalid: [
    {
      name: "a backfill behind ADD COLUMN",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN paid boolean;\nUPDATE orders SET paid = false;",
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on orders waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 31,
        },
      ],
    },
    {
      name: "over two files of one transaction",
      history: [orders],
      pending: ['ALTER TABLE "orders" ADD COLUMN "paid" boolean;'],
      tool: drizzle,
      code: '-- backfill\nUPDATE "orders" SET "paid" = false;',
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and meanwhile the transaction holds the lock of db/migrations/0002.sql:1: every query on orders waits until it ends. Do it in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 35,
        },
      ],
    },
    {
      name: "Prisma before 7.4, work on another table than the locked one",
      history: [accounts, orders],
      tool: prisma6,
      code: 'CREATE TABLE "payments" ("id" BIGINT NOT NULL, "account_id" BIGINT REFERENCES "accounts"("id"));\nINSERT INTO "payments" ("id") SELECT "id" FROM "orders";',
      errors: [
        {
          message:
            "Copying rows of orders into payments takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every INSERT, UPDATE and DELETE on accounts waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 56,
        },
      ],
    },
    {
      name: "several locks, in a transaction that the file opens",
      history: [accounts, orders, users],
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE orders ADD COLUMN user_id bigint;\nALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\nDELETE FROM accounts;\nCOMMIT;",
      errors: [
        {
          message:
            "Deleting every row of accounts takes as long as there are rows, and meanwhile the transaction holds the lock of line 2: every query on orders and every INSERT, UPDATE and DELETE on users wait until it ends. Do it after COMMIT.",
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 21,
        },
      ],
    },
    {
      name: "VALIDATE of an earlier constraint",
      history: [orders, notValid],
      code: "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders VALIDATE CONSTRAINT positive;",
      errors: [
        {
          message:
            "Validating positive of orders takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on orders waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 48,
        },
      ],
    },
    {
      name: "VALIDATE beside a clause that needs a stronger lock",
      history: [orders, notValid],
      tool: prisma7,
      code: "ALTER TABLE orders\n  ALTER COLUMN total SET DEFAULT 1,\n  VALIDATE CONSTRAINT positive;",
      errors: [
        {
          message:
            "Validating positive of orders takes as long as there are rows, and other clauses of this statement need a stronger lock: every query on orders waits until it is done. Give it a statement of its own, after it.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 31,
        },
      ],
    },
    {
      name: "an index of a materialized view, which is no hazard alone",
      history: [orders, "CREATE MATERIALIZED VIEW totals AS SELECT sum(total) AS s FROM orders;"],
      code: "ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX totals_idx ON totals (s);\nREFRESH MATERIALIZED VIEW totals;",
      errors: [
        {
          message:
            "Building totals_idx on totals takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on orders waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 38,
        },
        {
          message:
            "Refreshing totals takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on orders waits until it ends. Do it in a later migration.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 33,
        },
      ],
    },
    {
      name: "CREATE TABLE AS, MERGE and a domain",
      history: [orders, users, "CREATE DOMAIN email AS text; CREATE TABLE people (email email);"],
      code: "ALTER TABLE users RENAME COLUMN id TO key;\nCREATE TABLE copy AS SELECT * FROM orders;\nMERGE INTO orders USING copy ON copy.id = orders.id WHEN MATCHED THEN UPDATE SET total = 0;\nALTER DOMAIN email ADD CHECK (VALUE <> '');",
      errors: [
        {
          message:
            "Filling copy from orders takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on users waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 42,
        },
        {
          message:
            "Merging into orders takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on users waits until it ends. Do it in a later migration.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 91,
        },
        {
          message:
            "Reading every row of the tables takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on users waits until it ends. Do it in a later migration.",
          line: 4,
          column: 1,
          endLine: 4,
          endColumn: 43,
        },
      ],
    },
    {
      name: "where another rule speaks in its place",
      history: [accounts, orders],
      code: "ALTER TABLE accounts ADD COLUMN note text;\nALTER TABLE orders ADD CHECK (total > 0);",
      errors: [
        {
          message:
            "Reading every row of orders takes as long as there are rows, and meanwhile the transaction holds the lock of line 1: every query on accounts waits until it ends. Do it in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 41,
        },
      ],
    },
  ],
});
