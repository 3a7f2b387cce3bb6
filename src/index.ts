/** The package: an ESLint plugin. */
import { plugin } from "./eslint/plugin.js";

export default plugin;
// What `require("migration-safety")` returns.
export { plugin as "module.exports" };
