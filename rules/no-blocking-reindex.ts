/** REINDEX holds SHARE on the table, and ACCESS EXCLUSIVE on its indexes, which every query on the table plans with. */
import { defineRule, migrationOf, outsideTransaction, type RuleMigration, type RuleReport } from "../src/rule/index.js";
import type { Reindex } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow rebuilding indexes while every query on their table waits",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      blocksTable:
        "Rebuilding {{indexes}} keeps every query on {{table}} waiting until it is done, SELECT too. {{remedy}}",
      blocksEachTable:
        "REINDEX {{kind}} rebuilds the indexes of one table after the other, and keeps every query on that table waiting meanwhile, SELECT too. {{remedy}}",
      addConcurrently: "Rebuild with CONCURRENTLY",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      Reindex(op) {
        if (op.concurrently || migration.work(op) === "instant" || !migration.isLive(op)) return;
        const oneTable = op.kind === "index" || op.kind === "table";
        const names = migration.describe(op);
        const remedy = wayAround(op, migration);
        context.report({
          node: op,
          messageId: oneTable ? "blocksTable" : "blocksEachTable",
          data: {
            indexes:
              op.kind === "index" ? (names.index ?? "the index") : `the indexes of ${names.table ?? "the table"}`,
            table: names.table ?? "its table",
            kind: op.kind.toUpperCase(),
            remedy: remedy ?? outsideTransaction(migration, op, `Use REINDEX ${op.kind.toUpperCase()} CONCURRENTLY`),
          },
          suggest: remedy === undefined ? addConcurrently(op, migration) : [],
        });
      },
    };
  },
});

/** What to do where PostgreSQL has no CONCURRENTLY for it; undefined where it has. */
function wayAround(op: Reindex, migration: RuleMigration): string | undefined {
  if (migration.postgres < 12) {
    return op.kind === "index"
      ? "Before PostgreSQL 12 REINDEX has no CONCURRENTLY: build the same index under another name with CREATE INDEX CONCURRENTLY, drop this one with DROP INDEX CONCURRENTLY, and rename the new one."
      : "Before PostgreSQL 12 REINDEX has no CONCURRENTLY: build each index again under another name with CREATE INDEX CONCURRENTLY, drop the old one with DROP INDEX CONCURRENTLY, and rename the new one.";
  }
  if (op.kind === "system") {
    return "System catalogs have no CONCURRENTLY, and every query uses them: keep it out of the migrations, and run it by hand while nobody uses the database.";
  }
  if (op.kind === "index" && isExclusion(op, migration)) {
    return "The index of an EXCLUDE constraint has no CONCURRENTLY: keep it out of the migrations, and run it by hand while nobody uses the table.";
  }
  return undefined;
}

function isExclusion(op: Reindex, migration: RuleMigration): boolean {
  const before = migration.before(op);
  const index = before.index(op.target);
  const constraints = index?.constraint === undefined ? undefined : before.table(index.table)?.constraints;
  return constraints?.get(index?.constraint ?? "")?.kind === "exclude";
}

function addConcurrently(op: Reindex, migration: RuleMigration): NonNullable<RuleReport<"addConcurrently">["suggest"]> {
  const { statement, transaction } = migration.statementOf(op);
  const keywords = /^REINDEX\s+(?:\([^()]*\)\s*)?(?:INDEX|TABLE|SCHEMA|DATABASE)\b/iu.exec(statement.sql)?.[0];
  if (transaction.inTransaction === true || op.inBlock !== undefined || keywords === undefined) return [];
  const end = statement.range[0] + keywords.length;
  return [{ messageId: "addConcurrently", fix: (fixer) => fixer.insertTextAfterRange([0, end], " CONCURRENTLY") }];
}
