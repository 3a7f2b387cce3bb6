/** Constraints that stand in the definition of a new column: as statements of their own they hold no lock for long. */
import type { ColumnDefinition } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { constraintName, constraintSql } from "./constraint-sql.js";
import { before } from "./moments.js";
import type { NamedTable } from "./names.js";
import { uniqueConstraint } from "./unique-constraint.js";
import { validatedConstraint } from "./validated-constraint.js";

export interface InlineConstraints {
  /** While no row has a value: foreign keys and CHECKs. */
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
  for (const constraint of constraints) {
    const unique = uniqueConstraint(context, table, constraint);
    if (unique) {
      if (late.length > 0) return undefined;
      late.push(...unique);
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
