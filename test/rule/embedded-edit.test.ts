import type { Rule } from "eslint";
import { describe, expect, it } from "vitest";
import { embeddedEdit } from "../../src/rule/embedded-edit.js";

const fixer = {
  insertTextBeforeRange: ([start]: [number, number], text: string) => ({ range: [start, start], text }),
} as unknown as Rule.RuleFixer;

const edit: Rule.ReportFixer = (given) => given.insertTextBeforeRange([3, 9], "SET a = 'b$' || \"c\\d\" -- `e` ${f}\n");

function edited(quote: string | undefined): string | undefined {
  const fix = embeddedEdit(edit, { within: [0, 20], ...(quote !== undefined && { quote }) });
  return fix && (fix(fixer) as Rule.Fix).text;
}

describe("an edit of SQL in a string", () => {
  it.each([
    ["'", "SET a = \\'b$\\' || \"c\\\\d\" -- `e` ${f}\\n"],
    ['"', "SET a = 'b$' || \\\"c\\\\d\\\" -- `e` ${f}\\n"],
    ["`", "SET a = 'b$' || \"c\\\\d\" -- \\`e\\` \\${f}\n"],
  ])("is written as a string in %s needs it", (quote, text) => {
    expect(edited(quote)).toBe(text);
  });

  it("is not possible where no string has the SQL", () => {
    expect(edited(undefined)).toBeUndefined();
  });

  it("may be several, or none", () => {
    const several: Rule.ReportFixer = (given) => [
      given.insertTextBeforeRange([0, 1], "'"),
      given.insertTextBeforeRange([2, 3], "b"),
    ];
    const fix = embeddedEdit(several, { within: [0, 1], quote: "'" });
    expect(fix?.(fixer)).toEqual([
      { range: [0, 0], text: "\\'" },
      { range: [2, 2], text: "b" },
    ]);
    expect(embeddedEdit(() => null, { within: [0, 1], quote: "'" })?.(fixer)).toBeNull();
  });
});
