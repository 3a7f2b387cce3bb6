import rule from "../../rules/require-lock-timeout.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY);";
const orders =
  "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts, note text, total int);";
const history = [accounts, orders];
const drop = "ALTER TABLE orders DROP COLUMN note;";
const positive = "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 1) NOT VALID;";
const index = "CREATE INDEX CONCURRENTLY i ON orders (account_id);";

const message =
  "While this waits for its lock on orders, all queries there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '5s' before it: it then gives up, and can be run again.";

/** A finding on a whole line. */
function line(number: number, code: string, before = "SET lock_timeout = '5s';\n", text = message) {
  const lines = code.split("\n");
  const found = lines[number - 1] ?? "";
  return {
    message: text,
    line: number,
    column: 1,
    endLine: number,
    endColumn: found.length,
    suggestions: [
      {
        desc: `Put ${/SET lock_timeout = \S+(?=;)/.exec(before)?.[0] ?? ""} before it`,
        output: lines.with(number - 1, before + found).join("\n"),
      },
    ],
  };
}

ruleTester.run("require-lock-timeout", rule, {
  valid: [
    { name: "set before", history, code: `SET lock_timeout = '5s';\n${drop}` },
    { name: "in milliseconds", history, code: `SET lock_timeout TO 2000;\n${drop}` },
    { name: "set_config", history, code: `SELECT set_config('lock_timeout', '5s', false);\n${drop}` },
    { name: "SET LOCAL in a transaction", history, code: `SET LOCAL lock_timeout = '5s';\n${drop}` },
    {
      name: "SET LOCAL behind BEGIN",
      history,
      tool: unknownRunner,
      code: `BEGIN;\nSET LOCAL lock_timeout = '5s';\n${drop}\nCOMMIT;`,
    },
    { name: "on the connection or role", history, session: { lock_timeout: "3s" }, code: drop },
    { name: "as long as max", history, options: [{ max: "30s" }], code: `SET lock_timeout = '30s';\n${drop}` },
    { name: "a table of this change", pending: history, code: drop },
    {
      name: "an earlier file of the change has been told",
      history,
      pending: ["ALTER TABLE orders DROP COLUMN total;"],
      code: drop,
    },
    {
      name: "a weaker lock",
      history,
      tool: unknownRunner,
      code: `${index}\nALTER TABLE orders VALIDATE CONSTRAINT x;`,
    },
    { name: "LOCK TABLE that does not wait", history, code: "LOCK TABLE orders IN EXCLUSIVE MODE NOWAIT;" },
    {
      name: "a table that the transaction has locked without waiting",
      history,
      code: `LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;\n${drop}`,
    },
    { name: "NOWAIT on a hot table", history, tables: { hot: ["orders"] }, code: "LOCK TABLE orders NOWAIT;" },
    {
      name: "what nearly every change does, on a table that is not the hot one",
      history,
      tables: { hot: ["accounts", "app.orders", "order"] },
      code: "ALTER TABLE orders ADD COLUMN due date;",
    },
    { name: "rows only", history, code: "UPDATE orders SET total = 0 WHERE id = 1;" },
    {
      name: "what nearly every change does",
      history,
      code: [
        "CREATE TABLE payments (order_id bigint REFERENCES orders, account_id bigint REFERENCES accounts);",
        "CREATE INDEX payments_order_idx ON payments (order_id);",
        "ALTER TABLE orders ADD COLUMN due date;",
        "ALTER TABLE orders ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();",
        "CREATE VIEW due_orders AS SELECT id FROM orders WHERE due IS NOT NULL;",
      ].join("\n"),
    },
    {
      name: "the foreign keys of a new table, as tools write them",
      history,
      tool: prisma6,
      code: `CREATE TABLE "payments" ("order_id" bigint);\nALTER TABLE "payments" ADD CONSTRAINT "fk" FOREIGN KEY ("order_id") REFERENCES "orders"("id");`,
    },
    {
      name: "a longer one for a concurrent build",
      history,
      tool: unknownRunner,
      code: `SET lock_timeout = '10min';\n${index}`,
    },
    {
      name: "a concurrent build that a transaction refuses",
      history,
      session: { lock_timeout: "3s" },
      code: index,
    },
    {
      name: "none for a concurrent build",
      history,
      tool: unknownRunner,
      session: { lock_timeout: "3s" },
      code: `SET lock_timeout = 0;\n${index}`,
    },
  ],
  invalid: [
    ...["orders", "public.orders", "ord*", "*.orders", "*"].map((pattern) => ({
      name: `what nearly every change does, on a hot table: ${pattern}`,
      history,
      tables: { hot: [pattern] },
      code: "ALTER TABLE orders ADD COLUMN due date;",
      errors: [
        line(
          1,
          "ALTER TABLE orders ADD COLUMN due date;",
          undefined,
          `${message} The configuration lists orders as hot.`,
        ),
      ],
    })),
    {
      name: "in a migration that is edited, behind what it made before in another way",
      history,
      was: "ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID;",
      code: `${positive}\n${drop}`,
      errors: [line(2, `${positive}\n${drop}`)],
    },
    {
      name: "a new table whose foreign key locks a hot one",
      history,
      tables: { hot: ["accounts"] },
      code: "CREATE TABLE payments (account_id bigint REFERENCES accounts);",
      errors: [
        line(
          1,
          "CREATE TABLE payments (account_id bigint REFERENCES accounts);",
          undefined,
          "While this waits for its lock on accounts, all INSERTs, UPDATEs and DELETEs there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '5s' before it: it then gives up, and can be run again. The configuration lists accounts as hot.",
        ),
      ],
    },
    { name: "not set", history, code: drop, errors: [line(1, drop)] },
    {
      name: "once, at the first statement",
      history,
      code: `ALTER TABLE orders ADD COLUMN due date;\n${drop}\nALTER TABLE orders DROP COLUMN total;`,
      errors: [line(2, `ALTER TABLE orders ADD COLUMN due date;\n${drop}\nALTER TABLE orders DROP COLUMN total;`)],
    },
    {
      name: "at a statement that only needs the timeout, rather than at one that needs another form",
      history,
      tool: unknownRunner,
      code: `CREATE INDEX i ON orders (account_id);\n${drop}`,
      errors: [line(2, `CREATE INDEX i ON orders (account_id);\n${drop}`)],
    },
    {
      name: "rather than at DROP INDEX, which has another form too",
      history: [...history, "CREATE INDEX i ON orders (account_id);"],
      tool: unknownRunner,
      code: `DROP INDEX i;\n${drop}`,
      errors: [line(2, `DROP INDEX i;\n${drop}`)],
    },
    {
      name: "where there is no other",
      history,
      tool: unknownRunner,
      code: "CREATE INDEX i ON orders (account_id);",
      errors: [
        line(
          1,
          "CREATE INDEX i ON orders (account_id);",
          undefined,
          "While this waits for its lock on orders, all INSERTs, UPDATEs and DELETEs there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '5s' before it: it then gives up, and can be run again.",
        ),
      ],
    },
    {
      name: "one clause of several",
      history,
      code: "ALTER TABLE orders\n  ADD COLUMN due date,\n  DROP COLUMN note;",
      errors: [
        {
          message,
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 19,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "SET lock_timeout = '5s';\nALTER TABLE orders\n  ADD COLUMN due date,\n  DROP COLUMN note;",
            },
          ],
        },
      ],
    },
    {
      name: "set behind it",
      history,
      code: `${drop}\nSET lock_timeout = '5s';`,
      errors: [line(1, `${drop}\nSET lock_timeout = '5s';`)],
    },
    {
      name: "0 is none",
      history,
      code: `SET lock_timeout = 0;\n${drop}`,
      errors: [line(2, `SET lock_timeout = 0;\n${drop}`)],
    },
    {
      name: "SET LOCAL outside a transaction",
      history,
      tool: prisma7,
      code: `SET LOCAL lock_timeout = '5s';\n${drop}`,
      errors: [line(2, `SET LOCAL lock_timeout = '5s';\n${drop}`)],
    },
    {
      name: "longer than 10 s",
      history,
      code: `SET lock_timeout = '1 min';\n${drop}`,
      errors: [
        line(
          2,
          `SET lock_timeout = '1 min';\n${drop}`,
          undefined,
          "While this waits for its lock on orders, all queries there wait behind it, and lock_timeout lets that last 1min. Make it 10s at most: it then gives up, and can be run again.",
        ),
      ],
    },
    {
      name: "longer than max",
      history,
      options: [{ max: "2s" }],
      session: { lock_timeout: "3s" },
      code: drop,
      errors: [
        line(
          1,
          drop,
          "SET lock_timeout = '2s';\n",
          "While this waits for its lock on orders, all queries there wait behind it, and lock_timeout lets that last 3s. Make it 2s at most: it then gives up, and can be run again.",
        ),
      ],
    },
    {
      name: "dropping a foreign key locks both tables",
      history,
      code: "ALTER TABLE orders DROP CONSTRAINT orders_account_id_fkey;",
      errors: [
        line(
          1,
          "ALTER TABLE orders DROP CONSTRAINT orders_account_id_fkey;",
          undefined,
          "While this waits for its lock on orders and accounts, all queries there wait behind it, and no lock_timeout ends that. Put SET lock_timeout = '5s' before it: it then gives up, and can be run again.",
        ),
      ],
    },
    {
      name: "Drizzle: one statement at a time",
      history,
      tool: drizzle,
      code: drop,
      errors: [line(1, drop, "SET lock_timeout = '5s';\n--> statement-breakpoint\n")],
    },
    {
      name: "Prisma before 7.4: a second statement would make it a transaction, which DROP COLUMN can bear",
      history,
      tool: prisma6,
      code: drop,
      errors: [
        {
          message,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 36,
          suggestions: [{ desc: "Put SET lock_timeout = '5s' before it", output: `SET lock_timeout = '5s';\n${drop}` }],
        },
      ],
    },
    {
      name: "a short one during a concurrent build, each time",
      history,
      tool: unknownRunner,
      code: `SET lock_timeout = '5s';\n${index}\nREINDEX TABLE CONCURRENTLY orders;`,
      errors: [2, 3].map((number) =>
        line(
          number,
          `SET lock_timeout = '5s';\n${index}\nREINDEX TABLE CONCURRENTLY orders;`,
          "SET lock_timeout = 0;\n",
          "lock_timeout is 5s here, and this waits for every older transaction to end: if one lasts longer, it fails and leaves an invalid index behind. Put SET lock_timeout = 0 before it.",
        ),
      ),
    },
    {
      name: "a short one during a concurrent build that must be the only statement",
      history,
      tool: prisma6,
      session: { lock_timeout: "3s" },
      code: index,
      errors: [
        {
          message:
            "lock_timeout is 3s here, and this waits for every older transaction to end: if one lasts longer, it fails and leaves an invalid index behind. Run this migration over a connection that sets none.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
  ],
});
