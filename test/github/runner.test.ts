import { describe, expect, it } from "vitest";
import { shown } from "./runner.js";

describe("what a runner shows", () => {
  it("reads commands with their properties, unescaped", () => {
    expect(shown("::error file=a%2Cb.sql,line=3,endLine=4,title=a%3Ab::one%0Atwo%25 ::x\n")).toEqual({
      annotations: [{ level: "error", file: "a,b.sql", line: 3, endLine: 4, title: "a:b", message: "one\ntwo% ::x" }],
      lost: 0,
      commands: ["error"],
    });
  });

  it("reads commands behind white space only, and the older form anywhere", () => {
    expect(shown("  ::notice::a\nb ::notice::c\nd ##[warning]e\n").annotations).toEqual([
      { level: "notice", message: "a" },
      { level: "warning", message: "e" },
    ]);
    expect(shown("::add-mask::x\n::set-output name=a::b\n").commands).toEqual(["add-mask", "set-output"]);
  });

  it("shows ten of each level, and cuts long messages", () => {
    const lines = Array.from({ length: 13 }, (_, index) => `::error::${String(index)}`);
    const { annotations, lost } = shown([...lines, `::warning::${"x".repeat(5000)}`].join("\n"));
    expect(annotations).toHaveLength(11);
    expect(lost).toBe(3);
    expect(annotations[10]!.message).toHaveLength(4096);
  });
});
