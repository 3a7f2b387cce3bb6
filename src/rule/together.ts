import type { AnalysedStatement } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { transactionOf } from "./transaction.js";
import type { RuleMigration } from "./types.js";

/**
 * The statements between which nobody is known to see a moment: those of the operation's transaction; where the runner
 * is not known, those of its file, which may be one.
 */
export function statementsTogether(migration: RuleMigration, operation: Operation): readonly AnalysedStatement[] {
  return migration.statementOf(operation).transaction.inTransaction === "unknown"
    ? migration.migration.statements
    : transactionOf(migration, operation).map(({ statement }) => statement);
}
