/** NOT NULL on a column in use: first the writers, then the rows, then a constraint that is checked apart. */
import { restoredColumns } from "../../change/restored-columns.js";
import { fillStep } from "../recipe-parts/fill.js";
import { after, backfill } from "../recipe-parts/moments.js";
import { tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "set-not-null",
  summary: "Fill the rows once only code that fills the column runs, and check them while reads and writes go on.",
  operation: "SetNotNull",
  way(operation, context) {
    const { table: named, column } = operation;
    // What was NOT NULL all along needs no steps: the statement can go.
    if (context.postgres < 12 || restoredColumns(context.operations).has(operation)) return undefined;
    const table = tableIn(context, named);
    const fill = fillStep(context, table, column, backfill(0));
    return { covers: fill.covers, steps: [fill.step, ...notNullSteps(context, table, column, after(0))] };
  },
});
