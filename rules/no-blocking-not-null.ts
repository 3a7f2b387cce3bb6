/** SET NOT NULL reads every row under ACCESS EXCLUSIVE, unless a valid CHECK proves already that no row has a NULL. */
import { defineRule, later, migrationOf, quoteIdentifier, type RuleMigration } from "../src/rule/index.js";
import type { Constraint } from "../src/model/catalog.js";
import type { SetNotNull } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow SET NOT NULL that reads the whole table while every query on it waits",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    hasSuggestions: true,
    messages: {
      readsTable:
        "Making {{column}} NOT NULL reads every row of {{table}}: every query on {{table}} waits until it is done, SELECT too. {{remedy}}",
      addNotValid: "Add the NOT NULL constraint with NOT VALID",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      SetNotNull(op) {
        if (migration.work(op) === "instant" || !migration.isLive(op)) return;
        const data = { ...migration.describe(op), remedy: remedyFor(op, migration) };
        context.report({ node: op, messageId: "readsTable", data });
      },
      // PostgreSQL 18 has NOT NULL as a table constraint.
      AddConstraint(op) {
        const { kind, range } = op.constraint;
        if (kind !== "not null" || migration.work(op) === "instant" || !migration.isLive(op)) return;
        const remedy = `Add it with NOT VALID, and VALIDATE CONSTRAINT ${later(migration, op)}.`;
        context.report({
          node: op,
          messageId: "readsTable",
          data: { ...migration.describe(op), remedy },
          suggest: [{ messageId: "addNotValid", fix: (fixer) => fixer.insertTextAfterRange([...range], " NOT VALID") }],
        });
      },
    };
  },
});

function remedyFor(op: SetNotNull, migration: RuleMigration): string {
  const column = quoteIdentifier(op.column);
  const then = later(migration, op);
  const unvalidated = constraintToValidate(op, migration);
  if (unvalidated) {
    const validate = `VALIDATE CONSTRAINT ${quoteIdentifier(unvalidated.name)} ${then}`;
    return unvalidated.kind === "not null"
      ? `${validate} instead, which blocks no query.`
      : `${validate}, which blocks no query; SET NOT NULL behind that reads nothing.`;
  }
  const name = (suffix: string): string => quoteIdentifier(`${op.table.name}_${op.column}_${suffix}`);
  if (migration.postgres >= 18) {
    return `Use ADD CONSTRAINT ${name("not_null")} NOT NULL ${column} NOT VALID instead, and VALIDATE CONSTRAINT ${then}.`;
  }
  const check = `Use ADD CONSTRAINT ${name("check")} CHECK (${column} IS NOT NULL) NOT VALID instead, and VALIDATE CONSTRAINT ${then}`;
  return migration.postgres >= 12
    ? `${check}; SET NOT NULL behind that reads nothing.`
    : `${check}: before PostgreSQL 12 SET NOT NULL always reads the table.`;
}

/** A constraint on the column that only has to be validated. */
function constraintToValidate(op: SetNotNull, migration: RuleMigration): Constraint | undefined {
  const constraints = migration.before(op).table(op.table)?.constraints.values() ?? [];
  return [...constraints].find(({ valid, provesNotNull }) => !valid && provesNotNull.includes(op.column));
}
