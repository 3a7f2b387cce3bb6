/** The ESLint plugin: rules, the language that they understand, and configurations that turn them on. */
import { rules } from "../../rules/index.js";
import { sqlLanguage } from "./sql-language.js";

export const plugin = {
  meta: { name: "migration-safety", version: "0.1.0", namespace: "migration-safety" },
  rules,
  languages: { sql: sqlLanguage },
};
