/** Values of an enum that code on the other side does not know: a new one, and one under another name. */
import { rowsLeft } from "../recipe-parts/checks.js";
import { BATCH_STOP, inBatches } from "../recipe-parts/batches.js";
import { backfill, before, deploy } from "../recipe-parts/moments.js";
import { literal, quote, tableIn } from "../recipe-parts/names.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";
import { formatName } from "../../change/object-names.js";
import type { QualifiedName } from "../../model/name.js";

export const addEnumValue = defineRecipe({
  name: "add-enum-value",
  summary: "Add the value first, and write it only once every instance knows it.",
  operation: "AddEnumValue",
  way({ enum: named, value, neighbor }, context) {
    const type = typeSql(context, named);
    return {
      steps: [
        addValue(type, value, neighbor && `${neighbor.position.toUpperCase()} ${literal(neighbor.value)}`),
        {
          name: "write-later",
          actor: "code",
          title: `Let the code in this pull request read \`${value}\`, and write it only once every instance runs it: behind a setting that is off, or in the next pull request.`,
          from: deploy(0),
          until: deploy(0),
          wayBack: "Deploy the code before it again, as long as no row has the value.",
        },
      ],
    };
  },
});

export const renameEnumValue = defineRecipe({
  name: "rename-enum-value",
  summary: "Add the value under its new name, let code and rows move to it, and leave the old one unused.",
  operation: "RenameEnumValue",
  way({ enum: named, value, newValue }, context) {
    const type = typeSql(context, named);
    const columns = columnsOf(context, named);
    return {
      steps: [
        addValue(type, newValue, `AFTER ${literal(value)}`),
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

function addValue(type: string, value: string, place: string | undefined): RecipeStep {
  return {
    name: "add-value",
    actor: "pipeline",
    title: `Add \`${value}\` to \`${type}\`; nothing may use it in the same transaction.`,
    from: before(0),
    until: before(0),
    sql: `ALTER TYPE ${type} ADD VALUE ${literal(value)}${place === undefined ? "" : ` ${place}`};`,
    wayBack: "There is none: PostgreSQL cannot drop a value. Unused it harms nobody.",
  };
}

function typeSql({ placed }: RecipeContext, name: QualifiedName): string {
  return formatName(placed.statement.before.qualify(name));
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
