/** Which rules are on, with which options, for which files. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Linter } from "eslint";
import { prefixed, type Rules, ruleSettings } from "../eslint/rule-settings.js";
import type { Change } from "../model/change.js";
import type { Configuration, RuleSetting } from "../model/configuration.js";
import type { Severity } from "../model/finding.js";
import type { RuleSettings } from "../rule/define-rule.js";

const require = createRequire(import.meta.url);

/** A rule that is on. */
export interface RuleInUse extends RuleSettings {
  readonly severity: Severity;
}

/**
 * The rules that are on for a database's files, as ESLint reads the same configuration: a level without options leaves
 * those that were set before, and what options do not say is the rule's default. Overrides are not looked at: which
 * files they cover is for ESLint to say.
 */
export function rulesIn(configuration: Configuration, database: string, rules: Rules): readonly RuleInUse[] {
  const common = ruleSettings(configuration, rules);
  const own = configuration.databases[database]?.rules ?? {};
  return Object.entries(rules).flatMap(([name, { meta }]): RuleInUse[] => {
    const [level, ...options] = settingOver(common[name], own[name]);
    if (level === "off") return [];
    const severity = level === "warn" ? "warning" : "error";
    return [{ id: `migration-safety/${name}`, severity, options: withDefaults(meta.defaultOptions, options) }];
  });
}

function settingOver(first: RuleSetting = ["off"], second: RuleSetting | undefined): RuleSetting {
  if (second === undefined) return first;
  return second.length === 1 ? [second[0], ...first.slice(1)] : second;
}

function withDefaults(defaults: readonly unknown[] = [], options: readonly unknown[]): readonly unknown[] {
  return [...defaults.map((value, index) => filledUp(value, options[index])), ...options.slice(defaults.length)];
}

function filledUp(value: unknown, over: unknown): unknown {
  if (over === undefined) return value;
  if (!isRecord(value) || !isRecord(over)) return over;
  const both = Object.keys(over).filter((key) => Object.hasOwn(value, key));
  return { ...value, ...over, ...Object.fromEntries(both.map((key) => [key, filledUp(value[key], over[key])])) };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The configuration that ESLint's Linter gets; one for all files of a run. */
export function configurationFor(
  { root, configuration, databases }: Change,
  plugin: object,
  rules: Rules,
): Linter.Config[] {
  return [
    {
      files: [asPattern(() => true)],
      plugins: { "migration-safety": plugin },
      language: "migration-safety/sql",
      linterOptions: { reportUnusedDisableDirectives: "warn" },
      rules: prefixed(ruleSettings(configuration, rules)),
    },
    ...databases.flatMap(({ name, migrations }): Linter.Config[] => {
      const own = configuration.databases[name]?.rules;
      if (own === undefined) return [];
      const files = new Set(migrations.map(({ file }) => join(root, file)));
      return [{ files: [asPattern((path) => files.has(path))], rules: prefixed(own) }];
    }),
    ...configuration.overrides.map((override) => ({ files: [...override.files], rules: prefixed(override.rules) })),
  ];
}

/** ESLint takes functions for patterns, and its types do not know it. A pattern such as `**\/*` alone matches no file. */
function asPattern(matches: (path: string) => boolean): string {
  return matches as unknown as string;
}

/**
 * The level of a rule for a file that is not linted: the last override that covers the file wins, as in ESLint, then its
 * database's own level.
 */
export function severityOf(configuration: Configuration, rule: string, where: Where, rules: Rules): Severity | "off" {
  const [level] = settingFor(configuration, rule, where, rules);
  return level === "warn" ? "warning" : level;
}

/** The first option of a rule for a file, with the defaults of what is not set; the level does not matter. */
export function optionsOf(configuration: Configuration, rule: string, where: Where, rules: Rules): unknown {
  const [, ...options] = settingFor(configuration, rule, where, rules);
  return withDefaults(rules[rule]?.meta.defaultOptions, options)[0];
}

/** A migration file, and the database that it is for. */
interface Where {
  readonly database: string;
  readonly file: string;
}

function settingFor(configuration: Configuration, rule: string, { database, file }: Where, rules: Rules): RuleSetting {
  const overrides = configuration.overrides.filter(({ files, rules: own }) => own[rule] && matches(file, files));
  const settings = [configuration.databases[database]?.rules?.[rule], ...overrides.map(({ rules: own }) => own[rule])];
  return settings.reduce<RuleSetting>(settingOver, ruleSettings(configuration, rules)[rule] ?? ["off"]);
}

function matches(file: string, patterns: readonly string[]): boolean {
  const picomatch = require("picomatch") as typeof import("picomatch");
  return picomatch([...patterns], { dot: true })(file);
}
