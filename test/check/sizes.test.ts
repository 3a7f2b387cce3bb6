import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { check } from "../../src/check/check.js";
import { ConfigurationError, configurationOf } from "../../src/check/configuration.js";
import { explainFile } from "../../src/check/explain.js";
import type { ChangeSource } from "../../src/change/change-source.js";
import type { Report } from "../../src/model/report.js";
import { renderExplanation } from "../../src/report/explain-text.js";
import { renderMarkdown } from "../../src/report/markdown.js";
import { renderText } from "../../src/report/text.js";
import { explanationErrors, schemaErrors } from "../report/schema.js";
import { memorySource } from "./memory-source.js";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T12:00:00Z"), toFake: ["Date"] });
});

afterEach(() => {
  vi.useRealTimers();
});

const CHANGE = "db/migrations/0002_change.sql";

const SIZES = {
  version: 1,
  collected_at: "2026-11-01T08:00:00Z",
  tables: [
    { schema: "public", name: "orders", rows: 12_345_678, bytes: 3_328_599_654, index_bytes: 1_288_490_188 },
    { schema: "public", name: "customers", rows: 240, bytes: 8192, index_bytes: 8192 },
    { schema: "Sales", name: "big.one", rows: null, bytes: 8192, index_bytes: 0 },
  ],
};

function changed(sql: string, stats = JSON.stringify(SIZES)): ChangeSource {
  return memorySource(
    {
      ".github/migration-safety.yml": "databases:\n  main:\n    stats: ./.ci/stats.json\n",
      ".ci/stats.json": stats,
      "db/migrations/0001_orders.sql":
        "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text);\n" +
        "CREATE TABLE customers (id bigint PRIMARY KEY);\n" +
        'CREATE SCHEMA "Sales";\nCREATE TABLE "Sales"."big.one" (id bigint);\n',
    },
    { [CHANGE]: `SET lock_timeout = '2s';\n${sql}` },
  );
}

function judged(sql: string, stats?: string): Report {
  const source = changed(sql, stats);
  return check(source, configurationOf(source));
}

/** What findings say behind the message that they have without sizes. */
function added(sql: string): unknown[] {
  const without = judged(sql, JSON.stringify({ ...SIZES, tables: [] })).findings;
  return judged(sql).findings.map(({ rule, message }, index) => {
    const start = without[index]?.message ?? "";
    expect(message.startsWith(start)).toBe(true);
    return [rule, message.slice(start.length)];
  });
}

it.each([
  [
    "CREATE INDEX orders_customer_idx ON orders (customer_id);",
    [["no-blocking-index-build", " orders: about 12 million rows, 3.1 GB."]],
  ],
  // Both are read while they are locked.
  [
    "ALTER TABLE orders ADD CONSTRAINT customer FOREIGN KEY (customer_id) REFERENCES customers;",
    [["no-blocking-constraint", " orders: about 12 million rows, 3.1 GB. customers: about 240 rows, 8 kB."]],
  ],
  ["DROP TABLE customers;", [["no-data-loss", " customers: about 240 rows, 8 kB."]]],
  ['CREATE INDEX ON "Sales"."big.one" (id);', [["no-blocking-index-build", " Sales.big.one: 8 kB."]]],
  ["CREATE TABLE fresh (id bigint PRIMARY KEY);\nCREATE INDEX ON fresh (id);", []],
])("each finding says how large its table is: %s", (sql, expected) => {
  expect(added(sql)).toEqual(expected);
});

it("the report has the sizes with the locks, and where they come from", () => {
  const report = judged("CREATE INDEX orders_customer_idx ON orders (customer_id);");
  expect(schemaErrors(report)).toEqual([]);
  expect(report.databases[0]?.statistics).toEqual({
    file: ".ci/stats.json",
    collectedAt: "2026-11-01T08:00:00.000Z",
  });
  expect(report.migrations[0]?.statements[1]?.locks).toMatchObject([
    { relation: "public.orders", size: { rows: 12_345_678, bytes: 3_328_599_654, indexBytes: 1_288_490_188 } },
  ]);
  const source = "sizes as `.ci/stats.json` has them of 2026-11-01 (21 days ago)";
  const text = renderText(report, { color: false });
  expect(text).toContain(source);
  expect(text).toContain(
    "Lock: SHARE on `orders`. Blocked: writes; reads go on. Duration: it builds the index, 5.6 s to 1.5 min (about 12 million rows, 3.1 GB).",
  );
  const markdown = renderMarkdown(report, { fits: () => true });
  expect(markdown).toContain("orders: about 12 million rows, 3.1 GB.");
  expect(markdown).toContain("2026-11-01 &#40;21 days ago&#41;");
});

it("an explanation has them, too", () => {
  const source = changed("ALTER TABLE orders ALTER COLUMN note SET NOT NULL;");
  const explanation = explainFile(source, configurationOf(source), CHANGE);
  expect(explanationErrors(explanation)).toEqual([]);
  expect(renderExplanation(explanation, { color: false })).toContain(
    "ACCESS EXCLUSIVE on `orders` (about 12 million rows, 3.1 GB) while it reads the whole table",
  );
});

it("a file that is not what it should be costs the sizes alone, and is named with its line", () => {
  const report = judged("CREATE INDEX ON orders (customer_id);", '{\n  "version": 1,\n  "tables": 3\n}');
  expect(report.findings.map(({ rule }) => rule)).toEqual(["no-blocking-index-build"]);
  expect(report.notes).toEqual([
    {
      file: ".ci/stats.json",
      line: 3,
      message: "`tables` is a whole number, and must be a list. So no sizes are shown.",
    },
  ]);
});

it("a file that is not there, or not in the repository, is a mistake in the configuration", () => {
  for (const path of ["missing.json", "../outside.json", "/etc/passwd"]) {
    const source = memorySource({}, { ".github/migration-safety.yml": `databases: { main: { stats: ${path} } }\n` });
    expect(() => configurationOf(source)).toThrow(
      new ConfigurationError([
        { file: ".github/migration-safety.yml", line: 1, column: 29, message: `There is no file ${path}.` },
      ]),
    );
  }
});
