/** A column that is UNIQUE and may be empty: the index of the constraint is built while reads and writes go on. */
import { columnsThere } from "../recipe-parts/checks.js";
import { inlineConstraints } from "../recipe-parts/inline-constraints.js";
import { before } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "add-unique-column",
  summary: "Add the column alone, build the index with CONCURRENTLY, and add the constraint USING INDEX.",
  operation: "AddColumn",
  way({ table: named, column }, context) {
    if (column.notNull || column.default || column.identity || column.generated) return undefined;
    const table = tableIn(context, named);
    const constraints = inlineConstraints(context, table, column);
    if (!constraints || constraints.late.length === 0) return undefined;
    const name = quote(column.name);
    const collation = column.collation === undefined ? "" : ` COLLATE ${quote(column.collation)}`;
    return {
      steps: [
        {
          name: "add-column",
          actor: "pipeline",
          title: `Add \`${table.column(column.name)}\` without its constraints.`,
          from: before(0),
          until: before(0),
          sql: shortly(context, `ALTER TABLE ${table.sql} ADD COLUMN ${name} ${column.type.sql}${collation};`),
          check: columnsThere(table, [column.name], 1),
          wayBack: `\`ALTER TABLE ${table.sql} DROP COLUMN ${name}\`; the values that it got are lost.`,
          stopCondition: LOCK_STOP,
        },
        ...constraints.early,
        ...constraints.late,
      ],
    };
  },
});
