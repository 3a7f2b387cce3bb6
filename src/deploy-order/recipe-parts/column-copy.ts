/** A second column beside one that is to be replaced: added, filled, indexed. */
import type { Column } from "../../model/catalog.js";
import type { Moment } from "../moment.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { BATCH_STOP, inBatches } from "./batches.js";
import { columnsThere, indexValid, rowsLeft } from "./checks.js";
import type { IndexCopy } from "./indexes.js";
import { indexSql } from "./indexes.js";
import { type NamedTable, quote } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";

/** A column's type as ADD COLUMN needs it, without its default. */
export function typeOf({ type, collation }: Column): string {
  const sql = type?.sql ?? "text";
  return collation === undefined ? sql : `${sql} COLLATE ${quote(collation)}`;
}

export function addColumn(
  context: RecipeContext,
  table: NamedTable,
  column: { readonly name: string; readonly type: string },
  window: { readonly from: Moment; readonly until?: Moment },
  beside: string,
): RecipeStep {
  return {
    name: "add-column",
    actor: "pipeline",
    title: `Add \`${table.column(column.name)}\` beside \`${quote(beside)}\`; no row needs a value yet.`,
    ...window,
    sql: shortly(context, `ALTER TABLE ${table.sql} ADD COLUMN ${quote(column.name)} ${column.type};`),
    check: columnsThere(table, [column.name], 1),
    wayBack: `\`ALTER TABLE ${table.sql} DROP COLUMN ${quote(column.name)}\`; what it holds is in \`${quote(beside)}\`, too.`,
    stopCondition: LOCK_STOP,
  };
}

/** Fills the new column of the rows that are there. */
export function copyRows(
  table: NamedTable,
  {
    set,
    left,
    from,
    title,
  }: { readonly set: string; readonly left: string; readonly from: Moment; readonly title: string },
): RecipeStep {
  return {
    name: "copy-rows",
    actor: "person",
    title,
    from,
    ...inBatches({ table, statement: `UPDATE ${table.sql} SET ${set}`, where: left }),
    check: rowsLeft(table, left),
    wayBack: "There is nothing to undo: no code reads the new column yet.",
    stopCondition: BATCH_STOP,
  };
}

/** The old column's indexes on the new one. */
export function buildIndexes(table: NamedTable, copies: readonly IndexCopy[], from: Moment): readonly RecipeStep[] {
  return copies.map((copy): RecipeStep => {
    const index = indexSql(table, copy.temporary);
    return {
      name: `build-index-${copy.name}`,
      actor: "pipeline",
      title: `Build on the new column what \`${quote(copy.name)}\` is on the old one; reads and writes go on.`,
      from,
      sql: copy.sql,
      transaction: "outside",
      check: indexValid(table.schema, copy.temporary),
      wayBack: `\`DROP INDEX CONCURRENTLY ${index}\`; nothing is lost.`,
      stopCondition: `It fails, and leaves an index that is not valid. Then \`DROP INDEX CONCURRENTLY ${index}\`, and run it again.`,
    };
  });
}
