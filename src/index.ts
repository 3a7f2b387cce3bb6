/** The package: an ESLint plugin. */
import type { ESLint, Linter } from "eslint";
import { plugin } from "./eslint/plugin.js";

/** The plugin in ESLint's own types, so that users need no others. */
export interface MigrationSafetyPlugin extends ESLint.Plugin {
  /** For `eslint.config.js`; each starts from the configuration file of the repository. */
  readonly configs: {
    readonly recommended: Linter.Config[];
    readonly strict: Linter.Config[];
    readonly all: Linter.Config[];
  };
}

const migrationSafety = plugin as unknown as MigrationSafetyPlugin;

export default migrationSafety;
// What `require("migration-safety")` returns.
export { migrationSafety as "module.exports" };
