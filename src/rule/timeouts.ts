/** The timeouts that end a statement which keeps others waiting: what is in force, and where one is asked for. */
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { formatDuration, parseDuration } from "./duration.js";
import { judgedOf } from "./migration-context.js";
import { inCalls, lockedTables, mustBeAlone, statementBefore } from "./remedies.js";
import { hotTables, isRoutine } from "./routine.js";
import { oncePerDatabase } from "./same-change.js";
import { heldLocks } from "./transaction.js";
import type { RuleMigration, RuleReport } from "./types.js";

/** What `lockTimeout` and `statementTimeout` answer where nothing ends the statement. */
export const NO_TIMEOUT = Infinity;

/** With a lock_timeout of up to this, in milliseconds, waiting for a lock is taken for harmless. */
export const SHORT_LOCK_TIMEOUT = 10_000;

/** The timeouts of a session that a rule may ask for. */
export type TimeoutName = "lock_timeout" | "statement_timeout";

/** The lock_timeout in force at a statement, in milliseconds. PostgreSQL takes 0 for none. */
export function lockTimeout({ session }: AnalysedStatement): number {
  return timeoutOf(session, "lock_timeout");
}

/** After how many milliseconds a statement is cancelled: by statement_timeout, or by 17's transaction_timeout. */
function statementTimeout({ session }: AnalysedStatement): number {
  return Math.min(timeoutOf(session, "statement_timeout"), timeoutOf(session, "transaction_timeout"));
}

function timeoutOf(session: AnalysedStatement["session"], name: string): number {
  const value = session.get(name);
  return (value === undefined ? 0 : parseDuration(value)) || NO_TIMEOUT;
}

const inForce: Readonly<Record<TimeoutName, (statement: AnalysedStatement) => number>> = {
  lock_timeout: lockTimeout,
  statement_timeout: statementTimeout,
};

/** The timeout in force at an operation's statement, in milliseconds. */
export function timeoutAt(migration: RuleMigration, operation: Operation, name: TimeoutName): number {
  return inForce[name](migration.statementOf(operation));
}

interface FirstOne {
  readonly file: string;
  readonly operation: Operation;
}

/** By timeout and length; they are found one by one. */
const firstOnes = oncePerDatabase(() => new Map<string, FirstOne | undefined>());

/**
 * The one operation of the change that is told about a timeout: of those that keep others from a table in use with none
 * in force, or one that is longer than `longest`, the first that has no better form. Those that work long under their
 * lock have one, and so has DROP INDEX; else simply the first. What nearly every change does is never the one. Undefined
 * in all migrations but its own.
 * @param longest In milliseconds.
 */
export function firstWithout(migration: RuleMigration, name: TimeoutName, longest: number): Operation | undefined {
  const known = firstOnes(migration);
  const key = `${name} ${String(longest)}`;
  if (!known.has(key)) known.set(key, findFirst(migration, name, longest));
  const first = known.get(key);
  return first?.file === migration.migration.file ? first.operation : undefined;
}

function findFirst(migration: RuleMigration, name: TimeoutName, longest: number): FirstOne | undefined {
  let first: FirstOne | undefined;
  for (const { migration: own, statement } of judgedOf(migration.database.migrations)) {
    if (inForce[name](statement) <= longest) continue;
    if (!statement.locks.some(({ blocks }) => blocks.includes("write"))) continue;
    const operations = statement.statement.operations;
    const waits = operations.find((op) => isHeardOf(op, own) && !isRoutine(op, migration));
    if (!waits || lockedTables(migration, waits, "write") === "") continue;
    if (name === "lock_timeout" && isLockedAlready(migration, waits, longest)) continue;
    const one = { file: own.file, operation: waits };
    if (waits.type !== "DropIndex" && statement.work.every((work) => work === "instant")) return one;
    first ??= one;
  }
  return first;
}

