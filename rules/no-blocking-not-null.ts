/** SET NOT NULL reads every row under ACCESS EXCLUSIVE, unless a valid CHECK proves already that no row has a NULL. */
import {
  chooseNotNullName,
  defineRule,
  inCalls,
  isProvenByHand,
  later,
  migrationOf,
  oncePerChange,
  operationsOfChange,
  placeOf,
  quoteIdentifier,
  restoredColumns,
  type RuleMigration,
} from "../src/rule/index.js";
import type { Rule } from "eslint";
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
      restores:
        "{{column}} of {{table}} is NOT NULL already: {{place}} drops that, and this sets it again, which reads every row, while every query on {{table}} waits, SELECT too. Leave both out{{how}}.",
      addNotValid: "Add it with NOT VALID",
      addAsConstraint: "Add it as a constraint with NOT VALID",
      validate: "Validate the constraint instead",
    },
  },
  create(context) {
    const migration = migrationOf(context);
    return {
      SetNotNull(op) {
        if (
          migration.work(op) === "instant" ||
          !migration.isLive(op) ||
          (migration.postgres >= 12 && isProvenByHand(op, migration))
        )
          return;
        const taken = restored(migration).get(op);
        if (taken) {
          const { calls } = migration.migration.tool;
          const isCall = inCalls(migration, op) !== "" && calls?.keepNotNull !== undefined;
          const how = isCall ? `: ${calls.keepNotNull} does` : "";
          const data = { ...migration.describe(op), place: placeOf(migration, taken), how };
          context.report({ node: op, messageId: "restores", data });
          return;
        }
        const { remedy, suggestion } = wayAround(op, migration);
        const clause = clauseOf(op, migration);
        const suggest =
          suggestion && clause
            ? [
                {
                  messageId: suggestion.messageId,
                  fix: (fixer: Rule.RuleFixer) => fixer.replaceTextRange(clause, suggestion.clause),
                },
              ]
            : [];
        context.report({ node: op, messageId: "readsTable", data: { ...migration.describe(op), remedy }, suggest });
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

/** The columns that lose NOT NULL and get it back. */
const restored = oncePerChange((migration) =>
  restoredColumns(operationsOfChange(migration, "DropNotNull", "SetNotNull")),
);

interface WayAround {
  readonly remedy: string;
  /** The clause of ALTER TABLE to write instead, where one is enough for now. */
  readonly suggestion?: { readonly messageId: "addAsConstraint" | "validate"; readonly clause: string };
}

function wayAround(op: SetNotNull, migration: RuleMigration): WayAround {
  const { postgres } = migration;
  const column = quoteIdentifier(op.column);
  const taken = migration.before(op).table(op.table)?.constraints;
  const name = quoteIdentifier(chooseNotNullName(op.table.name, op.column, taken, postgres));
  const validateLater = `VALIDATE CONSTRAINT ${later(migration, op)}`;
  const through = inCalls(migration, op);
  const proof = proofOf(op, migration);

  if (postgres < 12) {
    return {
      remedy:
        "Before PostgreSQL 12 it always does: " +
        (proof
          ? `the CHECK ${proof.name} holds as well, leave it at that.`
          : `use ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID instead, and ${validateLater}.`),
    };
  }
  if (proof?.kind === "not null") {
    const clause = `VALIDATE CONSTRAINT ${quoteIdentifier(proof.name)}`;
    return { remedy: `Use ${clause} instead, which blocks no query.`, suggestion: { messageId: "validate", clause } };
  }
  if (proof) {
    return {
      remedy: `VALIDATE CONSTRAINT ${quoteIdentifier(proof.name)} before it, which blocks no query; then it reads nothing.`,
    };
  }
  if (postgres >= 18) {
    const clause = `ADD CONSTRAINT ${name} NOT NULL ${column} NOT VALID`;
    return {
      remedy: `Use ${clause}${through} instead, and ${validateLater}.`,
      suggestion: { messageId: "addAsConstraint", clause },
    };
  }
  return {
    remedy: `Use ADD CONSTRAINT ${name} CHECK (${column} IS NOT NULL) NOT VALID${through} instead, and ${validateLater}; SET NOT NULL behind that reads nothing.`,
  };
}

/** A constraint that says already that the column is not null; it is not valid yet, or is no proof to this PostgreSQL. */
function proofOf(op: SetNotNull, migration: RuleMigration): Constraint | undefined {
  const constraints = migration.before(op).table(op.table)?.constraints.values() ?? [];
  return [...constraints].find(
    ({ kind, columns, provesNotNull }) =>
      provesNotNull.includes(op.column) || (kind === "not null" && columns.includes(op.column)),
  );
}

/** Where `ALTER COLUMN … SET NOT NULL` stands; an operation that is a whole statement begins with ALTER TABLE. */
function clauseOf({ range: [start, end] }: SetNotNull, { migration }: RuleMigration): [number, number] | undefined {
  const name = /(?:"(?:[^"]|"")+"|[^\s"]+)/.source;
  const clause = new RegExp(`\\bALTER\\s+(?:COLUMN\\s+)?${name}\\s+SET\\s+NOT\\s+NULL$`, "iu");
  const found = clause.exec(migration.sql.text.slice(start, end));
  return found ? [start + found.index, end] : undefined;
}
