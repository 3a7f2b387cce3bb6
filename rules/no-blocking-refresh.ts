/** REFRESH without CONCURRENTLY fills a materialized view anew under ACCESS EXCLUSIVE: nobody reads it meanwhile. */
import {
  defineRule,
  formatName,
  migrationOf,
  type RuleMigration,
  type RuleReport,
  sentText,
} from "../src/rule/index.js";
import type { RefreshMaterializedView } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow refreshing a materialized view while every query on it waits",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      blocksReaders: "Refreshing {{view}} keeps every query on it waiting until its query is done. {{remedy}}",
      empties:
        "WITH NO DATA empties {{view}}: every query on it fails until it is refreshed. Refresh it with CONCURRENTLY instead, or drop it once no code reads it.",
      needsUniqueIndex:
        "This fails: CONCURRENTLY tells rows apart by a unique index on columns, over all rows, and {{view}} has none. CREATE UNIQUE INDEX ON {{view}} (…) first, on columns that tell its rows apart.",
      addConcurrently: "Refresh it with CONCURRENTLY",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      RefreshMaterializedView(op) {
        const view = formatName(op.view);
        const hasIndex = hasUniqueIndex(op, migration);
        if (op.concurrently) {
          if (hasIndex === false) context.report({ node: op, messageId: "needsUniqueIndex", data: { view } });
          return;
        }
        if (!migration.isLive(op)) return;
        if (isWithoutData(op, migration)) {
          context.report({ node: op, messageId: "empties", data: { view } });
          return;
        }
        if (migration.work(op) === "instant") return;
        const first = `CREATE UNIQUE INDEX ON ${view} (…) first, on columns that tell its rows apart: it needs that.`;
        const remedy = `Use REFRESH MATERIALIZED VIEW CONCURRENTLY ${view}, which lets them through.`;
        context.report({
          node: op,
          messageId: "blocksReaders",
          data: { view, remedy: hasIndex === true ? remedy : `${remedy} ${first}` },
          suggest: hasIndex === true ? addConcurrently(op, migration) : [],
        });
      },
    };
  },
});

function isWithoutData(op: RefreshMaterializedView, migration: RuleMigration): boolean {
  return /\bWITH\s+NO\s+DATA$/iu.test(sentText(migration.migration, migration.statementOf(op).statement, op.range));
}

/** Whether the view has a unique index that serves CONCURRENTLY. */
function hasUniqueIndex(op: RefreshMaterializedView, migration: RuleMigration): boolean | "unknown" {
  const before = migration.before(op);
  if (before.indexesOf(op.view).some(({ unique, hasExpression }) => unique && !hasExpression)) return true;
  return before.complete && before.table(op.view)?.createdIn !== undefined ? false : "unknown";
}

function addConcurrently(
  op: RefreshMaterializedView,
  { migration }: RuleMigration,
): NonNullable<RuleReport<"addConcurrently">["suggest"]> {
  const keywords = /^REFRESH\s+MATERIALIZED\s+VIEW\b/iu.exec(migration.sql.text.slice(...op.range))?.[0];
  if (keywords === undefined) return [];
  const end = op.range[0] + keywords.length;
  return [{ messageId: "addConcurrently", fix: (fixer) => fixer.insertTextAfterRange([0, end], " CONCURRENTLY") }];
}
