/**
 * Configurations for `eslint.config.js`. They are made when somebody reads them, not when the plugin is imported: they
 * hold the migration folders of the repository that ESLint runs in, and start from its configuration file.
 */
import type { ESLint, Linter } from "eslint";
import { matcher } from "../change/overlay-tree.js";
import type { Configuration, Preset, RuleLevel, RuleSetting } from "../model/configuration.js";
import type { DefinedRule } from "../rule/define-rule.js";
import { fileIn, repositoryAround } from "./locate-migration.js";
import type { OpenRepository } from "./open-repository.js";

/** From the fewest rules to the most. */
const PRESETS: readonly Preset[] = ["recommended", "strict", "all"];

type Rules = Readonly<Record<string, DefinedRule>>;

/** A rule's level in a preset. */
export function presetLevel(preset: Preset, { meta }: DefinedRule): RuleLevel {
  const { recommended } = meta.docs;
  if (recommended !== "strict") return recommended;
  return preset === "recommended" ? "off" : "warn";
}

/** Every rule's setting: the preset's, where the configuration file does not say otherwise. */
export function ruleSettings(preset: Preset, configuration: Configuration, rules: Rules): Record<string, RuleSetting> {
  const levels = Object.entries(rules).map(([name, rule]) => [name, [presetLevel(preset, rule)]] as const);
  return { ...Object.fromEntries(levels), ...configuration.rules };
}

/** Settings under the names that ESLint knows the rules by. */
export function prefixed(settings: Readonly<Record<string, RuleSetting>>): Linter.RulesRecord {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [`migration-safety/${name}`, [...setting] as Linter.RuleEntry]),
  );
}

/**
 * The configuration of a preset for the repository around the working directory. Where the configuration file extends
 * a larger preset, that one holds: the editor shows what the pull request will show.
 */
export function configFor(preset: Preset, plugin: ESLint.Plugin, rules: Rules): Linter.Config[] {
  const repository = repositoryAround(process.cwd());
  if (!repository) return [];
  const { configuration, root, fingerprint } = repository;
  const larger = PRESETS[Math.max(PRESETS.indexOf(preset), PRESETS.indexOf(configuration.extends))] ?? preset;
  return [
    {
      name: `migration-safety/${preset}`,
      files: matching(repository),
      plugins: { "migration-safety": plugin },
      language: "migration-safety/sql",
      // ESLint's cache knows the file and its configuration; findings depend on the files beside it, too.
      settings: { "migration-safety": { root, fingerprint } },
      rules: prefixed(ruleSettings(larger, configuration, rules)),
    },
    ...configuration.overrides.map((override, index) => ({
      name: `migration-safety/override ${String(index + 1)}`,
      files: matching(repository, override.files),
      rules: prefixed(override.rules),
    })),
  ];
}

/**
 * Matches the SQL files of migration folders. A function, because patterns are relative to the configuration file,
 * which may stand in a package of its own, and folders are known relative to the repository.
 * @param patterns Relative to the repository; absent: every file.
 */
function matching(repository: OpenRepository, patterns?: readonly string[]): string[] {
  const matches = patterns ? matcher(patterns) : () => true;
  const isMigration = (path: string): boolean => {
    const file = /\.sql$/i.test(path) ? fileIn(repository, path) : undefined;
    return file !== undefined && repository.hasMigrations(file) && matches(file);
  };
  // ESLint takes functions, as its documentation says; its types do not.
  return [isMigration as unknown as string];
}
