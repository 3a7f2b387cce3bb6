import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { timeLimit, type TimeLimit } from "../../src/check/time-limit.js";
import { memorySource } from "./memory-source.js";

const TABLE = { "migrations/001.sql": "CREATE TABLE a (id bigint PRIMARY KEY, b int);" };
const CHANGE = Object.fromEntries(
  [2, 3, 4].map((number) => [`migrations/00${String(number)}.sql`, `CREATE INDEX i${String(number)} ON a (b);`]),
);

/** Over once it was asked so many times. */
function afterQuestions(count: number): TimeLimit {
  let asked = 0;
  return { seconds: 5, isOver: () => (asked += 1) > count };
}

const run = (limit?: TimeLimit) =>
  check(memorySource(TABLE, { ...TABLE, ...CHANGE }), DEFAULT_CONFIGURATION, limit && { timeLimit: limit });

describe("a check with a time limit", () => {
  it("is the same as without one while there is time", () => {
    expect(run(timeLimit(60))).toEqual(run());
  });

  it("ends between two files with what it has found, and says that it did", () => {
    // Four questions while the files are parsed, then one before each judged file and one for each of its operations.
    const report = run(afterQuestions(8));
    expect(report.findings.map(({ file, rule }) => [file, rule])).toEqual([
      ["migrations/002.sql", "no-blocking-index-build"],
      ["migrations/003.sql", "no-blocking-index-build"],
    ]);
    expect(report.change.incomplete).toEqual([
      {
        reason:
          "The check was ended after 5 seconds: 2 of 3 migrations were judged, and references to the rest were not looked for.",
        fix: "Set the input `time-limit` to more seconds, or name what need not be judged under `ignore` in the configuration.",
      },
    ]);
    expect(report.verdict).toBe("unsafe");
  });

  it("ends within a file, which then counts as not judged", () => {
    const long = "CREATE INDEX i ON a (b);\n".repeat(20);
    const source = memorySource(TABLE, {
      ...TABLE,
      "migrations/002.sql": "CREATE INDEX h ON a (b);",
      "migrations/003.sql": long,
    });
    const report = check(source, DEFAULT_CONFIGURATION, { timeLimit: afterQuestions(15) });
    expect(report.findings.map(({ file }) => file)).toEqual(["migrations/002.sql"]);
    expect(report.change.incomplete.map(({ reason }) => reason)).toEqual([
      "The check was ended after 5 seconds: 1 of 2 migrations were judged, and references to the rest were not looked for.",
    ]);
  });

  it("ends within the plan: the findings are there, and the order is not", () => {
    // Ten for files and operations, one before the plan; it asks for each statement.
    const report = run(afterQuestions(12));
    expect(report.findings).toEqual(run().findings);
    expect(report.plan).toEqual({ sentence: "There was no time to plan.", deployOrder: "none", phases: [] });
    expect(report.change.incomplete.map(({ reason }) => reason)).toEqual([
      "The check was ended after 5 seconds: every migration was judged, and there was no time for the plan.",
    ]);
  });

  it("is incomplete where it found nothing by then, and reads no more files", () => {
    const report = run(afterQuestions(0));
    expect(report).toMatchObject({ verdict: "incomplete", findings: [], plan: { phases: [] } });
    expect(report.unknowns.map(({ reason }) => reason)).toContain("the time for this check is over");
  });
});
