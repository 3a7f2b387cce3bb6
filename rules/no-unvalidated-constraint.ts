/** NOT VALID is half of a step: old rows may violate the constraint, and the planner does not rely on it. */
import { defineRule, later, migrationOf, quoteIdentifier, type RuleMigration } from "../src/rule/index.js";
import type { Constraint } from "../src/model/catalog.js";
import type { QualifiedName } from "../src/model/name.js";
import type { Operation, SetNotNull } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "suggestion",
    docs: {
      description: "Disallow constraints that stay NOT VALID, and CHECKs that SET NOT NULL has made needless",
      recommended: "strict",
      category: "Data",
      harm: "other",
    },
    messages: {
      notValid:
        "{{constraint}} of {{table}} is added with NOT VALID, and no migration validates it: rows that were there before may violate it, and queries are not planned with it. VALIDATE CONSTRAINT {{later}}; it blocks neither reads nor writes.",
      leftBehind:
        "{{constraint}} says what NOT NULL says from here on, and stays behind: every INSERT and UPDATE of {{table}} checks both. DROP CONSTRAINT {{constraint}} behind it.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      AddConstraint(op) {
        const { notValid, notEnforced, name } = op.constraint;
        if (!notValid || notEnforced || !migration.isLive(op)) return;
        const added = name ?? nameGiven(op, op.table, migration);
        if (added === undefined || atTheEnd(op, op.table, added, migration)?.valid !== false) return;
        const data = { ...migration.describe(op), constraint: quoteIdentifier(added), later: later(migration, op) };
        context.report({ node: op, messageId: "notValid", data });
      },
      SetNotNull(op) {
        if (!migration.isLive(op)) return;
        const helper = helperOf(op, migration);
        if (!helper || !atTheEnd(op, op.table, helper.name, migration)) return;
        const data = { ...migration.describe(op), constraint: quoteIdentifier(helper.name) };
        context.report({ node: op, messageId: "leftBehind", data });
      },
    };
  },
});

/** The name that PostgreSQL has chosen: that of the constraint which is new behind the statement. */
function nameGiven(op: Operation, table: QualifiedName, migration: RuleMigration): string | undefined {
  const before = migration.before(op).table(table)?.constraints;
  const after = [...(migration.after(op).table(table)?.constraints.values() ?? [])];
  return after.find(({ name, valid }) => !valid && before?.has(name) !== true)?.name;
}

/** A valid CHECK that the column is not null, and nothing else: with it SET NOT NULL reads no row. */
function helperOf(op: SetNotNull, migration: RuleMigration): Constraint | undefined {
  const constraints = [...(migration.before(op).table(op.table)?.constraints.values() ?? [])];
  return constraints.find(
    ({ kind, valid, provesNotNull, expression }) =>
      kind === "check" &&
      valid &&
      provesNotNull.length === 1 &&
      provesNotNull[0] === op.column &&
      /^[\s(]*(?:"(?:[^"]|"")+"|\w+)\s+IS\s+NOT\s+NULL[\s)]*$/iu.test(expression?.sql ?? ""),
  );
}

/** A constraint as the last migration leaves it, whatever it and its table are called by then; undefined where it is gone. */
function atTheEnd(
  op: Operation,
  table: QualifiedName,
  constraint: string,
  migration: RuleMigration,
): Constraint | undefined {
  const { database, migration: here } = migration;
  let name = constraint;
  let relation: QualifiedName = migration.before(op).qualify(table);
  let last = migration.before(op);
  for (const { order, statements } of database.migrations) {
    if (order < here.order) continue;
    for (const { statement, before: catalog, after } of statements) {
      if (order === here.order && statement.index < op.statement) continue;
      last = after;
      for (const operation of statement.operations) {
        const isIt = (other: QualifiedName): boolean => {
          const { schema, name: bare } = catalog.qualify(other);
          return bare === relation.name && schema === relation.schema;
        };
        if (operation.type === "RenameConstraint" && operation.constraint === name && isIt(operation.table)) {
          name = operation.newName;
        } else if (operation.type === "RenameRelation" && isIt(operation.relation)) {
          relation = { ...relation, name: operation.newName };
        } else if (operation.type === "SetSchema" && isIt(operation.relation)) {
          relation = { ...relation, schema: operation.newSchema };
        }
      }
    }
  }
  return last.table(relation)?.constraints.get(name);
}
