import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import type { Report } from "../../src/model/report.js";
import { timeLimit, type TimeLimit } from "../../src/text/out-of-time.js";
import { memorySource } from "./memory-source.js";

const TABLE = { "migrations/001.sql": "CREATE TABLE a (id bigint PRIMARY KEY, b int);" };
const index = (name: string) => `CREATE INDEX ${name} ON a (b);`;
const FIX =
  "Set the input `time-limit` to more seconds, or name what need not be judged under `ignore` in the configuration.";
const LEFT = "not judged: the time for this check was over";

/** Over once it was asked so many times. */
class AfterQuestions implements TimeLimit {
  readonly seconds = 5;
  asked = 0;

  constructor(readonly count = Infinity) {}

  isOver(): boolean {
    this.asked += 1;
    return this.asked > this.count;
  }
}

type Files = Readonly<Record<string, string>>;

const run = (files: Files, timeLimit?: TimeLimit, configuration = DEFAULT_CONFIGURATION): Report =>
  check(memorySource(TABLE, { ...TABLE, ...files }), configuration, timeLimit && { timeLimit });

/** The reports of a check that ends at each moment at which it asks. */
function atEachMoment(files: Files, configuration = DEFAULT_CONFIGURATION): readonly Report[] {
  const whole = new AfterQuestions();
  run(files, whole, configuration);
  return Array.from({ length: whole.asked }, (_, moment) => run(files, new AfterQuestions(moment), configuration));
}

/** The report that says this of a place that was not analysed, and what else it says. */
function reportSaying(reports: readonly Report[], unknown: Report["unknowns"][number]): Report {
  const found = reports.find(({ unknowns }) => unknowns.some((one) => JSON.stringify(one) === JSON.stringify(unknown)));
  if (found === undefined) throw new Error(`No report says ${JSON.stringify(unknown)}.`);
  return found;
}

const findingsOf = ({ findings }: Report) => findings.map(({ file, line, rule }) => `${file}:${String(line)} ${rule}`);
const reasonsOf = ({ change }: Report) => change.incomplete.map(({ reason }) => reason);

const THREE = { "migrations/002.sql": index("i"), "migrations/003.sql": index("j"), "migrations/004.sql": index("k") };

let three: readonly Report[] | undefined;
const ofThree = () => (three ??= atEachMoment(THREE));

