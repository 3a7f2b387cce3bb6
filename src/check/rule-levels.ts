/** Which rules are on, with which options, for which files. */
import { createRequire } from "node:module";
import type { ESLint, Linter } from "eslint";
import type { Configuration, Preset, RuleLevel, RuleSetting } from "../model/configuration.js";
import type { Severity } from "../model/finding.js";
import type { DefinedRule } from "../rule/define-rule.js";

const require = createRequire(import.meta.url);

type Rules = Readonly<Record<string, DefinedRule>>;

/** A rule's level in a preset. */
export function presetLevel(preset: Preset, { meta }: DefinedRule): RuleLevel {
  const { recommended } = meta.docs;
  if (recommended !== "strict") return recommended;
  return preset === "recommended" ? "off" : "warn";
}

function settings(configuration: Configuration, rules: Rules): Record<string, RuleSetting> {
  const preset = Object.entries(rules).map(
    ([name, rule]) => [name, [presetLevel(configuration.extends, rule)]] as const,
  );
  return { ...Object.fromEntries(preset), ...configuration.rules };
}

/** The configuration that ESLint's Linter gets; one for all files of a run. */
export function configurationFor(configuration: Configuration, plugin: object, rules: Rules): Linter.Config[] {
  const prefixed = (own: Readonly<Record<string, RuleSetting>>): Linter.RulesRecord =>
    Object.fromEntries(
      Object.entries(own).map(([name, setting]) => [`migration-safety/${name}`, [...setting] as Linter.RuleEntry]),
    );
  return [
    {
      // A pattern such as `**/*` alone matches no file in ESLint; a function does, and its types do not know it.
      files: [(() => true) as unknown as string],
      plugins: { "migration-safety": plugin as ESLint.Plugin },
      language: "migration-safety/sql",
      linterOptions: { reportUnusedDisableDirectives: "warn" },
      rules: prefixed(settings(configuration, rules)),
    },
    ...configuration.overrides.map((override) => ({ files: [...override.files], rules: prefixed(override.rules) })),
  ];
}

/** The level of a rule for a file that is not linted; the last override that covers the file wins, as in ESLint. */
export function severityOf(configuration: Configuration, rule: string, file: string, rules: Rules): Severity | "off" {
  const base = settings(configuration, rules)[rule];
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
