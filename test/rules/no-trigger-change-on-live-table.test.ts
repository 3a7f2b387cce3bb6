import rule from "../../rules/no-trigger-change-on-live-table.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const touch =
  "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at = now(); RETURN NEW; END $$;";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int, note text); CREATE TABLE logs (id bigint);";
const triggered = `${orders} ${touch} CREATE TRIGGER touched BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();`;
const history = [triggered, "SELECT 1;"];

const create = "CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION touch();";
const drop = "DROP TRIGGER touched ON orders;";

const timeout = "Put SET lock_timeout = '5s' before it: it then gives up, and can be run again.";
const writers = (statement: string): string =>
  `${statement} waits for every transaction that has written to orders, and every INSERT, UPDATE and DELETE that comes later waits behind it.`;
const everybody = (statement: string): string =>
  `${statement} waits for every transaction that has used orders, and every query that comes later waits behind it, SELECT too.`;
const foreignKeys =
  "DISABLE TRIGGER ALL turns off the foreign keys from and to orders as well: rows that break them are let in, and nothing finds them later. DISABLE TRIGGER USER leaves them on.";

/** A finding on a whole line, with the suggestion to set a timeout. */
function line(number: number, code: string, message: string, before = "SET lock_timeout = '5s';\n") {
  const lines = code.split("\n");
  const found = lines[number - 1] ?? "";
  return {
    message,
    line: number,
    column: 1,
    endLine: number,
    endColumn: found.length,
    suggestions: [
      { desc: "Put SET lock_timeout = '5s' before it", output: lines.with(number - 1, before + found).join("\n") },
    ],
  };
}

