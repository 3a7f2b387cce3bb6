/** A statement that changes all rows of a table keeps them locked until it is done, and undoes everything if it fails. */
import {
  changesEveryRow,
  copiesEveryRow,
  defineRule,
  formatName,
  inBatches,
  listNames,
  migrationOf,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Delete, Insert, Operation, Update } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow changing all rows of a table in use in one statement",
      recommended: "warn",
      category: "Data",
      harm: "blocks",
      yieldsTo: ["no-backfill-with-ddl"],
    },
    messages: {
      update:
        "This UPDATE changes every row of {{table}} in one statement: each row stays locked until {{end}}, and every UPDATE and DELETE of one waits as long. {{remedy}}",
      delete:
        "This DELETE removes every row of {{table}} in one statement: each row stays locked until {{end}}, and every UPDATE and DELETE of one waits as long. {{remedy}}",
      insert:
        "This INSERT copies every row of {{reads}} into {{table}} in one statement: until {{end}}, VACUUM can free the space of no row that dies meanwhile, in any table, and whoever inserts the same key waits. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const report = (node: Delete | Insert | Update, messageId: "delete" | "insert" | "update"): void => {
      const reads = node.type === "Insert" ? { reads: listNames(node.reads.map(formatName)) } : {};
      const data = { ...migration.describe(node), ...reads, end: endOf(node, migration) };
      context.report({ node, messageId, data: { ...data, remedy: inBatches(migration, node) } });
    };
    return {
      Update(op) {
        if (changesEveryRow(op, migration)) report(op, "update");
      },
      Delete(op) {
        // Without a condition the rows are lost, which is told by another rule, unless the statement puts them elsewhere.
        if ((op.hasWhere || isMoved(op, migration)) && changesEveryRow(op, migration)) report(op, "delete");
      },
      Insert(op) {
        if (migration.isLive(op) && !migration.isSmall(op) && copiesEveryRow(op, migration)) report(op, "insert");
      },
    };
  },
});

function isMoved(op: Delete, migration: RuleMigration): boolean {
  return migration.statementOf(op).statement.operations.some(({ type }) => type === "Insert");
}

/** Until when its locks are held, as the end of a clause. */
function endOf(op: Operation, migration: RuleMigration): string {
  return migration.statementOf(op).transaction.inTransaction === true ? "the transaction ends" : "it is done";
}
