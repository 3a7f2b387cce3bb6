/** A new column beside the old one, and a trigger that keeps both equal until no code knows the old one. */
import { buildIndexes, typeOf } from "../recipe-parts/column-copy.js";
import { overToNewName } from "../recipe-parts/column-pair.js";
import { isFree } from "../recipe-parts/column-ties.js";
import { copiesOfIndexes, indexSql } from "../recipe-parts/indexes.js";
import { after } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "rename-column-by-trigger",
  summary:
    "Add the column under its new name, let a trigger keep both equal, and drop the old one: three pull requests, and no code writes both.",
  operation: "RenameColumn",
  way({ table: named, column: old, newName: next }, context) {
    const table = tableIn(context, named);
    const column = table.known?.columns.get(old);
    if (!column || !isFree(context, table, old)) return undefined;
    if (column.identity || column.generated || column.sequence) return undefined;
    const indexes = copiesOfIndexes(context, table, old, next);
    if (!indexes) return undefined;
    const newDefault = `ALTER TABLE ${table.sql} ALTER COLUMN ${quote(next)} SET DEFAULT`;
    return {
      steps: overToNewName(
        context,
        table,
        { old, next, type: typeOf(column) },
        [
          ...buildIndexes(table, indexes, after(0)),
          ...(column.notNull === true ? notNullSteps(context, table, next, after(0), true) : []),
        ],
        [
          ...(column.default ? [`${newDefault} ${column.default.sql};`] : []),
          ...indexes.map(
            ({ name, temporary }) => `ALTER INDEX ${indexSql(table, temporary)} RENAME TO ${quote(name)};`,
          ),
        ],
      ),
    };
  },
});
