import type { ColumnDefinition } from "../../model/operation.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { columnsThere } from "./checks.js";
import { before } from "./moments.js";
import { type NamedTable, quote } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";

/**
 * The step that adds a column with its type and nothing else.
 * @param without What the column is to get later, as the end of the title.
 */
export function plainColumn(
  context: RecipeContext,
  table: NamedTable,
  { name: column, type, collation }: ColumnDefinition,
  without: string,
): RecipeStep {
  const name = quote(column);
  const collated = collation === undefined ? "" : ` COLLATE ${quote(collation)}`;
  return {
    name: "add-column",
    actor: "pipeline",
    title: `Add \`${table.column(column)}\` without ${without}.`,
    from: before(0),
    until: before(0),
    sql: shortly(context, `ALTER TABLE ${table.sql} ADD COLUMN ${name} ${type.sql}${collated};`),
    check: columnsThere(table, [column], 1),
    wayBack: `\`ALTER TABLE ${table.sql} DROP COLUMN ${name}\`; the values that it got are lost.`,
    stopCondition: LOCK_STOP,
  };
}
