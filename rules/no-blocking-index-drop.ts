/** DROP INDEX needs ACCESS EXCLUSIVE on the table: while it waits for that, every query on the table waits behind it. */
import {
  canRunOutside,
  concurrently,
  defineRule,
  formatName,
  heldLocks,
  inCalls,
  listNames,
  lockTimeout,
  migrationOf,
  outsideTransaction,
  SHORT_LOCK_TIMEOUT,
  statementBefore,
  type RuleMigration,
} from "../src/rule/index.js";
import type { DropIndex } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow dropping indexes in a way that every query on their table waits for",
      recommended: "warn",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      locksTable:
        "Dropping {{indexes}} waits for every query that uses {{tables}}, and every query that comes later waits behind it until it is done, SELECT too. {{remedy}}",
      locksTableUnbounded:
        "Dropping {{indexes}} waits for every query that uses {{tables}}, and every query that comes later waits behind it until it is done, SELECT too. {{tool}} has no way to run DROP INDEX CONCURRENTLY: put SET lock_timeout = '5s'{{through}} before it. It then gives up, and can be run again.",
      addConcurrently: "Drop it with CONCURRENTLY",
      setTimeout: "Put SET lock_timeout = '5s' before it",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      DropIndex(op) {
        const statement = migration.statementOf(op);
        // One statement may drop several: they are one finding.
        const drops = statement.statement.operations.filter(
          (drop): drop is DropIndex => drop.type === "DropIndex" && hasOtherForm(drop, migration),
        );
        if (drops[0] !== op) return;
        const { range } = statement.statement;
        const indexes = listNames(drops.map(({ index }) => formatName(index)));
        const tables = tablesOf(drops, migration);
        if (!canRunOutside(migration, op)) {
          if (lockTimeout(statement) <= SHORT_LOCK_TIMEOUT) return;
          context.report({
            node: op,
            range,
            messageId: "locksTableUnbounded",
            data: { indexes, tables, tool: migration.migration.tool.label, through: inCalls(migration, op) },
            suggest: [{ messageId: "setTimeout", fix: statementBefore(migration, op, "SET lock_timeout = '5s';") }],
          });
          return;
        }
        const several = statement.statement.operations.length > 1;
        const action =
          (several ? "Drop each with a DROP INDEX CONCURRENTLY of its own" : "Drop it with DROP INDEX CONCURRENTLY") +
          inCalls(migration, op, "concurrently") +
          (op.cascade ? ", which has no CASCADE," : "");
        const isOneStep = !several && !op.cascade && statement.transaction.inTransaction !== true;
        context.report({
          node: op,
          range,
          messageId: "locksTable",
          data: { indexes, tables, remedy: outsideTransaction(migration, op, action, several ? "beside" : "instead") },
          suggest: isOneStep ? concurrently(op) : [],
        });
      },
    };
  },
});

/** Whether CONCURRENTLY could drop it. Of an index that no migration created nothing is known but that it is there. */
function hasOtherForm(op: DropIndex, migration: RuleMigration): boolean {
  const before = migration.before(op);
  const index = before.index(op.index);
  if (op.concurrently || !migration.isLive(op) || isLockedAlready(op, migration)) return false;
  if (!index) return !op.ifExists && !before.complete;
  // PostgreSQL refuses to drop the index of a constraint, or of one partition, and those of partitioned tables at once.
  const isPartitioned = before.table(index.table)?.kind === "partitioned table";
  return index.constraint === undefined && index.parent === undefined && !isPartitioned;
}

/** Whether the transaction holds the lock before: then nobody waits for this statement. */
function isLockedAlready(op: DropIndex, migration: RuleMigration): boolean {
  const { own, isExclusive } = heldLocks(migration, op);
  return own.length > 0 && own.every(({ relation }) => isExclusive(relation));
}

/** The tables of the indexes, as far as they are known. */
function tablesOf(drops: readonly DropIndex[], migration: RuleMigration): string {
  const tables = drops.map((drop) => migration.before(drop).index(drop.index)?.table);
  const names = new Set(tables.flatMap((table) => (table ? [formatName(table)] : [])));
  if (names.size > 0) return listNames([...names]);
  return drops.length > 1 ? "their tables" : "its table";
}
