/** Files without directives are judged without ESLint: what is found there is what ESLint would report. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkChange } from "../../src/check/check.js";
import { changeOf } from "../docs/example-change.js";
import { readRulePage } from "../docs/rule-page.js";

const pages = new URL("../../docs/rules/", import.meta.url);
const examples = readdirSync(pages).flatMap((file) => {
  const { title: rule, examples: all } = readRulePage(readFileSync(new URL(file, pages), "utf8"));
  const first = all.find(({ section }) => section === "Incorrect");
  return first ? [{ rule, example: first }] : [];
});

/** With every rule, so that the files have findings of several. */
function judged(example: (typeof examples)[number]["example"]): ReturnType<typeof checkChange> {
  const change = changeOf(example);
  return checkChange({ ...change, configuration: { ...change.configuration, extends: "all" } });
}

describe("what rules find without ESLint", () => {
  it.each(examples)("is what it reports: $rule, $example.sql", ({ rule, example }) => {
    const { findings, notes } = judged(example);
    expect(findings.map((one) => one.rule)).toContain(rule);
    // A comment that only may be a directive.
    const withEslint = judged({ ...example, sql: `${example.sql}\n-- nothing of eslint\n` });
    expect(findings).toEqual(withEslint.findings);
    expect(notes).toEqual(withEslint.notes);
  });
});
