/** DROP DATABASE deletes the files of a whole database. No transaction can hold it, so nothing takes it back. */
import {
  defineRule,
  migrationOf,
  operationsOfChange,
  precedes,
  quoteIdentifier,
  type RuleMigration,
} from "../src/rule/index.js";
import type { DropObject } from "../src/model/object-operation.js";

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
      DropObject(op) {
        if (op.kind !== "database" || isNew(op, migration)) return;
        const name = quoteIdentifier(op.name.name);
        context.report({ node: op, messageId: "deletesDatabase", data: { name }, object: op.name.name });
      },
    };
  },
});

/** Whether this change created the database before. */
function isNew(drop: DropObject, migration: RuleMigration): boolean {
  return operationsOfChange(migration, "CreateObject").some(
    ({ operation }) =>
      operation.kind === "database" && operation.name.name === drop.name.name && precedes(operation, drop, migration),
  );
}
