import { expect, it } from "vitest";
import { newRule } from "../../scripts/new-rule.js";

it("starts a rule with its test and its page", () => {
  const files = newRule("no-explicit-table-lock", "LockTable");
  expect(Object.keys(files)).toStrictEqual([
    "rules/no-explicit-table-lock.ts",
    "test/rules/no-explicit-table-lock.test.ts",
    "docs/rules/no-explicit-table-lock.md",
  ]);
  expect(files["rules/no-explicit-table-lock.ts"]).toContain("      LockTable(op) {\n");
  expect(files["test/rules/no-explicit-table-lock.test.ts"]).toContain(
    'import rule from "../../rules/no-explicit-table-lock.js";\n',
  );
});