ruleTester.run("no-trigger-change-on-live-table", rule, {
  valid: [
    { name: "a table of this change", pending: [orders, touch], code: create },
    { name: "with a lock_timeout", history, code: `SET lock_timeout = '5s';\n${create}\n${drop}` },
    { name: "with a lock_timeout of the connection", history, session: { lock_timeout: "10s" }, code: drop },
    { name: "a table that the transaction has locked", history, code: `ALTER TABLE orders DROP COLUMN note;\n${drop}` },
    { name: "IF EXISTS of a trigger that is not there", history, code: "DROP TRIGGER IF EXISTS noted ON orders;" },
    { name: "a trigger's function", history, code: touch.replace("CREATE", "CREATE OR REPLACE") },
    {
      name: "an event trigger, which locks no table",
      history: [orders],
      code: "CREATE EVENT TRIGGER logged ON ddl_command_end EXECUTE FUNCTION log_ddl();",
    },
    {
      name: "a trigger that fills a column of this change",
      history,
      code: `ALTER TABLE orders ADD COLUMN updated_at timestamptz;\nCREATE TRIGGER synced BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();`,
      tool: prisma7,
    },
    {
      name: "a trigger that waits for a column of this change",
      history,
      tool: prisma7,
      pending: ["ALTER TABLE orders ADD COLUMN amount bigint;"],
      code: "CREATE TRIGGER synced BEFORE UPDATE OF amount ON orders FOR EACH ROW EXECUTE FUNCTION app.sync();",
    },
    {
      name: "a trigger that writes to a table of this change",
      history,
      tool: prisma7,
      code: [
        "CREATE TABLE orders_new (id bigint, total bigint);",
        "CREATE FUNCTION copy_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders_new VALUES (NEW.id, NEW.total); RETURN NEW; END $$;",
        "CREATE TRIGGER copied AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION copy_order();",
      ].join("\n"),
    },
  ],
  invalid: [
    {
      name: "CREATE TRIGGER",
      history,
      code: create,
      errors: [line(1, create, `${writers("CREATE TRIGGER")} ${timeout}`)],
    },
    {
      name: "CREATE TRIGGER for a column that is there already, beside a new one",
      history,
      tool: prisma7,
      code: `ALTER TABLE orders ADD COLUMN amount bigint;\n${create}`,
      errors: [
        line(2, `ALTER TABLE orders ADD COLUMN amount bigint;\n${create}`, `${writers("CREATE TRIGGER")} ${timeout}`),
      ],
    },
    { name: "DROP TRIGGER", history, code: drop, errors: [line(1, drop, `${everybody("DROP TRIGGER")} ${timeout}`)] },
    {
      name: "IF EXISTS of a trigger that may be there",
      history: ["DO $$ BEGIN EXECUTE (SELECT 'x'); END $$;"],
      code: "DROP TRIGGER IF EXISTS touched ON orders;",
      errors: [line(1, "DROP TRIGGER IF EXISTS touched ON orders;", `${everybody("DROP TRIGGER")} ${timeout}`)],
    },
    {
      name: "a trigger that is dropped to be created again, told once",
      history,
      code: `${drop}\n${create.replace("noted", "touched")}`,
      errors: [
        line(
          1,
          `${drop}\n${create.replace("noted", "touched")}`,
          `${everybody("DROP TRIGGER")} CREATE OR REPLACE TRIGGER changes touched in place, and lets SELECT through. ${timeout}`,
        ),
      ],
    },
    {
      name: "the same before 14, which has no OR REPLACE",
      postgres: 13,
      history,
      code: `${drop}\n${create.replace("noted", "touched")}`,
      errors: [line(1, `${drop}\n${create.replace("noted", "touched")}`, `${everybody("DROP TRIGGER")} ${timeout}`)],
    },
    {
      name: "a constraint trigger, which has no OR REPLACE",
      history,
      code: `${drop}\nCREATE CONSTRAINT TRIGGER touched AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();`,
      errors: [
        line(
          1,
          `${drop}\nCREATE CONSTRAINT TRIGGER touched AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();`,
          `${everybody("DROP TRIGGER")} ${timeout}`,
        ),
      ],
    },
    {
      name: "another name, each statement sent alone",
      history,
      tool: prisma7,
      code: 'ALTER TRIGGER "touched" ON "orders" RENAME TO "t";',
      errors: [
        line(1, 'ALTER TRIGGER "touched" ON "orders" RENAME TO "t";', `${everybody("ALTER TRIGGER")} ${timeout}`),
      ],
    },
    {
      name: "ENABLE TRIGGER, in one query",
      history,
      tool: prisma6,
      code: "ALTER TABLE orders ENABLE ALWAYS TRIGGER touched;",
      errors: [
        {
          message: `${writers("ENABLE TRIGGER")} ${timeout}`,
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 49,
          suggestions: [
            {
              desc: "Put SET lock_timeout = '5s' before it",
              output: "SET lock_timeout = '5s';\nALTER TABLE orders ENABLE ALWAYS TRIGGER touched;",
            },
          ],
        },
      ],
    },
    {
      name: "DISABLE TRIGGER, in Drizzle",
      history,
      tool: drizzle,
      code: "ALTER TABLE orders DISABLE TRIGGER touched;",
      errors: [
        line(
          1,
          "ALTER TABLE orders DISABLE TRIGGER touched;",
          `${writers("DISABLE TRIGGER")} ${timeout}`,
          "SET lock_timeout = '5s';\n--> statement-breakpoint\n",
        ),
      ],
    },
    {
      name: "a lock_timeout that is too long",
      history,
      tool: unknownRunner,
      code: `SET lock_timeout = '1min';\n${drop}`,
      errors: [
        {
          message: `${everybody("DROP TRIGGER")} Make lock_timeout 10s at most: it then gives up, and can be run again.`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 31,
        },
      ],
    },
    {
      name: "DISABLE TRIGGER ALL on a table with foreign keys to it",
      history: [triggered, "CREATE TABLE items (order_id bigint REFERENCES orders);"],
      code: "ALTER TABLE orders DISABLE TRIGGER ALL;",
      errors: [line(1, "ALTER TABLE orders DISABLE TRIGGER ALL;", `${foreignKeys} ${timeout}`)],
    },
    {
      name: "DISABLE TRIGGER ALL with a lock_timeout",
      history: [triggered, "ALTER TABLE orders ADD FOREIGN KEY (total) REFERENCES orders;"],
      session: { lock_timeout: "5s" },
      code: "ALTER TABLE orders DISABLE TRIGGER ALL;",
      errors: [{ message: foreignKeys, line: 1, column: 1, endLine: 1, endColumn: 39 }],
    },
    {
      name: "DISABLE TRIGGER ALL on a table without foreign keys",
      history,
      code: "ALTER TABLE orders DISABLE TRIGGER ALL;",
      errors: [line(1, "ALTER TABLE orders DISABLE TRIGGER ALL;", `${writers("DISABLE TRIGGER")} ${timeout}`)],
    },
  ],
});
