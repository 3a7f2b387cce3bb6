import rule from "../../rules/no-unvalidated-constraint.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, code text, total numeric);";
const add = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;";
const helper = "ALTER TABLE orders ADD CONSTRAINT code_there CHECK (code IS NOT NULL);";
const notNull = "ALTER TABLE orders ALTER COLUMN code SET NOT NULL;";

ruleTester.run("no-unvalidated-constraint", rule, {
  valid: [
    {
      name: "validated behind it",
      history: [orders],
      code: `${add}\nALTER TABLE orders VALIDATE CONSTRAINT positive;`,
    },
    {
      name: "validated by a migration that base has got meanwhile, under other names",
      history: [orders],
      code: add,
      meanwhile: [
        "ALTER TABLE orders RENAME CONSTRAINT positive TO total_positive; ALTER TABLE orders RENAME TO purchases; ALTER TABLE purchases VALIDATE CONSTRAINT total_positive;",
      ],
    },
    { name: "gone again", history: [orders], code: `${add}\nALTER TABLE orders DROP CONSTRAINT positive;` },
    { name: "a table of this change", pending: [orders], code: add },
    {
      name: "one that nothing is to check",
      history: [orders],
      postgres: 18,
      code: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT ENFORCED;",
    },
    { name: "NOT NULL without a helper", history: [orders], code: notNull },
    {
      name: "a helper that is dropped",
      history: [orders, helper],
      code: `${notNull}\nALTER TABLE orders DROP CONSTRAINT code_there;`,
    },
    {
      name: "a CHECK that says more",
      history: [orders, "ALTER TABLE orders ADD CONSTRAINT code_there CHECK (code IS NOT NULL AND code <> '');"],
      code: notNull,
    },
  ],
  invalid: [
    {
      name: "a CHECK",
      history: [orders],
      code: add,
      errors: [
        {
          message:
            "positive of orders is added with NOT VALID, and no migration validates it: rows that were there before may violate it, and queries are not planned with it. VALIDATE CONSTRAINT in a later migration; it blocks neither reads nor writes.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 71,
        },
      ],
    },
    {
      name: "a foreign key whose name PostgreSQL chooses, renamed afterwards",
      history: [orders],
      tool: drizzle,
      code: "ALTER TABLE orders ADD FOREIGN KEY (id) REFERENCES accounts NOT VALID;\nALTER TABLE orders RENAME TO purchases;",
      errors: [
        {
          message:
            "orders_id_fkey of orders is added with NOT VALID, and no migration validates it: rows that were there before may violate it, and queries are not planned with it. VALIDATE CONSTRAINT in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction; it blocks neither reads nor writes.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 70,
        },
      ],
    },
    {
      name: "NOT NULL of PostgreSQL 18",
      history: [orders],
      postgres: 18,
      code: "ALTER TABLE orders ADD CONSTRAINT code_there NOT NULL code NOT VALID;",
      errors: [
        {
          message:
            "code_there of orders is added with NOT VALID, and no migration validates it: rows that were there before may violate it, and queries are not planned with it. VALIDATE CONSTRAINT in a later migration; it blocks neither reads nor writes.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 69,
        },
      ],
    },
    {
      name: "a helper that stays",
      history: [orders, helper],
      code: notNull,
      errors: [
        {
          message:
            "code_there says what NOT NULL says from here on, and stays behind: every INSERT and UPDATE of orders checks both. DROP CONSTRAINT code_there behind it.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 50,
        },
      ],
    },
  ],
});
