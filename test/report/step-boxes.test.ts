import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Step } from "../../src/model/plan.js";
import { boxMark, hasBoxes, keepTicks } from "../../src/report/step-boxes.js";

function aStep(parts: Partial<Step> = {}): Step {
  return {
    id: "0123456789ab",
    title: "Change this statement.",
    person: true,
    sql: "CREATE INDEX a ON b (c)",
    locks: [],
    origin: "this pull request",
    evidence: [],
    ...parts,
  };
}

function line(step: Step, state = " "): string {
  return `- [${state}] ${step.title} ${boxMark(step)}`;
}

const CHANGED = (step: Step): string =>
  `- [ ] ${step.title} *Changed since it was ticked.* ${boxMark(step).replace(" -->", " changed -->")}`;

describe("boxMark", () => {
  it("stays when SQL is formatted anew, lines move, or statistics change", () => {
    const place = { file: "a.sql", line: 1 };
    expect(boxMark(aStep({ sql: "create index  a\n on b(c);", place }))).toBe(boxMark(aStep()));
  });

  it("changes with what the step asks for", () => {
    const evidence = [
      { side: "base", grade: "certain", kind: "read", file: "a.ts", line: 1, column: 1, excerpt: "" },
    ] as const;
    const marks = [
      aStep(),
      aStep({ title: "Another." }),
      aStep({ sql: "CREATE INDEX a ON b (d)" }),
      aStep({ check: "SELECT 1" }),
      aStep({ wayBack: "DROP INDEX a" }),
      aStep({ stopCondition: "it waits" }),
      aStep({ evidence }),
    ].map(boxMark);
    expect(new Set(marks).size).toBe(marks.length);
    expect(new Set(marks.map((mark) => mark.slice(0, 22))).size).toBe(1);
  });
});

describe("keepTicks", () => {
  const step = aStep();
  const changed = aStep({ sql: "CREATE INDEX a ON b (d)" });

  it("keeps a tick, however it was written", () => {
    for (const ticked of [
      line(step, "x"),
      line(step, "X"),
      `  * [x] ${boxMark(step)}  `,
      `+ [x] other words ${boxMark(step)}`,
      `a\r\n${line(step, "x")}\r\nb`,
    ]) {
      expect(keepTicks(line(step), ticked)).toBe(line(step, "x"));
    }
  });

  it("takes no other line for a tick", () => {
    for (const other of [
      "",
      `> ${line(step, "x")}`,
      line(step, "x").replace("<!--", "<!\u200b--"),
      `${line(step, "x")} and more`,
      `- [x] ${boxMark(aStep({ id: "another" }))}`,
      `[x] ${boxMark(step)}`,
    ]) {
      expect(keepTicks(line(step), other)).toBe(line(step));
    }
  });

  it("takes a tick away where the step changed, says so until it is ticked again, and then no more", () => {
    const first = keepTicks(line(changed), line(step, "x"));
    expect(first).toBe(CHANGED(changed));
    expect(keepTicks(line(changed), first)).toBe(first);
    expect(keepTicks(line(changed), first.replace("[ ]", "[x]"))).toBe(line(changed, "x"));
    expect(keepTicks(line(step), first)).toBe(CHANGED(step));
    expect(keepTicks(line(changed), line(step))).toBe(line(changed));
  });

  it("tells two steps of one id apart by what they say", () => {
    const wanted = [line(changed), line(step)].join("\n");
    expect(keepTicks(wanted, line(step, "x"))).toBe([line(changed), line(step, "x")].join("\n"));
    const twice = [line(step), line(step)].join("\n");
    expect(keepTicks(twice, [line(step), line(step, "x")].join("\n"))).toBe([line(step), line(step, "x")].join("\n"));
  });

  it("reads a comment of 65,536 characters", () => {
    for (const part of ["- [x] <!-- step:", " ", "<!-- step:a 01234567 --> "]) {
      const long = `- [x] ${part.repeat(65_536 / part.length)}`;
      expect(keepTicks(line(step), long)).toBe(line(step));
    }
  });

  it("ticks what was ticked and nothing else, and changes nothing the second time", () => {
    const steps = fc.array(
      fc.record({
        id: fc.constantFrom("a", "b", "c:1"),
        sql: fc.constantFrom("SELECT 1", "SELECT 2", "- [x] <!-- step:a 01234567 -->"),
        state: fc.constantFrom(" ", "x", "X"),
        noise: fc.constantFrom("", "text", "- [x] no mark", "```", "<!-- step:a -->", "\r"),
      }),
      { maxLength: 8 },
    );
    const textOf = (list: readonly { id: string; sql: string; state: string; noise: string }[], ticks: boolean) =>
      list.map((one) => `${one.noise}\n${line(aStep(one), ticks ? one.state : " ")}`).join("\n");
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const merged = keepTicks(textOf(after, false), textOf(before, true));
        expect(keepTicks(textOf(after, false), merged)).toBe(merged);
        expect(
          merged.replaceAll(/ \*Changed since it was ticked\.\*| changed(?= -->)/g, "").replaceAll("[x]", "[ ]"),
        ).toBe(textOf(after, false).replaceAll("[x]", "[ ]"));
        const count = (id: string, sql: string) => ({
          ticked: before.filter((one) => one.id === id && one.sql === sql && one.state !== " ").length,
          wanted: after.filter((one) => one.id === id && one.sql === sql).length,
          kept: merged.split("\n").filter((one) => one === line(aStep({ id, sql }), "x")).length,
        });
        for (const { id, sql } of after) {
          const { ticked, wanted, kept } = count(id, sql);
          expect(kept).toBeLessThanOrEqual(ticked);
          if (before.length === 1 || wanted >= before.length) expect(kept).toBe(Math.min(ticked, wanted));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("hasBoxes", () => {
  it("tells a step's box from a list", () => {
    expect(hasBoxes(`a\n${line(aStep())}`)).toBe(true);
    expect(hasBoxes("- [ ] a box of somebody's\n- a step")).toBe(false);
  });
});
