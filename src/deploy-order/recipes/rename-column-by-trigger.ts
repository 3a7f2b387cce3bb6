/** A new column beside the old one, and a trigger that keeps both equal until no code knows the old one. */
import { addColumn, buildIndexes, copyRows, typeOf } from "../recipe-parts/column-copy.js";
import { isFree } from "../recipe-parts/column-ties.js";
import { columnsThere } from "../recipe-parts/checks.js";
import { copiesOfIndexes, indexSql } from "../recipe-parts/indexes.js";
import { after, backfill, before, deploy } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { codeOf, LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { differ, twoWaySync } from "../recipe-parts/sync-trigger.js";
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
    const sync = twoWaySync(context, table, { old, next });
    const left = differ(quote(next), quote(old), column.type?.name);
    const alter = `ALTER TABLE ${table.sql}`;
    return {
      steps: [
        addColumn(context, table, { name: next, type: typeOf(column) }, { from: before(0), until: before(0) }, old),
        {
          name: "keep-equal",
          actor: "pipeline",
          title: `Keep \`${table.column(old)}\` and \`${quote(next)}\` equal in every row that is written, by a trigger.`,
          from: before(0),
          until: before(0),
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
        ...buildIndexes(table, indexes, after(0)),
        ...(column.notNull === true ? notNullSteps(context, table, next, after(0), true) : []),
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
            ...(column.default ? [`${alter} ALTER COLUMN ${quote(next)} SET DEFAULT ${column.default.sql};`] : []),
            ...indexes.map(
              ({ name, temporary }) => `ALTER INDEX ${indexSql(table, temporary)} RENAME TO ${quote(name)};`,
            ),
          ),
          check: columnsThere(table, [old], 0),
          wayBack: `Add \`${quote(old)}\` again and copy \`${quote(next)}\` into it; both held the same.`,
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});
