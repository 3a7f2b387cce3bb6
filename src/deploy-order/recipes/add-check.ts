/** A CHECK that rows and writers must come to satisfy first: NOT VALID, too, refuses every change of a row that does not. */
import { after, backfill } from "../recipe-parts/moments.js";
import { constraintName, constraintSql } from "../recipe-parts/constraint-sql.js";
import { rowsLeft } from "../recipe-parts/checks.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { validatedConstraint } from "../recipe-parts/validated-constraint.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-check",
  summary: "Mend the rows once only code that complies runs, then add it NOT VALID and validate it apart.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    const definition = constraintSql(constraint);
    if (constraint.kind !== "check" || !constraint.expression || definition === undefined) return undefined;
    const table = tableIn(context, named);
    const name = constraintName(table, constraint);
    const offends = `NOT (${constraint.expression.sql})`;
    return {
      steps: [
        {
          name: "mend-rows",
          actor: "person",
          title: `Mend the rows of \`${table.sql}\` that \`${quote(name)}\` refuses, in batches that commit each, until none is left.`,
          from: backfill(0),
          check: rowsLeft(table, offends),
          stopCondition: `The count grows again: something still writes such rows. Find it before the next step.`,
        },
        ...validatedConstraint(context, table, {
          name,
          definition,
          from: after(0),
          offenders: `mend what \`SELECT * FROM ${table.sql} WHERE ${offends};\` finds, and run it again.`,
        }),
      ],
    };
  },
});
