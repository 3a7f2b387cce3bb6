/** A table under its new name or in its new schema, and a view in its place, in one transaction. */
import type { OperationOf } from "../../model/operation.js";
import { formatName } from "../../change/object-names.js";
import { before } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { grantOnView, optionsOfView } from "../recipe-parts/view-bridge.js";
import { defineRecipe, type RecipeContext, type Way } from "../recipe.js";

const SUMMARY =
  "Put a view in its place under the old name, in the same transaction, and drop the view in the next pull request.";

function way(
  operation: OperationOf<"RenameRelation"> | OperationOf<"SetSchema">,
  context: RecipeContext,
): Way | undefined {
  if (operation.kind === "sequence" || operation.kind === "index") return undefined;
  const table = tableIn(context, operation.relation);
  const kind = table.known?.kind ?? operation.kind;
  const moved =
    operation.type === "RenameRelation"
      ? { schema: table.schema, name: operation.newName }
      : { schema: operation.newSchema, name: table.name };
  const noun = operation.kind.toUpperCase();
  const there = formatName(moved);
  const change =
    operation.type === "RenameRelation"
      ? `ALTER ${noun} ${table.sql} RENAME TO ${quote(operation.newName)};`
      : `ALTER ${noun} ${table.sql} SET SCHEMA ${quote(operation.newSchema)};`;
  const undo =
    operation.type === "RenameRelation"
      ? `ALTER ${noun} ${there} RENAME TO ${quote(table.name)};`
      : `ALTER ${noun} ${there} SET SCHEMA ${quote(table.schema)};`;
  const isView = kind.endsWith("view");
  const options = isView ? "" : optionsOfView(table, context);
  if (options === undefined) return undefined;
  const view = `CREATE VIEW ${table.sql}${options} AS SELECT * FROM ${there};`;
  const verb = operation.type === "RenameRelation" ? "Rename" : "Move";
  return {
    steps: [
      ...(isView ? [] : [grantOnView(table)]),
      {
        name: "put-view",
        actor: "pipeline",
        title: `${verb} \`${table.sql}\` to \`${there}\`, and put a view in its place.`,
        from: before(0),
        until: before(0),
        sql: shortly(context, change, view),
        wayBack: `In one transaction ${codeOf(`DROP VIEW ${table.sql};`, undo)}; nothing is lost.`,
        stopCondition: `Code sends TRUNCATE, COPY … FROM or ON CONFLICT ON CONSTRAINT to it, which a view refuses. Or: ${LOCK_STOP}`,
      },
      {
        name: "drop-view",
        actor: "pipeline",
        title: `Drop the view \`${table.sql}\`.`,
        from: before(1),
        sql: shortly(context, `DROP VIEW ${table.sql};`),
        wayBack: `\`${view.slice(0, -1)}\`; nothing is lost.`,
        stopCondition: LOCK_STOP,
      },
    ],
  };
}

export const renameTableByView = defineRecipe({
  name: "rename-table-by-view",
  summary: SUMMARY,
  operation: "RenameRelation",
  way,
});

export const moveTableByView = defineRecipe({
  name: "move-table-by-view",
  summary: SUMMARY,
  operation: "SetSchema",
  way,
});
