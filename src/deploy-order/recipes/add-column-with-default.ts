/** A column whose default is another value for each row: PostgreSQL would write the whole table under its lock. */
import { inBatches, BATCH_STOP } from "../recipe-parts/batches.js";
import { columnsThere, rowsLeft } from "../recipe-parts/checks.js";
import { inlineConstraints } from "../recipe-parts/inline-constraints.js";
import { after, backfill, before } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-column-with-default",
  summary: "Add the column without its default, then set the default, and fill the rows that are there in batches.",
  operation: "AddColumn",
  way(operation, context) {
    const { table: named, column } = operation;
    const { statement } = context.placed;
    const work = statement.work[statement.statement.operations.indexOf(operation)];
    if (work !== "rewrite" || !column.default || column.default.kind === "null") return undefined;
    if (column.identity || column.generated) return undefined;
    const table = tableIn(context, named);
    const constraints = inlineConstraints(context, table, column);
    if (!constraints) return undefined;
    const name = quote(column.name);
    const collation = column.collation === undefined ? "" : ` COLLATE ${quote(column.collation)}`;
    const alter = `ALTER TABLE ${table.sql}`;
    const missing = `${name} IS NULL`;
    return {
      steps: [
        {
          name: "add-column",
          actor: "pipeline",
          title: `Add \`${table.column(column.name)}\`, and give it its default for new rows only.`,
          from: before(0),
          until: before(0),
          // In one statement the default would be worked out for each row that is there.
          sql: shortly(
            context,
            `${alter} ADD COLUMN ${name} ${column.type.sql}${collation};`,
            `${alter} ALTER COLUMN ${name} SET DEFAULT ${column.default.sql};`,
          ),
          check: columnsThere(table, [column.name], 1),
          wayBack: `${codeOf(`${alter} DROP COLUMN ${name}`)}; the values that it got are lost.`,
          stopCondition: LOCK_STOP,
        },
        ...constraints.early,
        {
          name: "fill-rows",
          actor: "person",
          title: `Give the rows that were there before a value for \`${table.column(column.name)}\`, in batches.`,
          from: backfill(0),
          ...inBatches({ table, statement: `UPDATE ${table.sql} SET ${name} = ${column.default.sql}`, where: missing }),
          check: rowsLeft(table, missing),
          wayBack: "There is nothing to undo: these rows had no value.",
          stopCondition: BATCH_STOP,
        },
        ...constraints.late,
        ...(column.notNull ? notNullSteps(context, table, column.name, after(0)) : []),
      ],
    };
  },
});
