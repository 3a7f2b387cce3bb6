/** Everything that a rule imports. */
export { changesEveryRow, copiesEveryRow, inBatches, loopHazard, loopOfBatches } from "./backfill.js";
export { brokenBy, type BrokenUses, brokenUses, REPORT_DEFAULT, REPORT_SCHEMA } from "./broken-uses.js";
export { refusalOf } from "./certain-refusals.js";
export { type DeclaredColumn, declaredColumns } from "./declared-columns.js";
export { type DeclaredForeignKey, declaredForeignKeys } from "./declared-foreign-keys.js";
export { defineRule } from "./define-rule.js";
export { describeDependents, goneWith, placesOf } from "./dependents.js";
export { formatDuration } from "./duration.js";
export { functionWords } from "./function-text.js";
export { isHarmlessEdit } from "./harmless-edit.js";
export { type Refuses, refusedConstants } from "../change/constant-checks.js";
export { droppedObject } from "./dropped-object.js";
export { type ClientEnum, columnsOfType, declaredEnumValues, enumClients, placeIn } from "./enum-clients.js";
export { type RewrittenValues, rewrittenValues } from "./rewritten-values.js";
export { driverAt, resultKind } from "./driver-types.js";
export { refusalOfConstant } from "./type-constants.js";
export { type LiveLock, liveLocks } from "./live-locks.js";
export { endOfChange } from "./end-of-change.js";
export { isMaybeCut, type LongIdentifier, longIdentifiers } from "./long-identifiers.js";
export { mergeVisitors } from "./merge-visitors.js";
export { mayRunTwice } from "./may-run-twice.js";
export { migrationOf } from "./migration-context.js";
export { inModel } from "./model-types.js";
export { type MissingFromSchema, missingFromSchema, TOOL_OF } from "../change/missing-from-schema.js";
export { emptyInSchema, requiredBySchema } from "../change/required-by-schema.js";
export { nearestName } from "../change/nearest-name.js";
export { formatName } from "../change/object-names.js";
export { derivedName } from "../deploy-order/recipe-parts/names.js";
export { countDuplicates, countNulls, countOffenders } from "../change/offending-rows.js";
export { restoredColumns } from "../change/restored-columns.js";
export { addValueSql, type ExtendedEnum, extendedEnum } from "../change/extended-enums.js";
export { isLikeType, isShorter, isSimilarName } from "../change/similar-columns.js";
export { schemaDifferences } from "../change/schema-differences.js";
export { chooseNotNullName } from "../postgres/catalog/default-names.js";
export { isSureEnough } from "../references/grades.js";
export { usesEnumValue } from "../postgres/enum-uses.js";
export { excludesBound, provesBound } from "../postgres/partition-proof.js";
export { lockConflict, LOCK_MODES } from "../postgres/lock-modes.js";
export { refusedInTransaction } from "../postgres/refused-in-transaction.js";
export { keepsValuesInUtc } from "../postgres/type-change.js";
export { quoteIdentifier } from "../text/quote-identifier.js";
export { type Copy, copiesOfColumn, copiesOfTable, mayCopyBetween } from "./copies.js";
export { dataStepsBefore, type PlacedDataStep } from "./data-steps.js";
export { heldBefore } from "./held-before.js";
export { type AddedColumn, addedColumn, addedColumns } from "./new-columns.js";
export { partitionCheck } from "./partition-check.js";
export { migrationName, migrationVersion, nameAfter } from "./next-name.js";
export {
  canRunOutside,
  inCalls,
  later,
  listNames,
  listPlaces,
  lockedTables,
  mustBeAlone,
  outsideTransaction,
  placeOf,
  statementBefore,
  transactionOpenedBy,
} from "./remedies.js";
export { isProvenByHand } from "./proven-by-hand.js";
export { isRoutine } from "./routine.js";
export { type OptionalInModel, optionalInModels } from "./optional-in-models.js";
export { ByName, oncePerChange, operationsOfChange, type PlacedOperationOf, precedes } from "./same-change.js";
export { timeoutVisitors } from "./require-timeout.js";
export { sameSql } from "../postgres/same-sql.js";
export { type SentSql, sentSql, sentText } from "./sent-sql.js";
export { statementsTogether } from "./together.js";
export { concurrently } from "./suggestions.js";
export {
  isUnknownTimeout,
  lockTimeout,
  NO_TIMEOUT,
  setTimeoutBefore,
  SHORT_LOCK_TIMEOUT,
  timeoutAt,
} from "./timeouts.js";
export { type HeldLock, heldLocks, type PlacedStatement, type Transaction, transactionOf } from "./transaction.js";
export { whoWaits } from "./who-waits.js";
export type { Dependent } from "../model/dependent.js";
export type { ChangeFinding, RuleMigration, RuleReport } from "./types.js";
