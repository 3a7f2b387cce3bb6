/** Everything that a rule imports. */
export { changesEveryRow, copiesEveryRow, inBatches } from "./backfill.js";
export { brokenUses } from "./broken-uses.js";
export { defineRule } from "./define-rule.js";
export { visitLocking } from "./locking-visitors.js";
export { formatDuration, parseDuration } from "./duration.js";
export { type LiveLock, liveLocks } from "./live-locks.js";
export { migrationOf } from "./migration-context.js";
export { formatName } from "../change/object-names.js";
export { LOCK_MODES } from "../postgres/lock-modes.js";
export { refusedInTransaction } from "../postgres/refused-in-transaction.js";
export { quoteIdentifier } from "../text/quote-identifier.js";
export { addedColumn, isSameChange } from "./new-columns.js";
export { migrationName, migrationVersion, nameAfter } from "./next-name.js";
export {
  canRunOutside,
  later,
  listNames,
  lockedTables,
  outsideTransaction,
  placeOf,
  statementBefore,
  transactionOpenedBy,
} from "./remedies.js";
export { isRoutine } from "./routine.js";
export { sameSql } from "./same-sql.js";
export { concurrently } from "./suggestions.js";
export {
  buildsConcurrently,
  firstWithout,
  lockTimeout,
  NO_TIMEOUT,
  setTimeoutBefore,
  SHORT_LOCK_TIMEOUT,
  timeoutAt,
  timeoutData,
} from "./timeouts.js";
export { type HeldLock, heldLocks, type PlacedStatement, type Transaction, transactionOf } from "./transaction.js";
export type { ChangeFinding, RuleMigration, RuleReport } from "./types.js";
