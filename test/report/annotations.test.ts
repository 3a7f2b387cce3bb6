import { describe, expect, it } from "vitest";
import { MESSAGE_LENGTH, pickAnnotations } from "../../src/report/annotations.js";
import { aFinding, aReport, FILE } from "./a-report.js";

const rest = "in the summary of this run";
const everyLine = { addedLines: () => () => true, rest };

function statements(count: number, parts: Parameters<typeof aFinding>[0] = {}) {
  return Array.from({ length: count }, (_, index) =>
    aFinding({
      statement: index,
      line: index + 1,
      endLine: index + 1,
      message: `Finding ${String(index + 1)}.`,
      ...parts,
    }),
  );
}

describe("pickAnnotations", () => {
  it("lets the most severe finding of a statement speak and folds the others into it", () => {
    expect(pickAnnotations(aReport(), everyLine)).toEqual([
      {
        level: "error",
        file: FILE,
        line: 3,
        endLine: 3,
        column: 3,
        endColumn: 25,
        title: "no-referenced-column-drop",
        message:
          "Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.\n\n" +
          "Also (require-lock-timeout): Waiting for this lock blocks everything behind it. Set `lock_timeout` first.",
      },
      expect.objectContaining({ level: "error", line: 5, title: "no-blocking-index-build" }),
    ]);
  });

  it("gives no columns over several lines", () => {
    const [annotation] = pickAnnotations(aReport({ findings: [aFinding({ line: 2, endLine: 3 })] }), everyLine);
    expect(annotation).not.toHaveProperty("column");
    expect(annotation).not.toHaveProperty("endColumn");
  });

  it("keeps to the budget of each level and says in the last what is left", () => {
    const findings = [...statements(14), ...statements(12, { severity: "warning", file: "b.sql" })];
    const annotations = pickAnnotations(aReport({ findings }), everyLine);
    const errors = annotations.filter(({ level }) => level === "error");
    const warnings = annotations.filter(({ level }) => level === "warning");
    expect(errors).toHaveLength(9);
    expect(warnings).toHaveLength(10);
    expect(errors.at(-1)!.message).toBe("Finding 9.\n\n+5 more in the summary of this run.");
    expect(warnings.at(-1)!.message).toBe("Finding 10.\n\n+2 more in the summary of this run.");
    expect(errors[0]!.message).toBe("Finding 1.");
  });

  it("takes lines that the pull request adds first, and no file outside it", () => {
    const findings = [...statements(10), ...statements(2, { file: "elsewhere.sql" })];
    const annotations = pickAnnotations(aReport({ findings }), {
      addedLines: (file) => (file === FILE ? (line) => line > 8 : undefined),
      rest,
    });
    expect(annotations.map(({ line }) => line)).toEqual([9, 10, 1, 2, 3, 4, 5, 6, 7]);
    expect(annotations.at(-1)!.message).toBe("Finding 7.\n\n+3 more in the summary of this run.");
  });

  it("cuts a message at the runner's limit and keeps the rest's count", () => {
    const findings = statements(12, { message: "😀".repeat(4000) });
    const annotations = pickAnnotations(aReport({ findings }), everyLine);
    for (const { message } of annotations) {
      expect(message.length).toBeLessThanOrEqual(MESSAGE_LENGTH);
      expect(message).not.toMatch(/\p{Cs}/u);
    }
    expect(annotations.at(-1)!.message).toMatch(/…\n\n\+3 more in the summary of this run\.$/);
  });
});
