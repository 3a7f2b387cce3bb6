import rule from "../../rules/no-validate-in-same-transaction.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, unknownRunner } from "./tools.js";

const accounts = "CREATE TABLE accounts (id bigint PRIMARY KEY);";
const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, total numeric);";
const both = [accounts, orders];
const add = "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;";
const validate = "ALTER TABLE orders VALIDATE CONSTRAINT positive;";

ruleTester.run("no-validate-in-same-transaction", rule, {
  valid: [
    { name: "a constraint of an earlier migration", history: [...both, add], code: validate },
    {
      name: "a constraint of an earlier file, each in a transaction of its own",
      history: both,
      pending: [add],
      code: validate,
    },
    { name: "a runner that is not known", history: both, tool: unknownRunner, code: `${add}\n${validate}` },
    { name: "behind COMMIT", history: both, tool: unknownRunner, code: `BEGIN;\n${add}\nCOMMIT;\n${validate}` },
    { name: "a runner that sends each statement alone", history: both, tool: prisma7, code: `${add}\n${validate}` },
    { name: "a table of this change", pending: both, code: `${add}\n${validate}` },
    {
      name: "a constraint that is valid already",
      history: [...both, "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0);"],
      code: validate,
    },
    {
      name: "another constraint than the one added, which is no-work-under-lock's",
      history: [...both, add],
      code: `ALTER TABLE orders ADD CONSTRAINT few CHECK (total < 9) NOT VALID;\n${validate}`,
    },
    {
      name: "a constraint of the same name on another table",
      history: [...both, add],
      code: `ALTER TABLE accounts ADD CONSTRAINT positive CHECK (id > 0) NOT VALID;\n${validate}`,
    },
    {
      name: "a domain, whose ADD CONSTRAINT … NOT VALID holds no lock",
      history: ["CREATE DOMAIN email AS text; CREATE TABLE users (email email);"],
      code: "ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID; ALTER DOMAIN email VALIDATE CONSTRAINT has_at;",
    },
  ],
  invalid: [
    {
      name: "a CHECK, in the transaction of the runner",
      history: both,
      code: "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT positive;",
      errors: [
        {
          message:
            "Validating positive reads every row of orders while the transaction still holds the lock that added it: every query on orders waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 48,
        },
      ],
    },
    {
      name: "a foreign key, as one query of Prisma before 7.4",
      history: both,
      tool: prisma6,
      code: 'ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") NOT VALID;\nALTER TABLE "orders" VALIDATE CONSTRAINT "fk";',
      errors: [
        {
          message:
            "Validating fk reads every row of orders while the transaction still holds the lock that added it: every INSERT, UPDATE and DELETE on orders and accounts waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 46,
        },
      ],
    },
    {
      name: "over two files of one transaction",
      history: both,
      pending: ["ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;"],
      tool: drizzle,
      code: "ALTER TABLE orders VALIDATE CONSTRAINT positive;",
      errors: [
        {
          message:
            "Validating positive reads every row of orders while the transaction still holds the lock that added it: every query on orders waits until the transaction ends. VALIDATE CONSTRAINT in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 48,
        },
      ],
    },
    {
      name: "in a transaction that the file opens",
      history: both,
      tool: unknownRunner,
      code: "BEGIN;\nALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT positive;\nCOMMIT;",
      errors: [
        {
          message:
            "Validating positive reads every row of orders while the transaction still holds the lock that added it: every query on orders waits until the transaction ends. VALIDATE CONSTRAINT after COMMIT.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 48,
        },
      ],
    },
    {
      name: "in one statement, whatever the runner does",
      history: both,
      tool: prisma7,
      code: "ALTER TABLE orders\n  ADD CONSTRAINT positive CHECK (total > 0) NOT VALID,\n  VALIDATE CONSTRAINT positive;",
      errors: [
        {
          message:
            "Validating positive reads every row of orders while the statement still holds the lock that added it: every query on orders waits until it is done. VALIDATE CONSTRAINT after it.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 31,
        },
      ],
    },
    {
      name: "a constraint without a name",
      history: both,
      code: "ALTER TABLE orders ADD CHECK (total > 0) NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;",
      errors: [
        {
          message:
            "Validating orders_total_check reads every row of orders while the transaction still holds the lock that added it: every query on orders waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 58,
        },
      ],
    },
    {
      name: "NOT NULL of PostgreSQL 18",
      history: both,
      postgres: 18,
      code: "ALTER TABLE orders ADD CONSTRAINT filled NOT NULL total NOT VALID;\nALTER TABLE public.orders VALIDATE CONSTRAINT filled;",
      errors: [
        {
          message:
            "Validating filled reads every row of orders while the transaction still holds the lock that added it: every query on orders waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 53,
        },
      ],
    },
    {
      name: "a foreign key to a table of this change",
      history: [orders],
      code: "CREATE TABLE accounts (id bigint PRIMARY KEY);\nALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts NOT VALID;\nALTER TABLE orders VALIDATE CONSTRAINT fk;",
      errors: [
        {
          message:
            "Validating fk reads every row of orders while the transaction still holds the lock that added it: every INSERT, UPDATE and DELETE on orders waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a table that no migration created",
      tool: prisma6,
      code: "ALTER TABLE auth.users ADD CONSTRAINT adult CHECK (age >= 18) NOT VALID;\nALTER TABLE auth.users VALIDATE CONSTRAINT adult;",
      errors: [
        {
          message:
            "Validating adult reads every row of auth.users while the transaction still holds the lock that added it: every query on auth.users waits until the transaction ends. VALIDATE CONSTRAINT in a later migration.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 49,
        },
      ],
    },
  ],
});
