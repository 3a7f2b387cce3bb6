import { Linter } from "eslint/universal";
import type { Linter as LinterTypes, SourceCode } from "eslint";
import type { SqlSourceCode } from "../eslint/sql-source-code.js";
import type { RuleSettings } from "../rule/define-rule.js";

/** What ESLint makes of the configuration for one file: levels are numbers, options have their defaults. */
interface FileConfig {
  readonly rules?: Readonly<Record<string, readonly [level: 0 | 1 | 2, ...options: unknown[]]>>;
}

type ConfigArray = LinterTypes.Config[] & { getConfig?: (filename: string) => FileConfig | undefined };

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
  readonly #settings = new WeakMap<FileConfig, readonly RuleSettings[]>();
  #only: FileConfig | undefined;

  /** @param cwd Absolute; the `files` of the configuration are relative to it. */
  constructor(cwd: string, config: LinterTypes.Config[]) {
    this.#linter = new KeepingLinter({ cwd });
    this.#config = config;
  }

  /** The rules that are on for a file; undefined until a first file was linted. `filename` is absolute. */
  settingsFor(filename: string): readonly RuleSettings[] | undefined {
    const config = this.#configFor(filename);
    if (!config) return undefined;
    let settings = this.#settings.get(config);
    if (!settings) {
      settings = Object.entries(config.rules ?? {}).flatMap(([id, [level, ...options]]) =>
        level === 0 ? [] : { id, options },
      );
      this.#settings.set(config, settings);
    }
    return settings;
  }

  /** Lints one file. `filename` is absolute; rules for which `ruleFilter` is false are not started. */
  verify(
    code: SqlSourceCode,
    filename: string,
    ruleFilter: (rule: { readonly ruleId: string }) => boolean,
  ): { messages: LinterTypes.LintMessage[]; suppressed: LinterTypes.SuppressedLintMessage[] } {
    // Documented, and absent from ESLint's types.
    const options: LinterTypes.LintOptions & { readonly ruleFilter: typeof ruleFilter } = { filename, ruleFilter };
    const config = this.#configFor(filename);
    const prepared = config ? Object.assign([], { getConfig: () => config }) : this.#config;
    // ESLint's types know the source code of JavaScript only.
    const messages = this.#linter.verify(code as unknown as SourceCode, prepared, options);
    return { messages, suppressed: this.#linter.getSuppressedMessages() };
  }

  /** With a single entry, which is for all files, the lookup for each file is spared, too. */
  #configFor(filename: string): FileConfig | undefined {
    if (this.#config.length === 1 && this.#only) return this.#only;
    return (this.#only = this.#linter.kept?.getConfig?.(filename));
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
