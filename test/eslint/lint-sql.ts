/** Lints a migration as ESLint does, on the ESLint that a test names. */
import { Linter as Linter10 } from "eslint";
import { Linter as Linter9 } from "eslint9";
import { plugin } from "../../src/eslint/plugin.js";
import { provideChange, type ProvidedChangeOptions } from "../../src/rule/project-registry.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";

export const linters = { "ESLint 9": Linter9, "ESLint 10": Linter10 } as unknown as Record<string, typeof Linter10>;

export interface LintOptions extends ProvidedChangeOptions {
  readonly Linter?: typeof Linter10;
  readonly surroundings?: Surroundings;
  readonly config?: Linter10.Config;
  readonly fix?: boolean;
}

const ROOT = "/repository";

export function lintSql(code: string, options: LintOptions = {}) {
  const { Linter = Linter10, surroundings = {}, config = {}, fix = false, ...provided } = options;
  const { change, file } = memoryChange(ROOT, code, surroundings);
  const takeBack = provideChange(change, provided);
  try {
    const linter = new Linter({ cwd: ROOT });
    const configs = [
      {
        files: ["**/*.sql"],
        plugins: { "migration-safety": plugin as never },
        language: "migration-safety/sql",
        ...config,
      } as Linter10.Config,
    ];
    const filename = `${ROOT}/${file}`;
    const messages = linter.verify(code, configs, { filename });
    const suppressed = (
      linter as unknown as { getSuppressedMessages(): Linter10.SuppressedLintMessage[] }
    ).getSuppressedMessages();
    return { messages, suppressed, output: fix ? linter.verifyAndFix(code, configs, { filename }).output : code };
  } finally {
    takeBack();
  }
}
