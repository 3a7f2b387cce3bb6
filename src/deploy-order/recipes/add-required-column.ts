/** A column that every row must have a value for, and that has no default: optional until the code fills it. */
import { fillStep } from "../recipe-parts/fill.js";
import { inlineConstraints } from "../recipe-parts/inline-constraints.js";
import { after, backfill, deploy } from "../recipe-parts/moments.js";
import { tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { plainColumn } from "../recipe-parts/plain-column.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

export default defineRecipe({
  name: "add-required-column",
  summary: "Add the column without NOT NULL, fill it, and make it NOT NULL once only code that fills it runs.",
  operation: "AddColumn",
  way({ table: named, column }, context) {
    if (!column.notNull || column.default || column.identity || column.generated) return undefined;
    if (/^(small|big)?serial$/.test(column.type.name)) return undefined;
    const table = tableIn(context, named);
    const constraints = inlineConstraints(context, table, column);
    if (!constraints) return undefined;
    const fill = fillStep(context, table, column.name, backfill(0));
    return {
      covers: fill.covers,
      steps: [
        plainColumn(context, table, column, "NOT NULL: the code running now leaves it out"),
        ...constraints.early,
        ...optionalField(context, table.column(column.name)),
        fill.step,
        ...constraints.late,
        ...notNullSteps(context, table, column.name, after(0)),
      ],
    };
  },
});

/** Prisma's client throws where a field that its model requires is null, so that reading one old row fails. */
function optionalField({ placed }: RecipeContext, column: string): readonly RecipeStep[] {
  if (placed.migration.tool.name !== "prisma") return [];
  return [
    {
      name: "optional-field",
      actor: "code",
      title: `Declare the field of \`${column}\` as optional in the Prisma schema, and as required in the pull request that makes the column NOT NULL: until then Prisma's client fails on every row without a value.`,
      from: deploy(0),
      needs: [],
    },
  ];
}
