/** A column that is UNIQUE and may be empty: the index of the constraint is built while reads and writes go on. */
import { inlineConstraints } from "../recipe-parts/inline-constraints.js";
import { tableIn } from "../recipe-parts/names.js";
import { plainColumn } from "../recipe-parts/plain-column.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-unique-column",
  summary: "Add the column alone, build the index with CONCURRENTLY, and add the constraint USING INDEX.",
  operation: "AddColumn",
  way({ table: named, column }, context) {
    if (column.notNull || column.default || column.identity || column.generated) return undefined;
    const table = tableIn(context, named);
    const constraints = inlineConstraints(context, table, column);
    if (!constraints || !column.constraints.some(({ kind }) => kind === "unique")) return undefined;
    const add = plainColumn(context, table, column, "its constraints");
    return { steps: [add, ...constraints.early, ...constraints.late] };
  },
});
