/**
 * NOT NULL on a column that rows and writers comply with already, without reading the table under a lock that keeps
 * others out: a constraint for new rows first, then a look at the old ones while reads and writes go on.
 */
import { chooseNotNullName } from "../../postgres/catalog/default-names.js";
import type { Moment } from "../moment.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { validated } from "./checks.js";
import { type NamedTable, quote } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";

/**
 * The steps, of which the first may run from a moment on; each needs the one before it.
 * @param filled Whether a trigger or a default gives the column a value where code leaves it out.
 */
export function notNullSteps(
  context: RecipeContext,
  table: NamedTable,
  column: string,
  from: Moment,
  filled = false,
): readonly RecipeStep[] {
  const own = context.postgres >= 18;
  const name = chooseNotNullName(table.name, column, table.known?.constraints, context.postgres);
  const alter = `ALTER TABLE ${table.sql}`;
  const window = { from, ...(filled && { oldestCode: "any" as const }) };
  const add: RecipeStep = {
    name: "require-value-in-new-rows",
    actor: "pipeline",
    title: `Let new and changed rows of \`${table.sql}\` in only with a value for \`${quote(column)}\`.`,
    ...window,
    sql: shortly(
      context,
      own
        ? `${alter} ADD CONSTRAINT ${quote(name)} NOT NULL ${quote(column)} NOT VALID;`
        : `${alter} ADD CONSTRAINT ${quote(name)} CHECK (${quote(column)} IS NOT NULL) NOT VALID;`,
    ),
    wayBack: `\`${alter} DROP CONSTRAINT ${quote(name)}\`; nothing is lost.`,
    stopCondition: LOCK_STOP,
  };
  const validate: RecipeStep = {
    name: "validate-value",
    actor: "pipeline",
    title: `Check that every row of \`${table.sql}\` has a value for \`${quote(column)}\`; reads and writes go on.`,
    ...window,
    sql: `${alter} VALIDATE CONSTRAINT ${quote(name)};`,
    check: validated(table, name),
    wayBack: `\`${alter} DROP CONSTRAINT ${quote(name)}\`; nothing is lost.`,
    stopCondition: `It fails, because a row has no value. Nothing is changed then: fill the rows where \`${quote(column)} IS NULL\`, and run it again.`,
  };
  if (own) return [add, validate];
  return [
    add,
    validate,
    {
      name: "set-not-null",
      actor: "pipeline",
      title: `Make \`${table.column(column)}\` NOT NULL; the constraint proves it, so that no row is read.`,
      ...window,
      // One statement for both would drop the proof first, and read the table.
      sql: shortly(
        context,
        `${alter} ALTER COLUMN ${quote(column)} SET NOT NULL;`,
        `${alter} DROP CONSTRAINT ${quote(name)};`,
      ),
      wayBack: `\`${alter} ALTER COLUMN ${quote(column)} DROP NOT NULL\`; nothing is lost.`,
      stopCondition: LOCK_STOP,
    },
  ];
}
