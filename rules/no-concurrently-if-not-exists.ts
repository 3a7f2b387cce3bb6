/**
 * A concurrent build that fails, or is cut off, leaves an invalid index under the name: queries do not use it, and
 * IF NOT EXISTS makes the rerun take it for the index.
 */
import { defineRule, formatName, migrationOf, statementBefore, type RuleMigration } from "../src/rule/index.js";
import type { CreateIndex, Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow IF NOT EXISTS on concurrent index builds, which accepts the rest of a failed one",
      recommended: "warn",
      category: "Transactions",
      harm: "fails",
      // A build that PostgreSQL refuses leaves nothing behind.
      yieldsTo: ["no-concurrently-in-transaction"],
    },
    hasSuggestions: true,
    messages: {
      acceptsInvalid:
        "If this build fails or is cut off, it leaves {{index}} behind as an invalid index, and a rerun skips it because of IF NOT EXISTS: no query uses {{index}}{{unique}}. {{remedy}}",
      addDrop: "Drop what a failed build left, first",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      CreateIndex(op) {
        if (!op.concurrently || !op.ifNotExists || !op.index) return;
        if (isDroppedBefore(op, migration) || isChecked(op.index.name, migration)) return;
        const index = formatName(op.index);
        const drop = `DROP INDEX CONCURRENTLY IF EXISTS ${index};`;
        // Where a file is sent as one query, a second statement would make a transaction of the two.
        const alone = migration.migration.transaction === "single-send";
        context.report({
          node: op,
          messageId: "acceptsInvalid",
          data: {
            index,
            unique: op.unique ? ", and it keeps no duplicates out" : "",
            remedy: alone
              ? `Leave IF NOT EXISTS out: the rerun then fails until DROP INDEX CONCURRENTLY ${index} has run.`
              : `Put ${drop.slice(0, -1)} before it in this file.`,
          },
          suggest: alone ? [] : [{ messageId: "addDrop", fix: statementBefore(migration, op, drop) }],
        });
      },
    };
  },
});

/** Whether an earlier statement of this change drops an index of the name, if there is one. */
function isDroppedBefore(create: CreateIndex, migration: RuleMigration): boolean {
  const wanted = qualifiedIndex(create, migration);
  for (const { statement } of migration.judged()) {
    for (const operation of statement.statement.operations) {
      if (operation === create) return false;
      if (operation.type === "DropIndex" && operation.ifExists && qualifiedIndex(operation, migration) === wanted) {
        return true;
      }
    }
  }
  return false;
}

/** An index is in its table's schema, whatever `search_path` says. */
function qualifiedIndex(operation: Extract<Operation, { index?: unknown }>, migration: RuleMigration): string {
  const before = migration.before(operation);
  const { schema, name } =
    operation.type === "CreateIndex"
      ? { schema: before.qualify(operation.table).schema, name: operation.index?.name ?? "" }
      : before.qualify(operation.index);
  return `${schema}.${name}`;
}

/** Whether a statement of this change looks at `pg_index.indisvalid` of the index. */
function isChecked(index: string, migration: RuleMigration): boolean {
  for (const { statement } of migration.judged()) {
    const { sql } = statement.statement;
    if (/\bindisvalid\b/i.test(sql) && hasWord(sql, index)) return true;
  }
  return false;
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ""}${text[at + word.length] ?? ""}`;
    if (!/[\w$]/.test(around)) return true;
  }
  return false;
}
