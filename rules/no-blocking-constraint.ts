/** A CHECK or foreign key without NOT VALID reads every row before it is there, under the lock that adds it. */
import { defineRule, inCalls, later, lockedTables, migrationOf, whoWaits } from "../src/rule/index.js";
import type { AddConstraint } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow CHECK and FOREIGN KEY constraints that read existing rows while other sessions wait",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
      yieldsTo: ["no-table-rewrite"],
    },
    hasSuggestions: true,
    messages: {
      check:
        "Adding {{constraint}} reads every row of {{table}}: every query on {{table}} waits until it is done, SELECT too. Add it with NOT VALID{{through}}, and VALIDATE CONSTRAINT {{later}}.",
      foreignKey:
        "Adding {{constraint}} looks up every row of {{table}} in {{referenced}}{{held}}: {{waits}} until it is done. Add it with NOT VALID{{through}}, and VALIDATE CONSTRAINT {{later}}.",
      foreignKeyOnPartitions:
        "Adding {{constraint}} looks up every row of {{table}} in {{referenced}}{{held}}: {{waits}} until it is done. Before PostgreSQL 18 a partitioned table has no NOT VALID for it: add it to each partition with NOT VALID and VALIDATE CONSTRAINT {{later}}; then add it to {{table}}, which takes the valid ones over.",
      columnCheck:
        "The CHECK on the new column {{column}} reads every row of {{table}}: every query on {{table}} waits until it is done, SELECT too. Add the column without it, add it to the table with NOT VALID{{through}}, and VALIDATE CONSTRAINT {{later}}.",
      columnForeignKey:
        "With a default, REFERENCES on the new column {{column}} looks up every row of {{table}} in {{referenced}}: every query on {{table}} and every INSERT, UPDATE and DELETE on {{referenced}} waits until it is done. Add the column without it, add the foreign key with NOT VALID{{through}}, and VALIDATE CONSTRAINT {{later}}.",
      domain:
        "A constraint of {{domain}} is checked for every row of {{tables}}: every INSERT, UPDATE and DELETE on {{tables}} waits until it is done. Add it to the tables instead, as a CHECK with NOT VALID, and VALIDATE CONSTRAINT {{later}}.",
      addNotValid: "Add it with NOT VALID",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      AddConstraint(op) {
        const { kind, range } = op.constraint;
        if (kind !== "check" && kind !== "foreign key") return;
        // `instant`: NOT VALID, NOT ENFORCED.
        if (migration.work(op) === "instant" || !migration.isLive(op)) return;
        const data = {
          ...migration.describe(op),
          ...whoWaits(migration, op),
          later: later(migration, op),
          through: inCalls(migration, op),
        };
        if (kind === "foreign key" && migration.postgres < 18 && isPartitioned(op)) {
          context.report({ node: op, messageId: "foreignKeyOnPartitions", data });
          return;
        }
        context.report({
          node: op,
          messageId: kind === "check" ? "check" : "foreignKey",
          data,
          suggest: [{ messageId: "addNotValid", fix: (fixer) => fixer.insertTextAfterRange([...range], " NOT VALID") }],
        });
      },
      AddColumn(op) {
        if (migration.work(op) === "instant" || !migration.isLive(op)) return;
        const { constraints, default: given } = op.column;
        const data = { ...migration.describe(op), later: later(migration, op), through: inCalls(migration, op) };
        const validated = constraints.filter(({ notValid, notEnforced }) => !notValid && !notEnforced);
        if (validated.some(({ kind }) => kind === "check")) {
          context.report({ node: op, messageId: "columnCheck", data });
        } else if (given && validated.some(({ kind }) => kind === "foreign key")) {
          context.report({ node: op, messageId: "columnForeignKey", data });
        }
      },
      AlterDomain(op) {
        const tables = lockedTables(migration, op, "write");
        if (migration.work(op) === "instant" || tables === "") return;
        context.report({
          node: op,
          messageId: "domain",
          data: { domain: op.domain.name, tables, later: later(migration, op) },
        });
      },
    };

    function isPartitioned(op: AddConstraint): boolean {
      return migration.before(op).table(op.table)?.kind === "partitioned table";
    }
  },
});
