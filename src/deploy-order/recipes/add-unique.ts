/** A UNIQUE constraint on columns that are there. */
import { tableIn } from "../recipe-parts/names.js";
import { uniqueConstraint } from "../recipe-parts/unique-constraint.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-unique",
  summary: "Build its index with CONCURRENTLY first, and add the constraint USING INDEX.",
  operation: "AddConstraint",
  way({ table, constraint }, context) {
    const steps = uniqueConstraint(context, tableIn(context, table), constraint);
    return steps && { steps };
  },
});
