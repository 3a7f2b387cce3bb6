/**
 * A column that is dropped, and one like it that is added: how tools write a rename. Values and writes go over by a
 * trigger, as where it is renamed; that it is the same column is a guess, which the step says.
 */
import type { TypeName } from "../../model/name.js";
import { addColumn, copyRows } from "../recipe-parts/column-copy.js";
import { isFree } from "../recipe-parts/column-ties.js";
import { columnsThere } from "../recipe-parts/checks.js";
import { after, backfill, before, deploy } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { successorOf } from "../recipe-parts/successor.js";
import { differ, twoWaySync } from "../recipe-parts/sync-trigger.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "rename-by-add-and-drop",
  summary: "Let a trigger keep both columns equal, copy the rows that are there, and drop the old column last.",
  operation: "DropColumn",
  way(operation, context) {
    const table = tableIn(context, operation.table);
    const old = operation.column;
    const column = table.known?.columns.get(old);
    const successor = successorOf(operation, context, table);
    if (!column || !successor?.isSimilar || operation.cascade || !isFree(context, table, old)) return undefined;
    if (column.identity || column.generated || column.sequence || column.type === undefined) return undefined;
    const { add } = successor;
    const { name: next, type, collation, notNull, default: value, constraints } = add.column;
    // In both directions a value must fit.
    if (!isOneType(column.type, type) || constraints.length > 0) return undefined;
    // What code leaves out meanwhile gets what the old column has for it.
    if ((notNull && column.notNull !== true) || (value && !column.default)) return undefined;
    const sync = twoWaySync(context, table, { old, next });
    const left = differ(quote(next), quote(old), column.type.name);
    const alter = `ALTER TABLE ${table.sql}`;
    const whole = collation === undefined ? type.sql : `${type.sql} COLLATE ${quote(collation)}`;
    const now = { from: before(0), until: before(0) };
    return {
      covers: [add],
      guess: `That \`${quote(next)}\` is \`${quote(old)}\` under another name is a guess by name and type: if it is not, keep the column that is added as it stands, and drop \`${quote(old)}\` in the next pull request.`,
      steps: [
        addColumn(context, table, { name: next, type: whole }, now, old),
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
          left,
          from: backfill(0),
          title: `Copy \`${table.column(old)}\` to \`${quote(next)}\` in the rows that are there, in batches.`,
        }),
        ...(notNull ? notNullSteps(context, table, next, after(0), true) : []),
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
          sql: shortly(
            context,
            sync.drop,
            `${alter} DROP COLUMN ${quote(old)};`,
            ...(value ? [`${alter} ALTER COLUMN ${quote(next)} SET DEFAULT ${value.sql};`] : []),
          ),
          check: columnsThere(table, [old], 0),
          wayBack: `Add \`${quote(old)}\` again and copy \`${quote(next)}\` into it; both held the same.`,
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});

function isOneType(one: TypeName, other: TypeName): boolean {
  return (
    one.name === other.name &&
    one.arrayDimensions === other.arrayDimensions &&
    one.modifiers.join() === other.modifiers.join()
  );
}
