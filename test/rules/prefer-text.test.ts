import rule from "../../rules/prefer-text.js";
import { ruleTester } from "./rule-tester.js";
import { drizzle } from "./tools.js";

const limited = (column: string, table: string, type: string, model = ""): string =>
  `${column} of ${table} is ${type}, which refuses longer values and saves nothing: text is stored alike. Lowering the limit later rewrites ${table}. Declare it as text${model}, and put a limit that matters into a CHECK, which can change without a rewrite.`;

ruleTester.run("prefer-text", rule, {
  valid: [
    { name: "text", code: "CREATE TABLE orders (code text, name varchar, note citext);" },
    { name: "a type that is called char", code: 'CREATE TABLE orders (kind "char");' },
    {
      name: "a limit that is raised",
      history: ["CREATE TABLE orders (code varchar(20));"],
      code: "ALTER TABLE orders ALTER COLUMN code TYPE varchar(40);",
    },
    {
      name: "changed afterwards",
      code: "CREATE TABLE orders (code varchar(20));\nALTER TABLE orders ALTER COLUMN code TYPE text;",
    },
    { name: "bits", code: "CREATE TABLE orders (flags bit(8));" },
  ],
  invalid: [
    {
      name: "in Drizzle",
      tool: drizzle,
      code: 'CREATE TABLE "orders" ("code" varchar(20) NOT NULL);',
      errors: [
        {
          message: limited("code", "orders", "varchar(20)", " (text() in the Drizzle schema)"),
          line: 1,
          column: 24,
          endLine: 1,
          endColumn: 51,
          suggestions: [{ desc: "Make it text", output: 'CREATE TABLE "orders" ("code" text NOT NULL);' }],
        },
      ],
    },
    {
      name: "written out, and a list",
      history: ["CREATE TABLE orders (id bigint PRIMARY KEY);"],
      code: "ALTER TABLE orders ADD COLUMN code character varying(20) DEFAULT '', ADD tags varchar(8)[];",
      errors: [
        {
          message: limited("code", "orders", "character varying(20)"),
          line: 1,
          column: 31,
          endLine: 1,
          endColumn: 68,
          suggestions: [
            {
              desc: "Make it text",
              output: "ALTER TABLE orders ADD COLUMN code text DEFAULT '', ADD tags varchar(8)[];",
            },
          ],
        },
        {
          message: limited("tags", "orders", "varchar(8)[]"),
          line: 1,
          column: 74,
          endLine: 1,
          endColumn: 91,
          suggestions: [
            {
              desc: "Make it text",
              output: "ALTER TABLE orders ADD COLUMN code character varying(20) DEFAULT '', ADD tags text[];",
            },
          ],
        },
      ],
    },
    {
      name: "char pads",
      code: "CREATE TABLE orders (currency char(3));",
      errors: [
        {
          message:
            "currency of orders is char(3), which fills every value with blanks up to its length, stores them, and leaves them out of comparisons. Declare it as text, and put a length that matters into a CHECK.",
          line: 1,
          column: 22,
          endLine: 1,
          endColumn: 38,
          suggestions: [{ desc: "Make it text", output: "CREATE TABLE orders (currency text);" }],
        },
      ],
    },
    {
      name: "a column that becomes one",
      history: ["CREATE TABLE orders (code text);"],
      code: "ALTER TABLE orders ALTER code TYPE varchar(20);",
      errors: [{ message: limited("code", "orders", "varchar(20)"), line: 1, column: 1, endLine: 1, endColumn: 47 }],
    },
  ],
});