/** Whether rules hear of an operation of an edited migration: what it made before waits for nobody. */
function isHeardOf(operation: Operation, { kept, remade }: Migration): boolean {
  return kept?.has(operation) !== true && remade?.has(operation) !== true;
}

/**
 * Whether the transaction has kept everybody else from the tables before, by statements that did not wait for long: then
 * this one waits for nobody.
 */
function isLockedAlready(migration: RuleMigration, operation: Operation, longest: number): boolean {
  const { own, earlier, isExclusive } = heldLocks(migration, operation);
  if (!own.every(({ relation }) => isExclusive(relation))) return false;
  return own.every(({ relation }) => {
    const first = earlier.find((lock) => lock.relation === relation && lock.mode === "ACCESS EXCLUSIVE");
    const { statement } = first?.by ?? {};
    const waits = statement?.statement.operations.every((op) => op.type !== "LockTable" || !op.noWait) !== false;
    return statement !== undefined && (!waits || lockTimeout(statement) <= longest);
  });
}

/**
 * Whether nobody can tell that the timeout is missing: the connection or its role may have one, and this repository sets
 * none anywhere, nor does its configuration say what the connection sets. No table that the statement locks is hot.
 */
export function isUnknownTimeout(migration: RuleMigration, operation: Operation, name: TimeoutName): boolean {
  const { change, database } = migration;
  const session = change.configuration.databases[database.name]?.session ?? {};
  const isSaid = Object.keys(session).length > 0 || migration.statementOf(operation).session.has(name);
  return !isSaid && !setTimeouts(migration).has(name) && hotTables(operation, migration) === "";
}

/** The timeouts that a migration of the database sets, whenever it ran. */
const setTimeouts = oncePerDatabase(({ database }): ReadonlySet<string> => {
  const set = new Set<string>();
  for (const { statements } of database.migrations) {
    for (const { statement } of statements) {
      for (const operation of statement.operations) {
        if (operation.type === "SetVariable" && (parseDuration(operation.value ?? "") ?? 0) > 0) {
          set.add(operation.variable);
        }
      }
    }
  }
  return set;
});

/** What a message about a timeout names: who waits for what, and how long that may last. */
export function timeoutData(
  migration: RuleMigration,
  operation: Operation,
  { name, longest, suggested }: { readonly name: TimeoutName; readonly longest: number; readonly suggested: number },
): Readonly<Record<"tables" | "queries" | "current" | "timeout" | "max" | "hot" | "through", string>> {
  const readers = lockedTables(migration, operation, "read");
  const hot = hotTables(operation, migration);
  return {
    tables: readers === "" ? lockedTables(migration, operation, "write") : readers,
    queries: readers === "" ? "all INSERTs, UPDATEs and DELETEs" : "all queries",
    current: formatDuration(timeoutAt(migration, operation, name)),
    timeout: formatDuration(Math.min(longest, suggested)),
    max: formatDuration(longest),
    through: inCalls(migration, operation),
    hot: hot === "" ? "" : ` The configuration lists ${hot} as hot.`,
  };
}

/** Whether an operation that fails half-way leaves an index that PostgreSQL maintains and no query uses. */
export function buildsConcurrently(op: Operation, migration: RuleMigration): boolean {
  if (op.type !== "CreateIndex" && op.type !== "DropIndex" && op.type !== "Reindex") return false;
  // Inside a transaction it fails, and leaves nothing behind.
  return op.concurrently && migration.statementOf(op).transaction.inTransaction !== true;
}

/** The edit that sets a timeout before an operation's statement; the rule words it as its message `setTimeout`. */
export function setTimeoutBefore(
  migration: RuleMigration,
  operation: Operation,
  name: TimeoutName,
  value: string,
): NonNullable<RuleReport<"setTimeout">["suggest"]> {
  if (mustBeAlone(migration, operation)) return [];
  const fix = statementBefore(migration, operation, `SET ${name} = ${value};`);
  return [{ messageId: "setTimeout", data: { value }, fix }];
}
