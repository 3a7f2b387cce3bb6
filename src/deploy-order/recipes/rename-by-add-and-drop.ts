/**
 * A column that is dropped, and one like it that is added: how tools write a rename. Values and writes go over by a
 * trigger, as where it is renamed; that it is the same column is a guess, which the step says.
 */
import type { TypeName } from "../../model/name.js";
import { overToNewName } from "../recipe-parts/column-pair.js";
import { isFree } from "../recipe-parts/column-ties.js";
import { after } from "../recipe-parts/moments.js";
import { quote, tableIn } from "../recipe-parts/names.js";
import { notNullSteps } from "../recipe-parts/not-null.js";
import { successorOf } from "../recipe-parts/successor.js";
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
    const newDefault = `ALTER TABLE ${table.sql} ALTER COLUMN ${quote(next)} SET DEFAULT`;
    const whole = collation === undefined ? type.sql : `${type.sql} COLLATE ${quote(collation)}`;
    return {
      covers: [add],
      guess: `That \`${quote(next)}\` is \`${quote(old)}\` under another name is a guess by name and type: if it is not, keep the column that is added as it stands, and drop \`${quote(old)}\` in the next pull request.`,
      steps: overToNewName(
        context,
        table,
        { old, next, type: whole },
        notNull ? notNullSteps(context, table, next, after(0), true) : [],
        value ? [`${newDefault} ${value.sql};`] : [],
      ),
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
