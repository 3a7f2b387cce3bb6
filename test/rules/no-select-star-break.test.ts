import rule from "../../rules/no-select-star-break.js";
import { ruleTester } from "./rule-tester.js";

const orders =
  "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total numeric);\nCREATE TABLE orders_archive (id bigint, note text, total numeric);";
const code = (...sql: readonly string[]): Readonly<Record<string, string>> => ({
  "queries/orders.sql": sql.map((one) => `${one};\n`).join(""),
});
const add = "ALTER TABLE orders ADD COLUMN ref text;";
const drop = "ALTER TABLE orders DROP COLUMN note;";
const copies = code("INSERT INTO orders_archive SELECT * FROM orders WHERE id = $1");
const positional = code("INSERT INTO orders VALUES ($1, $2, $3)");
const loads = code("COPY orders FROM STDIN");
const prepared = code("PREPARE all_orders AS SELECT * FROM orders");

ruleTester.run("no-select-star-break", rule, {
  valid: [
    {
      name: "a plain SELECT *",
      history: [orders],
      baseCode: code("SELECT * FROM orders"),
      headCode: code("SELECT * FROM orders"),
      code: add,
    },
    {
      name: "an INSERT without columns leaves a new one out",
      history: [orders],
      baseCode: positional,
      headCode: positional,
      code: add,
    },
    {
      name: "rows of another table",
      history: [orders],
      baseCode: copies,
      headCode: copies,
      code: "ALTER TABLE orders_archive ADD COLUMN ref text;",
    },
    { name: "a table of this change", pending: [orders], baseCode: copies, headCode: copies, code: add },
    {
      name: "columns that are named",
      history: [orders],
      baseCode: code("INSERT INTO orders (id, note, total) VALUES ($1, $2, $3)", "COPY orders (id) FROM STDIN"),
      headCode: {},
      code: drop.replace("note", "ref"),
    },
    { name: "what is prepared later", history: [orders], baseCode: {}, headCode: prepared, code: add },
    {
      name: "the old code is gone by then",
      history: [orders],
      deploy: { migrations: "after" },
      baseCode: copies,
      headCode: {},
      code: add,
    },
    {
      name: "a column that is there",
      history: [orders],
      baseCode: copies,
      headCode: copies,
      code: "ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text;",
    },
  ],
  invalid: [
    {
      name: "a prepared statement, and a column that comes",
      history: [orders],
      baseCode: prepared,
      headCode: prepared,
      code: add,
      errors: [
        {
          message:
            "The running code keeps a prepared statement that reads * of orders (queries/orders.sql:1). On every connection that has it PostgreSQL refuses it from here on (cached plan must not change result type), until the connection is closed. Name the columns there and deploy that first, or restart the instances when this has run.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
    {
      name: "and one that changes its type",
      history: [orders],
      baseCode: prepared,
      headCode: prepared,
      code: "ALTER TABLE orders ALTER COLUMN note TYPE varchar(50);",
      errors: [
        {
          message:
            "The running code keeps a prepared statement that reads * of orders (queries/orders.sql:1). On every connection that has it PostgreSQL refuses it from here on (cached plan must not change result type), until the connection is closed. Name the columns there and deploy that first, or restart the instances when this has run.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 54,
        },
      ],
    },
    {
      name: "INSERT … SELECT *",
      history: [orders],
      baseCode: copies,
      headCode: copies,
      code: "ALTER TABLE orders\n  ADD COLUMN ref text;",
      errors: [
        {
          message:
            "The code of this pull request copies the rows of orders with INSERT … SELECT * (queries/orders.sql:1), which fails or fills other columns once ref is there. Name the columns there, and deploy that first.",
          line: 1,
          column: 1,
          endLine: 2,
          endColumn: 22,
        },
      ],
    },
    {
      name: "an INSERT without columns, and a column that goes",
      history: [orders],
      baseCode: positional,
      headCode: {},
      code: drop,
      errors: [
        {
          message:
            "The running code writes to orders without naming its columns (queries/orders.sql:1): once note is gone the statement fails, or each value behind it goes into the column to its left. Name the columns there, and deploy that first.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 36,
        },
      ],
    },
    {
      name: "COPY without columns",
      history: [orders],
      baseCode: loads,
      headCode: {},
      code: add,
      errors: [
        {
          message:
            "The running code loads orders with COPY and no list of columns (queries/orders.sql:1), which fails once ref is there: its data has no value for it. Name the columns there, and deploy that first.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 39,
        },
      ],
    },
  ],
});
