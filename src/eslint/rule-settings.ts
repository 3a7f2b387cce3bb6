/** Which rules are on, and with which options, as ESLint takes it. */
import type { Linter } from "eslint";
import type { Configuration, Preset, RuleLevel, RuleSetting } from "../model/configuration.js";
import type { DefinedRule } from "../rule/define-rule.js";

export type Rules = Readonly<Record<string, DefinedRule>>;

/** A rule's level in a preset. */
export function presetLevel(preset: Preset, { meta }: Pick<DefinedRule, "meta">): RuleLevel {
  const { recommended } = meta.docs;
  if (recommended === "next") return preset === "all" ? "warn" : "off";
  if (recommended === "strict") return preset === "recommended" ? "off" : "warn";
  return recommended;
}

/** Every rule's setting: the preset's, where the configuration file does not say otherwise. */
export function ruleSettings(
  configuration: Configuration,
  rules: Rules,
  preset: Preset = configuration.extends,
): Readonly<Record<string, RuleSetting>> {
  const levels = Object.entries(rules).map(([name, rule]) => [name, [presetLevel(preset, rule)]] as const);
  return { ...Object.fromEntries(levels), ...configuration.rules };
}

/** Settings under the names by which ESLint knows the rules. */
export function prefixed(settings: Readonly<Record<string, RuleSetting>>): Linter.RulesRecord {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [`migration-safety/${name}`, [...setting] as Linter.RuleEntry]),
  );
}
