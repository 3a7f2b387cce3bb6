/** Another default, or none: rows of code that leaves the column out get it at once. */
import { after, deploy } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe, type RecipeContext, type Way } from "../recipe.js";
import type { OperationOf } from "../../model/operation.js";

const SUMMARY = "Write the value in the code first, and change the default once no instance relies on it.";

function way(
  operation: OperationOf<"SetDefault"> | OperationOf<"DropDefault">,
  context: RecipeContext,
): Way | undefined {
  const table = tableIn(context, operation.table);
  const { column } = operation;
  const was = table.known?.columns.get(column)?.default;
  if (!was) return undefined;
  const alter = `ALTER TABLE ${table.sql} ALTER COLUMN ${quote(column)}`;
  return {
    steps: [
      {
        name: "write-explicitly",
        actor: "code",
        title: `Write \`${table.column(column)}\` in every INSERT of the code in this pull request.`,
        from: deploy(0),
        until: deploy(0),
      },
      {
        name: "change-default",
        actor: "pipeline",
        title:
          operation.type === "DropDefault"
            ? `Drop the default of \`${table.column(column)}\`.`
            : `Change the default of \`${table.column(column)}\`.`,
        from: after(0),
        sql: shortly(
          context,
          operation.type === "DropDefault"
            ? `${alter} DROP DEFAULT;`
            : `${alter} SET DEFAULT ${operation.default.sql};`,
        ),
        wayBack: `\`${alter} SET DEFAULT ${was.sql}\`; nothing is lost.`,
        stopCondition: LOCK_STOP,
      },
    ],
  };
}

export const changeDefault = defineRecipe({ name: "change-default", summary: SUMMARY, operation: "SetDefault", way });
export const dropDefault = defineRecipe({ name: "drop-default", summary: SUMMARY, operation: "DropDefault", way });
