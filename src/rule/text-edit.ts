/** Edits of findings that ESLint does not report: what it would make of a rule's fixer. */
import type { Rule } from "eslint";

const replace = ([start, end]: readonly [number, number], text: string): Rule.Fix => ({ range: [start, end], text });
const rangeOf = ({ range }: { readonly range?: [number, number] | undefined }): [number, number] => {
  if (!range) throw new TypeError("What a suggestion edits has no range.");
  return range;
};

const fixer: Rule.RuleFixer = {
  insertTextAfterRange: ([, end], text) => replace([end, end], text),
  insertTextBeforeRange: ([start], text) => replace([start, start], text),
  replaceTextRange: replace,
  removeRange: (range) => replace(range, ""),
  insertTextAfter: (node, text) => fixer.insertTextAfterRange(rangeOf(node), text),
  insertTextBefore: (node, text) => fixer.insertTextBeforeRange(rangeOf(node), text),
  replaceText: (node, text) => replace(rangeOf(node), text),
  remove: (node) => replace(rangeOf(node), ""),
};

/**
 * The one edit that a suggestion is; undefined where it has none.
 * @param text What it edits; what stands between several edits becomes part of the one.
 */
export function textEdit(fix: Rule.ReportFixer, text: string): Rule.Fix | undefined {
  const fixes = fix(fixer);
  if (fixes === null) return undefined;
  if (!(Symbol.iterator in fixes)) return fixes;
  const [first, ...others] = [...fixes].sort(
    (one, other) => one.range[0] - other.range[0] || one.range[1] - other.range[1],
  );
  return first && others.reduce((edit, next) => joined(edit, next, text), first);
}

function joined(edit: Rule.Fix, next: Rule.Fix, text: string): Rule.Fix {
  const [start, end] = edit.range;
  if (next.range[0] < end) throw new TypeError("The edits of a suggestion overlap.");
  return { range: [start, next.range[1]], text: edit.text + text.slice(end, next.range[0]) + next.text };
}
