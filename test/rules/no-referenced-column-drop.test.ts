import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import rule from "../../rules/no-referenced-column-drop.js";
import { lint } from "../../src/check/lint.js";
import { plugin } from "../../src/eslint/plugin.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text, total numeric);";
const drop = "ALTER TABLE orders DROP COLUMN legacy_ref;";
const uses = { "src/orders.ts": 'export const byId = "SELECT id, legacy_ref FROM orders WHERE id = $1";\n' };
const struct = 'package api\n\ntype Order struct {\n\tRef string `db:"legacy_ref" json:"legacy_ref"`\n}\n';
/** What a page gets. */
const type = "export interface Order {\n  id: string;\n  legacy_ref: string;\n}\n";
const model = (field: string): string => `model orders {\n  id BigInt @id\n  ${field}\n}\n\n`;
const clean = { "src/orders.ts": 'export const byId = "SELECT id FROM orders WHERE id = $1";\n' };

const refOf =
  "CREATE FUNCTION ref_of(n bigint) RETURNS text LANGUAGE sql AS $$ SELECT legacy_ref FROM orders WHERE id = n $$;";

ruleTester.run("no-referenced-column-drop", rule, {
  valid: [
    { name: "nobody names it", history: [orders], baseCode: clean, headCode: clean, code: drop },
    { name: "a table of this change", pending: [orders], baseCode: uses, headCode: uses, code: drop },
    { name: "a function that nobody calls", history: [orders, refOf], baseCode: clean, headCode: clean, code: drop },
    {
      name: "only old code names it, and nothing runs meanwhile",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: uses,
      headCode: clean,
      code: drop,
    },
    {
      name: "only old code names it, and migrations run after the deploy",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: uses,
      headCode: clean,
      code: drop,
    },
    {
      name: "a table that is made anew with what code names",
      history: [orders],
      baseCode: uses,
      headCode: uses,
      code: "DROP TABLE orders;\nCREATE TABLE orders (id uuid PRIMARY KEY, legacy_ref text);",
    },
    {
      name: "a relation of Prisma's that has the column's name: it is read from another table",
      history: [orders],
      baseCode: { "prisma/schema.prisma": model("legacy_ref String?") },
      headCode: {
        "prisma/schema.prisma": `${model("legacy_ref Ref?")}model Ref {\n  order_id BigInt @id\n  order orders @relation(fields: [order_id], references: [id])\n}\n`,
        "src/orders.ts":
          "export const create = () => prisma.orders.create({ data: { legacy_ref: { create: {} } }, select: { legacy_ref: { select: { order_id: true } } } });\n",
      },
      deploy: { model: "recreate" },
      code: `CREATE TABLE "Ref" (order_id bigint PRIMARY KEY REFERENCES orders);\n${drop}`,
    },
    {
      name: "a column of the same name in another table",
      history: [orders, "CREATE TABLE payments (legacy_ref text);"],
      baseCode: { "src/payments.ts": 'export const all = "SELECT legacy_ref FROM payments";\n' },
      headCode: { "src/payments.ts": 'export const all = "SELECT legacy_ref FROM payments";\n' },
      code: drop,
    },
  ],
  invalid: [
    {
      name: "a struct that is read from the table that gets the column: the running code alone fails",
      history: [orders],
      baseCode: { "api/orders.go": struct, "web/types.ts": type },
      headCode: { "api/orders.go": struct, "web/types.ts": type },
      code: `CREATE TABLE order_refs (order_id bigint PRIMARY KEY, legacy_ref text);\n${drop}`,
      errors: [
        {
          message:
            "The running code uses legacy_ref of orders (api/orders.go:4) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop the column in a later pull request.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 42,
        },
      ],
    },
    {
      name: "the same where no table gets it",
      history: [orders],
      baseCode: { "api/orders.go": struct, "web/types.ts": type },
      headCode: { "api/orders.go": struct, "web/types.ts": type },
      code: drop,
      errors: [
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (api/orders.go:4) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a row with two columns that go one after the other, and one that comes",
      history: [orders],
      headCode: { "src/add.ts": 'await knex("orders").insert({ id, legacy_ref, total, note });\n' },
      code: "ALTER TABLE orders DROP COLUMN total;\nALTER TABLE orders DROP COLUMN legacy_ref;\nALTER TABLE orders ADD COLUMN note text;",
      errors: [
        {
          message:
            "The code of this pull request still uses total of orders (src/add.ts:1) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 37,
        },
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (src/add.ts:1) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a table that is made anew without the column, in one transaction",
      history: [orders],
      baseCode: uses,
      headCode: clean,
      code: "DROP TABLE orders;\nCREATE TABLE orders (id bigint PRIMARY KEY, total numeric);",
      errors: [
        {
          message:
            "The running code uses legacy_ref of orders (src/orders.ts:1), and what takes the name of orders has no such column: it fails from then on until its last instance is gone. Deploy the code without it first; leave the column out in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 18,
        },
      ],
    },
    {
      name: "a copy without the column takes the table's place",
      history: [orders],
      baseCode: uses,
      headCode: uses,
      code: "CREATE TABLE orders_new (id bigint PRIMARY KEY, total numeric);\nINSERT INTO orders_new SELECT id, total FROM orders;\nALTER TABLE orders RENAME TO orders_old;\nALTER TABLE orders_new RENAME TO orders;",
      errors: [
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (src/orders.ts:1), and what takes the name of orders has no such column: it fails then, in whatever order the two ship. Remove these uses and deploy that; leave the column out in a later pull request.",
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 40,
        },
      ],
    },
    {
      name: "a key of the column's name where it is a value of another type",
      history: [orders],
      headCode: {
        "prisma/schema.prisma": model("legacy_ref Json?"),
        "src/orders.ts":
          "export const create = () => prisma.orders.create({ data: { legacy_ref: { create: {} } } });\n",
      },
      code: drop,
      errors: [
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (prisma/schema.prisma:3, src/orders.ts:1) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
    {
      name: "a function of the database",
      history: [orders, refOf],
      baseCode: clean,
      headCode: { ...clean, "src/refs.ts": 'export const refOf = "SELECT ref_of($1)";\n' },
      code: drop,
      errors: [
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (db/migrations/0002.sql:1) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
    {
      name: "the running code only",
      history: [orders],
      baseCode: uses,
      headCode: clean,
      code: "ALTER TABLE orders\n  ADD COLUMN note text,\n  DROP COLUMN legacy_ref;",
      errors: [
        {
          message:
            "The running code uses legacy_ref of orders (src/orders.ts:1) and fails from the moment it is dropped until its last instance is gone. Deploy the code without it first; drop the column in a later pull request.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 25,
        },
      ],
    },
    {
      name: "the code of the change as well",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: uses,
      headCode: {
        ...uses,
        "src/a.ts": 'export const a = "SELECT o.legacy_ref FROM orders o";\n',
        "src/b.ts": 'export const b = "SELECT legacy_ref FROM orders WHERE id = 1";\n',
        "src/c.ts": '\nexport const c = "SELECT legacy_ref FROM orders";\n',
      },
      code: drop,
      errors: [
        {
          message:
            "The code of this pull request still uses legacy_ref of orders (src/a.ts:1, src/b.ts:1, src/c.ts:2 and 1 more) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 42,
        },
      ],
    },
  ],
});

it("hands on every place, those that the message leaves out too", () => {
  const many = Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`src/r${String(n)}.ts`, uses["src/orders.ts"]]));
  const { change } = memoryChange("/repo", drop, { history: [orders], baseCode: many, headCode: clean });
  const found = lint(change).findings.find(({ finding }) => finding.rule === "no-referenced-column-drop")?.finding;
  expect(found?.message).toContain("(src/r0.ts:1, src/r1.ts:1, src/r2.ts:1 and 2 more)");
  expect(found?.object).toBe("public.orders.legacy_ref");
  expect(found?.evidence.map(({ side, file, line }) => `${side} ${file}:${String(line)}`)).toEqual(
    Object.keys(many).map((file) => `base ${file}:1`),
  );
});

describe("the option report", () => {
  /** A use of each grade: SQL whose table is certain, one in another language, the word beside the table's name. */
  const graded = {
    certain: { "src/orders.ts": 'export const byId = "SELECT id, legacy_ref FROM orders";\n' },
    likely: { "src/orders.go": 'package orders\n\nconst byID = "SELECT id, legacy_ref FROM orders"\n' },
    possible: { "src/mail.ts": "// orders\nexport const mail = (orders) => ({ legacy_ref: orders.length });\n" },
  };
  const linter = new Linter({ cwd: "/repository" });
  const messages = (code: Readonly<Record<string, string>>, options: readonly unknown[]): string[] => {
    const { change, file } = memoryChange("/repository", drop, { history: [orders], baseCode: code, headCode: code });
    const takeBack = provideChange(change);
    try {
      const config: Linter.Config = {
        files: ["**/*.sql"],
        plugins: { "migration-safety": plugin as never },
        language: "migration-safety/sql",
        rules: { "migration-safety/no-referenced-column-drop": ["error", ...options] },
      };
      return linter.verify(drop, [config], { filename: `/repository/${file}` }).map(({ message }) => message);
    } finally {
      takeBack();
    }
  };

  it.each([
    [[], ["certain", "likely"]],
    [[{ report: "certain" }], ["certain"]],
    [[{ report: "likely" }], ["certain", "likely"]],
    [[{ report: "possible" }], ["certain", "likely", "possible"]],
  ])("%j: %j make findings", (options, expected) => {
    const found = Object.entries(graded).filter(([, code]) => messages(code, options).length > 0);
    expect(found.map(([grade]) => grade)).toEqual(expected);
  });

  it("says where nothing but the name tells", () => {
    expect(messages(graded.possible, [{ report: "possible" }])).toEqual([
      "The code of this pull request still uses legacy_ref of orders (src/mail.ts:2, by the name alone) and fails once it is dropped, in whatever order the two ship. Remove these uses and deploy that; drop the column in a later pull request.",
    ]);
  });

  it("takes no other values", () => {
    expect(() => messages(graded.certain, [{ report: "unknown" }])).toThrow(
      "should be equal to one of the allowed values",
    );
  });
});
