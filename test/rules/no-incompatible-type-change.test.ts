import { describe, expect, it } from "vitest";
import rule from "../../rules/no-incompatible-type-change.js";
import type { TypeName } from "../../src/model/name.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { refusalOfConstant } from "../../src/rule/type-constants.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { ruleTester } from "./rule-tester.js";

const orders = "CREATE TABLE orders (id bigint PRIMARY KEY, code text, amount int, label varchar(20), at timestamp);";
const code = (...sql: readonly string[]): Readonly<Record<string, string>> => ({
  "queries/orders.sql": sql.map((one) => `${one};\n`).join(""),
});
const packageOf = (...names: readonly string[]): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) }),
});
const reads = { "src/orders.ts": 'export const q = (db) => db.query("SELECT amount FROM orders WHERE id = $1");\n' };
const toBigint = "ALTER TABLE orders ALTER COLUMN amount TYPE bigint;";

ruleTester.run("no-incompatible-type-change", rule, {
  valid: [
    {
      name: "what code writes fits",
      history: [orders],
      baseCode: code("UPDATE orders SET code = '12'", "SELECT id FROM orders WHERE code = $1"),
      headCode: code("UPDATE orders SET code = '12'"),
      code: "ALTER TABLE orders ALTER COLUMN code TYPE int USING code::int;",
    },
    {
      name: "a shorter value, and a longer one that is only compared",
      history: [orders],
      baseCode: code("UPDATE orders SET label = 'short'", "SELECT id FROM orders WHERE label = 'a very long one'"),
      headCode: code("UPDATE orders SET label = 'short'"),
      code: "ALTER TABLE orders ALTER COLUMN label TYPE varchar(10);",
    },
    {
      name: "a table of this change",
      pending: [orders],
      baseCode: code("UPDATE orders SET code = 'A1'"),
      headCode: code("UPDATE orders SET code = 'A1'"),
      code: "ALTER TABLE orders ALTER COLUMN code TYPE int USING code::int;",
    },
    {
      name: "what the old type refuses, too",
      history: [orders],
      baseCode: code("UPDATE orders SET amount = 'many'"),
      headCode: code("UPDATE orders SET amount = 'many'"),
      code: "ALTER TABLE orders ALTER COLUMN amount TYPE smallint;",
    },
    {
      name: "the old code is gone by then",
      history: [orders],
      deploy: { model: "recreate" },
      baseCode: code("UPDATE orders SET code = 'A1'"),
      headCode: {},
      code: "ALTER TABLE orders ALTER COLUMN code TYPE int USING code::int;",
    },
    {
      name: "a driver that is not known, and ORMs that convert by their models",
      history: [orders],
      baseCode: { ...packageOf("pg", "@prisma/client"), ...reads },
      headCode: {},
      code: toBigint,
    },
    { name: "no package.json", history: [orders], baseCode: reads, headCode: {}, code: toBigint },
    {
      name: "values of one kind",
      history: [orders],
      baseCode: { ...packageOf("pg"), ...reads, "src/more.ts": reads["src/orders.ts"].replaceAll("amount", "label") },
      headCode: {},
      code: "ALTER TABLE orders ALTER COLUMN amount TYPE smallint;\nALTER TABLE orders ALTER COLUMN label TYPE text;",
    },
    {
      name: "only writes",
      history: [orders],
      baseCode: { ...packageOf("pg"), "src/o.ts": 'const q = (db) => db.query("UPDATE orders SET amount = $1");\n' },
      headCode: {},
      code: toBigint,
    },
  ],
  invalid: [
    {
      name: "a text that is no number",
      history: [orders],
      baseCode: code("UPDATE orders SET code = 'A1'"),
      headCode: {},
      code: "ALTER TABLE orders ALTER COLUMN code TYPE int USING 0;",
      errors: [
        {
          message:
            "The running code uses 'A1' as code of orders (queries/orders.sql:1), which is no int: PostgreSQL refuses it from the moment the type is changed until the last instance of that code is gone. Deploy code without it first; change the type in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 54,
        },
      ],
    },
    {
      name: "a value that gets too long, in code that comes with it",
      history: [orders],
      baseCode: {},
      headCode: code("INSERT INTO orders (id, label) VALUES ($1, 'unspecified')"),
      code: "ALTER TABLE orders\n  ADD COLUMN x int,\n  ALTER COLUMN label TYPE varchar(10);",
      errors: [
        {
          message:
            "The code of this pull request uses 'unspecified' as label of orders (queries/orders.sql:1), which is longer than varchar(10): PostgreSQL refuses it once the type is changed, in whatever order the two ship. Change that before you merge.",
          line: 3,
          column: 3,
          endLine: 3,
          endColumn: 38,
        },
      ],
    },
    {
      name: "bigint, which node-postgres returns as a string",
      history: [orders],
      baseCode: { ...packageOf("pg"), ...reads },
      headCode: { ...packageOf("pg"), ...reads },
      code: toBigint,
      errors: [
        {
          message:
            "node-postgres returns amount of orders as a string once it is bigint. The running code, which gets a number until then, reads it (src/orders.ts:1). Deploy code that takes both first; change the type in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 51,
        },
      ],
    },
    {
      name: "an array, in a package of its own",
      history: [orders],
      baseCode: {
        "api/package.json": packageOf("postgres")["package.json"] ?? "",
        "api/src/orders.ts": "export const q = (sql) => sql`SELECT label FROM orders`;\n",
        ...packageOf("pg", "postgres"),
      },
      headCode: {},
      code: "ALTER TABLE orders ALTER COLUMN label TYPE text[] USING ARRAY[label];",
      errors: [
        {
          message:
            "postgres.js returns label of orders as an array once it is text[]. The running code, which gets a string until then, reads it (api/src/orders.ts:1). Deploy code that takes both first; change the type in a later pull request.",
          line: 1,
          column: 1,
          endLine: 1,
          endColumn: 69,
        },
      ],
    },
  ],
});

