import rule from "../../rules/require-statement-timeout.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, note text, total int);";
const history = [orders];
const drop = "ALTER TABLE orders DROP COLUMN note;";
const index = "CREATE INDEX CONCURRENTLY i ON orders (account_id);";

const missing =
  "While this runs, all queries on orders wait, and no statement_timeout ends that. Put SET statement_timeout = '1min' before it: it is then cancelled, and can be run again.";

/** A finding on a whole line. */
function line(number: number, code: string, before = "SET statement_timeout = '1min';\n", text = missing) {
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
        desc: `Put ${/SET statement_timeout = \S+(?=;)/.exec(before)?.[0] ?? ""} before it`,
        output: lines.with(number - 1, before + found).join("\n"),
      },
    ],
  };
}

ruleTester.run("require-statement-timeout", rule, {
  valid: [
    { name: "set before", history, code: `SET statement_timeout = '5min';\n${drop}` },
    { name: "for the transaction only", history, code: `SET LOCAL statement_timeout = '1min';\n${drop}` },
    { name: "on the connection or role", history, session: { statement_timeout: "30s" }, code: drop },
    { name: "of the transaction as a whole", history, session: { transaction_timeout: "2min" }, code: drop },
    { name: "as long as max", history, options: [{ max: "1h" }], session: { statement_timeout: "1h" }, code: drop },
    { name: "a table of this change", pending: history, code: drop },
    { name: "what nearly every change does", history, code: "ALTER TABLE orders ADD COLUMN due date;" },
    {
      name: "a lock that lets writes through",
      history,
      tool: unknownRunner,
      code: `${index}\nALTER TABLE orders VALIDATE CONSTRAINT x;`,
    },
    { name: "rows only", history, code: "UPDATE orders SET total = 0 WHERE id = 1;" },
    {
      name: "a long one during a concurrent build",
      history,
      tool: prisma7,
      code: `SET statement_timeout = '2h';\n${index}`,
    },
    {
      name: "a short one during the concurrent build of a small table",
      history,
      tool: prisma7,
      tables: { small: ["orders"] },
      code: `SET statement_timeout = '1min';\n${index}`,
    },
    {
      name: "a concurrent build that fails at once, in a transaction",
      history,
      code: `SET statement_timeout = '1min';\n${index}`,
    },
  ],
  invalid: [
    { name: "not set", history, code: drop, errors: [line(1, drop)] },
    {
      name: "a lock_timeout does not end the work",
      history,
      session: { lock_timeout: "5s" },
      code: drop,
      errors: [line(1, drop)],
    },
    {
      name: "once, at the first statement that does more than nearly every change",
      history,
      code: `ALTER TABLE orders ADD COLUMN due date;\n${drop}\nALTER TABLE orders DROP COLUMN total;`,
      errors: [line(2, `ALTER TABLE orders ADD COLUMN due date;\n${drop}\nALTER TABLE orders DROP COLUMN total;`)],
    },
    {
      name: "0 is none",
      history,
      code: `SET statement_timeout = 0;\n${drop}`,
      errors: [line(2, `SET statement_timeout = 0;\n${drop}`)],
    },
    {
      name: "longer than five minutes",
      history,
      code: `SET statement_timeout = '15min';\n${drop}`,
      errors: [
        line(
          2,
          `SET statement_timeout = '15min';\n${drop}`,
          undefined,
          "While this runs, all queries on orders wait, and statement_timeout lets that last 15min. Make it 5min at most: it is then cancelled, and can be run again.",
        ),
      ],
    },
    {
      name: "longer than max, which is shorter than what is suggested otherwise",
      history,
      options: [{ max: "10s" }],
      session: { statement_timeout: "1min" },
      code: drop,
      errors: [
        line(
          1,
          drop,
          "SET statement_timeout = '10s';\n",
          "While this runs, all queries on orders wait, and statement_timeout lets that last 1min. Make it 10s at most: it is then cancelled, and can be run again.",
        ),
      ],
    },
    {
      name: "what nearly every change does, on a hot table that only writers wait for",
      history,
      tables: { hot: ["orders"] },
      code: "CREATE TABLE items (order_id bigint REFERENCES orders);",
      errors: [
        line(
          1,
          "CREATE TABLE items (order_id bigint REFERENCES orders);",
          undefined,
          "While this runs, all INSERTs, UPDATEs and DELETEs on orders wait, and no statement_timeout ends that. Put SET statement_timeout = '1min' before it: it is then cancelled, and can be run again. The configuration lists orders as hot.",
        ),
      ],
    },
    {
      name: "Drizzle: one statement at a time",
      history,
      tool: drizzle,
      code: drop,
      errors: [line(1, drop, "SET statement_timeout = '1min';\n--> statement-breakpoint\n")],
    },
    {
      name: "a short one during a concurrent build, each time",
      history,
      tool: prisma7,
      code: `SET statement_timeout = '1min';\n${index}\nREINDEX TABLE CONCURRENTLY orders;`,
      errors: [2, 3].map((number) =>
        line(
          number,
          `SET statement_timeout = '1min';\n${index}\nREINDEX TABLE CONCURRENTLY orders;`,
          "SET statement_timeout = 0;\n",
          "statement_timeout is 1min here: if this takes longer, it fails and leaves an invalid index behind. Put SET statement_timeout = 0 before it.",
        ),
      ),
    },
    {
      name: "a short one during a concurrent build that must be the only statement",
      history,
      tool: prisma6,
      session: { statement_timeout: "30s" },
      code: index,
      errors: [
        {
          message:
            "statement_timeout is 30s here: if this takes longer, it fails and leaves an invalid index behind. Run this migration over a connection that sets none.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
  ],
});
