/**
 * A concurrent build that fails, or is cut off, leaves an invalid index under the name: queries do not use it, and
 * IF NOT EXISTS makes the rerun take it for the index.
 */
import {
  ByName,
  defineRule,
  formatName,
  migrationOf,
  mustBeAlone,
  oncePerChange,
  operationsOfChange,
  precedes,
  type RuleMigration,
  statementBefore,
} from "../src/rule/index.js";
import type { CreateIndex, DropIndex } from "../src/model/operation.js";

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
        if (isDroppedBefore(op, op.index.name, migration) || isChecked(op.index.name, migration)) return;
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
          suggest: mustBeAlone(migration, op)
            ? []
            : [{ messageId: "addDrop", fix: statementBefore(migration, op, drop) }],
        });
      },
    };
  },
});

/** Whether an earlier statement of this change drops an index of the name, if there is one. */
function isDroppedBefore(create: CreateIndex, name: string, migration: RuleMigration): boolean {
  // An index is in its table's schema, whatever `search_path` says.
  const { schema } = migration.before(create).qualify(create.table);
  const [first] = droppedIndexes(migration).of({ schema, name });
  return first !== undefined && precedes(first, create, migration);
}

/** The indexes that this change drops if they are there. */
const droppedIndexes = oncePerChange((migration) => {
  const found = new ByName<DropIndex>();
  for (const { operation, statement } of operationsOfChange(migration, "DropIndex")) {
    if (operation.ifExists) found.add(statement.before.qualify(operation.index), operation);
  }
  return found;
});

/** Whether a statement of this change looks at `pg_index.indisvalid` of the index. */
function isChecked(index: string, migration: RuleMigration): boolean {
  return validityChecks(migration).some((sql) => hasWord(sql, index));
}

const validityChecks = oncePerChange((migration) =>
  Array.from(migration.judged(), ({ statement }) => statement.statement.sql).filter((sql) =>
    /\bindisvalid\b/i.test(sql),
  ),
);

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ""}${text[at + word.length] ?? ""}`;
    if (!/[\w$]/.test(around)) return true;
  }
  return false;
}
