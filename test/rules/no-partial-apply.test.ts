import rule from "../../rules/no-partial-apply.js";
import { expect, it } from "vitest";
import { lint } from "../../src/check/lint.js";
import { memoryChange } from "./memory-change.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6, prisma7, supabase, unknownRunner } from "./tools.js";

const history = ["CREATE TABLE orders (id bigint PRIMARY KEY, total int, note text);"];
const two = "ALTER TABLE orders ADD COLUMN due date;\nALTER TABLE orders DROP COLUMN note;";

const byDefault = (first: string, last: string, others = ""): string =>
  `If this fails, ${first} stays, and the next run starts again at the top: Prisma runs each statement of a migration by itself${others}. Put BEGIN before ${first}, and COMMIT behind ${last}.`;
const bySetting =
  "If this fails, line 1 stays, and the next run starts again at the top: this migration runs outside a transaction.";

ruleTester.run("no-partial-apply", rule, {
  valid: [
    { name: "a transaction of the tool", history, code: two },
    { name: "a transaction of one query", history, tool: prisma6, code: two },
    { name: "a runner that is not known", history, tool: unknownRunner, code: two },
    { name: "a transaction of the file", history, tool: prisma7, code: `BEGIN;\n${two}\nCOMMIT;` },
    {
      name: "one change",
      history,
      tool: prisma7,
      code: "SET lock_timeout = '5s';\nALTER TABLE orders DROP COLUMN note;\nSELECT 1;",
    },
    {
      name: "one change, and what no transaction may hold",
      history,
      tool: prisma7,
      code: "ALTER TABLE orders ADD COLUMN due date;\nCREATE INDEX CONCURRENTLY ON orders (due);\nVACUUM orders;\nANALYZE orders;",
    },
    { name: "one DO block", history, tool: prisma7, code: `DO $$ BEGIN ${two} END $$;` },
    {
      name: "it is told in an earlier migration",
      history,
      tool: prisma7,
      pending: ["CREATE TABLE a (id int); CREATE TABLE b (id int);"],
      code: two,
    },
  ],
  invalid: [
    {
      name: "the tool's default",
      history,
      tool: prisma7,
      code: `-- AlterTable\n${two}\n`,
      errors: [
        {
          message: byDefault("line 2", "line 3"),
          line: 3,
          column: 1,
          endLine: 3,
          endColumn: 36,
          suggestions: [
            {
              desc: "Put BEGIN and COMMIT around them",
              output: `-- AlterTable\nBEGIN;\n${two}\nCOMMIT;\n`,
            },
          ],
        },
      ],
    },
    {
      name: "changes of data, without a final semicolon",
      history,
      tool: prisma7,
      code: "UPDATE orders SET total = 0 WHERE id = 1;\nINSERT INTO orders (id) VALUES (2)",
      errors: [
        {
          message: byDefault("line 1", "line 2"),
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 35,
          suggestions: [
            {
              desc: "Put BEGIN and COMMIT around them",
              output: "BEGIN;\nUPDATE orders SET total = 0 WHERE id = 1;\nINSERT INTO orders (id) VALUES (2);\nCOMMIT;",
            },
          ],
        },
      ],
    },
    {
      name: "what no transaction may hold stands between them",
      history,
      tool: prisma7,
      code: "ALTER TABLE orders ADD COLUMN due date;\nCREATE INDEX CONCURRENTLY ON orders (due);\nALTER TABLE orders DROP COLUMN note;",
      errors: [{ message: byDefault("line 1", "line 3"), line: 3, column: 1, endLine: 3, endColumn: 36 }],
    },
    {
      name: "a migration that is taken out of the tool's transaction",
      history,
      tool: supabase,
      transaction: "per-statement",
      code: two,
      errors: [
        {
          message: `${bySetting} Let Supabase open one for this migration again.`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 36,
        },
      ],
    },
    {
      name: "for a statement that no transaction may hold",
      history,
      transaction: "per-statement",
      code: `${two}\nCREATE INDEX CONCURRENTLY ON orders (due);`,
      errors: [
        {
          message: `${bySetting} Give CREATE INDEX CONCURRENTLY in line 3 a migration of its own, and let your runner open one for this migration again.`,
          line: 2,
          column: 1,
          endLine: 2,
          endColumn: 36,
        },
      ],
    },
  ],
});

it("tells the tool's default once for a database, and in how many migrations it is so", () => {
  const table = (name: string): string => `CREATE TABLE ${name} (id int); CREATE TABLE ${name}_log (id int);`;
  const pending = ["SELECT 1;", table("a"), table("b")];
  const { change } = memoryChange("/repo", table("c"), { history, pending, tool: prisma7 });
  const configuration = { ...change.configuration, rules: { "no-partial-apply": ["warn"] as const } };
  const told = lint({ ...change, configuration }).findings.flatMap(({ finding: { rule: name, file, message } }) =>
    name === "no-partial-apply" ? `${file}: ${message}` : [],
  );
  expect(told).toEqual([
    `db/migrations/0003.sql: ${byDefault("line 1", "line 1", " (as in 2 other migrations of this change)")}`,
  ]);
});
