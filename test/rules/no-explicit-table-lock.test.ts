import rule from "../../rules/no-explicit-table-lock.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6, unknownRunner } from "./tools.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total int); CREATE TABLE accounts (id bigint);";

const message = (queries: string, tables: string): string =>
  `LOCK TABLE keeps ${queries} on ${tables} waiting until the transaction ends, and no statement behind it needs that. Lock only the rows that it changes, with SELECT … FOR UPDATE, or lock in SHARE UPDATE EXCLUSIVE MODE, which keeps other migrations out and lets queries through.`;
const writes = "every INSERT, UPDATE and DELETE";

ruleTester.run("no-explicit-table-lock", rule, {
  valid: [
    {
      name: "a mode that lets writes through",
      history: [orders],
      code: "LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;",
    },
    { name: "a mode that only readers take", history: [orders], code: "LOCK TABLE orders IN ROW EXCLUSIVE MODE;" },
    { name: "a table of this change", pending: [orders], code: "LOCK TABLE orders;" },
    {
      name: "a statement behind it needs the same lock",
      history: [orders],
      code: "LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;\nALTER TABLE orders ADD COLUMN note text;",
    },
    {
      name: "a statement behind it needs a stronger lock",
      history: [orders],
      code: "LOCK TABLE orders IN SHARE MODE;\nUPDATE orders SET total = 0;\nALTER TABLE orders DROP COLUMN total;",
    },
    {
      name: "a statement behind it that the edited migration had before",
      history: [orders],
      was: "ALTER TABLE orders ADD COLUMN note text;",
      code: "LOCK TABLE orders;\nALTER TABLE orders ADD COLUMN note text;",
    },
    {
      name: "in a DO block that changes the table as well",
      history: [orders],
      code: "DO $$ BEGIN LOCK TABLE orders; ALTER TABLE orders ADD COLUMN note text; END $$;",
    },
    {
      name: "outside a transaction, where PostgreSQL refuses it",
      history: [orders],
      tool: prisma6,
      code: 'LOCK TABLE "orders";',
    },
  ],
  invalid: [
    {
      name: "without a mode",
      history: [orders],
      code: "LOCK orders;\nUPDATE orders SET total = 0 WHERE id = 1;",
      errors: [
        {
          message: message("every query", "orders"),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 12,
          suggestions: [
            {
              desc: "Lock in SHARE UPDATE EXCLUSIVE MODE",
              output: "LOCK orders IN SHARE UPDATE EXCLUSIVE MODE;\nUPDATE orders SET total = 0 WHERE id = 1;",
            },
          ],
        },
      ],
    },
    {
      name: "a mode that lets readers through, in a transaction of the file",
      history: [orders],
      tool: unknownRunner,
      code: "BEGIN;\nLOCK TABLE ONLY orders IN SHARE ROW EXCLUSIVE MODE NOWAIT;\nDELETE FROM orders WHERE total = 0;\nCOMMIT;",
      errors: [
        {
          message: message(writes, "orders"),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 58,
          suggestions: [
            {
              desc: "Lock in SHARE UPDATE EXCLUSIVE MODE",
              output:
                "BEGIN;\nLOCK TABLE ONLY orders IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;\nDELETE FROM orders WHERE total = 0;\nCOMMIT;",
            },
          ],
        },
      ],
    },
    {
      name: "several tables are told once",
      history: [orders],
      code: "LOCK TABLE orders, accounts IN EXCLUSIVE MODE;",
      errors: [
        {
          message: message(writes, "orders and accounts"),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 46,
          suggestions: [
            {
              desc: "Lock in SHARE UPDATE EXCLUSIVE MODE",
              output: "LOCK TABLE orders, accounts IN SHARE UPDATE EXCLUSIVE MODE;",
            },
          ],
        },
      ],
    },
    {
      name: "of several tables, the one that nothing behind it needs",
      history: [orders],
      code: "LOCK TABLE orders, accounts;\nALTER TABLE orders DROP COLUMN total;",
      errors: [
        {
          message: message("every query", "accounts"),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 28,
          suggestions: [
            {
              desc: "Lock in SHARE UPDATE EXCLUSIVE MODE",
              output:
                "LOCK TABLE orders, accounts IN SHARE UPDATE EXCLUSIVE MODE;\nALTER TABLE orders DROP COLUMN total;",
            },
          ],
        },
      ],
    },
    {
      name: "a table that no migration created, in a DO block",
      history: ["SELECT 1;"],
      code: "DO $$ BEGIN\n  LOCK TABLE billing.invoices IN EXCLUSIVE MODE;\n  UPDATE billing.invoices SET paid = true WHERE id = 1;\nEND $$;",
      errors: [{ message: message(writes, "billing.invoices"), line: 2, column: 3, endLine: 2, endColumn: 48 }],
    },
  ],
});
