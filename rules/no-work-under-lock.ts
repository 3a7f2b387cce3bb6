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
  type RuleMigration,
} from "../src/rule/index.js";
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
        "no-blocking-constraint",
        "no-blocking-index-build",
        "no-blocking-index-drop",
        "no-blocking-not-null",
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
      const { earlier, own } = heldLocks(migration, op);
      const waitedFor = earlier.filter(({ dropped }) => !dropped);
      if (waitedFor[0]) {
        const since = placeOf(migration, waitedFor[0].by);
        context.report({ node: op, messageId: "underLock", data: { ...data, since, queries: waiting(waitedFor) } });
      } else if (op.type === "ValidateConstraint" && own.length > 0) {
        // Validating needs less of a lock than nearly every other clause of ALTER TABLE.
        context.report({ node: op, messageId: "inOneStatement", data: { ...data, queries: waiting(own) } });
      }
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

/** Who waits for the locks, as the middle of a sentence. */
function waiting(locks: readonly HeldLock[]): string {
  const named = (isMeant: (lock: HeldLock) => boolean): Set<string> =>
    new Set(locks.filter(isMeant).map(({ name }) => formatName(name)));
  const readers = named(({ blocks }) => blocks.includes("read"));
  const writers = [...named(({ blocks }) => !blocks.includes("read"))].filter((table) => !readers.has(table));
  const parts = [
    ...(readers.size > 0 ? [`every query on ${listNames([...readers])}`] : []),
    ...(writers.length > 0 ? [`every INSERT, UPDATE and DELETE on ${listNames(writers)}`] : []),
  ];
  return `${parts.join(" and ")} ${parts.length > 1 ? "wait" : "waits"}`;
}
