import { describe, expect, it } from "vitest";
import { MESSAGE_LENGTH, pickAnnotations } from "../../src/report/annotations.js";
import type { Finding } from "../../src/model/finding.js";
import type { Reference } from "../../src/model/reference.js";
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
      {
        level: "error",
        file: "src/entity/order.ts",
        line: 23,
        endLine: 23,
        title: "no-referenced-column-drop",
        message: `Because of ${FILE}:3: Dropping orders.legacy_ref breaks the code that reads it, the moment it runs.`,
      },
    ]);
  });

  describe("lines of code that are left broken", () => {
    const use = (parts: Partial<Reference> = {}): Reference => ({
      side: "head",
      grade: "certain",
      file: "src/a.ts",
      line: 1,
      column: 1,
      excerpt: "",
      ...parts,
    });
    const broken = (evidence: readonly Reference[], parts: Partial<Finding> = {}): Finding =>
      aFinding({ harm: "breaks code", message: "It breaks.", evidence, ...parts });
    const places = (findings: readonly Finding[], changed?: (file: string) => boolean): readonly string[] =>
      pickAnnotations(aReport({ findings }), {
        addedLines: (file) => (changed?.(file) === false ? undefined : () => true),
        rest,
      }).map(({ level, file, line }) => `${level} ${file}:${String(line)}`);

    it("each once, at head and sure", () => {
      const evidence = [
        use(),
        use({ column: 9 }),
        use({ line: 2, grade: "likely" }),
        use({ line: 3, grade: "possible" }),
        use({ line: 4, side: "base" }),
        use({ file: FILE }),
      ];
      expect(places([broken(evidence)])).toEqual([`error ${FILE}:5`, "error src/a.ts:1", "error src/a.ts:2"]);
    });

    it("only where the pull request changes the file", () => {
      expect(places([broken([use(), use({ file: "src/b.ts" })])], (file) => file !== "src/b.ts")).toEqual([
        `error ${FILE}:5`,
        "error src/a.ts:1",
      ]);
    });

    it("only of what breaks code, at the level of the finding", () => {
      const findings = [
        aFinding({ evidence: [use()], statement: 0 }),
        broken([use({ line: 2 })], { severity: "warning", statement: 1 }),
      ];
      expect(places(findings)).toEqual([`error ${FILE}:5`, `warning ${FILE}:5`, "warning src/a.ts:2"]);
    });

    it("after the findings, as far as there is room", () => {
      const findings = statements(8, {
        harm: "breaks code",
        evidence: [use(), use({ line: 2 })],
      });
      expect(places(findings).slice(7)).toEqual([`error ${FILE}:8`, "error src/a.ts:1"]);
    });

    it("also where a review shows the finding itself", () => {
      const annotations = pickAnnotations(aReport({ findings: [broken([use()])] }), {
        ...everyLine,
        shown: () => true,
      });
      expect(annotations.map(({ file, message }) => `${file} ${message}`)).toEqual([
        `src/a.ts Because of ${FILE}:5: It breaks.`,
      ]);
    });
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
