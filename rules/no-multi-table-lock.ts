/**
 * A transaction that holds ACCESS EXCLUSIVE on one table and waits for another: queries on both wait meanwhile, and a
 * session that uses them in the other order deadlocks with it.
 */
import {
  defineRule,
  formatDuration,
  formatName,
  type HeldLock,
  heldLocks,
  isRoutine,
  later,
  listNames,
  lockTimeout,
  migrationOf,
  NO_TIMEOUT,
  placeOf,
  type PlacedStatement,
  SHORT_LOCK_TIMEOUT,
  statementBefore,
  type RuleMigration,
  type Transaction,
  transactionOf,
} from "../src/rule/index.js";
import type { Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow transactions that lock a second table against every query while they hold a first",
      recommended: "warn",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      second:
        "This waits for ACCESS EXCLUSIVE on {{second}} while its transaction holds that lock on {{first}} since {{since}}: until it gets it, every query on {{all}} waits, and a session that has used {{second}} and wants {{first}} next deadlocks with it. Do it {{later}}, or {{timeout}}.",
      setTimeout: "Put SET lock_timeout = '5s' before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const report = (op: Operation): void => {
      const { earlier, own } = heldLocks(migration, op);
      const first = earlier.filter(keepsReadersOut);
      const since = first[0] ? placeOf(migration, first[0].by, first[0]) : "";
      const second = withoutThose(own.filter(isExclusive), earlier.filter(isExclusive));
      const statement = migration.statementOf(op);
      const timeout = lockTimeout(statement);
      context.report({
        node: op,
        range: statement.statement.range,
        messageId: "second",
        data: {
          second: namesOf(second),
          first: namesOf(first),
          all: namesOf([...first, ...second]),
          since,
          later: later(migration, op),
          timeout:
            timeout === NO_TIMEOUT
              ? "put SET lock_timeout = '5s' before it, which ends the waiting"
              : `make lock_timeout ${formatDuration(SHORT_LOCK_TIMEOUT)} at most, which ends the waiting`,
        },
        suggest: [{ messageId: "setTimeout", fix: statementBefore(migration, op, "SET lock_timeout = '5s';") }],
      });
    };
    return {
      Migration() {
        for (const { statement } of migration.migration.statements) {
          const [op] = statement.operations;
          const second = op && secondOf(transactionOf(migration, op), migration);
          if (second && statement.operations.includes(second)) report(second);
        }
      },
    };
  },
});

function isExclusive({ mode }: HeldLock): boolean {
  return mode === "ACCESS EXCLUSIVE";
}

/** Whether somebody who reads the relation gains from the transaction's end: what it drops is gone by then. */
function keepsReadersOut(lock: HeldLock): boolean {
  return isExclusive(lock) && !lock.dropped;
}

function withoutThose(locks: readonly HeldLock[], others: readonly HeldLock[]): readonly HeldLock[] {
  const relations = new Set(others.map(({ relation }) => relation));
  return locks.filter(({ relation }) => !relations.has(relation));
}

function namesOf(locks: readonly HeldLock[]): string {
  return listNames([...new Set(locks.map(({ name }) => formatName(name)))]);
}

const known = new WeakMap<Transaction, Operation | undefined>();

/** Where the transaction waits for another table while one is held, and no lock_timeout ends it: that statement's operation. */
function secondOf(transaction: Transaction, migration: RuleMigration): Operation | undefined {
  if (!known.has(transaction)) known.set(transaction, findSecond(transaction, migration));
  return known.get(transaction);
}

function findSecond(transaction: Transaction, migration: RuleMigration): Operation | undefined {
  if (!locksSeveral(transaction) || transaction.every((placed) => isAllRoutine(placed, migration))) return undefined;
  const held = new Set<string>();
  let keepsReaders = false;
  let routine = true;
  for (const { statement } of transaction) {
    const [op] = statement.statement.operations;
    if (!op) continue;
    if (!statement.locks.some(({ mode }) => mode === "ACCESS EXCLUSIVE")) continue;
    const own = heldLocks(migration, op).own.filter(isExclusive);
    if (own.length === 0) continue;
    const waits = own.some(({ relation }) => !held.has(relation));
    const more = statement.statement.operations.find((one) => !isRoutine(one, migration));
    routine &&= !more;
    if (!routine && keepsReaders && waits && lockTimeout(statement) > SHORT_LOCK_TIMEOUT) return more ?? op;
    for (const lock of own) {
      held.add(lock.relation);
      keepsReaders ||= keepsReadersOut(lock);
    }
  }
  return undefined;
}

/** Most transactions lock one table at most, whatever is in use. */
function locksSeveral(transaction: Transaction): boolean {
  let first: string | undefined;
  for (const { statement } of transaction) {
    for (const { mode, relation } of statement.locks) {
      if (mode !== "ACCESS EXCLUSIVE" || relation === first) continue;
      if (first !== undefined) return true;
      first = relation;
    }
  }
  return false;
}

function isAllRoutine({ statement }: PlacedStatement, migration: RuleMigration): boolean {
  return statement.statement.operations.every((op) => isRoutine(op, migration));
}
