/**
 * Configurations for `eslint.config.js`. They are made when somebody reads them, not when the plugin is imported: they
 * hold the migration folders of the repository that ESLint runs in, and start from its configuration file.
 */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { ESLint, Linter } from "eslint";
import { matcher } from "../change/overlay-tree.js";
import { isProgram } from "../change/parse-migration.js";
import type { Preset } from "../model/configuration.js";
import { fileIn, repositoryAround } from "./locate-migration.js";
import type { OpenRepository } from "./open-repository.js";
import { prefixed, type Rules, ruleSettings } from "./rule-settings.js";

/** From the fewest rules to the most. */
const PRESETS: readonly Preset[] = ["recommended", "strict", "all"];

/**
 * The configuration of a preset for the repository around the working directory. Where the configuration file extends
 * a larger preset, that one holds: the editor shows what the pull request will show.
 */
export function configFor(preset: Preset, plugin: ESLint.Plugin, rules: Rules): Linter.Config[] {
  const repository = repositoryAround(process.cwd());
  if (!repository) return [];
  const { configuration, root, fingerprint } = repository;
  const larger = PRESETS[Math.max(PRESETS.indexOf(preset), PRESETS.indexOf(configuration.extends))] ?? preset;
  const common = {
    plugins: { "migration-safety": plugin },
    // ESLint's cache knows the file and its configuration; findings depend on the files beside it, too.
    settings: { "migration-safety": { root, fingerprint } },
    rules: prefixed(ruleSettings(configuration, rules, larger)),
  };
  return [
    {
      name: `migration-safety/${preset}`,
      files: matching(repository, isOurs(root)),
      language: "migration-safety/sql",
      ...common,
    },
    // Programs keep their language and their parser.
    { name: `migration-safety/${preset} in programs`, files: matching(repository, not(isOurs(root))), ...common },
    ...Object.entries(configuration.databases).flatMap(([name, { rules: own }]) =>
      own === undefined
        ? []
        : [
            {
              name: `migration-safety/database ${name}`,
              files: matching(repository, (file) => repository.databaseOf(file) === name),
              rules: prefixed(own),
            },
          ],
    ),
    ...configuration.overrides.map((override, index) => ({
      name: `migration-safety/override ${String(index + 1)}`,
      files: matching(repository, matcher(override.files)),
      rules: prefixed(override.rules),
    })),
  ];
}

/** Packages with which ESLint reads TypeScript. */
const TYPESCRIPT_PARSERS = ["typescript-eslint", "@typescript-eslint/parser", "@babel/eslint-parser"];

/** Which migrations are read in our language: SQL, and TypeScript where ESLint has no parser for it. */
function isOurs(root: string): (file: string) => boolean {
  let reads: boolean | undefined;
  const readsTypeScript = (): boolean => {
    const { resolve } = createRequire(join(root, "package.json"));
    return TYPESCRIPT_PARSERS.some((name) => {
      try {
        return resolve(name) !== "";
      } catch {
        return false;
      }
    });
  };
  return (file) => !isProgram(file) || (/\.[cm]?tsx?$/i.test(file) && !(reads ??= readsTypeScript()));
}

function not(matches: (file: string) => boolean): (file: string) => boolean {
  return (file) => !matches(file);
}

/**
 * Matches the migrations of migration folders. A function, because patterns are relative to the configuration file,
 * which may stand in a package of its own, and folders are known relative to the repository.
 * @param matches Which of them, by their path relative to the repository; absent: every file.
 */
function matching(repository: OpenRepository, matches: (file: string) => boolean = () => true): string[] {
  const isMigration = (path: string): boolean => {
    const file = /\.sql$/i.test(path) || isProgram(path) ? fileIn(repository, path) : undefined;
    return file !== undefined && repository.hasMigrations(file) && matches(file);
  };
  // ESLint takes functions, as its documentation says; its types do not.
  return [isMigration as unknown as string];
}
