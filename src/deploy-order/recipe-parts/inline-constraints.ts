/** Constraints that stand in the definition of a new column: as statements of their own they hold no lock for long. */
import type { ColumnDefinition } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { constraintName, constraintSql } from "./constraint-sql.js";
import { before } from "./moments.js";
import type { NamedTable } from "./names.js";
import { uniqueConstraint } from "./unique-constraint.js";
import { isConflictTarget } from "./unique-index.js";
import { validatedConstraint } from "./validated-constraint.js";

export interface InlineConstraints {
  /** While no row has a value: foreign keys, CHECKs, and UNIQUE where the new code's ON CONFLICT names it. */
  readonly early: readonly RecipeStep[];
  /** Once the rows have their values: UNIQUE. */
  readonly late: readonly RecipeStep[];
}

/** Undefined where one of them has to stay where it is. */
export function inlineConstraints(
  context: RecipeContext,
  table: NamedTable,
  { constraints }: ColumnDefinition,
): InlineConstraints | undefined {
  const early: RecipeStep[] = [];
  const late: RecipeStep[] = [];
  let isMade = false;
  for (const constraint of constraints) {
    const unique = uniqueConstraint(context, table, constraint);
    if (unique) {
      if (isMade) return undefined;
      isMade = true;
      // No two rows have the same value yet.
      const [, ...steps] = unique;
      if (isConflictTarget(context, constraint.columns)) early.push(...steps);
      else late.push(...unique);
      continue;
    }
    const definition = constraintSql(constraint);
    const isPlain = table.known?.kind !== "partitioned table" && !constraint.notEnforced;
    if (definition === undefined || !isPlain) return undefined;
    const name = constraintName(table, constraint);
    const offenders = "mend those rows, and run it again.";
    early.push(...validatedConstraint(context, table, { name, definition, from: before(0), offenders }));
  }
  return { early, late };
}
