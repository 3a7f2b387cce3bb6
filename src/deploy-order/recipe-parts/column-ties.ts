/** What hangs on a column besides its values. */
import type { Constraint } from "../../model/catalog.js";
import type { RecipeContext } from "../recipe.js";
import type { NamedTable } from "./names.js";

/** Constraints that mention a column, NOT NULL excepted. */
export function constraintsOn({ known }: NamedTable, column: string): readonly Constraint[] {
  return [...(known?.constraints.values() ?? [])].filter(
    ({ kind, columns, expression }) =>
      kind !== "not null" && (columns.includes(column) || expression?.columns.includes(column) === true),
  );
}

/** Whether only the column's values, its indexes and NOT NULL would have to be brought over to another column. */
export function isFree(context: RecipeContext, table: NamedTable, column: string): boolean {
  const { known } = table;
  const own = known?.columns.get(column);
  if (!known || own?.type === undefined || own.notNull === "unknown") return false;
  if (known.kind !== "table" || known.partitionOf || known.inherits.length > 0) return false;
  return constraintsOn(table, column).length === 0 && !isReadByOthers(context, table, column);
}

/** Whether views, generated columns, policies or triggers name the column, as far as is known. */
function isReadByOthers(context: RecipeContext, table: NamedTable, column: string): boolean {
  const viewed = context.placed.statement.before
    .readBy(table)
    .some(
      ({ uses }) => uses === undefined || uses.some((use) => use.column === column && use.table.name === table.name),
    );
  return viewed || isReadByItsTable(table, column);
}

/** Whether generated columns, policies or triggers name the column, as far as is known. */
export function isReadByItsTable(table: NamedTable, column: string): boolean {
  const generated = [...(table.known?.columns.values() ?? [])].some(
    ({ generation }) => generation?.columns.includes(column) === true,
  );
  const watched = table.known?.triggers?.some(
    ({ columns, whenColumns }) => columns.includes(column) || whenColumns.includes(column),
  );
  const guarded = table.known?.policies?.some(
    ({ using, withCheck }) => using?.columns.includes(column) === true || withCheck?.columns.includes(column) === true,
  );
  return generated || watched === true || guarded === true;
}
