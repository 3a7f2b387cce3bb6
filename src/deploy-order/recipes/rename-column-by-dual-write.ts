/** A new column beside the old one that the code itself keeps equal, until no code knows the old one. */
import { addColumn, buildIndexes, copyRows, typeOf } from "../recipe-parts/column-copy.js";
import { isFree } from "../recipe-parts/column-ties.js";
import { columnsThere } from "../recipe-parts/checks.js";
import { copiesOfIndexes, indexSql } from "../recipe-parts/indexes.js";
import { after, backfill, before, deploy } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { differ } from "../recipe-parts/sync-trigger.js";
import { defineRecipe } from "../recipe.js";

export default defineRecipe({
  name: "rename-column-by-dual-write",
  summary: "Add the column under its new name and let the code write both: four pull requests, and no trigger.",
  operation: "RenameColumn",
  way({ table: named, column: old, newName: next }, context) {
    const table = tableIn(context, named);
    const column = table.known?.columns.get(old);
    if (!column || !isFree(context, table, old)) return undefined;
    if (column.identity || column.generated || column.sequence) return undefined;
    const indexes = copiesOfIndexes(context, table, old, next);
    if (!indexes) return undefined;
    const required = column.notNull === true;
    const alter = `ALTER TABLE ${table.sql}`;
    const relax = [
      ...(column.default ? [`${alter} ALTER COLUMN ${quote(next)} SET DEFAULT ${column.default.sql};`] : []),
      ...(required ? [`${alter} ALTER COLUMN ${quote(old)} DROP NOT NULL;`] : []),
    ];
    return {
      steps: [
        addColumn(context, table, { name: next, type: typeOf(column) }, { from: before(0), until: before(0) }, old),
        {
          name: "write-both",
          actor: "code",
          title: `Write both \`${quote(old)}\` and \`${quote(next)}\`, and still read \`${quote(old)}\`.`,
          from: deploy(0),
          until: deploy(0),
          wayBack: "Deploy the code before it again.",
          stopCondition: `A writer is found that writes one of them alone: it leaves \`${quote(next)}\` behind.`,
        },
        copyRows(table, {
          set: `${quote(next)} = ${quote(old)}`,
          left: differ(quote(next), quote(old), column.type?.name),
          from: backfill(0),
          title: `Copy \`${quote(old)}\` to \`${quote(next)}\` in the rows that are there, in batches, once no instance writes \`${quote(old)}\` alone.`,
        }),
        ...buildIndexes(table, indexes, after(0)),
        ...(required ? notNullSteps(context, table, next, after(0)) : []),
        {
          name: "read-new",
          actor: "code",
          title: `Read \`${quote(next)}\`, and still write both.`,
          from: deploy(1),
          wayBack: "Deploy the code before it again: it finds both written.",
        },
        ...(relax.length === 0
          ? []
          : [
              {
                name: "relax-old",
                actor: "pipeline" as const,
                title: `Let \`${table.column(next)}\` have what \`${quote(old)}\` has, before rows leave \`${quote(old)}\` out.`,
                from: before(2),
                sql: shortly(context, ...relax),
                wayBack: required
                  ? `Fill \`${quote(old)}\` from \`${quote(next)}\` and make it NOT NULL again.`
                  : `\`${alter} ALTER COLUMN ${quote(next)} DROP DEFAULT\`; nothing is lost.`,
                stopCondition: LOCK_STOP,
              },
            ]),
        {
          name: "write-new",
          actor: "code",
          title: `Ship the code that uses \`${quote(next)}\` alone.`,
          from: deploy(2),
          wayBack: `Deploying the code before it again is safe: it reads \`${quote(next)}\`.`,
        },
        {
          name: "drop-old",
          actor: "pipeline",
          title: `Drop \`${table.column(old)}\`.`,
          from: before(3),
          sql: shortly(
            context,
            `${alter} DROP COLUMN ${quote(old)};`,
            ...indexes.map(
              ({ name, temporary }) => `ALTER INDEX ${indexSql(table, temporary)} RENAME TO ${quote(name)};`,
            ),
          ),
          check: columnsThere(table, [old], 0),
          wayBack: `Add \`${quote(old)}\` again; the values that only it had come back from a backup alone.`,
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});
