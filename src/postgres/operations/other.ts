/** Statements that lock no relation and change neither schema nor data. */
import { other, type Draft } from "./draft.js";

/** By their name in PostgreSQL's grammar: why there is nothing else to say about them. */
export const STATEMENTS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  AlterDatabaseSetStmt: "a setting for sessions that start later",
  AlterRoleSetStmt: "a setting for sessions that start later",
  AlterSystemStmt: "a setting in a file of the server's, for sessions that start later",
  CheckPointStmt: "what is in memory is written to disk",
  ClosePortalStmt: "the session's cursors",
  ConstraintsSetStmt: "when deferrable constraints are checked in this transaction",
  DeallocateStmt: "the session's prepared statements",
  FetchStmt: "rows of a cursor, whose query DECLARE ran",
  ListenStmt: "which notifications the session gets",
  LoadStmt: "a library for the session",
  NotifyStmt: "a notification",
  TransactionStmt: "COMMIT PREPARED and ROLLBACK PREPARED end a transaction that ran before",
  UnlistenStmt: "which notifications the session gets",
  VariableShowStmt: "it shows a setting",
};

/** Statements that PostgreSQL refuses inside a transaction block (calls of PreventInTransactionBlock). */
const REFUSED_IN_TRANSACTION: ReadonlySet<string> = new Set(["AlterSystemStmt"]);

export function otherStatement(type: string): Draft {
  return other(type, {}, REFUSED_IN_TRANSACTION.has(type));
}
