/** A constraint added with NOT VALID and validated in the same transaction: the scan runs under the lock that added it. */
import {
  defineRule,
  later,
  lockedTables,
  migrationOf,
  type RuleMigration,
  type Transaction,
  transactionOf,
} from "../src/rule/index.js";
import type { AnalysedStatement } from "../src/model/migration.js";
import type { QualifiedName } from "../src/model/name.js";
import type { AddConstraint, ValidateConstraint } from "../src/model/operation.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow validating a constraint in the transaction that adds it",
      recommended: "error",
      category: "Blocking",
      harm: "blocks",
    },
    messages: {
      underLock:
        "Validating {{constraint}} reads every row of {{table}} while {{holder}} still holds the lock that added it: {{queries}} on {{tables}} waits until {{end}}. VALIDATE CONSTRAINT {{later}}.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      ValidateConstraint(op) {
        if (migration.work(op) === "instant" || !migration.isLive(op)) return;
        const adding = addedBy(op, migration);
        if (!adding) return;
        const own = migration.statementOf(adding) === migration.statementOf(op);
        // CHECK and NOT NULL keep readers out as well; a foreign key locks the table that it names, too.
        const readers = lockedTables(migration, adding, "read");
        const tables = readers === "" ? lockedTables(migration, adding, "write") : readers;
        if (tables === "") return;
        context.report({
          node: op,
          messageId: "underLock",
          data: {
            ...migration.describe(op),
            holder: own ? "the statement" : "the transaction",
            end: migration.statementOf(op).transaction.inTransaction === true ? "the transaction ends" : "it is done",
            queries: readers === "" ? "every INSERT, UPDATE and DELETE" : "every query",
            tables,
            later: later(migration, op),
          },
        });
      },
    };
  },
});

const additions = new WeakMap<Transaction, ReadonlyMap<string, AddConstraint>>();

/** Where the transaction of a VALIDATE CONSTRAINT adds that constraint. */
function addedBy(op: ValidateConstraint, migration: RuleMigration): AddConstraint | undefined {
  const transaction = transactionOf(migration, op);
  let known = additions.get(transaction);
  if (!known) additions.set(transaction, (known = additionsIn(transaction)));
  return known.get(keyOf(op.table, op.constraint, migration.statementOf(op)));
}

function additionsIn(transaction: Transaction): ReadonlyMap<string, AddConstraint> {
  const found = new Map<string, AddConstraint>();
  for (const { statement } of transaction) {
    for (const op of statement.statement.operations) {
      if (op.type !== "AddConstraint" || !op.constraint.notValid) continue;
      const name = op.constraint.name ?? chosenName(op, statement);
      if (name !== undefined) found.set(keyOf(op.table, name, statement), op);
    }
  }
  return found;
}

/** The name that PostgreSQL gives to a constraint that has none. */
function chosenName({ table, constraint }: AddConstraint, { before, after }: AnalysedStatement): string | undefined {
  const earlier = before.table(table)?.constraints;
  for (const { name, kind, valid } of after.table(table)?.constraints.values() ?? []) {
    if (kind === constraint.kind && !valid && !earlier?.has(name)) return name;
  }
  return undefined;
}

function keyOf(table: QualifiedName, constraint: string, { after }: AnalysedStatement): string {
  const { schema, name } = after.qualify(table);
  return [schema, name, constraint].join("\0");
}
