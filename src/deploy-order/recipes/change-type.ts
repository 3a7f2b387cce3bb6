/** A type change that would write the table again: a column of the new type takes the old one's place. */
import type { TypeName } from "../../model/name.js";
import { rowsLeft } from "../recipe-parts/checks.js";
import { backfill, deploy } from "../recipe-parts/moments.js";
import { type NamedTable, quote, tableIn } from "../recipe-parts/names.js";
import { replaceColumn } from "../recipe-parts/replaced-column.js";
import { defineRecipe, type RecipeStep } from "../recipe.js";

/** New types under which whatever worked with the old one goes on working: code that sends and reads its values stays. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  int2: ["int4", "int8", "numeric"],
  int4: ["int8", "numeric"],
  int8: ["numeric"],
  float4: ["float8"],
  varchar: ["text", "varchar"],
  bpchar: ["text", "varchar"],
};

/** What the code has to come to terms with, and when. */
type Meeting = "widens" | "narrows" | "differs";

function meetingOf(from: TypeName, to: TypeName): Meeting {
  if (from.arrayDimensions > 0 || to.arrayDimensions > 0) return "differs";
  if (from.name === to.name) return isShorter(from, to) ? "narrows" : "widens";
  if (WIDER[from.name]?.includes(to.name) === true && to.modifiers.length === 0) return "widens";
  return WIDER[to.name]?.includes(from.name) === true ? "narrows" : "differs";
}

/** `varchar(20)` to `varchar(10)`, `numeric` to `numeric(10,2)` */
function isShorter({ modifiers: from }: TypeName, { modifiers: to }: TypeName): boolean {
  return to.length > 0 && (from.length === 0 || to.some((size, place) => size < (from[place] ?? 0)));
}

export default defineRecipe({
  name: "change-type",
  summary: "Let a column of the new type grow beside the old one, and take its name in one transaction.",
  operation: "AlterColumnType",
  way(operation, context) {
    const { column, newType, using, collation } = operation;
    const { statement } = context.placed;
    if (statement.work[statement.statement.operations.indexOf(operation)] === "instant") return undefined;
    const table = tableIn(context, operation.table);
    const type = table.known?.columns.get(column)?.type;
    if (!type || isEnumSwap(type, newType)) return undefined;
    const meeting = using === undefined ? meetingOf(type, newType) : "differs";
    const name = quote(column);
    const steps = replaceColumn(context, {
      table,
      column,
      newType: collation === undefined ? newType.sql : `${newType.sql} COLLATE ${quote(collation)}`,
      // A cast that is written cuts what does not fit; without one PostgreSQL refuses it, as ALTER TABLE does.
      expression: using?.sql ?? name,
      start: meeting === "narrows" ? 1 : 0,
      oldestCode: meeting === "widens" ? "any" : 0,
    });
    if (!steps) return undefined;
    const both: RecipeStep = {
      name: "work-with-both",
      actor: "code",
      title: `Change the code in this pull request so that it works with \`${table.column(column)}\` both as ${type.sql} and as ${newType.sql}, by a cast wherever it compares or reads it.`,
      from: deploy(0),
      until: deploy(0),
      wayBack: "Deploy the code before it again.",
    };
    const keep: RecipeStep = {
      name: "keep-old",
      actor: "code",
      title: `Keep the code that needs \`${table.column(column)}\` as ${newType.sql} for the next pull request: until then it is ${type.sql}.`,
      from: deploy(0),
      until: deploy(0),
    };
    const ship: RecipeStep = {
      name: "use-new-type",
      actor: "code",
      title: `Ship the code that needs \`${table.column(column)}\` as ${newType.sql}.`,
      from: deploy(1),
      wayBack: "Deploy the code before it again, as long as no value was written that it cannot read.",
    };
    const [add, ...rest] = steps;
    const last = rest.pop();
    if (!add || !last) return undefined;
    const covers = statement.statement.operations.filter(
      (other) => other.type === "DropDefault" && other.column === column,
    );
    if (meeting === "narrows") return { steps: [mendRows(table, column, newType), ...steps], covers };
    const [sync, copy, ...others] = rest;
    if (!sync || !copy) return undefined;
    const code = (meeting === "differs" ? [both, keep] : [keep]).map((one) => ({ ...one, needs: [sync.name] }));
    return { steps: [add, sync, ...code, copy, ...others, ship, last], covers };
  },
});

/** Whole numbers that a type holds. */
const RANGES: Readonly<Record<string, readonly [least: string, most: string]>> = {
  int2: ["-32768", "32767"],
  int4: ["-2147483648", "2147483647"],
};

/** Rows with values that the narrower type refuses, by the types for which that can be asked without a cast that fails. */
function mendRows(table: NamedTable, column: string, { name, modifiers, sql }: TypeName): RecipeStep {
  const range = RANGES[name];
  const [length] = modifiers;
  const offends =
    range !== undefined
      ? `${quote(column)} NOT BETWEEN ${range[0]} AND ${range[1]}`
      : (name === "varchar" || name === "bpchar") && length !== undefined
        ? `length(${quote(column)}) > ${String(length)}`
        : undefined;
  return {
    name: "mend-rows",
    actor: "person",
    title: `Mend the rows of \`${table.sql}\` whose \`${quote(column)}\` does not fit ${sql}, in batches that commit each, until none is left.`,
    from: backfill(0),
    ...(offends !== undefined && { check: rowsLeft(table, offends) }),
    stopCondition: "The count grows again: something still writes such rows. Find it before the next step.",
  };
}

/** Enums have a recipe of their own. */
function isEnumSwap(from: TypeName, to: TypeName): boolean {
  return from.name === to.name && from.modifiers.length === 0 && to.modifiers.length === 0;
}
