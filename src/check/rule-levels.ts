/** Which rules are on, with which options, for which files. */
import { createRequire } from "node:module";
import type { Linter } from "eslint";
import { prefixed, type Rules, ruleSettings } from "../eslint/rule-settings.js";
import type { Configuration } from "../model/configuration.js";
import type { Severity } from "../model/finding.js";

const require = createRequire(import.meta.url);

/** The configuration that ESLint's Linter gets; one for all files of a run. */
export function configurationFor(configuration: Configuration, plugin: object, rules: Rules): Linter.Config[] {
  return [
    {
      // A pattern such as `**/*` alone matches no file in ESLint; a function does, and its types do not know it.
      files: [(() => true) as unknown as string],
      plugins: { "migration-safety": plugin },
      language: "migration-safety/sql",
      linterOptions: { reportUnusedDisableDirectives: "warn" },
      rules: prefixed(ruleSettings(configuration, rules)),
    },
    ...configuration.overrides.map((override) => ({ files: [...override.files], rules: prefixed(override.rules) })),
  ];
}

/** The level of a rule for a file that is not linted; the last override that covers the file wins, as in ESLint. */
export function severityOf(configuration: Configuration, rule: string, file: string, rules: Rules): Severity | "off" {
  const base = ruleSettings(configuration, rules)[rule];
  const override = configuration.overrides.findLast(
    ({ files, rules: own }) => own[rule] !== undefined && matches(file, files),
  );
  const level = (override?.rules[rule] ?? base)?.[0] ?? "off";
  return level === "warn" ? "warning" : level;
}

function matches(file: string, patterns: readonly string[]): boolean {
  const picomatch = require("picomatch") as typeof import("picomatch");
  return picomatch([...patterns], { dot: true })(file);
}
