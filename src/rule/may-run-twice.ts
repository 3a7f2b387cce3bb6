/** Migrations that do the same, or nothing, where they have run before. */
import { copesWithWhatIsThere } from "../change/written-anew.js";
import type { Migration } from "../model/migration.js";
import type { AlterTableSubcommand, Operation, OperationType } from "../model/operation.js";
import type { Statement } from "../model/statement.js";

/** Whether every statement of it may run once more, on a schema and on rows that it has made itself. */
export function mayRunTwice({ statements }: Migration): boolean {
  return (
    statements.length > 0 &&
    statements.every(
      ({ statement }) =>
        statement.embedded === undefined && statement.operations.every((operation) => mayRepeat(operation, statement)),
    )
  );
}

function mayRepeat(operation: Operation, statement: Statement): boolean {
  if (REPEATABLE.has(operation.type) || copesWithWhatIsThere(operation, statement)) return true;
  if ("ifExists" in operation) return operation.ifExists;
  return operation.type === "AlterTable" && SETTINGS.has(operation.subcommand);
}

const REPEATABLE: ReadonlySet<string> = new Set<OperationType>([
  "Comment",
  "DropDefault",
  "DropNotNull",
  "Grant",
  "LockTable",
  "Revoke",
  "SetDefault",
  "SetNotNull",
  "SetVariable",
  "TransactionControl",
  "ValidateConstraint",
]);

const SETTINGS: ReadonlySet<AlterTableSubcommand> = new Set([
  "DisableRowSecurity",
  "EnableRowSecurity",
  "ForceRowSecurity",
  "NoForceRowSecurity",
  "ReplicaIdentity",
  "ResetOptions",
  "ResetRelOptions",
  "SetOptions",
  "SetRelOptions",
  "SetStatistics",
  "SetStorage",
]);
