/** Values of an enum that code on the other side does not know: a new one, and one under another name. */
import { addValue, writeLater } from "../recipe-parts/added-enum-values.js";
import { rowsLeft } from "../recipe-parts/checks.js";
import { BATCH_STOP, inBatches } from "../recipe-parts/batches.js";
import { backfill, deploy } from "../recipe-parts/moments.js";
import { literal, quote, tableIn } from "../recipe-parts/names.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";
import type { QualifiedName } from "../../model/name.js";

export const addEnumValue = defineRecipe({
  name: "add-enum-value",
  summary: "Add the value first, and write it only once every instance knows it.",
  operation: "AddEnumValue",
  way(operation, context) {
    return { steps: [addValue(typeOf(context, operation.enum), operation), writeLater([operation.value])] };
  },
});

export const renameEnumValue = defineRecipe({
  name: "rename-enum-value",
  summary: "Add the value under its new name, let code and rows move to it, and leave the old one unused.",
  operation: "RenameEnumValue",
  way({ enum: named, value, newValue }, context) {
    const columns = columnsOf(context, named);
    return {
      steps: [
        addValue(typeOf(context, named), { value: newValue, neighbor: { position: "after", value } }),
        {
          name: "read-both",
          actor: "code",
          title: `Let the code in this pull request read both \`${value}\` and \`${newValue}\`, and still write \`${value}\`.`,
          from: deploy(0),
          until: deploy(0),
        },
        {
          name: "write-new",
          actor: "code",
          title: `Write \`${newValue}\`, and still read both.`,
          from: deploy(1),
          wayBack: "Deploy the code before it again: it reads both.",
        },
        ...columns.map(({ table, column }): RecipeStep => {
          const left = `${quote(column)} = ${literal(value)}`;
          return {
            name: `move-rows-${table.name}-${column}`,
            actor: "person",
            title: `Move the rows of \`${table.sql}\` from \`${value}\` to \`${newValue}\`, in batches.`,
            from: backfill(1),
            ...inBatches({
              table,
              statement: `UPDATE ${table.sql} SET ${quote(column)} = ${literal(newValue)}`,
              where: left,
            }),
            check: rowsLeft(table, left),
            wayBack: "Move them back in the same way; until then both are read.",
            stopCondition: BATCH_STOP,
          };
        }),
        {
          name: "read-new",
          actor: "code",
          title: `Take \`${value}\` out of the code. It stays in the type, unused: PostgreSQL cannot drop a value.`,
          from: deploy(2),
        },
      ],
    };
  },
});

function typeOf({ placed }: RecipeContext, name: QualifiedName): Required<QualifiedName> {
  return placed.statement.before.qualify(name);
}

/** The columns that have values of the type. */
function columnsOf(context: RecipeContext, name: QualifiedName) {
  const { before: catalog } = context.placed.statement;
  const type = catalog.enum(name);
  return [...catalog.tables()].flatMap((table) =>
    table.kind !== "table" && table.kind !== "partitioned table"
      ? []
      : [...table.columns.values()]
          .filter(
            (column) => column.type?.name === type?.name && column.type?.arrayDimensions === 0 && !table.partitionOf,
          )
          .map((column) => ({
            table: tableIn(context, table),
            column: column.name,
          })),
  );
}
