/** A UNIQUE constraint whose index is built before, so that the constraint itself takes a moment. */
import { constraintName, addConstraint } from "../recipe-parts/constraint-sql.js";
import { validated } from "../recipe-parts/checks.js";
import { after, before } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { isConflictTarget, uniqueIndexSteps } from "../recipe-parts/unique-index.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-unique",
  summary: "Build its index with CONCURRENTLY first, and add the constraint USING INDEX.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    if (constraint.kind !== "unique" || constraint.usingIndex !== undefined || constraint.deferrable) return undefined;
    const table = tableIn(context, named);
    if (table.known?.kind === "partitioned table") return undefined;
    const name = constraintName(table, constraint);
    // What the new code's ON CONFLICT names must be there before it; else writers of duplicates must be gone.
    const needed = isConflictTarget(context, constraint.columns);
    const from = needed ? before(0) : after(0);
    const { columns, including, nullsNotDistinct } = constraint;
    return {
      steps: [
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
      ],
    };
  },
});
