/** A constraint in two steps: for new rows at once, for those that are there while reads and writes go on. */
import type { Moment } from "../moment.js";
import type { RecipeContext, RecipeStep } from "../recipe.js";
import { validated } from "./checks.js";
import { addConstraint } from "./constraint-sql.js";
import { type NamedTable, quote } from "./names.js";
import { LOCK_STOP, shortly } from "./statements.js";

export function validatedConstraint(
  context: RecipeContext,
  table: NamedTable,
  {
    name,
    definition,
    from,
    offenders,
  }: { readonly name: string; readonly definition: string; readonly from: Moment; readonly offenders: string },
): readonly [add: RecipeStep, validate: RecipeStep] {
  const drop = `\`ALTER TABLE ${table.sql} DROP CONSTRAINT ${quote(name)}\`; nothing is lost.`;
  return [
    {
      name: `add-${name}`,
      actor: "pipeline",
      title: `Add \`${quote(name)}\` to \`${table.sql}\` for new and changed rows.`,
      from,
      sql: shortly(context, addConstraint(table, name, `${definition} NOT VALID`)),
      wayBack: drop,
      stopCondition: LOCK_STOP,
    },
    {
      name: `validate-${name}`,
      actor: "pipeline",
      title: `Check that every row of \`${table.sql}\` satisfies \`${quote(name)}\`; reads and writes go on.`,
      from,
      sql: `ALTER TABLE ${table.sql} VALIDATE CONSTRAINT ${quote(name)};`,
      check: validated(table, name),
      wayBack: drop,
      stopCondition: `It fails, because a row violates it. Nothing is changed then: ${offenders}`,
    },
  ];
}
