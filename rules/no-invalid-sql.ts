/** What PostgreSQL refuses stops the migration, and with it the deploy: in the pull request it costs a minute. */
import {
  defineRule,
  formatName,
  listNames,
  migrationOf,
  nearestName,
  quoteIdentifier,
  refusalOf,
  type RuleMigration,
} from "../src/rule/index.js";
import type { LockTable, Operation, TransactionControl, Unparsed } from "../src/model/operation.js";
import type { Refusal } from "../src/model/refusal.js";

export default defineRule({
  meta: {
    type: "problem",
    docs: {
      description: "Disallow SQL that PostgreSQL refuses",
      recommended: "error",
      category: "Migrations",
      harm: "fails",
      yieldsTo: ["no-dependent-object-break"],
    },
    messages: {
      syntax: "PostgreSQL refuses this statement: {{reason}}. The migration stops here.",
      refused: "PostgreSQL refuses this: {{reason}} (SQLSTATE {{code}}). The migration stops here.{{instead}}",
      tooNew:
        "PostgreSQL refuses this before version {{since}}: {{syntax}} (SQLSTATE {{code}}). The migration stops here.",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    const check = (op: Operation): void => {
      const refusal = refusalOf(migration, op);
      // What other objects depend on is no-dependent-object-break's.
      if (!refusal || refusal.dependents) return;
      const { message, code, since, range = op.range } = refusal;
      if (since !== undefined) {
        context.report({ node: op, range, messageId: "tooNew", data: { syntax: message, since: String(since), code } });
      } else {
        context.report({
          node: op,
          range,
          messageId: "refused",
          data: { reason: message, code, instead: indexInstead(op, migration) ?? instead(refusal) },
        });
      }
    };
    const checkTransaction = (op: LockTable | TransactionControl): void => {
      const reason = needsTransaction(op);
      const { transaction } = migration.statementOf(op);
      if (reason === undefined || op.inBlock !== undefined || transaction.inTransaction !== false) check(op);
      else
        context.report({
          node: op,
          messageId: "refused",
          data: { reason, code: "25P01", instead: " Open one with BEGIN." },
        });
    };
    const visit = (op: Operation): void => {
      if (op.type === "LockTable" || op.type === "TransactionControl") checkTransaction(op);
      else if (op.type !== "Unparsed") check(op);
      else if (op.refused) {
        const reason = op.reason + inLine(op, migration.migration.sql.text);
        context.report({ node: op, messageId: "syntax", data: { reason } });
      }
    };
    return {
      // Nearly every type of operation may be refused.
      Migration() {
        for (const { statement } of migration.migration.statements) statement.operations.forEach(visit);
      },
    };
  },
});

/** Where in a statement of many lines PostgreSQL stopped reading, as the end of a sentence. */
function inLine({ range, position }: Unparsed, text: string): string {
  if (position === undefined || !text.slice(range[0], position).includes("\n")) return "";
  return ` in line ${String(text.slice(0, position).split("\n").length)}`;
}

/** What PostgreSQL says of a statement that it runs inside a transaction block alone. */
function needsTransaction(op: LockTable | TransactionControl): string | undefined {
  const statement = op.type === "LockTable" ? "LOCK TABLE" : SAVEPOINTS[op.kind];
  return statement && `${statement} can only be used in transaction blocks`;
}

const SAVEPOINTS: { readonly [Kind in TransactionControl["kind"]]?: string } = {
  savepoint: "SAVEPOINT",
  release: "RELEASE SAVEPOINT",
  "rollback to": "ROLLBACK TO SAVEPOINT",
};

/** That a constraint is none, as a sentence: a unique index has the name, which DROP CONSTRAINT does not find. */
function indexInstead(op: Operation, migration: RuleMigration): string | undefined {
  if (op.type !== "DropConstraint") return undefined;
  const before = migration.before(op);
  const { schema } = before.qualify(op.table);
  const index = before.index({ schema, name: op.constraint });
  if (!index || before.table(op.table)?.constraints.has(op.constraint) !== false) return undefined;
  return ` It is an index: DROP INDEX ${formatName({ schema, name: op.constraint })}.`;
}

/** What there is, as a sentence: the name that was probably meant, else all of a few. */
function instead({ message, instead = [] }: Refusal): string {
  const wrong = /"(?:[^"]*\.)?([^".]+)"/.exec(message)?.[1] ?? "";
  const near = nearestName(wrong, instead);
  if (near !== undefined) return ` Did you mean ${quoteIdentifier(near)}?`;
  return instead.length === 0 || instead.length > 8 ? "" : ` There is ${listNames(instead.map(quoteIdentifier))}.`;
}
