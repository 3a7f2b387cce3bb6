/** The option `report` is one for all rules whose findings rest on uses in code. */
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { lint } from "../../src/check/lint.js";
import { REPORT_DEFAULT, REPORT_SCHEMA } from "../../src/rule/index.js";
import { memoryChange } from "../rules/memory-change.js";

const orders = `CREATE TYPE state AS ENUM ('new', 'gone');
CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(20), state state, note text);
CREATE UNIQUE INDEX orders_code_idx ON orders (code);
CREATE TABLE orders_archive (LIKE orders);`;

interface Example {
  readonly migration: string;
  /** SQL that does not work behind it. */
  readonly sql: string;
  /** Migrations run after the deploy. */
  readonly after?: true;
  /** Only a released version has the SQL. */
  readonly release?: true;
  /** What both sides of the code have besides. */
  readonly client?: Readonly<Record<string, string>>;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  "no-referenced-column-drop": { migration: "ALTER TABLE orders DROP COLUMN note;", sql: "SELECT note FROM orders" },
  "no-referenced-table-drop": { migration: "DROP TABLE orders_archive;", sql: "SELECT id FROM orders_archive" },
  "no-rename": { migration: "ALTER TABLE orders RENAME COLUMN note TO remark;", sql: "SELECT note FROM orders" },
  "no-code-before-migration": {
    migration: "ALTER TABLE orders ADD COLUMN remark text;",
    sql: "SELECT remark FROM orders",
    after: true,
  },
  "no-conflict-target-loss": {
    migration: "DROP INDEX orders_code_idx;",
    sql: "INSERT INTO orders (id, code) VALUES (1, 'a') ON CONFLICT (code) DO NOTHING",
  },
  "no-constraint-before-code": {
    migration: "ALTER TABLE orders ALTER COLUMN note SET NOT NULL;",
    sql: "INSERT INTO orders (id) VALUES (1)",
  },
  "no-enum-value-removal": {
    migration: "ALTER TYPE state RENAME VALUE 'gone' TO 'lost';",
    sql: "SELECT id FROM orders WHERE state = 'gone'",
  },
  "no-incompatible-type-change": {
    migration: "ALTER TABLE orders ALTER COLUMN code TYPE varchar(3);",
    sql: "INSERT INTO orders (id, code) VALUES (1, 'abcdef')",
  },
  "no-select-star-break": {
    migration: "ALTER TABLE orders ADD COLUMN remark text;",
    sql: "INSERT INTO orders_archive SELECT * FROM orders",
  },
  "no-drop-in-same-release": {
    migration: "ALTER TABLE orders DROP COLUMN note;",
    sql: "SELECT note FROM orders",
    release: true,
  },
  "no-unknown-enum-value": {
    migration: "ALTER TYPE state ADD VALUE 'paid';",
    sql: "UPDATE orders SET state = 'paid' WHERE id = 1",
    client: {
      "prisma/schema.prisma":
        'datasource db {\n  provider = "postgresql"\n  url = ""\n}\n\nenum state {\n  new\n  gone\n}\n',
    },
  },
};

const certain = (sql: string): Readonly<Record<string, string>> => ({
  "src/query.ts": `export const query = "${sql}";\n`,
});
/** SQL in a language that is not read: where its table and columns stand in it is. */
const likely = (sql: string): Readonly<Record<string, string>> => ({
  "query.go": `package query\n\nconst query = "${sql}"\n`,
});

function findings(rule: string, code: Readonly<Record<string, string>>, report: string): number {
  const { migration, after, release, client = {} } = EXAMPLES[rule]!;
  const { change } = memoryChange("/repository", migration, {
    history: [orders],
    ...(release
      ? { baseCode: {}, headCode: {}, releaseCode: code }
      : { baseCode: client, headCode: { ...client, ...code } }),
    ...(after && { deploy: { migrations: "after" } }),
  });
  const configuration = { ...change.configuration, rules: { [rule]: ["error", { report }] as const } };
  return lint({ ...change, configuration }).findings.filter(({ finding }) => finding.rule === rule).length;
}

it("has an example of each rule that has the option", () => {
  const withOption = Object.entries(rules).filter(([, { meta }]) => meta.schema === REPORT_SCHEMA);
  expect(Object.keys(EXAMPLES).sort()).toEqual(withOption.map(([name]) => name).sort());
  for (const [, { meta }] of withOption) expect(meta.defaultOptions).toBe(REPORT_DEFAULT);
});

describe.each(Object.entries(EXAMPLES))("%s", (rule, { sql }) => {
  it("reports certain and likely uses, or certain ones alone", () => {
    const each = (code: Readonly<Record<string, string>>): number[] =>
      ["certain", "likely", "possible"].map((report) => findings(rule, code, report));
    expect({ certain: each(certain(sql)), likely: each(likely(sql)) }).toEqual({
      certain: [1, 1, 1],
      likely: [0, 1, 1],
    });
  });
});
