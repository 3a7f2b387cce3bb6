/** DROP DATABASE deletes the files of a whole database. No transaction can hold it, so nothing takes it back. */
import { defineRule, migrationOf, quoteIdentifier, type RuleMigration } from "../src/rule/index.js";
import type { OtherStatement } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow DROP DATABASE",
      recommended: "error",
      category: "Data",
      harm: "loses data",
    },
    messages: {
      deletesDatabase:
        "DROP DATABASE {{name}} deletes {{name}} with every row in it, and no ROLLBACK brings it back. Take it out of the migrations: they run against every database that has not run them yet. Drop {{name}} by hand, after a backup.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      OtherStatement(op) {
        if (op.node !== "DropdbStmt" || op.name === undefined || isNew(op, migration)) return;
        const name = quoteIdentifier(op.name);
        context.report({ node: op, messageId: "deletesDatabase", data: { name }, object: op.name });
      },
    };
  },
});

/** Whether this change created the database before. */
function isNew(drop: OtherStatement, migration: RuleMigration): boolean {
  for (const { statement } of migration.judged()) {
    for (const operation of statement.statement.operations) {
      if (operation === drop) return false;
      if (operation.type === "OtherStatement" && operation.node === "CreatedbStmt" && operation.name === drop.name) {
        return true;
      }
    }
  }
  return false;
}
