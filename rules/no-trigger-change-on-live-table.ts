/**
 * CREATE, ENABLE and DISABLE TRIGGER need SHARE ROW EXCLUSIVE, which waits for writers; DROP TRIGGER and a new name need
 * ACCESS EXCLUSIVE, which waits for readers as well. Whoever comes later queues behind them.
 */
import {
  addedColumns,
  defineRule,
  formatDuration,
  formatName,
  functionWords,
  heldBefore,
  isUnknownTimeout,
  type LiveLock,
  liveLocks,
  LOCK_MODES,
  migrationOf,
  NO_TIMEOUT,
  oncePerChange,
  operationsOfChange,
  quoteIdentifier,
  type RuleMigration,
  setTimeoutBefore,
  SHORT_LOCK_TIMEOUT,
  timeoutAt,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AlterTable, CreateTrigger, DropTrigger, OperationOf } from "../src/model/operation.js";

type TriggerChange = AlterTable | CreateTrigger | DropTrigger | OperationOf<"RenameTrigger">;

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow changes of triggers that queries on a table in use wait for",
      recommended: "warn",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      writersWait:
        "{{statement}} waits for every transaction that has written to {{table}}, and every INSERT, UPDATE and DELETE that comes later waits behind it. {{remedy}}",
      everybodyWaits:
        "{{statement}} waits for every transaction that has used {{table}}, and every query that comes later waits behind it, SELECT too. {{remedy}}",
      foreignKeysOff:
        "DISABLE TRIGGER ALL turns off the foreign keys from and to {{table}} as well: rows that break them are let in, and nothing finds them later. DISABLE TRIGGER USER leaves them on.{{remedy}}",
      setTimeout: "Put SET lock_timeout = {{value}} before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: TriggerChange, statement: string): void => {
      const lock = lockOf(op, migration);
      if (!lock) return;
      const table = formatName(op.table);
      const remedy = remedyOf(op, lock, migration);
      const suggest =
        remedy === "" || timeoutAt(migration, op, "lock_timeout") !== NO_TIMEOUT
          ? []
          : setTimeoutBefore(migration, op, "lock_timeout", "'5s'");
      if (op.type === "AlterTable" && op.subcommand === "DisableTrigAll" && hasForeignKeys(op, migration)) {
        const also = remedy === "" ? "" : ` ${remedy}`;
        context.report({ node: op, messageId: "foreignKeysOff", data: { table, remedy: also }, suggest });
      } else if (remedy !== "") {
        const messageId = lock.blocks.includes("read") ? "everybodyWaits" : "writersWait";
        const isReminder = !isRecreated(op, migration) && isUnknownTimeout(migration, op, "lock_timeout");
        context.report({ node: op, messageId, data: { statement, table, remedy }, isReminder, suggest });
      }
    };
    return {
      AlterTable(op) {
        const statement = SUBCOMMANDS[op.subcommand];
        if (statement !== undefined) check(op, statement);
      },
      CreateTrigger(op) {
        if (!belongsToExpandStep(op, migration)) check(op, "CREATE TRIGGER");
      },
      DropTrigger: (op) => check(op, "DROP TRIGGER"),
      RenameTrigger: (op) => check(op, "ALTER TRIGGER"),
    };
  },
});

/** By PostgreSQL's names for the subcommands of ALTER TABLE. */
const SUBCOMMANDS: Readonly<Record<string, string>> = {
  DisableTrig: "DISABLE TRIGGER",
  DisableTrigAll: "DISABLE TRIGGER",
  DisableTrigUser: "DISABLE TRIGGER",
  EnableAlwaysTrig: "ENABLE TRIGGER",
  EnableReplicaTrig: "ENABLE TRIGGER",
  EnableTrig: "ENABLE TRIGGER",
  EnableTrigAll: "ENABLE TRIGGER",
  EnableTrigUser: "ENABLE TRIGGER",
};

/** The lock on the trigger's table, where that is in use. */
function lockOf(op: TriggerChange, migration: RuleMigration): LiveLock | undefined {
  const wanted = qualified(op.table, op, migration);
  return liveLocks(migration, op).find(({ relation }) => relation === wanted);
}

/** What ends the waiting, in sentences; empty where nobody waits for long. */
function remedyOf(op: TriggerChange, lock: LiveLock, migration: RuleMigration): string {
  const current = timeoutAt(migration, op, "lock_timeout");
  if (current <= SHORT_LOCK_TIMEOUT || isHeldAlready(op, lock, migration)) return "";
  const inPlace =
    op.type === "DropTrigger" && isRecreated(op, migration)
      ? `CREATE OR REPLACE TRIGGER changes ${quoteIdentifier(op.trigger)} in place, and lets SELECT through. `
      : "";
  return (
    inPlace +
    (current === NO_TIMEOUT
      ? "Put SET lock_timeout = '5s' before it: it then gives up, and can be run again."
      : `Make lock_timeout ${formatDuration(SHORT_LOCK_TIMEOUT)} at most: it then gives up, and can be run again.`)
  );
}

/** Whether the transaction has waited for the table before. */
function isHeldAlready(op: TriggerChange, { relation, mode }: LiveLock, migration: RuleMigration): boolean {
  return heldBefore(migration, op).some(
    (held) => held.relation === relation && LOCK_MODES.indexOf(held.mode) >= LOCK_MODES.indexOf(mode),
  );
}

/** Whether the trigger is dropped only to be created again, where CREATE OR REPLACE would do. */
function isRecreated(op: TriggerChange, migration: RuleMigration): boolean {
  if (op.type !== "DropTrigger" || migration.postgres < 14) return false;
  const wanted = qualified(op.table, op, migration);
  return migration.migration.statements
    .slice(op.statement)
    .some(({ statement }) =>
      statement.operations.some(
        (other) =>
          other.type === "CreateTrigger" &&
          !other.constraint &&
          other.trigger === op.trigger &&
          qualified(other.table, op, migration) === wanted,
      ),
    );
}

/**
 * Whether the trigger keeps something in step that this change adds: a column of its table, or another table. Without it
 * the change would not be safe.
 */
function belongsToExpandStep(op: CreateTrigger, migration: RuleMigration): boolean {
  const columns = addedColumns(migration, op, op.table).map(({ operation }) => operation.column.name);
  if ([...op.columns, ...op.whenColumns].some((column) => columns.includes(column))) return true;
  const tables = newTables(migration);
  return functionWords(migration, op, op.function).some(
    (words) => columns.some((column) => words.has(column.toLowerCase())) || [...words].some((word) => tables.has(word)),
  );
}

/** The names of the tables that the change creates, in lower case. */
const newTables = oncePerChange((migration): ReadonlySet<string> => {
  const created = operationsOfChange(migration, "CreateTable").filter(({ operation }) => !operation.temporary);
  return new Set(created.map(({ operation }) => operation.table.name.toLowerCase()));
});

/** Whether a table has foreign keys, or others to it, as far as is known. */
function hasForeignKeys(op: AlterTable, migration: RuleMigration): boolean {
  const before = migration.before(op);
  const table = before.table(op.table);
  if (!before.complete || table?.createdIn === undefined) return true;
  const own = [...table.constraints.values()].some(({ kind }) => kind === "foreign key");
  return own || before.referencedBy(op.table).length > 0;
}

function qualified(table: QualifiedName, op: TriggerChange, migration: RuleMigration): string {
  const { schema, name } = migration.before(op).qualify(table);
  return `${schema}.${name}`;
}
