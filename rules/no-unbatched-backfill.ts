/** A statement that changes all rows of a table keeps them locked until it is done, and undoes everything if it fails. */
import {
  changesEveryRow,
  copiesEveryRow,
  defineRule,
  formatName,
  inBatches,
  listNames,
  loopHazard,
  loopOfBatches,
  migrationOf,
  type RuleMigration,
  type RuleReport,
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
    hasSuggestions: true,
    messages: {
      update:
        "This UPDATE changes every row of {{table}} in one statement: each row stays locked until {{end}}, and every UPDATE and DELETE of one waits as long. {{remedy}}",
      delete:
        "This DELETE removes every row of {{table}} in one statement: each row stays locked until {{end}}, and every UPDATE and DELETE of one waits as long. {{remedy}}",
      insert:
        "This INSERT copies every row of {{reads}} into {{table}} in one statement: until {{end}}, VACUUM can free the space of no row that dies meanwhile, in any table, and whoever inserts the same key waits. {{remedy}}",
      loopInOneTransaction:
        "This loop {{changes}} every row of {{table}} in one transaction: each row stays locked until {{end}}, and every UPDATE and DELETE of one waits as long. {{remedy}}",
      loopScans:
        "Each step of this loop looks for its rows of {{table}} from the table's start, past all that are done, because no index on {{columns}} finds them: the further it gets, the longer a step takes. Go through the key instead: remember the last one of a step, and take the rows behind it in the next.",
      doInBatches: "Do it in batches that commit each",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const report = (node: Delete | Insert | Update, messageId: "delete" | "insert" | "update"): void => {
      const reads = node.type === "Insert" ? { reads: listNames(node.reads.map(formatName)) } : {};
      const data = { ...migration.describe(node), ...reads, end: endOf(node, migration) };
      context.report({
        node,
        messageId,
        data: { ...data, remedy: inBatches(migration, node) },
        suggest: node.type === "Insert" ? [] : replaceByLoop(node, migration),
      });
    };
    const reportLoop = (node: Delete | Update): void => {
      const hazard = loopHazard(node, migration);
      if (hazard === undefined) return;
      const changes = node.type === "Update" ? "changes" : "removes";
      const columns = listNames(node.batch?.nullTests?.map(({ column }) => column) ?? []);
      const data = { ...migration.describe(node), changes, columns, end: endOf(node, migration, "the block is done") };
      context.report({
        node,
        messageId: hazard === "scan" ? "loopScans" : "loopInOneTransaction",
        data: { ...data, remedy: inBatches(migration, node) },
      });
    };
    return {
      Update(op) {
        if (changesEveryRow(op, migration)) report(op, "update");
        else reportLoop(op);
      },
      Delete(op) {
        // Without a condition the rows are lost, which is told by another rule, unless the statement puts them elsewhere.
        if ((op.hasWhere || isMoved(op, migration)) && changesEveryRow(op, migration)) report(op, "delete");
        else reportLoop(op);
      },
      Insert(op) {
        if (migration.isLive(op) && !migration.isSmall(op) && copiesEveryRow(op, migration)) report(op, "insert");
      },
    };
  },
});

function replaceByLoop(
  op: Delete | Update,
  migration: RuleMigration,
): NonNullable<RuleReport<"doInBatches">["suggest"]> {
  const loop = loopOfBatches(migration, op);
  if (loop === undefined) return [];
  const { range } = migration.statementOf(op).statement;
  return [{ messageId: "doInBatches", fix: (fixer) => fixer.replaceTextRange([...range], loop) }];
}

function isMoved(op: Delete, migration: RuleMigration): boolean {
  return migration.statementOf(op).statement.operations.some(({ type }) => type === "Insert");
}

/** Until when its locks are held, as the end of a clause. */
function endOf(op: Operation, migration: RuleMigration, done = "it is done"): string {
  return migration.statementOf(op).transaction.inTransaction === true ? "the transaction ends" : done;
}
