/** Findings that the configuration accepts: silenced, never lost, and back when their day is over. */
import { afterEach, expect, test, vi } from "vitest";
import { checkChange } from "../../src/check/check.js";
import type { Acceptance } from "../../src/model/configuration.js";
import type { Report } from "../../src/model/report.js";
import { plugin } from "../../src/eslint/plugin.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { Linter } from "eslint";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint, legacy_ref text);";
const INDEX = "SET lock_timeout = '3s';\nCREATE INDEX orders_account_idx ON orders (account_id);\n";
const PLACE = { file: ".github/migration-safety.yml", line: 7 };

const entry = (parts: Partial<Acceptance> = {}): Acceptance => ({
  rule: "no-blocking-index-build",
  object: "public.orders_account_idx",
  reason: "orders is empty until the launch",
  place: PLACE,
  ...parts,
});

function changeWith(sql: string, accept: readonly Acceptance[], surroundings: Surroundings = {}) {
  const { change, file } = memoryChange("/repository", sql, { history: [ORDERS], ...surroundings });
  return { change: { ...change, configuration: { ...change.configuration, accept } }, file };
}

function checked(sql: string, accept: readonly Acceptance[], surroundings: Surroundings = {}): Report {
  return checkChange(changeWith(sql, accept, surroundings).change);
}

const found = ({ findings }: Report): string[] => findings.map(({ rule, line }) => `${String(line)} ${rule}`);

afterEach(() => {
  vi.useRealTimers();
});

test("an accepted finding is listed with its reason and the entry's place, and nothing else changes", () => {
  const before = checked(INDEX, []);
  expect(found(before)).toEqual(["2 no-blocking-index-build"]);
  const report = checked(INDEX, [entry()]);
  expect(report.verdict).toBe("safe");
  expect(report.findings).toEqual([]);
  expect(report.suppressed).toEqual([
    {
      ...before.findings[0],
      reason: "orders is empty until the launch",
      by: "configuration",
      directive: { ...PLACE, column: 1, endLine: 7, endColumn: 1 },
    },
  ]);
  expect(report.notes).toEqual([]);
});

test("the plan keeps its step, with the same id, and asks nobody to act", () => {
  const [before] = checked(INDEX, []).plan.phases;
  const { sentence, phases } = checked(INDEX, [entry()]).plan;
  expect(sentence).toBe("Nothing is left to do before you merge: 1 step is accepted.");
  expect(phases[0]).toEqual({
    ...before,
    steps: [
      {
        ...before?.steps[0],
        title: "Change this statement: it blocks writes on orders while it builds an index.",
        person: false,
        accepted: [{ rule: "no-blocking-index-build", reason: "orders is empty until the launch", place: PLACE }],
      },
    ],
  });
});

test("a use that is accepted keeps its step, and the drop is not planned for later", () => {
  const drop = "SET lock_timeout = '3s';\nALTER TABLE orders DROP COLUMN legacy_ref;\n";
  const baseCode = { "src/repository.ts": 'export const ref = (db) => db.query("SELECT legacy_ref FROM orders");\n' };
  const asked = (report: Report): string[] =>
    report.plan.phases.flatMap(({ id, steps }) =>
      steps.map(({ person, accepted }) => `${id} ${person ? "asks" : "asks nobody"}${accepted ? ", accepted" : ""}`),
    );
  const before = checked(drop, [], { baseCode });
  expect(found(before)).toEqual(["2 no-referenced-column-drop"]);
  expect(before.plan.sentence).toBe(
    "Split this pull request: the code running now still uses orders.legacy_ref. With the proposed steps it takes 2 pull requests, this one included.",
  );
  expect(asked(before)).toEqual(["before-merge asks", "later asks"]);
  const rule = "no-referenced-column-drop";
  const report = checked(drop, [entry({ rule, object: "public.orders.legacy_ref" })], { baseCode });
  expect(report.verdict).toBe("safe");
  expect(asked(report)).toEqual(["before-merge asks nobody, accepted"]);
  expect(report.plan.sentence).toBe("Nothing is left to do before you merge: 1 step is accepted.");
});