/** Values that each type takes, and values that it refuses. */
const CONSTANTS: readonly (readonly [type: string, taken: readonly string[], refused: readonly string[]])[] = [
  ["int", ["1", "-2147483648", " 7 ", "+3"], ["A1", "", "2147483648", "-2147483649"]],
  ["smallint", ["32767"], ["32768", "x"]],
  ["bigint", ["9223372036854775807"], ["9223372036854775808", "1e"]],
  ["numeric", ["1.5", "-1e3", ".5", "NaN", "5."], ["1,5", "one"]],
  ["double precision", ["1e3", "Infinity", "-inf"], ["x1"]],
  ["boolean", ["true", "f", "ON", "no", "1"], ["enabled", "2", ""]],
  ["uuid", ["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11"], ["none", "a0eebc99"]],
  ["varchar(3)", ["abc", "ab ", "ab   "], ["abcd"]],
  ["timestamptz", ["2026-01-01", "now", "infinity", "epoch"], ["soon", ""]],
  ["mood", ["ok"], ["OK", "sad"]],
];

describe("constants of a type, as PostgreSQL takes them", () => {
  const replay = new Replay({ postgres: 18 });
  const types = new Map<string, TypeName>();
  const sql = `CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (${CONSTANTS.map(([type], index) => `c${String(index)} ${type}`).join(", ")});`;
  for (const statement of parseSql(sql).statements) replay.apply(statement, 0);
  for (const [index, [type]] of CONSTANTS.entries()) {
    const column = replay.catalog.table({ name: "t" })?.columns.get(`c${String(index)}`)?.type;
    if (column) types.set(type, column);
  }

  it("says of each what PostgreSQL says", async () => {
    const postgres = await startPGlite();
    await postgres.exec(sql);
    for (const [index, [type, taken, refused]] of CONSTANTS.entries()) {
      for (const value of [...taken, ...refused]) {
        const written = await postgres
          .query(`INSERT INTO t (c${String(index)}) VALUES ('${value}')`)
          .then(() => true)
          .catch(() => false);
        expect([type, value, written]).toEqual([type, value, taken.includes(value)]);
        const refusal = refusalOfConstant(value, types.get(type)!, replay.catalog, true);
        expect([type, value, refusal === undefined]).toEqual([type, value, taken.includes(value)]);
      }
    }
    await postgres.close();
  });
});
