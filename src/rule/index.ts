/** Everything that a rule imports. */
export { defineRule } from "./define-rule.js";
export { formatDuration, parseDuration } from "./duration.js";
export { migrationOf } from "./migration-context.js";
export { formatName } from "./names.js";
export { concurrently } from "./suggestions.js";
export type { ChangeFinding, OperationVisitors, RuleContext, RuleMigration, RuleReport } from "./types.js";
