import { expect, it } from "vitest";
import rule from "../../rules/no-enum-value-removal.js";
import { lint } from "../../src/check/lint.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";

const orders =
  "CREATE TYPE status AS ENUM ('new', 'paid', 'gone');\nCREATE TABLE orders (id bigint PRIMARY KEY, state status, note text);";
const code = (...sql: readonly string[]): Readonly<Record<string, string>> => ({
  "queries/orders.sql": sql.map((one) => `${one};\n`).join(""),
});
const reads = code("SELECT id FROM orders WHERE state = 'gone'");
const clean = code("SELECT id FROM orders WHERE state = 'new'");
const rename = "ALTER TYPE status RENAME VALUE 'gone' TO 'cancelled';";
const recreate =
  'CREATE TYPE "status_new" AS ENUM (\'new\', \'paid\');\nALTER TABLE "orders" ALTER COLUMN "state" TYPE "status_new" USING ("state"::text::"status_new");\nALTER TYPE "status" RENAME TO "status_old";\nALTER TYPE "status_new" RENAME TO "status";\nDROP TYPE "status_old";';
const prisma = (values: string): Readonly<Record<string, string>> => ({
  "prisma/schema.prisma": `model orders {\n  id BigInt @id\n  state OrderStatus?\n}\n\nenum OrderStatus {\n  new\n  paid\n  ${values}\n\n  @@map("status")\n}\n`,
});

ruleTester.run("no-enum-value-removal", rule, {
  valid: [
    { name: "no code uses the value", history: [orders], baseCode: clean, headCode: clean, code: rename },
    { name: "nor that of a new type", history: [orders], baseCode: clean, headCode: clean, code: recreate },
    {
      name: "the new type has more values",
      history: [orders],
      baseCode: reads,
      headCode: reads,
      code: "CREATE TYPE wider AS ENUM ('new', 'paid', 'gone', 'lost');\nALTER TABLE orders ALTER COLUMN state TYPE wider USING state::text::wider;",
    },
    {
      name: "the value of a column of another type",
      history: [orders],
      baseCode: code("SELECT id FROM orders WHERE note = 'gone'"),
      headCode: code("SELECT id FROM orders WHERE note = 'gone'"),
      code: rename,
    },
    { name: "a type of this change", pending: [orders], baseCode: reads, headCode: reads, code: rename },
    {
      name: "the old code is gone by then",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: reads,
      headCode: clean,
      code: rename,
    },
    {
      name: "rows that are mended, while the value stays in use",
      history: [orders],
      baseCode: reads,
      headCode: reads,
      code: "UPDATE orders SET state = 'paid' WHERE state = 'gone';",
    },
    {
      name: "one row, which a unique column names",
      history: ["CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);"],
      baseCode: code("SELECT id FROM users WHERE email = 'admin@example.com'"),
      headCode: code("SELECT id FROM users WHERE email = 'root@example.com'"),
      code: "UPDATE users SET email = 'root@example.com' WHERE email = 'admin@example.com';",
    },
    {
      name: "some of the rows",
      history: [orders],
      baseCode: reads,
      headCode: clean,
      code: "UPDATE orders SET state = 'paid' WHERE state = 'gone' AND id < 10;",
    },
    {
      name: "another column",
      history: [orders],
      baseCode: reads,
      headCode: clean,
      code: "UPDATE orders SET note = 'x' WHERE state = 'gone';",
    },
  ],
  invalid: [
    {
      name: "RENAME VALUE that the running code looks for",
      history: [orders],
      baseCode: reads,
      headCode: clean,
      code: rename,
      errors: [
        {
          message:
            "The running code uses 'gone' of the enum status (queries/orders.sql:1), and PostgreSQL refuses it from the moment it is 'cancelled' until the last instance of that code is gone. Add 'cancelled' beside it with ALTER TYPE status ADD VALUE, deploy code that knows both, and rewrite the rows in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 53,
        },
      ],
    },
    {
      name: "RENAME VALUE that the code of the change still writes",
      history: [orders],
      baseCode: clean,
      headCode: code("UPDATE orders SET state = 'gone' WHERE id = $1"),
      code: rename,
      errors: [
        {
          message:
            "The code of this pull request still uses 'gone' of the enum status (queries/orders.sql:1), and PostgreSQL refuses it once it is 'cancelled', in whatever order the two ship. Add 'cancelled' beside it with ALTER TYPE status ADD VALUE, deploy code that knows both, and rewrite the rows in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 53,
        },
      ],
    },
    {
      name: "a value that Prisma's running client declares",
      history: [orders],
      baseCode: prisma("gone"),
      headCode: prisma("cancelled"),
      code: rename,
      errors: [
        {
          message:
            "The running code uses 'gone' of the enum status (prisma/schema.prisma:9), and PostgreSQL refuses it from the moment it is 'cancelled' until the last instance of that code is gone. Add 'cancelled' beside it with ALTER TYPE status ADD VALUE, deploy code that knows both, and rewrite the rows in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 53,
        },
      ],
    },
    {
      name: "a type that is made again without it",
      history: [orders],
      baseCode: code("INSERT INTO orders (id, state) VALUES ($1, 'gone')"),
      headCode: clean,
      code: recreate,
      errors: [
        {
          message:
            "The running code uses 'gone' of the enum status (queries/orders.sql:1), which the new type of state does not have: it fails from the moment the type is changed until the last instance of that code is gone. Deploy code without it first; change the type in a later pull request.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 96,
        },
      ],
    },
    {
      name: "a type without two of them",
      history: [orders],
      baseCode: clean,
      headCode: code("SELECT id FROM orders WHERE state IN ('paid', 'gone')"),
      code: "CREATE TYPE narrow AS ENUM ('new');\nALTER TABLE orders ALTER COLUMN state TYPE narrow USING state::text::narrow;",
      errors: [
        {
          message:
            "The code of this pull request still uses 'paid' and 'gone' of the enum status (queries/orders.sql:1), which the new type of state does not have: it fails in whatever order the two ship. Remove these uses and deploy that; change the type in a later pull request.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 76,
        },
      ],
    },
    {
      name: "a value that goes out of use in every row",
      history: [orders],
      baseCode: reads,
      headCode: clean,
      code: "UPDATE orders SET state = 'paid' WHERE state IN ('gone', 'lost');",
      errors: [
        {
          message:
            "Every row of orders with 'gone' in state gets 'paid' here, and the running code still uses 'gone' (queries/orders.sql:1): until its last instance is gone it does not find these rows, and goes on to write it. Deploy code that knows both first; rewrite the rows in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 65,
        },
      ],
    },
  ],
});

it("names the object and hands on the places", () => {
  const { change } = memoryChange("/repo", rename, { history: [orders], baseCode: reads, headCode: reads });
  const found = lint(change).findings.find(({ finding }) => finding.rule === "no-enum-value-removal")?.finding;
  expect(found?.object).toBe("public.status");
  expect(found?.evidence.map(({ side, file, line }) => `${side} ${file}:${String(line)}`)).toEqual([
    "head queries/orders.sql:1",
    "base queries/orders.sql:1",
  ]);
});
