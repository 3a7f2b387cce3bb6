/** Some statements start transactions of their own; PostgreSQL refuses them inside another one (SQLSTATE 25001). */
import {
  defineRule,
  migrationOf,
  outsideTransaction,
  refusedInTransaction,
  transactionOpenedBy,
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
      // What its tool refuses does not come to PostgreSQL.
      yieldsTo: ["no-transaction-mode-conflict"],
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
      const { transaction, statement: own, before } = migration.statementOf(op);
      if (transaction.inTransaction !== true && op.inBlock === undefined) return;
      const statement = refusedInTransaction(op, { before, statement: own, postgres: migration.postgres });
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
      AlterObject: check,
      Cluster: check,
      CreateIndex: check,
      CreateObject: check,
      DetachPartition: check,
      Discard: check,
      DropIndex: check,
      DropObject: check,
      OtherStatement: check,
      Reindex: check,
      Vacuum: check,
    };
  },
});
