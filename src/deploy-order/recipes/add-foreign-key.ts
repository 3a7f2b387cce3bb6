/** A foreign key: rows without a target go first, then it is added NOT VALID, and validated apart. */
import { countOffenders } from "../../change/offending-rows.js";
import { formatName } from "../../change/object-names.js";
import { after, backfill } from "../recipe-parts/moments.js";
import { constraintName, constraintSql } from "../recipe-parts/constraint-sql.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { validatedConstraint } from "../recipe-parts/validated-constraint.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-foreign-key",
  summary: "Mend the rows whose target does not exist, then add it NOT VALID and validate it apart.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    const { references } = constraint;
    const definition = constraintSql(constraint);
    if (!references || definition === undefined) return undefined;
    const table = tableIn(context, named);
    // Before 18 a partitioned table has no foreign key that is NOT VALID.
    if (table.known?.kind === "partitioned table" && context.postgres < 18) return undefined;
    const name = constraintName(table, constraint);
    const count = countOffenders(table, constraint, context.placed.statement.before);
    const target = formatName(references.table);
    return {
      steps: [
        {
          name: "mend-rows",
          actor: "person",
          title: `Mend the rows of \`${table.sql}\` whose \`${constraint.columns.map(quote).join(", ")}\` names no row of \`${target}\`: set it to NULL, add the row, or delete.`,
          from: backfill(0),
          ...(count !== undefined && { check: { sql: `${count};`, answer: "0" } }),
          stopCondition: "The count grows again: something still writes such rows. Find it before the next step.",
        },
        ...validatedConstraint(context, table, {
          name,
          definition,
          from: after(0),
          offenders: `mend those rows, and run it again.`,
        }),
      ],
    };
  },
});
