/** Which CHECKs spare a table from being read, as partition or as default partition: claimed and measured. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { Replay } from "../../src/postgres/replay.js";
import { MeasuredPostgres } from "./measured-postgres.js";

const byRange =
  "CREATE TABLE e (id int, day date, k text) PARTITION BY RANGE (day); CREATE TABLE e0 PARTITION OF e FOR VALUES FROM ('2020-01-01') TO ('2021-01-01'); CREATE TABLE p (id int, day date, k text); INSERT INTO p SELECT n, '2027-05-05', 'a' FROM generate_series(1, 20) n;";
const attachRange = "ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')";
const byList =
  "CREATE TABLE e (id int, k text) PARTITION BY LIST (k); CREATE TABLE e0 PARTITION OF e FOR VALUES IN ('z'); CREATE TABLE p (id int, k text); INSERT INTO p SELECT n, 'a' FROM generate_series(1, 20) n;";
const byTwo =
  "CREATE TABLE e (a int, b int) PARTITION BY RANGE (a, b); CREATE TABLE p (a int NOT NULL, b int NOT NULL); INSERT INTO p SELECT 1, n FROM generate_series(1, 20) n;";
const byHash = "CREATE TABLE e (a int) PARTITION BY HASH (a); CREATE TABLE p (a int NOT NULL); INSERT INTO p SELECT 1;";
const byExpression =
  "CREATE TABLE e (a int) PARTITION BY RANGE ((a / 10)); CREATE TABLE p (a int NOT NULL); INSERT INTO p SELECT 15;";
const nested =
  "CREATE TABLE top (id int, day date) PARTITION BY RANGE (day); CREATE TABLE e PARTITION OF top FOR VALUES FROM ('2027-01-01') TO ('2028-01-01') PARTITION BY LIST (id); CREATE TABLE p (id int NOT NULL, day date NOT NULL); INSERT INTO p SELECT 1, '2027-05-05' FROM generate_series(1, 20) n;";
const defaultOfRange =
  "CREATE TABLE e (id int, day date) PARTITION BY RANGE (day); CREATE TABLE p PARTITION OF e DEFAULT; INSERT INTO e SELECT n, '2020-01-01' FROM generate_series(1, 20) n;";
const partOfRange = "CREATE TABLE e7 PARTITION OF e FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')";
const defaultOfList =
  "CREATE TABLE e (id int, k text) PARTITION BY LIST (k); CREATE TABLE p PARTITION OF e DEFAULT; INSERT INTO e SELECT n, 'q' FROM generate_series(1, 20) n;";

/** Schema, statement, and what is added to the table `p` before. */
const forms: readonly (readonly [schema: string, sql: string, clauses: readonly string[]])[] = [
  [
    byRange,
    attachRange,
    [
      "",
      "ADD CHECK (day >= '2027-01-01' AND day < '2028-01-01')",
      "ADD CHECK (day IS NOT NULL AND day >= '2027-01-01' AND day < '2028-01-01')",
      "ADD CHECK (day IS NOT NULL AND day >= '2027-01-01' AND day < '2028-01-01') NOT VALID",
      "ALTER day SET NOT NULL, ADD CHECK (day >= '2027-01-01' AND day < '2028-01-01')",
      "ALTER day SET NOT NULL, ADD CHECK (day >= '2027-01-01'), ADD CHECK (day < '2028-01-01')",
      "ADD CHECK (day >= '2027-03-01' AND day < '2027-08-01' AND day IS NOT NULL)",
      "ADD CHECK (day IS NOT NULL AND day BETWEEN '2027-01-01' AND '2027-12-31')",
      "ADD CHECK (day IS NOT NULL AND day BETWEEN '2027-01-01' AND '2028-01-01')",
      "ADD CHECK (day IS NOT NULL AND day > '2026-12-31' AND day < '2028-01-01')",
      "ADD CHECK (day IS NOT NULL AND day = '2027-05-05')",
      "ADD CHECK (day IS NOT NULL AND day IN ('2027-05-05', '2027-06-06'))",
      "ADD CHECK (day IS NOT NULL AND day >= '2026-01-01' AND day < '2028-01-01')",
      "ADD CHECK (day IS NOT NULL AND '2027-01-01' <= day AND '2028-01-01' > day)",
      "ADD CHECK (day IS NOT NULL AND day >= date '2027-01-01' AND day < '2028-01-01'::timestamp)",
      "ADD CHECK (NOT (day < '2027-01-01') AND day < '2028-01-01' AND day IS NOT NULL)",
      "ADD CHECK (day IS NOT NULL AND extract(year FROM day) = 2027)",
      "ADD CHECK (k <> '')",
    ],
  ],
  [
    byRange,
    "ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM ('2027-01-01') TO (MAXVALUE)",
    ["ADD CHECK (day IS NOT NULL AND day >= '2027-01-01')", "ADD CHECK (day IS NOT NULL AND day < '2028-01-01')"],
  ],
  [
    byRange,
    "ALTER TABLE e ATTACH PARTITION p DEFAULT",
    ["", "ADD CHECK (day < '2020-01-01' OR day >= '2021-01-01')", "ADD CHECK (day >= '2027-01-01')"],
  ],
  ...["'a'", "'a', 'b'", "'a', NULL"].map(
    (values) =>
      [
        byList,
        `ALTER TABLE e ATTACH PARTITION p FOR VALUES IN (${values})`,
        [
          "",
          "ADD CHECK (k = 'a')",
          "ADD CHECK (k IS NOT NULL AND k = 'a')",
          "ADD CHECK (k IS NOT NULL AND k IN ('a', 'b'))",
          "ADD CHECK (k IS NOT NULL AND k IN ('a', 'c'))",
          "ADD CHECK (k IS NOT NULL AND (k = 'a' OR k = 'b'))",
          "ADD CHECK (k IS NOT NULL AND k = ANY (ARRAY['a', 'b']))",
        ],
      ] as const,
  ),
  [
    byTwo,
    "ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM (1, 0) TO (1, 100)",
    ["", "ADD CHECK (a >= 1 AND a < 2)", "ADD CHECK (a = 1 AND b >= 0 AND b < 100)"],
  ],
  [
    byTwo,
    "ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM (1, MINVALUE) TO (2, MINVALUE)",
    ["ADD CHECK (a >= 1 AND a < 2)", "ADD CHECK (a >= 1 AND a < 3)"],
  ],
  [byHash, "ALTER TABLE e ATTACH PARTITION p FOR VALUES WITH (MODULUS 1, REMAINDER 0)", [""]],
  [byExpression, "ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM (1) TO (2)", [""]],
  [
    nested,
    "ALTER TABLE e ATTACH PARTITION p FOR VALUES IN (1)",
    ["ADD CHECK (id = 1)", "ADD CHECK (id = 1 AND day >= '2027-01-01' AND day < '2028-01-01')"],
  ],
  [
    defaultOfRange,
    partOfRange,
    [
      "",
      "ADD CHECK (day < '2027-01-01' OR day >= '2028-01-01')",
      "ADD CHECK (day < '2027-01-01')",
      "ADD CHECK (day IS NULL OR day < '2027-01-01')",
      "ADD CHECK (day < '2026-01-01' OR day >= '2029-01-01')",
      "ADD CHECK (NOT (day >= '2027-01-01' AND day < '2028-01-01'))",
      "ADD CHECK (day < '2027-06-01')",
    ],
  ],
  ...["'a'", "'a', 'b'"].map(
    (values) =>
      [
        defaultOfList,
        `CREATE TABLE e1 PARTITION OF e FOR VALUES IN (${values})`,
        [
          "",
          "ADD CHECK (k <> 'a')",
          "ADD CHECK (k NOT IN ('a', 'b'))",
          "ADD CHECK (k <> 'a' AND k <> 'b')",
          "ADD CHECK (k = 'q')",
          "ADD CHECK (k IN ('q', 'r'))",
          "ADD CHECK (k IS NULL OR k NOT IN ('a', 'b'))",
        ],
      ] as const,
  ),
];

