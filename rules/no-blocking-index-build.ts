/** An index built without CONCURRENTLY holds SHARE on its table: every write waits until the build is done. */
import { concurrently, defineRule, inCalls, migrationOf, outsideTransaction, whoWaits } from "../src/rule/index.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow index builds that block writes",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      blocksWrites:
        "Building {{index}} blocks every INSERT, UPDATE and DELETE on {{table}} until it is done. {{remedy}}",
      blocksAll: "Building {{index}} reads every row of {{table}}{{held}}: {{waits}} until it is done. {{remedy}}",
      blocksPartitions:
        "Building {{index}} blocks every INSERT, UPDATE and DELETE on {{table}} and its partitions until it is done on all of them, and a partitioned table has no CONCURRENTLY. Create it with ON ONLY {{table}}, which builds nothing, and then one for each partition. {{remedy}} Join each to it with ALTER INDEX … ATTACH PARTITION.",
      addConcurrently: "Build it with CONCURRENTLY",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      CreateIndex(op) {
        // `instant`: ON ONLY a partitioned table, or IF NOT EXISTS of an index that is there.
        if (op.concurrently || migration.work(op) === "instant" || !migration.isLive(op)) return;
        const kind = migration.before(op).table(op.table)?.kind;
        // Nobody writes to a materialized view, and REFRESH waits for a concurrent build as well.
        if (kind === "materialized view") return;

        const create = op.unique ? "CREATE UNIQUE INDEX CONCURRENTLY" : "CREATE INDEX CONCURRENTLY";
        const way = outsideTransaction(
          migration,
          op,
          `Build it with ${create}${inCalls(migration, op, "concurrently")}`,
        );
        // Built by hand, the index has to stay in the migration for new databases, where this rule sees it again.
        const byHand = way === migration.migration.tool.withoutOutside;
        const remedy = byHand ? `${way} Accept this finding there, with that reason.` : way;
        const data = { ...migration.describe(op), remedy };
        if (kind === "partitioned table") {
          context.report({ node: op, messageId: "blocksPartitions", data });
          return;
        }
        const { inTransaction } = migration.statementOf(op).transaction;
        // In a transaction CONCURRENTLY fails, and with IF NOT EXISTS a rerun accepts the invalid index of a failed build.
        const suggest = inTransaction === true || op.ifNotExists ? [] : concurrently(op);
        const { held, waits } = whoWaits(migration, op);
        if (held === "") context.report({ node: op, messageId: "blocksWrites", data, suggest });
        else context.report({ node: op, messageId: "blocksAll", data: { ...data, held, waits }, suggest });
      },
    };
  },
});
