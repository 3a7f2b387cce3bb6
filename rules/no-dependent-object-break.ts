/**
 * PostgreSQL refuses to drop or retype what a view, function, policy, trigger, generated column or foreign key is made of. With
 * CASCADE it drops those as well, without asking.
 */
import {
  defineRule,
  type Dependent,
  describeDependents,
  formatName,
  goneWith,
  listNames,
  migrationOf,
  placesOf,
  refusalOf,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Operation } from "../src/model/operation.js";
import type { Refusal } from "../src/model/refusal.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow dropping and retyping what other objects depend on",
      recommended: "error",
      category: "Compatibility",
      harm: "fails",
    },
    messages: {
      refused:
        "PostgreSQL refuses this: {{reason}} (SQLSTATE {{code}}). {{dependents}} {{depend}} on it. The migration stops here. {{remedy}}",
      partitionKey:
        "PostgreSQL refuses this: {{reason}} (SQLSTATE {{code}}). The migration stops here. Create a table that is partitioned otherwise, and move the rows.",
      cascade: "CASCADE also drops {{dependents}}, whoever still needs {{them}}. {{remedy}}",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    // What goes with one clause of a statement is gone when the next one runs.
    const named = new Set<string>();
    const check = (op: Operation): void => {
      const refusal = refusalOf(migration, op);
      if (refusal?.dependents) return report(op, refusal, refusal.dependents);
      if (!("cascade" in op) || !op.cascade) return;
      const gone = goneWith(migration, op).filter((dependent) => {
        const key = JSON.stringify([op.statement, dependent]);
        return !named.has(key) && named.add(key);
      });
      if (gone.length === 0) return;
      const dependents = listNames(describeDependents(gone));
      const them = gone.length === 1 ? "it" : "them";
      const data = { dependents, them, remedy: cascadeRemedy(gone) };
      context.report({ node: op, messageId: "cascade", data, evidence: placesOf(migration, gone) });
    };
    const report = (node: Operation, { code, message: reason }: Refusal, dependents: readonly Dependent[]): void => {
      if (code === "42P16") return context.report({ node, messageId: "partitionKey", data: { reason, code } });
      const data = {
        reason,
        code,
        dependents: capitalised(listNames(describeDependents(dependents))),
        depend: dependents.length === 1 ? "depends" : "depend",
        remedy: remedyFor(node, dependents, migration),
      };
      context.report({ node, messageId: "refused", data, evidence: placesOf(migration, dependents) });
    };
    return {
      AlterColumnType: check,
      DropColumn: check,
      DropConstraint: check,
      DropFunction: check,
      DropIndex: check,
      DropRelation: check,
      DropSchema: check,
      DropType: check,
    };
  },
});

function remedyFor(op: Operation, dependents: readonly Dependent[], migration: RuleMigration): string {
  const names = listNames(describeDependents(dependents));
  const keys = dependents.every(({ kind }) => kind === "constraint");
  if (op.type === "AlterColumnType") {
    return `Drop ${names} before, and create ${dependents.length === 1 ? "it" : "them"} again behind it in the same transaction.`;
  }
  if (keys)
    return `Drop ${names} before, and add ${dependents.length === 1 ? "it" : "them"} again behind the key that takes its place.`;
  const { column } = migration.describe(op);
  const without = column === undefined ? "" : ` without ${column}`;
  return `Before it, drop ${names}, or create ${dependents.length === 1 ? "it" : "them"} anew${without}.`;
}

function cascadeRemedy(gone: readonly Dependent[]): string {
  const [first] = gone;
  const one = gone.length === 1 && first;
  return `Leave CASCADE out, and name what has to go in statements of its own: ${one ? dropOf(one) : "one for each"}.`;
}

/** How a dependent is dropped by name. */
function dropOf({ kind, relation, name = "", arguments: given = [] }: Dependent): string {
  const table = formatName(relation);
  switch (kind) {
    case "view":
    case "materialized view":
    case "table":
      return `DROP ${kind.toUpperCase()} ${table}`;
    case "function":
    case "procedure":
      return `DROP ${kind.toUpperCase()} ${table}(${given.join(", ")})`;
    case "type":
      return `DROP TYPE ${table}`;
    case "column":
      return `ALTER TABLE ${table} DROP COLUMN ${formatName({ name })}`;
    case "constraint":
      return `ALTER TABLE ${table} DROP CONSTRAINT ${formatName({ name })}`;
    case "default":
      return `ALTER TABLE ${table} ALTER COLUMN ${formatName({ name })} DROP DEFAULT`;
    case "policy":
    case "trigger":
      return `DROP ${kind.toUpperCase()} ${formatName({ name })} ON ${table}`;
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