describe("a check with a time limit", () => {
  it("is the same as without one while there is time", () => {
    expect(run(THREE, timeLimit(60))).toEqual(run(THREE));
    expect(run(THREE, new AfterQuestions())).toEqual(run(THREE));
  });

  it("ends between two files with what it has found, and says which are not judged", () => {
    const report = ofThree().findLast(({ unknowns }) => unknowns.length > 0)!;
    expect(findingsOf(report)).toEqual([
      "migrations/002.sql:1 no-blocking-index-build",
      "migrations/003.sql:1 no-blocking-index-build",
    ]);
    expect(report.unknowns).toEqual([{ file: "migrations/004.sql", line: 1, reason: LEFT }]);
    expect(report.change.incomplete).toEqual([
      {
        reason:
          "The check was ended after 5 seconds: 2 of 3 migrations were judged. What was not is listed as not analysed.",
        fix: FIX,
      },
    ]);
    expect(report.verdict).toBe("unsafe");
  });

  it("ends within a file: what stands before is judged, and the line is named from which on nothing is", () => {
    const files = { "migrations/002.sql": ["i", "j", "k", "l"].map(index).join("\n") };
    const report = reportSaying(atEachMoment(files), {
      file: "migrations/002.sql",
      line: 3,
      reason: `from here on ${LEFT}`,
    });
    expect(findingsOf(report)).toEqual([
      "migrations/002.sql:1 no-blocking-index-build",
      "migrations/002.sql:2 no-blocking-index-build",
    ]);
    expect(reasonsOf(report)).toEqual([
      "The check was ended after 5 seconds: 0 of 1 migrations were judged. What was not is listed as not analysed.",
    ]);
  });

  it("ends while one file is read: the statements from one line on are unknown", () => {
    const files = { "migrations/002.sql": ["i", "j", "k", "l"].map(index).join("\n") };
    const report = reportSaying(atEachMoment(files), {
      file: "migrations/002.sql",
      line: 3,
      reason: "the time for this check was over",
    });
    expect(report.migrations[0]?.statements.map(({ sql }) => sql)).toEqual([
      "CREATE INDEX i ON a (b)",
      "CREATE INDEX j ON a (b)",
      "CREATE INDEX k ON a (b);\nCREATE INDEX l ON a (b)",
    ]);
    expect(report.coverage).toMatchObject({ statements: 3, analysed: 2, unparsed: 1 });
    expect(report.verdict).toBe("incomplete");
  });

  it("ends while a file is read that PostgreSQL refuses a part of", () => {
    const files = { "migrations/002.sql": `${index("i")}\nCREATE TABEL x;\n${index("j")}` };
    for (const report of atEachMoment(files)) expect(report.change.incomplete).toHaveLength(1);
  });

  it("ends while the code is searched: what is taken away may be in use", () => {
    const code = Object.fromEntries(
      Array.from({ length: 5 }, (_, number) => [
        `src/part${String(number)}.ts`,
        'export const query = "SELECT b FROM a";\n',
      ]),
    );
    const files = { ...code, "migrations/002.sql": `${index("i")}\nALTER TABLE a DROP COLUMN b;` };
    const unknown = {
      file: "migrations/002.sql",
      line: 2,
      reason: "whether code uses public.a.b is not known: the time for this check was over",
    };
    const reports = atEachMoment(files);
    expect(reportSaying(reports, unknown).verdict).toBe("incomplete");
    // Files of the code are asked for one by one: the end may come at each of them.
    const inSearch = reports.filter((one) =>
      one.unknowns.some(({ line, reason }) => line === 2 && reason.startsWith("from")),
    );
    expect(inSearch.length).toBeGreaterThan(5);
    for (const one of inSearch) expect(findingsOf(one)).toEqual(["migrations/002.sql:1 no-blocking-index-build"]);
    const unsearched = inSearch.filter((one) => one.unknowns.some(({ reason }) => reason === unknown.reason));
    expect(unsearched.length).toBeGreaterThan(5);
    // The last one ends behind the search, which has its answer.
    expect(unsearched.length).toBeLessThan(inSearch.length);
  });

  it("ends within the plan: the findings are there, and the order is not", () => {
    const report = ofThree().at(-1)!;
    expect(report.findings).toEqual(run(THREE).findings);
    expect(report.unknowns).toEqual([]);
    expect(report.plan).toEqual({ sentence: "There was no time to plan.", deployOrder: "none", phases: [] });
    expect(reasonsOf(report)).toEqual([
      "The check was ended after 5 seconds: every migration was judged, and there was no time for the plan.",
    ]);
  });

  it("is incomplete where it found nothing by then, and reads no more files", () => {
    const report = run(THREE, new AfterQuestions(0));
    expect(report).toMatchObject({ verdict: "incomplete", findings: [], plan: { phases: [] } });
    expect(report.unknowns).toEqual(
      Object.keys(THREE).map((file) => ({ file, line: 1, reason: "the time for this check was over" })),
    );
  });

  it("counts the versions that there was time for", () => {
    const file = { "migrations/002.sql": index("i") };
    const reports = atEachMoment(file, { ...DEFAULT_CONFIGURATION, postgres: 15, postgresUntil: 17 });
    const report = reports.find((one) => reasonsOf(one)[0]?.includes("15 and 16"))!;
    // What is found at all of these is not worded as though the others had been looked at and were without it.
    expect(report.findings).toEqual(run(file).findings);
    expect(reasonsOf(report)).toEqual([
      "The check was ended after 5 seconds: every migration was judged for PostgreSQL 15 and 16, and there was no time for the plan.",
    ]);
  });

  it.each([
    ["a deleted table", { "migrations/002.sql": "DROP TABLE a;", "src/a.ts": 'query("SELECT * FROM a");' }],
    ["a DO block", { "migrations/002.sql": `DO $$ BEGIN ${index("i")} ${index("j")} END $$;\n${index("k")}` }],
    [
      "directives",
      { "migrations/002.sql": `-- eslint-disable-next-line migration-safety/no-rename -- why\n${index("i")}` },
    ],
    [
      "programs",
      {
        "knexfile.js": "module.exports = { client: 'pg' };",
        "package.json": '{ "dependencies": { "knex": "3.1.0", "pg": "8.0.0" } }',
        "migrations/002.js":
          "exports.up = (knex) => knex.schema.alterTable('a', (t) => { t.index('b'); t.index('id'); });",
      },
    ],
  ])("never says more than a whole check, and says that it is none, at whichever moment it ends: %s", (_, files) => {
    const whole = new Set(findingsOf(run(files)));
    for (const report of atEachMoment(files)) {
      expect(findingsOf(report).filter((finding) => !whole.has(finding))).toEqual([]);
      expect(report.verdict).toBe(
        report.findings.some(({ severity }) => severity === "error") ? "unsafe" : "incomplete",
      );
      expect(report.change.incomplete).toHaveLength(1);
    }
  });
});
