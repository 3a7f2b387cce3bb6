/** The package: an ESLint plugin. */
import type { ESLint, Linter } from "eslint";
import { plugin } from "./eslint/plugin.js";

/** As ESLint's types know a plugin, so that a typed `eslint.config.ts` takes it. */
type MigrationSafety = Omit<ESLint.Plugin, "configs"> & {
  readonly configs: Readonly<Record<"recommended" | "strict" | "all", Linter.Config[]>>;
};

const migrationSafety = plugin as unknown as MigrationSafety;

export default migrationSafety;
// What `require("migration-safety")` returns.
export { migrationSafety as "module.exports" };
