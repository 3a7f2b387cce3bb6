import { Linter, type Rule } from "eslint";
import { describe, expect, it } from "vitest";
import { textEdit } from "../../src/rule/text-edit.js";

const TEXT = "let a = 1; let b = 2;";

/** What ESLint makes of the same suggestion. */
function byEslint(fix: Rule.ReportFixer): Rule.Fix | undefined {
  const rule: Rule.RuleModule = {
    meta: { hasSuggestions: true, schema: [] },
    create: (context) => ({
      Program: (node) => context.report({ node, message: "Edit.", suggest: [{ desc: "Edit it", fix }] }),
    }),
  };
  const config = { plugins: { test: { rules: { edit: rule } } }, rules: { "test/edit": "error" } } as const;
  return new Linter().verify(TEXT, config)[0]?.suggestions?.[0]?.fix;
}

const node = (start: number, end: number) => ({ type: "Identifier", name: "a", range: [start, end] }) as never;

describe("the edit of a suggestion", () => {
  it.each<[string, Rule.ReportFixer]>([
    ["inserts behind a range", (fixer) => fixer.insertTextAfterRange([4, 5], "!")],
    ["inserts before a range", (fixer) => fixer.insertTextBeforeRange([4, 5], "!")],
    ["replaces a range", (fixer) => fixer.replaceTextRange([4, 5], "c")],
    ["removes a range", (fixer) => fixer.removeRange([4, 5])],
    ["inserts behind a node", (fixer) => fixer.insertTextAfter(node(4, 5), "!")],
    ["inserts before a node", (fixer) => fixer.insertTextBefore(node(4, 5), "!")],
    ["replaces a node", (fixer) => fixer.replaceText(node(4, 5), "c")],
    ["removes a node", (fixer) => fixer.remove(node(4, 5))],
    ["is one of several", (fixer) => [fixer.replaceTextRange([8, 9], "3"), fixer.insertTextAfterRange([4, 5], "1")]],
    ["is one of several that touch", (fixer) => [fixer.removeRange([4, 8]), fixer.insertTextBeforeRange([8, 9], "x")]],
    ["is none of an empty list", () => []],
    ["is none", () => null],
  ])("%s", (_, fix) => {
    expect(textEdit(fix, TEXT)).toEqual(byEslint(fix));
  });

  it("does not overlap itself", () => {
    const overlapping: Rule.ReportFixer = (fixer) => [fixer.removeRange([4, 8]), fixer.removeRange([7, 9])];
    expect(() => byEslint(overlapping)).toThrow("overlapped");
    expect(() => textEdit(overlapping, TEXT)).toThrow("The edits of a suggestion overlap.");
  });
});
