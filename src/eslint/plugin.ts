/** The ESLint plugin: rules, the language that they understand, and configurations that turn them on. */
import type { ESLint, Linter } from "eslint";
import { rules as definedRules } from "../../rules/index.js";
import { provideLocateProgram } from "../rule/linted-migration.js";
import { rulePage } from "../rule/rule-page.js";
import { configFor } from "./configs.js";
import { locateProgram } from "./lint-program.js";
import { packageVersion } from "../text/package-version.js";
import { sqlLanguage } from "./sql-language.js";

provideLocateProgram(locateProgram);

type Configs = Readonly<Record<"recommended" | "strict" | "all", Linter.Config[]>>;

/** Editors link a finding to its rule's page. */
const rules = Object.fromEntries(
  Object.entries(definedRules).map(([name, { meta, ...rule }]) => [
    name,
    { ...rule, meta: { ...meta, docs: { ...meta.docs, url: rulePage(name) } } },
  ]),
);

export const plugin = {
  meta: {
    name: "migration-safety",
    namespace: "migration-safety",
    get version() {
      return packageVersion();
    },
  },
  rules,
  languages: { sql: sqlLanguage },
  configs: {
    /** What blocks, breaks or loses something. */
    get recommended() {
      return configFor("recommended", asPlugin(), rules);
    },
    /** And what is cheap now and costly later. */
    get strict() {
      return configFor("strict", asPlugin(), rules);
    },
    /** Every rule. */
    get all() {
      return configFor("all", asPlugin(), rules);
    },
  } satisfies Configs as Configs,
};

/**
 * The plugin for runs whose options were checked when the configuration was read. ESLint would check them again, and
 * loading its validator takes longer than to lint a migration.
 */
export const pluginWithoutSchemas = {
  ...plugin,
  rules: Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, { ...rule, meta: { ...rule.meta, schema: false } }]),
  ),
};

/** ESLint's types know a plugin's rules and languages in their most general form only. */
function asPlugin(): ESLint.Plugin {
  return plugin as unknown as ESLint.Plugin;
}
