/**
 * Values that move to another column or table are lost where they are dropped before they are copied, and where running
 * code goes on writing them between the copy and the drop.
 */
import {
  addedColumn,
  type Copy,
  copiesOfColumn,
  copiesOfTable,
  defineRule,
  heldBefore,
  migrationOf,
  oncePerChange,
  operationsOfChange,
  placeOf,
  type RuleMigration,
  transactionOf,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type { DropColumn, DropRelation } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping a column or table before, or in the same deploy as, its values are copied",
      recommended: "error",
      category: "Data",
      harm: "loses data",
      yieldsTo: ["no-column-recreate"],
    },
    messages: {
      column:
        "{{column}} is dropped in the same deploy in which {{place}} copies it into {{into}}: what running code writes to {{column}} behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
      table:
        "{{table}} is dropped in the same deploy in which {{place}} copies its rows into {{into}}: what running code writes to {{table}} behind the copy is lost. Drop it in a later deploy, once no running code writes to it.",
      columnFirst:
        "{{column}} is dropped before {{place}} copies it into {{into}}: the copy fails, and {{outcome}}. Copy first, and drop it in a later deploy.",
      tableFirst:
        "{{table}} is dropped before {{place}} copies its rows into {{into}}: the copy fails, and {{outcome}}. Copy first, and drop it in a later deploy.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const { deploy } = migration.change.configuration;
    const meetsRunningCode = deploy.model === "rolling" && deploy.migrations === "before";

    return {
      DropColumn(op) {
        if (!migration.isLive(op) || addedColumn(migration, op, op.table, op.column)) return;
        const { before, after } = copiesOfColumn(migration, op);
        const copy = before.findLast((one) => isMove(op, one, migration));
        if (copy) {
          if (meetsRunningCode && !isLockedSince(copy, op, op.table, migration)) report(op, "column", copy);
          return;
        }
        const late = after.find((one) => !one.ambiguous && isGone(op, one));
        if (late) report(op, "columnFirst", late);
      },
      DropRelation(op) {
        if (op.kind !== "table" || !isInUse(op, migration)) return;
        const { before, after } = copiesOfTable(migration, op, op.relation);
        const copy = before.findLast((one) => isReplacement(op, one, migration));
        if (copy) {
          if (meetsRunningCode && !isLockedSince(copy, op, op.relation, migration)) report(op, "table", copy);
          return;
        }
        const late = after.find(({ statement }) => statement.before.table(op.relation) === undefined);
        if (late && before.length === 0) report(op, "tableFirst", late);
      },
    };

    function report(
      node: DropColumn | DropRelation,
      messageId: "column" | "columnFirst" | "table" | "tableFirst",
      copy: Copy,
    ): void {
      const data = { ...migration.describe(node), place: placeOf(migration, copy), into: copy.into };
      context.report({ node, messageId, data: { ...data, outcome: outcomeOf(node, copy) } });
    }

    function outcomeOf(op: DropColumn | DropRelation, copy: Copy): string {
      if (transactionOf(migration, op).some(({ statement }) => statement === copy.statement)) {
        return "undoes everything in its transaction";
      }
      return migration.statementOf(op).transaction.inTransaction === "unknown"
        ? "unless both run in one transaction the values are gone"
        : "the values are gone";
    }
  },
});

/** Whether a copy puts the values where they stay: in a column, or a table, that this change makes. */
function isMove(op: DropColumn, { operation, columns, ambiguous }: Copy, migration: RuleMigration): boolean {
  if (ambiguous) return false;
  if (!migration.isLive(operation)) return true;
  return columns.some((column) => addedColumn(migration, operation, operation.table, column) !== undefined);
}

/** Whether the column has not come back until the copy. */
function isGone(op: DropColumn, { statement }: Copy): boolean {
  return statement.before.table(op.table)?.columns.has(op.column) === false;
}

/** Whether code that runs meanwhile can know the table under its name. */
function isInUse(op: DropRelation, migration: RuleMigration): boolean {
  const { schema, name } = migration.before(op).qualify(op.relation);
  return migration.isLive(op) && migration.database.existsAtBase(`${schema}.${name}`) !== false;
}

/** Whether the table that is filled takes the place of the dropped one; a copy beside it may be one to keep. */
function isReplacement(op: DropRelation, { operation }: Copy, migration: RuleMigration): boolean {
  if (migration.isLive(operation)) return false;
  if (operation.type === "Insert") return true;
  const names = [op.relation.name, operation.table.name];
  return names.some((name) => names.some((former) => formerNames(migration).get(name)?.has(former)));
}

/** By the names that this change gives to relations, those that they had. */
const formerNames = oncePerChange((migration) => {
  const found = new Map<string, Set<string>>();
  for (const { operation } of operationsOfChange(migration, "RenameRelation")) {
    const former = found.get(operation.newName);
    if (former) former.add(operation.relation.name);
    else found.set(operation.newName, new Set([operation.relation.name]));
  }
  return found;
});

/** Whether nobody else can write to the table from before the copy until it is dropped. */
function isLockedSince(
  copy: Copy,
  op: DropColumn | DropRelation,
  table: QualifiedName,
  migration: RuleMigration,
): boolean {
  if (!transactionOf(migration, op).some(({ statement }) => statement === copy.statement)) return false;
  const { schema, name } = migration.before(op).qualify(table);
  return heldBefore(migration, copy.operation).some((lock) => lock.name.name === name && lock.name.schema === schema);
}