const cases = forms.flatMap(([schema, sql, clauses]) =>
  clauses.map((clause) => ({ before: `${schema}${clause === "" ? "" : ` ALTER TABLE p ${clause};`}`, sql, clause })),
);

let postgres: MeasuredPostgres;
beforeAll(async () => void (postgres = await MeasuredPostgres.start()));
afterAll(() => postgres.close());

describe("what a CHECK spares", () => {
  it.each(cases)("$sql, $clause", async ({ before, sql }) => {
    const replay = new Replay({ postgres: 18 });
    for (const statement of parseSql(before).statements) replay.apply(statement, 0);
    const [statement] = parseSql(sql).statements;
    const claimed = statement ? replay.apply(statement, 1).locks : [];
    const measured = (await postgres.measure(before, sql)).locks;
    const work = Object.fromEntries(claimed.map(({ relation, while: done }) => [relation, done]));
    expect(work["public.p"]).toBe(measured["public.p"]?.while);
  });

  it("is not known where texts have an order of their own: then a CHECK counts", () => {
    const replay = new Replay({ postgres: 18 });
    const before =
      "CREATE TABLE e (k text) PARTITION BY RANGE (k); CREATE TABLE p (k text NOT NULL CHECK (k >= 'b' AND k < 'c'));";
    for (const statement of parseSql(before).statements) replay.apply(statement, 0);
    const [statement] = parseSql("ALTER TABLE e ATTACH PARTITION p FOR VALUES FROM ('a') TO ('d')").statements;
    expect(statement && replay.apply(statement, 1).work).toEqual(["instant"]);
  });
});
