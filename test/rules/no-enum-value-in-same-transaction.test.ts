import rule from "../../rules/no-enum-value-in-same-transaction.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle, prisma6, prisma7, supabase, unknownRunner } from "./tools.js";

const history = [
  "CREATE TYPE status AS ENUM ('new', 'paid'); CREATE TABLE orders (id bigint, status status, note text);",
];
const add = "ALTER TYPE status ADD VALUE 'refunded';";
const setDefault = "ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'refunded';";

const used = (place: string, later: string, value = "'refunded'"): string =>
  `This fails: it uses ${value}, which ${place} adds to status in the same transaction, and PostgreSQL refuses that until the transaction is committed. Use it ${later}.`;

ruleTester.run("no-enum-value-in-same-transaction", rule, {
  valid: [
    { name: "a value that nothing uses", history, code: add },
    { name: "each statement commits by itself", history, tool: prisma7, code: `${add}\n${setDefault}` },
    { name: "a runner that is not known", history, tool: unknownRunner, code: `${add}\n${setDefault}` },
    { name: "behind COMMIT", history, tool: unknownRunner, code: `BEGIN;\n${add}\nCOMMIT;\n${setDefault}` },
    {
      name: "in a later file with a transaction of its own",
      history,
      pending: [add],
      tool: supabase,
      code: setDefault,
    },
    { name: "before it", history, code: `UPDATE orders SET status = 'paid';\n${add}` },
    {
      name: "a type that is made in the same transaction",
      code: `CREATE TYPE kind AS ENUM ('a');\nALTER TYPE kind ADD VALUE 'b';\nCREATE TABLE kinds (kind kind DEFAULT 'b');`,
    },
    {
      name: "a type of an earlier file, in the same transaction of Drizzle",
      pending: ["CREATE TYPE kind AS ENUM ('a');", "ALTER TYPE kind ADD VALUE 'b';"],
      tool: drizzle,
      code: "CREATE TABLE kinds (kind kind DEFAULT 'b');",
    },
    {
      name: "a value that is there already",
      history: [...history, add],
      code: `ALTER TYPE status ADD VALUE IF NOT EXISTS 'refunded';\n${setDefault}`,
    },
    { name: "another value of the type", history, code: `${add}\nUPDATE orders SET status = 'paid' WHERE id = 1;` },
    {
      name: "the same text in another column",
      history,
      code: `${add}\nUPDATE orders SET note = 'refunded' WHERE id = 1;`,
    },
    { name: "outside a transaction before 12", postgres: 11, history, tool: prisma7, code: add },
    {
      name: "a type of the same transaction before 12",
      postgres: 11,
      code: "CREATE TYPE kind AS ENUM ('a');\nALTER TYPE kind ADD VALUE 'b';",
    },
  ],
  invalid: [
    {
      name: "as a default, in the transaction of the file",
      history,
      code: `${add}\n${setDefault}`,
      errors: [{ message: used("line 1", "in a later migration"), line: 2, column: 1, endLine: 2, endColumn: 62 }],
    },
    {
      name: "in the file's own transaction, in one clause of several",
      history,
      tool: unknownRunner,
      code: `BEGIN;\n${add}\nALTER TABLE orders\n  ADD COLUMN at date,\n  ADD CHECK (status <> 'refunded') NOT VALID;\nCOMMIT;`,
      errors: [{ message: used("line 2", "after COMMIT"), line: 5, column: 3, endLine: 5, endColumn: 45 }],
    },
    {
      name: "a file that goes out as one query",
      history,
      tool: prisma6,
      code: `-- AlterEnum\nALTER TYPE "status" ADD VALUE 'refunded';\n\n-- AlterTable\nALTER TABLE "orders" ALTER COLUMN "status" SET DEFAULT 'refunded';`,
      errors: [{ message: used("line 2", "in a later migration"), line: 5, column: 1, endLine: 5, endColumn: 66 }],
    },
    {
      name: "an earlier file of the same transaction",
      history,
      pending: [add],
      tool: drizzle,
      code: "CREATE INDEX ON orders (id) WHERE status = 'refunded';",
      errors: [
        {
          message: used(
            "db/migrations/0002.sql:1",
            "in a migration of a later deploy, because Drizzle runs all pending migrations in one transaction",
          ),
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 54,
        },
      ],
    },
    {
      name: "each statement that uses it",
      history,
      code: `${add}\nUPDATE orders SET status = 'refunded' WHERE id = 1;\nINSERT INTO orders (id, status) VALUES (2, 'refunded');`,
      errors: [2, 3].map((line) => ({
        message: used("line 1", "in a later migration"),
        line,
        column: 1,
        endLine: line,
        endColumn: line === 2 ? 51 : 55,
      })),
    },
    {
      name: "a value with a quote",
      history,
      code: "ALTER TYPE status ADD VALUE 'won''t';\nUPDATE orders SET status = 'won''t' WHERE id = 1;",
      errors: [
        { message: used("line 1", "in a later migration", "'won''t'"), line: 2, column: 1, endLine: 2, endColumn: 49 },
      ],
    },
    {
      name: "in one DO block",
      history,
      tool: prisma7,
      code: "DO $$ BEGIN\n  ALTER TYPE status ADD VALUE 'refunded';\n  UPDATE orders SET status = 'refunded' WHERE id = 1;\nEND $$;",
      errors: [
        {
          message: used("line 1", "in a statement behind the DO block"),
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 53,
        },
      ],
    },
    {
      name: "in a transaction before 12",
      postgres: 11,
      history,
      code: add,
      errors: [
        {
          message:
            "ALTER TYPE … ADD VALUE fails here: before PostgreSQL 12 it is refused inside a transaction. By the configuration each file runs in one. Run it in a migration of its own that runs outside a transaction.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
  ],
});
