/**
 * A NOT NULL column without a default: PostgreSQL refuses it as soon as the table has a row, and code that does not know
 * the column cannot insert any more. A default that the same change drops again leaves the second half.
 */
import {
  addedColumn,
  defineRule,
  formatName,
  migrationOf,
  operationsOfChange,
  type RuleMigration,
} from "../src/rule/index.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AddColumn, ConstraintDefinition } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow adding NOT NULL columns without a lasting default",
      recommended: "error",
      category: "Compatibility",
      harm: "fails",
      yieldsTo: ["no-column-recreate"],
    },
    messages: {
      noDefault:
        "Adding {{column}} to {{table}} as NOT NULL without a default fails if {{table}} has a row{{inserts}}. {{remedy}}",
      defaultDropped:
        "{{column}} is new in {{table}} and NOT NULL: from here on every INSERT of the running code fails, because it leaves {{column}} out, until only code that fills it runs. Keep the default, and drop it in a later pull request.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const downtime = migration.change.configuration.deploy.model === "recreate";
    return {
      AddColumn(op) {
        if (!migration.isLive(op) || !requiresValue(op, migration)) return;
        const there = migration.before(op).table(op.table)?.columns.has(op.column.name);
        if (there && op.ifNotExists) return;
        context.report({
          node: op,
          messageId: "noDefault",
          data: {
            ...migration.describe(op),
            column: op.column.name,
            inserts: downtime ? "" : ", and otherwise fails every INSERT of the running code, which leaves it out",
            remedy: remedyFor(op, migration),
          },
        });
      },
      DropDefault(op) {
        if (downtime || !migration.isLive(op)) return;
        const column = migration.before(op).table(op.table)?.columns.get(op.column);
        if (column?.notNull !== true || !column.default || !addedColumn(migration, op, op.table, op.column)) return;
        context.report({
          node: op,
          messageId: "defaultDropped",
          data: { ...migration.describe(op), column: op.column },
        });
      },
    };
  },
});

/** Whether every row needs a value that the column does not bring along. */
function requiresValue(op: AddColumn, migration: RuleMigration): boolean {
  const { default: given, identity, generated, notNull, type } = op.column;
  const domain = type.arrayDimensions === 0 ? migration.before(op).domain(type) : undefined;
  if (!notNull && !domain?.notNull) return false;
  if (given) return given.kind === "null";
  const fillsItself = Boolean(identity ?? generated) || /^(small|big)?serial$/.test(type.name);
  return !fillsItself && !domain?.hasDefault;
}

/** Whether no two rows may have the same value, by the column itself or by what this change adds. */
function isUnique(op: AddColumn, migration: RuleMigration): boolean {
  const { table, column } = op;
  const isKey = ({ kind, columns }: Pick<ConstraintDefinition, "kind" | "columns">): boolean =>
    (kind === "unique" || kind === "primary key") && columns.length === 1 && columns[0] === column.name;
  const nameOf = (name: QualifiedName): string => formatName(migration.before(op).qualify(name));
  return (
    column.constraints.some(isKey) ||
    operationsOfChange(migration, "AddConstraint", "CreateIndex").some(({ operation: one }) => {
      if (nameOf(one.table) !== nameOf(table)) return false;
      if (one.type === "AddConstraint") return isKey(one.constraint);
      return one.unique && !one.hasExpression && isKey({ kind: "unique", columns: one.columns });
    })
  );
}

function remedyFor(op: AddColumn, migration: RuleMigration): string {
  const domain = op.column.notNull ? undefined : migration.before(op).domain(op.column.type);
  if (domain) return `Add it as ${domain.baseType.sql}.`;
  if (isUnique(op, migration)) {
    return "Add it without NOT NULL, fill existing rows, and make it NOT NULL once only code that fills it runs: it is unique, so that no DEFAULT fits more than one of them.";
  }
  return migration.postgres >= 11
    ? "Give it a DEFAULT that is a constant, which is instant, or add it without NOT NULL."
    : "Add it without NOT NULL: before PostgreSQL 11 a default rewrites the table.";
}
