import rule from "../../rules/no-drop-in-same-release.js";
import { ruleTester } from "./rule-tester.js";

const orders =
  "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text);\nCREATE VIEW old_orders AS SELECT id FROM orders;\nCREATE FUNCTION order_total(n bigint) RETURNS numeric LANGUAGE sql AS 'SELECT 1';\nCREATE SCHEMA old;";
const drop = "ALTER TABLE orders DROP COLUMN legacy_ref;";
const uses = { "src/orders.ts": 'export const byId = "SELECT id, legacy_ref FROM orders WHERE id = $1";\n' };
const clean = { "src/orders.ts": 'export const byId = "SELECT id FROM orders WHERE id = $1";\n' };

ruleTester.run("no-drop-in-same-release", rule, {
  valid: [
    {
      name: "no release names it",
      history: [orders],
      baseCode: clean,
      headCode: clean,
      releaseCode: clean,
      code: drop,
    },
    { name: "what is merged counts as released", history: [orders], baseCode: clean, headCode: clean, code: drop },
    {
      name: "merged code names it, too: that is another rule's",
      history: [orders],
      baseCode: uses,
      headCode: clean,
      releaseCode: uses,
      code: drop,
    },
    {
      name: "the code of the change names it, too",
      history: [orders],
      baseCode: clean,
      headCode: uses,
      releaseCode: uses,
      code: drop,
    },
    {
      name: "nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: clean,
      headCode: clean,
      releaseCode: uses,
      code: drop,
    },
    {
      name: "migrations run after the deploy",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: clean,
      headCode: clean,
      releaseCode: uses,
      code: drop,
    },
    {
      name: "a table of this change",
      pending: [orders],
      baseCode: clean,
      headCode: clean,
      releaseCode: uses,
      code: drop,
    },
    {
      name: "a test of the release names it",
      history: [orders],
      baseCode: clean,
      headCode: clean,
      releaseCode: { "test/orders.test.ts": uses["src/orders.ts"] },
      code: drop,
    },
  ],
  invalid: [
    {
      name: "a column",
      history: [orders],
      baseCode: clean,
      headCode: clean,
      releaseCode: uses,
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  DROP COLUMN legacy_ref;",
      errors: [
        {
          message:
            "v1.0.0 uses legacy_ref of orders (src/orders.ts:1). What is merged since does not, but it has not been released: the instances of v1.0.0 fail from the moment it is dropped until the last of them is gone, and so does a rollback to v1.0.0. Release the code without it first, and drop it in the release after.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 25,
        },
      ],
    },
    {
      name: "a view and a function",
      history: [orders],
      baseCode: clean,
      headCode: clean,
      releaseCode: { "src/old.ts": 'const a = "SELECT id FROM old_orders";\nconst b = "SELECT order_total($1)";\n' },
      code: "DROP VIEW old_orders;\nDROP FUNCTION order_total(bigint);",
      errors: [
        {
          message:
            "v1.0.0 uses the view old_orders (src/old.ts:1). What is merged since does not, but it has not been released: the instances of v1.0.0 fail from the moment it is dropped until the last of them is gone, and so does a rollback to v1.0.0. Release the code without it first, and drop it in the release after.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 21,
        },
        {
          message:
            "v1.0.0 uses the function order_total (src/old.ts:2). What is merged since does not, but it has not been released: the instances of v1.0.0 fail from the moment it is dropped until the last of them is gone, and so does a rollback to v1.0.0. Release the code without it first, and drop it in the release after.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 34,
        },
      ],
    },
  ],
});
