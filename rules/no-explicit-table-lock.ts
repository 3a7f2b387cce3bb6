/** LOCK TABLE keeps its lock until the transaction ends, whether or not a statement behind it needs one. */
import {
  defineRule,
  formatName,
  listNames,
  type LiveLock,
  liveLocks,
  LOCK_MODES,
  migrationOf,
  type RuleMigration,
  type RuleReport,
  transactionOf,
} from "../src/rule/index.js";
import type { LockMode, LockTable, Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow LOCK TABLE in a mode that keeps other sessions from writing",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      locks:
        "LOCK TABLE keeps {{queries}} on {{tables}} waiting until the transaction ends, and no statement behind it needs that. Lock only the rows that it changes, with SELECT … FOR UPDATE, or lock in SHARE UPDATE EXCLUSIVE MODE, which keeps other migrations out and lets queries through.",
      setMode: "Lock in SHARE UPDATE EXCLUSIVE MODE",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      LockTable(op) {
        const { statement, transaction } = migration.statementOf(op);
        // A statement may lock several tables: they are one finding.
        const first = statement.operations.find(({ type, inBlock }) => type === "LockTable" && inBlock === op.inBlock);
        // Outside a transaction PostgreSQL refuses it.
        const refused = transaction.inTransaction === false && op.inBlock === undefined;
        if (first !== op || refused) return;
        const locks = needless(op, migration);
        if (locks.length === 0) return;
        context.report({
          node: op,
          range: op.inBlock === undefined ? statement.range : op.range,
          messageId: "locks",
          data: {
            queries: locks.some(({ blocks }) => blocks.includes("read"))
              ? "every query"
              : "every INSERT, UPDATE and DELETE",
            tables: listNames(locks.map(({ name }) => formatName(name))),
          },
          suggest: setMode(op, migration),
        });
      },
    };
  },
});

/** The locks that keep writers out of tables in use, and that no later statement of the transaction takes itself. */
function needless(op: LockTable, migration: RuleMigration): readonly LiveLock[] {
  const own = migration.statementOf(op);
  const locks = liveLocks(migration, op).filter(({ blocks }) => blocks.includes("write"));
  // What a DO block locks is known of it as a whole.
  if (locks.length === 0 || !own.statement.operations.every(needsNoMore)) return [];
  const transaction = transactionOf(migration, op);
  const behind = transaction.slice(transaction.findIndex(({ statement }) => statement === own) + 1);
  // Of an edited migration the statements that it had before need their locks, too.
  const beside = migration.migration.statements.filter(
    ({ statement: { index }, transaction: { group } }) =>
      index > own.statement.index && group !== undefined && group === own.transaction.group,
  );
  const needed = new Map<string, number>();
  for (const statement of new Set([...beside, ...behind.map((placed) => placed.statement)])) {
    if (statement.statement.operations.every(({ type }) => type === "LockTable")) continue;
    for (const { relation, mode } of statement.locks) {
      needed.set(relation, Math.max(needed.get(relation) ?? 0, strength(mode)));
    }
  }
  return locks.filter(({ relation, mode }) => (needed.get(relation) ?? 0) < strength(mode));
}

/** Statements whose locks keep nobody from writing, and LOCK TABLE itself. */
const WEAK: ReadonlySet<Operation["type"]> = new Set([
  "Copy",
  "Delete",
  "Insert",
  "LockTable",
  "Merge",
  "Select",
  "Update",
]);

function needsNoMore({ type }: Operation): boolean {
  return WEAK.has(type);
}

function strength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}

/** Writes the mode that keeps other migrations out. */
function setMode(op: LockTable, migration: RuleMigration): NonNullable<RuleReport<"setMode">["suggest"]> {
  const { statement } = migration.statementOf(op);
  if (op.inBlock !== undefined) return [];
  // Without a mode it is ACCESS EXCLUSIVE.
  const clause = /(?:\s+IN\s+[A-Z\s]+?\s+MODE)?(?=(?:\s+NOWAIT)?$)/iu.exec(statement.sql);
  const from = statement.range[0] + (clause?.index ?? statement.sql.length);
  const to = from + (clause?.[0].length ?? 0);
  return [
    { messageId: "setMode", fix: (fixer) => fixer.replaceTextRange([from, to], " IN SHARE UPDATE EXCLUSIVE MODE") },
  ];
}
