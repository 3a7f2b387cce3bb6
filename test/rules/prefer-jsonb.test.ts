import rule from "../../rules/prefer-jsonb.js";
import { ruleTester } from "./rule-tester.js";
import { prisma6 } from "./tools.js";

const message = (column: string, table: string, model = ""): string =>
  `${column} of ${table} is json, which has no equality and no index: SELECT DISTINCT, GROUP BY and UNION on it fail, no GIN index serves a search in it, and each operator parses the whole text again. Declare it as jsonb${model}.`;

ruleTester.run("prefer-jsonb", rule, {
  valid: [
    { name: "jsonb", code: "CREATE TABLE orders (json jsonb, note text DEFAULT '{}'::json::text);" },
    {
      name: "a column of base",
      history: ["CREATE TABLE orders (data json);"],
      code: "ALTER TABLE orders ALTER COLUMN data SET DEFAULT '{}';",
    },
    {
      name: "changed afterwards",
      code: "CREATE TABLE orders (data json);\nALTER TABLE orders ALTER COLUMN data TYPE jsonb USING data::jsonb;",
    },
  ],
  invalid: [
    {
      name: "a column that has its type's name",
      tool: prisma6,
      code: 'CREATE TABLE orders ("json" JSON NOT NULL);',
      errors: [
        {
          message: message("json", "orders", " (@db.JsonB in the Prisma schema)"),
          line: 1,
          column: 22,
          endLine: 1,
          endColumn: 42,
          suggestions: [{ desc: "Make it jsonb", output: 'CREATE TABLE orders ("json" jsonb NOT NULL);' }],
        },
      ],
    },
    {
      name: "behind a comment there is no edit",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "ALTER TABLE orders ADD COLUMN data /* json */ json;",
      errors: [{ message: message("data", "orders"), line: 1, column: 31, endLine: 1, endColumn: 51 }],
    },
  ],
});
