/** A UNIQUE constraint whose index is built before, so that the constraint itself takes a moment. */
import type { ConstraintDefinition } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { validated } from "./checks.js";
import { addConstraint, constraintName } from "./constraint-sql.js";
import { after, before } from "./moments.js";
import { type NamedTable, quote } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";
import { isConflictTarget, uniqueIndexSteps } from "./unique-index.js";

/** The steps; undefined where PostgreSQL cannot make it of an index, or has one for each partition. */
export function uniqueConstraint(
  context: RecipeContext,
  table: NamedTable,
  constraint: ConstraintDefinition,
): readonly RecipeStep[] | undefined {
  if (constraint.kind !== "unique" || constraint.usingIndex !== undefined || constraint.deferrable) return undefined;
  if (table.known?.kind === "partitioned table") return undefined;
  const name = constraintName(table, constraint);
  const { columns, including, nullsNotDistinct } = constraint;
  // What the new code's ON CONFLICT names must be there before it; else writers of duplicates must be gone.
  const from = isConflictTarget(context, columns) ? before(0) : after(0);
  return [
    ...uniqueIndexSteps(table, { name, columns, including, nullsNotDistinct, from }),
    {
      name: "add-constraint",
      actor: "pipeline",
      title: `Turn the index into the constraint \`${quote(name)}\`, which takes a moment.`,
      from,
      sql: shortly(context, addConstraint(table, name, `UNIQUE USING INDEX ${quote(name)}`)),
      check: validated(table, name),
      wayBack: `\`ALTER TABLE ${table.sql} DROP CONSTRAINT ${quote(name)}\`; its index goes with it, no row does.`,
      stopCondition: LOCK_STOP,
    },
  ];
}
