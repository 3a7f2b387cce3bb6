/** A column that code uses: first the code goes, then, in a pull request of its own, the column. */
import { formatName } from "../../change/object-names.js";
import type { Dependent } from "../../model/dependent.js";
import { dependentsOfColumn } from "../../postgres/dependents.js";
import { rowKey } from "../recipe-parts/batches.js";
import { columnsThere } from "../recipe-parts/checks.js";
import { before } from "../recipe-parts/moments.js";
import { derivedName, quote, quoteAll, tableIn } from "../recipe-parts/names.js";
import { LOCK_STOP, shortly } from "../recipe-parts/statements.js";
import { successorOf } from "../recipe-parts/successor.js";
import { defineRecipe } from "../recipe.js";

/** `the view orders_open`, `the trigger touch of orders`. */
function nameOf({ kind, relation, name }: Dependent): string {
  const of = formatName(relation);
  return name === undefined ? `the ${kind} \`${of}\`` : `the ${kind} \`${quote(name)}\` of \`${of}\``;
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

export default defineRecipe({
  name: "drop-column",
  summary: "Take the column out of the code in this pull request, and drop it in the next one.",
  operation: "DropColumn",
  way(operation, context) {
    const { table: named, column, cascade } = operation;
    const table = tableIn(context, named);
    const known = table.known?.columns.get(column);
    const name = quote(column);
    const alter = `ALTER TABLE ${table.sql}`;
    const isKey = rowKey(table)?.includes(column) === true;
    const required = known?.notNull === true && !isKey && !known.default && !known.identity && !known.generated;
    const copy = derivedName(table.name, column);
    const kept = [...(rowKey(table) ?? []).filter((key) => key !== column), column];
    const { before: schema } = context.placed.statement;
    const successor = successorOf(operation, context, table);
    const resting = cascade || !table.known ? [] : dependentsOfColumn(schema, table.known, column).map(nameOf);
    return {
      steps: [
        ...(required
          ? [
              {
                name: "drop-not-null",
                actor: "pipeline" as const,
                title: `Let rows leave \`${table.column(column)}\` out: the code in this pull request no longer fills it.`,
                from: before(0),
                until: before(0),
                sql: shortly(context, `${alter} ALTER COLUMN ${name} DROP NOT NULL;`),
                wayBack: `Fill the rows without a value, then \`${alter} ALTER COLUMN ${name} SET NOT NULL\`.`,
                stopCondition: LOCK_STOP,
              },
            ]
          : []),
        ...(resting.length > 0
          ? [
              {
                name: "free-column",
                actor: "person" as const,
                title: `Make ${listed(resting)} anew without \`${name}\` in the migration that drops it: PostgreSQL refuses the drop while ${resting.length === 1 ? "it rests" : "they rest"} on the column.`,
                from: before(1),
              },
            ]
          : []),
        {
          name: "drop-column",
          actor: "pipeline",
          title: `Drop \`${table.column(column)}\`.`,
          from: before(1),
          sql: shortly(context, `${alter} DROP COLUMN ${name}${cascade ? " CASCADE" : ""};`),
          check: columnsThere(table, [column], 0),
          wayBack: `The column can be added again; its values come back only from a copy made before: \`CREATE TABLE ${quote(copy)} AS SELECT ${quoteAll(kept)} FROM ${table.sql}\`.`,
          stopCondition:
            successor === undefined
              ? LOCK_STOP
              : `\`${table.column(successor.add.column.name)}\` takes its place: nothing has copied the values. \`SELECT count(*) FROM ${table.sql} WHERE ${quote(successor.add.column.name)} IS NULL AND ${name} IS NOT NULL;\` counts the rows. Or: ${LOCK_STOP}`,
        },
      ],
    };
  },
});
