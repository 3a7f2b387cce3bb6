/** A change of all rows of a table in one statement, in batches that commit each. */
import { BATCH_STOP, inBatches, rowKey } from "../recipe-parts/batches.js";
import { rowStatement } from "../recipe-parts/fill.js";
import { backfill } from "../recipe-parts/moments.js";
import { tableIn } from "../recipe-parts/names.js";
import type { OperationOf } from "../../model/operation.js";
import { defineRecipe, type RecipeContext, type Way } from "../recipe.js";

function way(operation: OperationOf<"Update"> | OperationOf<"Delete">, context: RecipeContext): Way | undefined {
  if (operation.inBlock !== undefined) return undefined;
  const parts = rowStatement(context.placed.statement.statement.sql);
  const table = tableIn(context, operation.table);
  if (!parts) return undefined;
  // Without a key only rows that no longer match are known to be done.
  const ends = operation.type === "Delete" || rowKey(table) !== undefined;
  if (!ends) return undefined;
  const verb = operation.type === "Delete" ? "Delete" : "Change";
  return {
    steps: [
      {
        name: "in-batches",
        actor: "person",
        title: `${verb} the rows of \`${table.sql}\` in batches, apart from the migrations.`,
        from: backfill(0),
        ...inBatches({
          table,
          statement: parts.start,
          alias: parts.alias,
          ...(parts.where !== undefined && { where: parts.where }),
        }),
        wayBack: "The values before are lost: keep a copy of the table if they may be needed.",
        stopCondition: BATCH_STOP,
      },
    ],
  };
}

const SUMMARY = "Do it in batches that commit each, apart from the migrations.";

export const updateInBatches = defineRecipe({
  name: "update-in-batches",
  summary: SUMMARY,
  operation: "Update",
  way,
});

export const deleteInBatches = defineRecipe({
  name: "delete-in-batches",
  summary: SUMMARY,
  operation: "Delete",
  way,
});
