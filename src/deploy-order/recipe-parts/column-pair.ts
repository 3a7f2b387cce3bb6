/** A column under its old name and its new one: a trigger keeps both equal until no code knows the old one. */
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { columnsThere } from "./checks.js";
import { addColumn, copyRows } from "./column-copy.js";
import { backfill, before, deploy } from "./moments.js";
import { type NamedTable, quote } from "./names.js";
import { codeOf, LOCK_STOP, shortly } from "./statements.js";
import { differ, twoWaySync } from "./sync-trigger.js";

export interface ColumnPair {
  readonly old: string;
  readonly next: string;
  /** The new column's type, as ADD COLUMN takes it. */
  readonly type: string;
}

/**
 * The steps from the old name to the new one.
 * @param filled Steps once every row has its value, before code reads the new column alone.
 * @param last Statements with which the new column becomes what the old one was.
 */
export function overToNewName(
  context: RecipeContext,
  table: NamedTable,
  { old, next, type }: ColumnPair,
  filled: readonly RecipeStep[],
  last: readonly string[],
): readonly RecipeStep[] {
  const sync = twoWaySync(context, table, { old, next });
  const now = { from: before(0), until: before(0) };
  return [
    addColumn(context, table, { name: next, type }, now, old),
    {
      name: "keep-equal",
      actor: "pipeline",
      title: `Keep \`${table.column(old)}\` and \`${quote(next)}\` equal in every row that is written, by a trigger.`,
      ...now,
      sql: sync.create,
      wayBack: `${codeOf(sync.drop)}; nothing is lost.`,
      stopCondition: LOCK_STOP,
    },
    {
      name: "keep-old",
      actor: "code",
      title: `Keep the code that uses \`${table.column(next)}\` for the next pull request: rows written before have no value in it yet.`,
      from: deploy(0),
      needs: [],
    },
    copyRows(table, {
      set: `${quote(next)} = ${quote(old)}`,
      left: differ(quote(next), quote(old), table.known?.columns.get(old)?.type?.name),
      from: backfill(0),
      title: `Copy \`${table.column(old)}\` to \`${quote(next)}\` in the rows that are there, in batches.`,
    }),
    ...filled,
    {
      name: "switch",
      actor: "code",
      title: `Ship the code that uses \`${table.column(next)}\`.`,
      from: deploy(1),
      wayBack: `Deploy the code before it again: the trigger keeps \`${quote(old)}\` filled.`,
    },
    {
      name: "drop-old",
      actor: "pipeline",
      title: `Drop \`${table.column(old)}\` with its trigger.`,
      from: before(2),
      sql: shortly(context, sync.drop, `ALTER TABLE ${table.sql} DROP COLUMN ${quote(old)};`, ...last),
      check: columnsThere(table, [old], 0),
      wayBack: `Add \`${quote(old)}\` again and copy \`${quote(next)}\` into it; both held the same.`,
      stopCondition: LOCK_STOP,
    },
  ];
}
