/**
 * Tests of rules: ESLint's `RuleTester`, where each case also says what the repository looks like around the linted
 * migration.
 *
 *     ruleTester.run("no-rename", noRename, {
 *       valid: [{ history: ["CREATE TABLE orders (id bigint)"], code: "…" }],
 *       invalid: [{ code: "…", errors: [{ message: "…", line: 1, column: 1, endLine: 1, endColumn: 20 }] }],
 *     });
 */
import { RuleTester as EslintRuleTester } from "eslint";
import { createHash } from "node:crypto";
import { afterAll, describe, it } from "vitest";
import { plugin } from "../../src/eslint/plugin.js";
import type { DefinedRule } from "../../src/rule/define-rule.js";
import { provideChange } from "../../src/rule/project-registry.js";
import { memoryChange, type Surroundings } from "./memory-change.js";

export interface ValidCase extends Surroundings {
  /** The migration that is linted. */
  readonly code: string;
  readonly name?: string;
  readonly options?: readonly unknown[];
}

export interface ExpectedError {
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly suggestions?: readonly { readonly desc: string; readonly output: string }[];
}

export interface InvalidCase extends ValidCase {
  readonly errors: readonly ExpectedError[];
}

EslintRuleTester.describe = describe;
EslintRuleTester.it = it;
(EslintRuleTester as unknown as { afterAll: typeof afterAll }).afterAll = afterAll;

const tester = new EslintRuleTester({
  plugins: { "migration-safety": plugin as never },
  language: "migration-safety/sql",
});

/** What a test case of ESLint's holds of ours. */
function testCase<Case extends ValidCase>({ code, name, options, ...rest }: Case): object {
  const { errors, ...surroundings } = rest as Surroundings & { errors?: readonly ExpectedError[] };
  const root = `/cases/${createHash("sha256")
    .update(JSON.stringify([code, options, surroundings]))
    .digest("hex")}`;
  const { change, file } = memoryChange(root, code, surroundings);
  let takeBack: (() => void) | undefined;
  return {
    code,
    ...(name === undefined ? {} : { name }),
    ...(options === undefined ? {} : { options }),
    ...(errors === undefined ? {} : { errors }),
    filename: `${root}/${file}`,
    before: () => void (takeBack = provideChange(change)),
    after: () => takeBack?.(),
  };
}

export const ruleTester = {
  run(
    name: string,
    rule: DefinedRule,
    { valid, invalid }: { readonly valid: readonly ValidCase[]; readonly invalid: readonly InvalidCase[] },
  ): void {
    tester.run(name, rule as never, { valid: valid.map(testCase), invalid: invalid.map(testCase) } as never);
  },
};
