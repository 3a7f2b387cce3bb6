import { createRequire } from "node:module";
import { join } from "node:path";
import type { Linter as LinterTypes, SourceCode } from "eslint";
import type { SqlSourceCode } from "../eslint/sql-source-code.js";
import type { RuleInUse } from "./rule-levels.js";

const require = createRequire(import.meta.url);

/** What ESLint makes of the configuration for one file: levels are numbers, options have their defaults. */
interface FileConfig {
  readonly rules?: Readonly<Record<string, readonly [level: 0 | 1 | 2, ...options: unknown[]]>>;
}

type ConfigArray = LinterTypes.Config[] & { getConfig?: (filename: string) => FileConfig | undefined };

/**
 * ESLint's `Linter` with one prepared configuration for all files of a run.
 *
 * `verify()` makes a configuration array of what it is given, which takes longer than to parse and check a migration;
 * an array that has a `getConfig` method it uses as it is. Should a future ESLint no longer call
 * `_verifyWithFlatConfigArray`, none is prepared and every call makes its own: slower, but right.
 */
export class RunLinter {
  readonly #linter: ReturnType<typeof linters>["linter"];
  readonly #config: LinterTypes.Config[];
  readonly #prepared: ConfigArray | undefined;
  readonly #rules = new WeakMap<FileConfig, readonly RuleInUse[]>();
  #only: FileConfig | undefined;

  /** @param cwd Absolute; the `files` of the configuration are relative to it. */
  constructor(cwd: string, config: LinterTypes.Config[]) {
    const { linter, reader } = linters(cwd);
    this.#linter = linter;
    this.#config = config;
    reader.verify("", config, { filename: join(cwd, "a.sql") });
    this.#prepared = reader.prepared;
  }

  /** The rules that are on for a file; undefined where only ESLint knows. `filename` is absolute. */
  rulesFor(filename: string): readonly RuleInUse[] | undefined {
    const config = this.#configFor(filename);
    if (!config) return undefined;
    let rules = this.#rules.get(config);
    if (!rules) {
      rules = Object.entries(config.rules ?? {}).flatMap(([id, [level, ...options]]): RuleInUse[] =>
        level === 0 ? [] : [{ id, severity: level === 2 ? "error" : "warning", options }],
      );
      this.#rules.set(config, rules);
    }
    return rules;
  }

  /** Lints one file. `filename` is absolute. */
  verify(
    code: SqlSourceCode,
    filename: string,
  ): { messages: LinterTypes.LintMessage[]; suppressed: LinterTypes.SuppressedLintMessage[] } {
    const config = this.#configFor(filename);
    const prepared = config ? Object.assign([], { getConfig: () => config }) : this.#config;
    // ESLint's types know the source code of JavaScript only.
    const messages = this.#linter.verify(code as unknown as SourceCode, prepared, { filename });
    return { messages, suppressed: this.#linter.getSuppressedMessages() };
  }

  /** With a single entry, which is for all files, the lookup for each file is spared, too. */
  #configFor(filename: string): FileConfig | undefined {
    if (this.#config.length === 1 && this.#only) return this.#only;
    return (this.#only = this.#prepared?.getConfig?.(filename));
  }
}

function linters(cwd: string) {
  // A third of our own code's size, and needed by few runs.
  const { Linter } = require("eslint/universal") as typeof import("eslint/universal");

  class SuppressingLinter extends Linter {
    /** Part of ESLint's documented interface, and absent from its types. */
    declare getSuppressedMessages: () => LinterTypes.SuppressedLintMessage[];
  }

  /** Lints nothing, and keeps the configuration array. */
  class ConfigReader extends Linter {
    prepared: ConfigArray | undefined;

    // ESLint's own method; `verify()` hands it the array that it has made.
    _verifyWithFlatConfigArray(_text: unknown, config: ConfigArray): unknown[] {
      this.prepared = config;
      return [];
    }
  }

  return { linter: new SuppressingLinter({ cwd }), reader: new ConfigReader({ cwd }) };
}