test("an entry holds to the end of its last day, in UTC; then the finding is back, with a note that names it", () => {
  vi.useFakeTimers();
  const until = [entry({ until: "2027-01-31" })];
  vi.setSystemTime(new Date("2027-01-31T23:59:59Z"));
  expect(checked(INDEX, until).suppressed.map((one) => one.until)).toEqual(["2027-01-31"]);
  vi.setSystemTime(new Date("2027-02-01T00:00:00Z"));
  const report = checked(INDEX, until);
  expect(found(report)).toEqual(["2 no-blocking-index-build"]);
  expect(report.suppressed).toEqual([]);
  expect(report.notes).toEqual([
    {
      ...PLACE,
      message:
        "This entry accepted no-blocking-index-build at db/migrations/0002.sql:2 until 2027-01-31. That day has passed, and the finding is back.",
    },
  ]);
  // One that still holds counts, whatever else has run out.
  expect(checked(INDEX, [...until, entry()]).findings).toEqual([]);
});

test.each<[what: string, entry: Partial<Acceptance>, accepts: boolean]>([
  ["the object without its schema", { object: "orders_account_idx" }, true],
  ["another object", { object: "public.orders" }, false],
  ["another schema's", { object: "app.orders_account_idx" }, false],
  ["another rule", { rule: "no-table-rewrite" }, false],
  ["the object in this file", { file: "db/migrations/0002.sql" }, true],
  ["the object in these files", { file: "db/**" }, true],
  ["the object in another file", { file: "db/migrations/0003.sql" }, false],
])("an entry that names %s", (_, parts, accepts) => {
  expect(found(checked(INDEX, [entry(parts)]))).toEqual(accepts ? [] : ["2 no-blocking-index-build"]);
});

test("an entry without an object accepts all that the rule finds in the file, also where the file is gone", () => {
  const { object: _, ...ofFile } = entry({ rule: "no-edited-migration", file: "db/migrations/0009.sql" });
  const deleted = { deleted: ["db/migrations/0009.sql", "db/migrations/0010.sql"] };
  const report = checked("SELECT 1;", [ofFile], deleted);
  expect(report.findings.map(({ rule, file }) => `${rule} ${file}`)).toEqual([
    "no-edited-migration db/migrations/0010.sql",
  ]);
  expect(report.suppressed.map(({ rule, file }) => `${rule} ${file}`)).toEqual([
    "no-edited-migration db/migrations/0009.sql",
  ]);
});

test.each<[what: string, entry: Partial<Acceptance>, says: string | undefined]>([
  [
    "the object of a statement",
    { rule: "no-table-rewrite" },
    "no finding of no-table-rewrite is about public.orders_account_idx",
  ],
  [
    "it without its schema",
    { rule: "no-rename", object: "orders_account_idx" },
    "no finding of no-rename is about orders_account_idx",
  ],
  ["it in another file", { rule: "no-rename", file: "db/migrations/0003.sql" }, undefined],
  ["an object that the change leaves alone", { object: "public.lines_idx" }, undefined],
  [
    "its file",
    { rule: "no-data-loss", file: "db/migrations/0002.sql", object: undefined as never },
    "no finding of no-data-loss is about db/migrations/0002.sql",
  ],
  ["files to come", { rule: "no-data-loss", file: "db/**", object: undefined as never }, undefined],
])("an entry that accepts nothing and names %s", (_, parts, says) => {
  const { object, ...others } = entry(parts);
  const unused = { ...others, ...(object !== undefined && { object }) };
  const report = checked(INDEX, [entry(), unused]);
  expect(report.findings).toEqual([]);
  const message = `This entry accepts nothing: ${says ?? ""} in this change.`;
  expect(report.notes).toEqual(says === undefined ? [] : [{ ...PLACE, message }]);
});

test("an accepted finding does not let another one on the same harm through", () => {
  const sql = "CREATE INDEX orders_account_idx ON orders (account_id);";
  expect(found(checked(sql, []))).toEqual(["1 no-blocking-index-build"]);
  expect(found(checked(sql, [entry()]))).toEqual([]);
});

test("in ESLint an accepted finding is not there either", () => {
  const rules = (accept: readonly Acceptance[]): (string | null)[] => {
    const { change, file } = changeWith(INDEX, accept);
    const takeBack = provideChange(change);
    try {
      const config: Linter.Config = {
        files: ["**/*.sql"],
        plugins: { "migration-safety": plugin as never },
        language: "migration-safety/sql",
        rules: { "migration-safety/no-blocking-index-build": "error" },
      };
      return new Linter({ cwd: "/repository" })
        .verify(INDEX, [config], { filename: `/repository/${file}` })
        .map(({ ruleId }) => ruleId);
    } finally {
      takeBack();
    }
  };
  expect(rules([])).toEqual(["migration-safety/no-blocking-index-build"]);
  expect(rules([entry()])).toEqual([]);
  expect(rules([entry({ until: "2020-01-01" })])).toEqual(["migration-safety/no-blocking-index-build"]);
});
