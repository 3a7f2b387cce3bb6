/** The rows that a type change refuses, or cuts: what the query counts is what PostgreSQL does to each of them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countMisfits, misfitsOf } from "../../src/change/misfits.js";
import type { AlterColumnType } from "../../src/model/operation.js";
import { startPGlite } from "../postgres/start-pglite.js";
import { memoryChange } from "../rules/memory-change.js";

let database: Awaited<ReturnType<typeof startPGlite>>;
beforeAll(async () => {
  database = await startPGlite();
});
afterAll(() => database.close());

interface Case {
  readonly from: string;
  readonly to: string;
  readonly using?: string;
  /** As SQL. */
  readonly fits: readonly string[];
  readonly refused?: readonly string[];
  /** Values that a written cast shortens. */
  readonly cut?: readonly string[];
  /** What it counts, where that is to be seen: `$` stands for the condition. */
  readonly condition?: string;
}

const TYPES = `CREATE TYPE state AS ENUM ('new', 'it''s paid'); CREATE TYPE wider AS ENUM ('new', 'it''s paid', 'held');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);`;

const CASES: readonly Case[] = [
  { from: "int", to: "smallint", fits: ["NULL", "-32768", "32767"], refused: ["32768", "-32769"] },
  {
    from: "bigint",
    to: "int",
    fits: ["2147483647"],
    refused: ["2147483648"],
    condition: "amount NOT BETWEEN -2147483648 AND 2147483647",
  },
  { from: "numeric", to: "int", fits: ["2147483647.4", "-2147483648.4"], refused: ["2147483647.5", "'NaN'"] },
  { from: "numeric(23,3)", to: "bigint", using: "amount::bigint", fits: ["1.5"], refused: ["9223372036854775807.5"] },
  { from: "float8", to: "int", fits: ["2147483647.4"], refused: ["2147483647.5", "'NaN'", "'-Infinity'"] },
  { from: "float8", to: "bigint", fits: ["9223372036854774784"], refused: ["9223372036854775807", "'Infinity'"] },
  { from: "real", to: "smallint", fits: ["32767"], refused: ["32768", "'NaN'"] },
  {
    from: "numeric",
    to: "numeric(12,2)",
    fits: ["NULL", "9999999999.994", "'NaN'", "-9999999999.99"],
    refused: ["9999999999.995", "-1e10"],
    condition: "amount <> 'NaN' AND abs(round(amount, 2)) >= 1e10",
  },
  { from: "numeric(14,2)", to: "numeric(12,4)", fits: ["99999999.99"], refused: ["100000000"] },
  { from: "int", to: "numeric(5,2)", fits: ["999"], refused: ["1000", "-2147483648"] },
  { from: "numeric", to: "numeric(3)", fits: ["999.4"], refused: ["999.5"] },
  { from: "float8", to: "numeric(4,1)", fits: ["999.94", "'NaN'", "NULL"], refused: ["999.96", "'Infinity'", "1e300"] },
  { from: "numeric", to: "real", using: "amount::real", fits: ["1e30"], refused: ["1e60"] },
  {
    from: "text",
    to: "varchar(3)",
    fits: ["'abc'", "'ab   '", "NULL", "''"],
    refused: ["'abcd'", "' abc'", "'abc d'"],
    condition: "length(rtrim(amount, ' ')) > 3",
  },
  { from: "varchar(9)", to: "varchar(3)", using: "amount::varchar(3)", fits: ["'abc'", "'abc  '"], cut: ["'abcd'"] },
  { from: "text", to: "char(2)", fits: ["'ab'", "'a'"], refused: ["'abc'"] },
  { from: "text", to: "char", fits: ["'a'"], refused: ["'ab'"] },
  { from: "int", to: "varchar(3)", fits: ["999", "-99"], refused: ["1000", "-100"] },
  { from: "uuid", to: "varchar(36)", fits: ["'00000000-0000-0000-0000-000000000000'"] },
  { from: "text", to: "int", using: "amount::int", fits: ["' 7 '", "NULL"], refused: ["'x'", "'99999999999'", "''"] },
  {
    from: "text",
    to: "numeric(5,2)",
    using: "CAST(amount AS numeric(5,2))",
    fits: ["'999.994'"],
    refused: ["'999.995'", "'n'"],
  },
  {
    from: "text",
    to: "uuid",
    using: "amount::uuid",
    fits: ["'00000000-0000-0000-0000-00000000000a'"],
    refused: ["'a'"],
  },
  { from: "varchar(40)", to: "jsonb", using: "amount::jsonb", fits: [`'{"a": 1}'`, "'2'"], refused: ["'{'", "''"] },
  {
    from: "text",
    to: "timestamptz",
    using: "(amount)::timestamptz",
    fits: ["'2026-01-31 10:00+02'"],
    refused: ["'2026-02-30'", "'soon'"],
  },
  {
    from: "text",
    to: "date",
    using: "to_date(nullif(amount, ''), 'DD.MM.YYYY')",
    fits: ["'31.01.2026'", "''"],
    refused: ["'31.02.2026'"],
  },
  { from: "text", to: "bool", using: "amount = 'yes'", fits: ["'yes'", "'?'"] },
  { from: "json", to: "jsonb", fits: [`'{"a": 1}'`], refused: [`'"\\u0000"'`] },
  {
    from: "text",
    to: "state",
    using: "amount::state",
    fits: ["'new'", "'it''s paid'"],
    refused: ["'held'"],
    condition: "amount NOT IN ('new', 'it''s paid')",
  },
  { from: "wider", to: "state", using: "amount::text::state", fits: ["'new'"], refused: ["'held'"] },
  { from: "text[]", to: "int[]", using: "amount::int[]", fits: ["'{1,2}'"], refused: ["'{x}'"] },
  { from: "bigint", to: "positive", fits: ["1"], refused: ["0", "2147483648"] },
  { from: "int", to: "bigint", fits: ["1"] },
  { from: "varchar(3)", to: "varchar(5)", fits: ["'abc'"] },
  { from: "numeric(5,2)", to: "numeric(6,2)", fits: ["999.99"] },
  { from: "timestamp", to: "timestamptz", fits: ["'2026-01-01'"] },
  {
    from: "timestamp",
    to: "timestamptz",
    using: "amount AT TIME ZONE 'Europe/Berlin'",
    fits: ["'2026-03-29 02:30'", "'infinity'", "'0044-03-15 BC'", "NULL"],
  },
  { from: "date", to: "timestamp", fits: ["'2026-01-01'"] },
  { from: "timestamp", to: "timestamp(0)", fits: ["'2026-01-01 10:00:00.5'"] },
  { from: "int", to: "text", fits: ["1"] },
  { from: "jsonb", to: "text", fits: ["'{}'"] },
  { from: "int", to: "bool", using: "amount::bool", fits: ["2"] },
];

