import { Linter } from "eslint/universal";
import type { Linter as LinterTypes } from "eslint";

type ConfigArray = LinterTypes.Config[] & { getConfig?: (filename: string) => unknown };

/**
 * ESLint's `Linter` with one prepared configuration for all files of a run.
 *
 * `verify()` makes a configuration array of what it is given, which takes longer than to parse and check a migration;
 * an array that has a `getConfig` method it uses as it is. The first call's array is kept for the others. Should a
 * future ESLint no longer call `_verifyWithFlatConfigArray`, nothing is kept and every call makes its own: slower, but
 * right.
 */
export class RunLinter {
  readonly #linter: KeepingLinter;
  readonly #config: LinterTypes.Config[];
  #same: ConfigArray | undefined;
  #found: unknown;

  /** @param cwd Absolute; the `files` of the configuration are relative to it. */
  constructor(cwd: string, config: LinterTypes.Config[]) {
    this.#linter = new KeepingLinter({ cwd });
    this.#config = config;
  }

  /** Lints one file. `filename` is absolute; rules for which `ruleFilter` is false are not started. */
  verify(
    text: string,
    filename: string,
    ruleFilter: (rule: { readonly ruleId: string }) => boolean,
  ): { messages: LinterTypes.LintMessage[]; suppressed: LinterTypes.SuppressedLintMessage[] } {
    // Documented, and absent from ESLint's types.
    const options: LinterTypes.LintOptions & { readonly ruleFilter: typeof ruleFilter } = { filename, ruleFilter };
    const messages = this.#linter.verify(text, this.#prepared(filename), options);
    return { messages, suppressed: this.#linter.getSuppressedMessages() };
  }

  /** With a single entry, which is for all files, the lookup for each file is spared, too. */
  #prepared(filename: string): LinterTypes.Config[] {
    const { kept } = this.#linter;
    if (!kept) return this.#config;
    if (this.#config.length > 1) return kept;
    return (this.#same ??= Object.assign([], { getConfig: () => (this.#found ??= kept.getConfig?.(filename)) }));
  }
}

class KeepingLinter extends Linter {
  kept: ConfigArray | undefined;

  /** Part of ESLint's documented interface, and absent from its types. */
  declare getSuppressedMessages: () => LinterTypes.SuppressedLintMessage[];

  // ESLint's own method; `verify()` hands it the array that it has made.
  _verifyWithFlatConfigArray(text: unknown, config: ConfigArray, ...rest: unknown[]): unknown {
    this.kept ??= config;
    const inherited = Linter.prototype as unknown as Pick<KeepingLinter, "_verifyWithFlatConfigArray">;
    return inherited._verifyWithFlatConfigArray.call(this, text, config, ...rest);
  }
}
