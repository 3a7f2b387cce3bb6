/** A foreign key: rows without a target go first, then it is added NOT VALID, and validated apart. */
import { countOffenders } from "../../change/offending-rows.js";
import { formatName } from "../../change/object-names.js";
import { areEmpty } from "../empty-columns.js";
import { after, backfill, before } from "../recipe-parts/moments.js";
import { addConstraint, constraintName, constraintSql } from "../recipe-parts/constraint-sql.js";
import { type NamedTable, quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { validatedConstraint } from "../recipe-parts/validated-constraint.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

const MEND = "mend those rows, and run it again.";

export default defineRecipe({
  name: "add-foreign-key",
  summary: "Mend the rows whose target does not exist, then add it NOT VALID and validate it apart.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    const { references, columns } = constraint;
    const definition = constraintSql(constraint);
    if (!references || definition === undefined) return undefined;
    const table = tableIn(context, named);
    const name = constraintName(table, constraint);
    const count = countOffenders(table, constraint, context.placed.statement.before);
    const target = formatName(references.table);
    const onPartitioned = table.known?.kind === "partitioned table" && context.postgres < 18;
    if (!onPartitioned && areEmpty(context.operations, context.placed, named, columns)) {
      return { steps: validatedConstraint(context, table, { name, definition, from: before(0), offenders: MEND }) };
    }
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
        ...(onPartitioned
          ? onPartitions(context, table, { name, definition })
          : validatedConstraint(context, table, { name, definition, from: after(0), offenders: MEND })),
      ],
    };
  },
});

/**
 * Before PostgreSQL 18 a partitioned table has no foreign key that is NOT VALID. One that is valid on every partition is
 * taken over without another look at the rows.
 */
function onPartitions(
  context: RecipeContext,
  table: NamedTable,
  { name, definition }: { readonly name: string; readonly definition: string },
): readonly RecipeStep[] {
  const parts = context.placed.statement.before.partitionsOf(table).flatMap((partition) => {
    const part = tableIn(context, partition);
    if (partition.kind === "partitioned table") return onPartitions(context, part, { name, definition });
    const steps = validatedConstraint(context, part, { name, definition, from: after(0), offenders: MEND });
    return steps.map((step): RecipeStep => ({ ...step, name: `${step.name}-${partition.name}` }));
  });
  return [
    ...parts,
    {
      name: `add-${name}-${table.name}`,
      actor: "pipeline",
      title: `Add \`${quote(name)}\` to \`${table.sql}\`, which takes over those of its partitions.`,
      from: after(0),
      sql: shortly(context, addConstraint(table, name, definition)),
      wayBack: `\`ALTER TABLE ${table.sql} DROP CONSTRAINT ${quote(name)}\`; it goes from the partitions, too, and nothing is lost.`,
      stopCondition: LOCK_STOP,
    },
  ];
}
