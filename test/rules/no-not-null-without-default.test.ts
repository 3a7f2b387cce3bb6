import rule from "../../rules/no-not-null-without-default.js";
import { ruleTester } from "./rule-tester.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric NOT NULL);";

ruleTester.run("no-not-null-without-default", rule, {
  valid: [
    { name: "nullable", history: [orders], code: "ALTER TABLE orders ADD COLUMN status text;" },
    {
      name: "a constant",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';",
    },
    { name: "now()", history: [orders], code: "ALTER TABLE orders ADD COLUMN at timestamptz NOT NULL DEFAULT now();" },
    { name: "serial", history: [orders], code: "ALTER TABLE orders ADD COLUMN no serial NOT NULL;" },
    { name: "bigserial key", history: [orders], code: "ALTER TABLE orders ADD COLUMN no bigserial UNIQUE NOT NULL;" },
    {
      name: "identity",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN no bigint GENERATED ALWAYS AS IDENTITY NOT NULL;",
    },
    {
      name: "generated",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN double numeric NOT NULL GENERATED ALWAYS AS (total * 2) STORED;",
    },
    { name: "a table of this change", pending: [orders], code: "ALTER TABLE orders ADD COLUMN status text NOT NULL;" },
    {
      name: "a column that is there",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS total numeric NOT NULL;",
    },
    {
      name: "the default of a column that base has",
      history: [`${orders} ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';`],
      code: "ALTER TABLE orders ALTER COLUMN status DROP DEFAULT;",
    },
    {
      name: "the default of a new nullable column",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN status text DEFAULT 'new';\nALTER TABLE orders ALTER COLUMN status DROP DEFAULT;",
    },
    {
      name: "a default dropped while nothing runs",
      history: [orders],
      deploy: { model: "recreate" },
      code: "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';\nALTER TABLE orders ALTER status DROP DEFAULT;",
    },
    {
      name: "a domain that brings a default",
      history: [`${orders} CREATE DOMAIN cents AS bigint DEFAULT 0;`],
      code: "ALTER TABLE orders ADD COLUMN fee cents NOT NULL;",
    },
  ],
  invalid: [
    ...[
      {
        name: "a column that is unique",
        code: "ALTER TABLE orders ADD COLUMN slug text NOT NULL UNIQUE;",
        endColumn: 56,
      },
      {
        name: "a column that a unique index is built on",
        code: 'ALTER TABLE orders ADD COLUMN slug text NOT NULL;\nCREATE UNIQUE INDEX "orders_slug_key" ON "public"."orders"("slug");',
        endColumn: 49,
      },
      {
        name: "a column that another statement makes unique",
        code: "ALTER TABLE orders ADD COLUMN slug text NOT NULL;\nALTER TABLE orders ADD CONSTRAINT one UNIQUE (slug);",
        endColumn: 49,
      },
    ].map(({ name, code, endColumn }) => ({
      name,
      history: [orders],
      code,
      errors: [
        {
          message:
            "Adding slug to orders as NOT NULL without a default fails if orders has a row, and otherwise fails every INSERT of the running code, which leaves it out. Add it without NOT NULL, fill existing rows, and make it NOT NULL once only code that fills it runs: it is unique, so that no DEFAULT fits more than one of them.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn,
        },
      ],
    })),
    {
      name: "a column that is unique together with another: one default may do",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN slug text NOT NULL;\nCREATE UNIQUE INDEX ON orders (total, slug);\nCREATE UNIQUE INDEX ON orders (slug) WHERE total > 0;",
      errors: [
        {
          message:
            "Adding slug to orders as NOT NULL without a default fails if orders has a row, and otherwise fails every INSERT of the running code, which leaves it out. Give it a DEFAULT that is a constant, which is instant, or add it without NOT NULL.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 49,
        },
      ],
    },
    {
      name: "one clause of several",
      history: [orders],
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  ADD COLUMN status text NOT NULL,\n  DROP COLUMN IF EXISTS old;",
      errors: [
        {
          message:
            "Adding status to orders as NOT NULL without a default fails if orders has a row, and otherwise fails every INSERT of the running code, which leaves it out. Give it a DEFAULT that is a constant, which is instant, or add it without NOT NULL.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 34,
        },
      ],
    },
    {
      name: "DEFAULT NULL",
      history: [orders],
      code: "ALTER TABLE orders ADD COLUMN status text DEFAULT NULL::text NOT NULL;",
      errors: [
        {
          message:
            "Adding status to orders as NOT NULL without a default fails if orders has a row, and otherwise fails every INSERT of the running code, which leaves it out. Give it a DEFAULT that is a constant, which is instant, or add it without NOT NULL.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 70,
        },
      ],
    },
    {
      name: "a table that no migration made, before PostgreSQL 11",
      history: [orders],
      postgres: 10,
      code: "ALTER TABLE auth.users ADD COLUMN key uuid NOT NULL;",
      errors: [
        {
          message:
            "Adding key to auth.users as NOT NULL without a default fails if auth.users has a row, and otherwise fails every INSERT of the running code, which leaves it out. Add it without NOT NULL: before PostgreSQL 11 a default rewrites the table.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 52,
        },
      ],
    },
    {
      name: "a domain that is NOT NULL",
      history: [`${orders} CREATE DOMAIN cents AS bigint NOT NULL;`],
      code: "ALTER TABLE orders ADD COLUMN fee cents;",
      errors: [
        {
          message:
            "Adding fee to orders as NOT NULL without a default fails if orders has a row, and otherwise fails every INSERT of the running code, which leaves it out. Add it as bigint.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 40,
        },
      ],
    },
    {
      name: "one version at a time",
      history: [orders],
      deploy: { model: "recreate" },
      code: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS status text NOT NULL;",
      errors: [
        {
          message:
            "Adding status to orders as NOT NULL without a default fails if orders has a row. Give it a DEFAULT that is a constant, which is instant, or add it without NOT NULL.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 65,
        },
      ],
    },
    {
      name: "a default that an earlier file of the change added",
      history: [orders],
      pending: ["ALTER TABLE public.orders ADD COLUMN status text NOT NULL DEFAULT 'new';"],
      code: 'ALTER TABLE "orders" ALTER COLUMN "status" DROP DEFAULT;',
      errors: [
        {
          message:
            "status is new in orders and NOT NULL: from here on every INSERT of the running code fails, because it leaves status out, until only code that fills it runs. Keep the default, and drop it in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 56,
        },
      ],
    },
  ],
});
