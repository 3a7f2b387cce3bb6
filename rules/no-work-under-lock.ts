/** Locks are held until the transaction ends: work that comes after one makes everybody who waits for it wait longer. */
import {
  defineRule,
  formatName,
  type HeldLock,
  heldLocks,
  later,
  listNames,
  liveLocks,
  migrationOf,
  placeOf,
  type PlacedStatement,
  type RuleMigration,
  type Transaction,
  transactionOf,
} from "../src/rule/index.js";
import type { AnalysedStatement } from "../src/model/migration.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Operation, OperationOf } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow scans, builds and backfills in a transaction that holds a lock others wait for",
      recommended: "warn",
      category: "Blocking",
      harm: "blocks",
      yieldsTo: [
        "no-backfill-with-ddl",
        "no-blocking-constraint",
        "no-blocking-index-build",
        "no-blocking-index-drop",
        "no-blocking-not-null",
        "no-blocking-partition-change",
        "no-blocking-refresh",
        "no-blocking-reindex",
        "no-blocking-unique",
        "no-table-rewrite",
        "no-validate-in-same-transaction",
      ],
    },
    messages: {
      underLock:
        "{{work}} takes as long as there are rows, and meanwhile the transaction holds the lock of {{since}}: {{queries}} until it ends. Do it {{later}}.",
      inOneStatement:
        "{{work}} takes as long as there are rows, and other clauses of this statement need a stronger lock: {{queries}} until it is done. Give it a statement of its own, {{later}}.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: Operation): void => {
      if (!worksOnLiveRows(op, migration)) return;
      const data = { ...migration.describe(op), work: workOf(op, migration), later: later(migration, op) };
      const waiting = waitingBefore(op, migration);
      if (waiting) {
        const since = placeOf(migration, waiting.since);
        context.report({ node: op, messageId: "underLock", data: { ...data, since, queries: waiting.queries } });
        return;
      }
      // Validating needs less of a lock than nearly every other clause of ALTER TABLE.
      const own = op.type === "ValidateConstraint" ? heldLocks(migration, op).own : [];
      if (own.length === 0) return;
      const queries = new Queues().add(own).toString();
      context.report({ node: op, messageId: "inOneStatement", data: { ...data, queries } });
    };
    return {
      AddColumn: check,
      AddConstraint: check,
      AlterColumnType: check,
      AlterDomain: check,
      AlterTable: check,
      AttachPartition: check,
      Cluster: check,
      CreateIndex: check,
      CreateTableAs: check,
      Delete: check,
      Insert: check,
      Merge: check,
      RefreshMaterializedView: check,
      Reindex: check,
      SetNotNull: check,
      Update: check,
      ValidateConstraint: check,
    };
  },
});

/** Whether the operation is known to take as long as tables in use have rows. */
function worksOnLiveRows(op: Operation, migration: RuleMigration): boolean {
  if (migration.work(op) === "instant") return false;
  // With CONCURRENTLY these fail inside a transaction.
  if ((op.type === "CreateIndex" || op.type === "Reindex") && op.concurrently) return false;
  const { sql } = migration.statementOf(op).statement;
  switch (op.type) {
    case "AlterDomain":
      return liveLocks(migration, op).length > 0;
    case "CreateTableAs":
      return isAnyLive(op.reads) && !/\bWITH\s+NO\s+DATA\b/iu.test(sql);
    case "Insert":
      // With a WHERE the cost depends on whether an index serves it, which is not known; VALUES brings rows along.
      return isAnyLive(op.reads) && !/\b(?:WHERE|LIMIT|VALUES)\b/iu.test(sql);
    default:
      return migration.isLive(op);
  }
  function isAnyLive(relations: readonly QualifiedName[]): boolean {
    return relations.some((relation) => migration.isLive(op, relation));
  }
}

/** What the work is, as the start of a sentence. */
function workOf(op: Operation, migration: RuleMigration): string {
  const { table = "", index, constraint } = migration.describe(op);
  const phrases: { readonly [Type in Operation["type"]]?: (op: OperationOf<Type>) => string } = {
    AttachPartition: ({ partition }) => `Attaching ${formatName(partition)} to ${table}`,
    CreateIndex: () => `Building ${index ?? "the index"} on ${table}`,
    CreateTableAs: ({ reads }) => `Filling ${table} from ${listNames(reads.map(formatName))}`,
    Delete: () => `Deleting every row of ${table}`,
    Insert: ({ reads }) => `Copying rows of ${listNames(reads.map(formatName))} into ${table}`,
    Merge: () => `Merging into ${table}`,
    RefreshMaterializedView: ({ view }) => `Refreshing ${formatName(view)}`,
    Update: () => `Updating every row of ${table}`,
    ValidateConstraint: () => `Validating ${constraint ?? "a constraint"} of ${table}`,
  };
  const phrase = phrases[op.type] as ((op: Operation) => string) | undefined;
  if (phrase) return phrase(op);
  const does = {
    instant: "Changing",
    scan: "Reading every row of",
    "index-build": "Building indexes of",
    rewrite: "Rewriting",
  };
  return `${does[migration.work(op)]} ${table === "" ? "the tables" : table}`;
}

/** What the locks of a transaction mean for others. */
interface Waiting {
  /** The first statement that takes one. */
  readonly since: PlacedStatement;
  /** Who waits, as the middle of a sentence. */
  readonly queries: string;
}

const known = new WeakMap<Transaction, ReadonlyMap<AnalysedStatement, Waiting>>();

/** Who waits already when an operation's statement starts. */
function waitingBefore(op: Operation, migration: RuleMigration): Waiting | undefined {
  const transaction = transactionOf(migration, op);
  let waiting = known.get(transaction);
  if (!waiting) known.set(transaction, (waiting = findWaiting(transaction, migration)));
  return waiting.get(migration.statementOf(op));
}

function findWaiting(transaction: Transaction, migration: RuleMigration): ReadonlyMap<AnalysedStatement, Waiting> {
  const found = new Map<AnalysedStatement, Waiting>();
  const queues = new Queues();
  let waiting: Waiting | undefined;
  for (const placed of transaction) {
    if (waiting) found.set(placed.statement, waiting);
    const [op] = placed.statement.statement.operations;
    const locks = op ? heldLocks(migration, op).own.filter(({ dropped }) => !dropped) : [];
    if (locks.length === 0) continue;
    queues.add(locks);
    waiting = { since: waiting?.since ?? placed, queries: queues.toString() };
  }
  return found;
}

/** The tables with queries that wait. */
class Queues {
  readonly #readers = new Set<string>();
  readonly #writers = new Set<string>();

  add(locks: readonly HeldLock[]): this {
    for (const { name, blocks } of locks) {
      const table = formatName(name);
      if (blocks.includes("read")) {
        this.#readers.add(table);
        this.#writers.delete(table);
      } else if (!this.#readers.has(table)) this.#writers.add(table);
    }
    return this;
  }

  toString(): string {
    const named = (who: string, tables: ReadonlySet<string>): string[] =>
      tables.size > 0 ? [`${who} on ${listNames([...firstOf(tables, 4)], tables.size)}`] : [];
    const parts = [...named("every query", this.#readers), ...named("every INSERT, UPDATE and DELETE", this.#writers)];
    return `${parts.join(" and ")} ${parts.length > 1 ? "wait" : "waits"}`;
  }
}

function* firstOf<Value>(values: Iterable<Value>, count: number): Generator<Value> {
  let left = count;
  for (const value of values) {
    if (left-- === 0) return;
    yield value;
  }
}
