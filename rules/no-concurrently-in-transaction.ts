/** Some statements start transactions of their own; PostgreSQL refuses them inside another one (SQLSTATE 25001). */
import {
  defineRule,
  migrationOf,
  outsideTransaction,
  transactionOpenedBy,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Operation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow CONCURRENTLY, VACUUM and their kin where a transaction is open",
      recommended: "error",
      category: "Transactions",
      harm: "fails",
    },
    messages: {
      refused: "{{statement}} fails here: PostgreSQL refuses it inside a transaction. {{opened}} {{remedy}}",
      runByHand:
        "{{statement}} fails here: PostgreSQL refuses it inside a transaction. {{remedy}} Accept no-blocking-index-build there, with that reason.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: Operation): void => {
      const { transaction } = migration.statementOf(op);
      if (transaction.inTransaction !== true) return;
      const statement = refusedInTransaction(op, migration);
      if (statement === undefined) return;
      const { withoutOutside } = migration.migration.tool;
      const remedy = outsideTransaction(migration, op, "Run it");
      context.report(
        remedy === withoutOutside
          ? { node: op, messageId: "runByHand", data: { statement, remedy } }
          : { node: op, messageId: "refused", data: { statement, opened: transactionOpenedBy(migration, op), remedy } },
      );
    };
    return {
      Cluster: check,
      CreateIndex: check,
      DetachPartition: check,
      DropIndex: check,
      OtherStatement: check,
      Reindex: check,
      Vacuum: check,
    };
  },
});

/** What a person calls a statement that is refused; undefined for one that a transaction may hold. */
function refusedInTransaction(op: Operation, migration: RuleMigration): string | undefined {
  switch (op.type) {
    case "CreateIndex":
      return op.concurrently ? "CREATE INDEX CONCURRENTLY" : undefined;
    case "DropIndex":
      return op.concurrently ? "DROP INDEX CONCURRENTLY" : undefined;
    case "DetachPartition":
      return op.concurrently ? "DETACH PARTITION … CONCURRENTLY" : undefined;
    case "Reindex":
      if (op.concurrently) return "REINDEX CONCURRENTLY";
      if (op.kind === "index") return undefined;
      if (op.kind === "table") {
        const kind = migration.before(op).table(op.target)?.kind;
        return kind === "partitioned table" && migration.postgres >= 14 ? "REINDEX of a partitioned table" : undefined;
      }
      return `REINDEX ${op.kind.toUpperCase()}`;
    case "Vacuum":
      return op.analyzeOnly ? undefined : "VACUUM";
    case "Cluster":
      return op.table ? undefined : "CLUSTER of every table";
    case "OtherStatement": {
      if (!op.refusedInTransaction) return undefined;
      const [firstWords = ""] = /^\w+(?:\s+\w+)?/u.exec(migration.statementOf(op).statement.sql) ?? [];
      return firstWords.replace(/\s+/u, " ").toUpperCase();
    }
    default:
      return undefined;
  }
}
