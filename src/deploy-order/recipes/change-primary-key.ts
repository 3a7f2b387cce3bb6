/** A primary key, new or in another one's place: its index and NOT NULL are made before, so that the key takes a moment. */
import { addConstraint } from "../recipe-parts/constraint-sql.js";
import { validated } from "../recipe-parts/checks.js";
import { fillStep } from "../recipe-parts/fill.js";
import { after, backfill } from "../recipe-parts/moments.js";
import { derivedName, quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { uniqueIndexSteps } from "../recipe-parts/unique-index.js";
import { constraintName } from "../recipe-parts/constraint-sql.js";
import type { NamedTable } from "../recipe-parts/names.js";
import type { Operation } from "../../model/operation.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

export default defineRecipe({
  name: "change-primary-key",
  summary:
    "Build its index with CONCURRENTLY and make its columns NOT NULL first, then change the keys in one transaction.",
  operation: "AddConstraint",
  way({ table: named, constraint }, context) {
    const { kind, columns, including } = constraint;
    if (kind !== "primary key" || constraint.usingIndex !== undefined || constraint.deferrable) return undefined;
    const table = tableIn(context, named);
    if (!table.known || table.known.kind === "partitioned table") return undefined;
    const dropped = droppedKey(context, table);
    const name = constraintName(table, constraint, dropped?.name);
    const index = dropped?.name === name ? derivedName(name, "new") : name;
    const from = after(0);
    const optional = columns.filter((column) => table.known?.columns.get(column)?.notNull !== true);
    const alter = `ALTER TABLE ${table.sql}`;
    const fills = optional.map((column) => fillStep(context, table, column, backfill(0)));
    // What people do comes before all that the pipeline runs.
    const [merge, build] = uniqueIndexSteps(table, { name: index, columns, including, from });
    return {
      covers: [...(dropped ? [dropped.operation] : []), ...fills.flatMap(({ covers }) => covers)],
      steps: [
        ...fills.map(({ step }, at): RecipeStep => ({ ...step, name: `${step.name}-${optional[at] ?? ""}` })),
        merge,
        ...optional.flatMap((column) =>
          notNullSteps(context, table, column, from).map((step): RecipeStep => ({
            ...step,
            name: `${step.name}-${column}`,
          })),
        ),
        build,
        {
          name: "change-key",
          actor: "pipeline",
          title: dropped
            ? `Put the primary key on \`${columns.map(quote).join(", ")}\` in the place of the one before.`
            : `Turn the index into the primary key of \`${table.sql}\`.`,
          from,
          sql: shortly(
            context,
            ...(dropped ? [`${alter} DROP CONSTRAINT ${quote(dropped.name)};`] : []),
            addConstraint(table, name, `PRIMARY KEY USING INDEX ${quote(index)}`),
          ),
          check: validated(table, name),
          wayBack: dropped
            ? `Build the index of the key before with CONCURRENTLY, and change the keys back in the same way; no row is lost.`
            : `\`${alter} DROP CONSTRAINT ${quote(name)}\`; its index goes with it, no row does.`,
          stopCondition: LOCK_STOP,
        },
      ],
    };
  },
});

/** The primary key that the pull request drops for the new one. */
function droppedKey(
  { operations }: RecipeContext,
  table: NamedTable,
): { readonly name: string; readonly operation: Operation } | undefined {
  for (const { operation, statement } of operations) {
    if (operation.type !== "DropConstraint") continue;
    const { schema, name } = statement.before.qualify(operation.table);
    if (schema !== table.schema || name !== table.name) continue;
    const kind = statement.before.table(operation.table)?.constraints.get(operation.constraint)?.kind;
    if (kind === "primary key") return { name: operation.constraint, operation };
  }
  return undefined;
}
