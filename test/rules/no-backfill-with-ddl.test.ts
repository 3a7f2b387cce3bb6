import rule from "../../rules/no-backfill-with-ddl.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY, name text);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric);";
const addColumn = "ALTER TABLE orders ADD COLUMN paid boolean;";
const update = "UPDATE orders SET paid = false;";

ruleTester.run("no-backfill-with-ddl", rule, {
  valid: [
    { name: "a backfill alone", history: [orders], code: update },
    { name: "a backfill before the lock", history: [orders], code: `UPDATE orders SET total = 0;\n${addColumn}` },
    { name: "files that commit each", history: [orders], pending: [addColumn], code: update },
    { name: "statements that commit each", history: [orders], tool: prisma7, code: `${addColumn}\n${update}` },
    { name: "a runner that is not known", history: [orders], tool: unknownRunner, code: `${addColumn}\n${update}` },
    { name: "behind COMMIT", history: [orders], tool: unknownRunner, code: `BEGIN;\n${addColumn}\nCOMMIT;\n${update}` },
    {
      name: "some rows",
      history: [orders],
      code: `${addColumn}\nUPDATE orders SET paid = false WHERE id = 1;\nINSERT INTO orders (id) SELECT id FROM accounts WHERE id = 7;`,
    },
    {
      name: "a lock on a table of this change",
      history: [orders],
      pending: [accounts],
      code: "ALTER TABLE accounts ADD COLUMN note text;\nUPDATE orders SET total = 0;",
    },
    {
      name: "a backfill of a table of this change",
      history: [orders],
      code: `${addColumn}\n${accounts}\nUPDATE accounts SET name = '';`,
    },
    {
      name: "a small table",
      history: [orders],
      tables: { small: ["orders"] },
      code: `${addColumn}\n${update}`,
    },
    {
      name: "a lock that blocks neither reads nor writes",
      history: [orders],
      code: "COMMENT ON TABLE orders IS 'x';\nUPDATE orders SET total = 0;",
    },
    {
      name: "the lock of a table that the transaction drops",
      history: [orders, accounts],
      code: "DROP TABLE accounts;\nUPDATE orders SET total = 0;",
    },
    { name: "DELETE, which is no backfill", history: [orders], code: `${addColumn}\nDELETE FROM orders;` },
    {
      name: "a block that backfills first",
      history: [orders],
      code: `DO $$ BEGIN\n  UPDATE orders SET total = 0;\n  ${addColumn}\nEND $$;`,
    },
  ],
  invalid: [
    {
      name: "an UPDATE behind ADD COLUMN",
      history: [orders],
      code: `${addColumn}\n${update}`,
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and since line 1 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders waits until it ends. Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its own that runs outside a transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 31,
        },
      ],
    },
    {
      name: "of the rows whose new column is NULL, which are all",
      history: [orders],
      code: `${addColumn}\nUPDATE orders SET paid = false WHERE paid IS NULL;`,
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and since line 1 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders waits until it ends. Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its own that runs outside a transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 50,
        },
      ],
    },
    {
      name: "over two files of one transaction, with a weaker lock before the one on all queries",
      history: [accounts, orders],
      pending: [
        'CREATE TABLE "payments" ("account_id" bigint REFERENCES "accounts"("id"));\nALTER TABLE "orders" ADD COLUMN "paid" boolean;',
      ],
      tool: drizzle,
      code: '-- backfill\nUPDATE "orders" SET "paid" = false;',
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and since db/migrations/0003.sql:2 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders waits until it ends. Do it in batches that commit each, in a script beside the migrations: Drizzle runs those in a transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 35,
        },
      ],
    },
    {
      name: "a copy, while writes to another table wait",
      history: [accounts, orders],
      tool: prisma6,
      code: 'CREATE TABLE "payments" ("id" BIGINT NOT NULL, "account_id" BIGINT REFERENCES "accounts"("id"));\nINSERT INTO "payments" ("id") SELECT "id" FROM "orders";',
      errors: [
        {
          message:
            "Copying every row of orders into payments takes as long as there are rows, and since line 1 the transaction holds SHARE ROW EXCLUSIVE on accounts: every INSERT, UPDATE and DELETE on accounts waits until it ends. Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with several statements as one transaction.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 56,
        },
      ],
    },
    {
      name: "both in one DO block",
      history: [orders],
      tool: unknownRunner,
      code: `SELECT 1;\nDO $$ BEGIN\n  ${addColumn}\n  ${update}\nEND $$;`,
      errors: [
        {
          message:
            "Updating every row of orders takes as long as there are rows, and since line 3 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders waits until it ends. Do it in batches that commit each, with COMMIT in the loop of a DO block in a file of its own that your runner sends without a transaction.",
          line: 4,
          column: 3,
          endLine: 4,
          endColumn: 33,
        },
      ],
    },
  ],
});
