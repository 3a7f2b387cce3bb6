/** The statements of one transaction, and the locks that they hold until it ends. */
import type { AnalysedStatement, Migration } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { liveLocks, type LiveLock } from "./live-locks.js";
import { oncePerChange } from "./same-change.js";
import type { RuleMigration } from "./types.js";

/** A statement with the migration that it stands in. */
export interface PlacedStatement {
  readonly migration: Migration;
  readonly statement: AnalysedStatement;
}

/** Judged statements that share a transaction, in the order in which they run, over all of its files. */
export type Transaction = readonly PlacedStatement[];

const alone = new WeakMap<AnalysedStatement, Transaction>();

/**
 * The transaction that an operation runs in; always the same object for the same transaction. A statement that commits
 * by itself, or whose runner is not known, is one of its own.
 */
export function transactionOf(migration: RuleMigration, operation: Operation): Transaction {
  const statement = migration.statementOf(operation);
  const { group } = statement.transaction;
  if (group !== undefined) return groupsOf(migration).get(group) ?? [];
  let single = alone.get(statement);
  if (!single) {
    // A rule may ask about an operation of another file than the one that it looks at.
    const home = homesOf(migration).get(statement) ?? migration.migration;
    alone.set(statement, (single = [{ migration: home, statement }]));
  }
  return single;
}

const homesOf = oncePerChange(
  (migration): ReadonlyMap<AnalysedStatement, Migration> =>
    new Map(Array.from(migration.judged(), (placed) => [placed.statement, placed.migration])),
);

const groupsOf = oncePerChange((migration): ReadonlyMap<string, Transaction> => {
  const groups = new Map<string, PlacedStatement[]>();
  for (const placed of migration.judged()) {
    const { group } = placed.statement.transaction;
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members) members.push(placed);
    else groups.set(group, [placed]);
  }
  return groups;
});

/** A lock that keeps other sessions from reading or writing a relation in use, until the transaction ends. */
export interface HeldLock extends LiveLock {
  /** The statement that takes it. */
  readonly by: PlacedStatement;
  /** Whether the transaction drops the relation: who waits for it finds nothing in the end, and loses no time. */
  readonly dropped: boolean;
}

/** What a transaction holds at one of its statements. */
interface HeldAt {
  /** The locks that it holds when the statement starts. */
  readonly earlier: readonly HeldLock[];
  /** Those that the statement takes. */
  readonly own: readonly HeldLock[];
  /** Whether it has kept everybody else from a relation, qualified, before the statement. */
  readonly isExclusive: (relation: string) => boolean;
  /** The lock by which it has. */
  readonly exclusiveLock: (relation: string) => HeldLock | undefined;
}

interface HeldLocks {
  readonly locks: readonly HeldLock[];
  /** How many of them the statements before this one take. */
  readonly before: ReadonlyMap<AnalysedStatement, number>;
  /** Index of the first ACCESS EXCLUSIVE lock on each relation. */
  readonly exclusive: ReadonlyMap<string, number>;
}

const held = new WeakMap<Transaction, HeldLocks>();

/** What the transaction of an operation holds at its statement. */
export function heldLocks(migration: RuleMigration, operation: Operation): HeldAt {
  const transaction = transactionOf(migration, operation);
  let known = held.get(transaction);
  if (!known) held.set(transaction, (known = findHeldLocks(transaction, migration)));
  const { locks, before, exclusive } = known;
  const statement = migration.statementOf(operation);
  const start = before.get(statement) ?? 0;
  let end = start;
  while (locks[end]?.by.statement === statement) end++;
  return {
    get earlier() {
      return locks.slice(0, start);
    },
    own: locks.slice(start, end),
    isExclusive: (relation) => (exclusive.get(relation) ?? Infinity) < start,
    exclusiveLock: (relation) => {
      const at = exclusive.get(relation) ?? Infinity;
      return at < start ? locks[at] : undefined;
    },
  };
}

function findHeldLocks(transaction: Transaction, migration: RuleMigration): HeldLocks {
  const end = transaction.at(-1)?.statement.after;
  const locks: HeldLock[] = [];
  const before = new Map<AnalysedStatement, number>();
  const exclusive = new Map<string, number>();
  for (const by of transaction) {
    before.set(by.statement, locks.length);
    const { operations } = by.statement.statement;
    const drops = operations.some(({ type }) => type === "DropRelation");
    for (const lock of operations[0] ? liveLocks(migration, operations[0]) : []) {
      if (!lock.blocks.includes("write")) continue;
      if (lock.mode === "ACCESS EXCLUSIVE" && !exclusive.has(lock.relation)) exclusive.set(lock.relation, locks.length);
      const wasThere = drops || by.statement.before.table(lock.name) !== undefined;
      locks.push({ ...lock, by, dropped: wasThere && end?.table(lock.name) === undefined });
    }
  }
  return { locks, before, exclusive };
}
