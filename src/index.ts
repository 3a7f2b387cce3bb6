/** The package: an ESLint plugin. */
export { plugin as default } from "./eslint/plugin.js";
