import rule from "../../rules/no-code-before-migration.js";
import { ruleTester } from "./rule-tester.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);";
const note = "ALTER TABLE orders ADD COLUMN note text;";
const uses = { "src/orders.ts": 'export const byId = "SELECT id, note FROM orders WHERE id = $1";\n' };
const clean = { "src/orders.ts": 'export const byId = "SELECT id FROM orders WHERE id = $1";\n' };
const after = { migrations: "after" } as const;

ruleTester.run("no-code-before-migration", rule, {
  valid: [
    { name: "migrations run first", history: [orders], baseCode: clean, headCode: uses, code: note },
    { name: "no code uses it yet", history: [orders], deploy: after, baseCode: clean, headCode: clean, code: note },
    {
      name: "a table of the same name in a test",
      history: [orders],
      deploy: after,
      baseCode: clean,
      headCode: { ...clean, "test/payments.test.ts": 'const all = "SELECT id FROM payments";\n' },
      code: "CREATE TABLE payments (id bigint PRIMARY KEY);",
    },
    {
      name: "a view and a function that are there",
      history: [
        orders,
        "CREATE VIEW totals AS SELECT total FROM orders;\nCREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT 2 * n';",
      ],
      deploy: after,
      baseCode: { "src/a.ts": 'const a = "SELECT total FROM totals";\nconst b = "SELECT twice(1)";\n' },
      headCode: { "src/a.ts": 'const a = "SELECT total FROM totals";\nconst b = "SELECT twice(1)";\n' },
      code: "CREATE OR REPLACE VIEW totals AS SELECT total FROM orders WHERE id > 0;\nCREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n';",
    },
  ],
  invalid: [
    {
      name: "a column",
      history: [orders],
      deploy: after,
      baseCode: clean,
      headCode: uses,
      code: "ALTER TABLE orders\n  ADD COLUMN ref text,\n  ADD COLUMN note text;",
      errors: [
        {
          message:
            "The code of this pull request uses note of orders (src/orders.ts:1), and the configuration says that migrations run after the deploy: it fails from its first instance on until this has run. Ship this migration in a pull request before the code that uses it.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 23,
        },
      ],
    },
    {
      name: "a table and a function, with downtime, too",
      history: [orders],
      deploy: { ...after, model: "recreate" },
      baseCode: clean,
      headCode: { "src/pay.ts": 'const a = "SELECT id FROM payments";\nconst b = "SELECT pay($1)";\n' },
      code: "CREATE TABLE payments (id bigint PRIMARY KEY);\nCREATE FUNCTION pay(n bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';",
      errors: [
        {
          message:
            "The code of this pull request uses the table payments (src/pay.ts:1), and the configuration says that migrations run after the deploy: it fails from its first instance on until this has run. Ship this migration in a pull request before the code that uses it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 46,
        },
        {
          message:
            "The code of this pull request uses the function pay (src/pay.ts:2), and the configuration says that migrations run after the deploy: it fails from its first instance on until this has run. Ship this migration in a pull request before the code that uses it.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 69,
        },
      ],
    },
  ],
});