const ORDERS = (type: string): string => `CREATE TABLE orders (id bigint PRIMARY KEY, amount ${type});`;

function misfits({ from, to, using }: Case, postgres: number) {
  const sql = `ALTER TABLE orders ALTER COLUMN amount TYPE ${to}${using === undefined ? "" : ` USING ${using}`};`;
  const { change } = memoryChange("/repository", sql, { history: [TYPES + ORDERS(from)], postgres });
  const statement = change.databases[0]!.migrations.find(({ judged }) => judged)!.statements[0]!;
  const [operation] = statement.statement.operations;
  return { sql, found: misfitsOf(operation as AlterColumnType, statement.before, postgres) };
}

describe.each([15, 18])("on PostgreSQL %i", (postgres) => {
  test.each(
    CASES.map(
      (one) => [`${one.from} to ${one.to}${one.using === undefined ? "" : ` USING ${one.using}`}`, one] as const,
    ),
  )("%s", async (_, one) => {
    const { fits, refused = [], cut = [], condition } = one;
    const { sql, found } = misfits(one, postgres);
    if (condition !== undefined) expect(found?.condition).toBe(condition);
    await database.exec(`BEGIN; ${TYPES} ${ORDERS(one.from)}`);
    try {
      if (found === undefined) expect([...refused, ...cut]).toEqual([]);
      if (cut.length > 0) expect(found?.kind).toBe("cut");
      for (const [values, count] of [
        [fits, 0],
        [refused, refused.length],
        [cut, cut.length],
      ] as const) {
        await database.exec("TRUNCATE orders");
        for (const [id, value] of values.entries())
          await database.exec(`INSERT INTO orders VALUES (${String(id)}, ${value})`);
        if (found === undefined) continue;
        const results = await database.exec(countMisfits({ name: "orders" }, found));
        expect(results.at(-1)?.rows, values.join()).toEqual([{ count }]);
      }
      // What PostgreSQL itself does with each.
      for (const value of [...fits, ...refused, ...cut]) {
        await database.exec(`SAVEPOINT one; TRUNCATE orders; INSERT INTO orders VALUES (1, ${value})`);
        const works = await database.exec(sql).then(
          () => true,
          () => false,
        );
        expect(works, value).toBe(!refused.includes(value));
        if (cut.includes(value)) {
          const { rows } = await database.query<{ same: boolean }>(
            `SELECT amount::text = ${value} AS same FROM orders`,
          );
          expect(rows).toEqual([{ same: false }]);
        }
        await database.exec("ROLLBACK TO one");
      }
    } finally {
      await database.exec("ROLLBACK");
    }
  });
});

test("names that need quotes, a column that is called like the function's own", async () => {
  const history = `CREATE SCHEMA "Old Shop"; CREATE TABLE "Old Shop"."Order" ("converted" text, "r" text);`;
  const sql = `ALTER TABLE "Old Shop"."Order" ALTER COLUMN "converted" TYPE int USING ("converted" || "r")::int;`;
  const { change } = memoryChange("/repository", sql, { history: [history] });
  const statement = change.databases[0]!.migrations.find(({ judged }) => judged)!.statements[0]!;
  const operation = statement.statement.operations[0] as AlterColumnType;
  const query = countMisfits(operation.table, misfitsOf(operation, statement.before, 16)!);
  await database.exec(`${history} INSERT INTO "Old Shop"."Order" VALUES ('1', '2'), ('1', 'x')`);
  expect((await database.exec(query)).at(-1)?.rows).toEqual([{ count: 1 }]);
  await database.exec(`DROP SCHEMA "Old Shop" CASCADE`);
});
