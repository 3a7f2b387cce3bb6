/** A type change that would write the table again: a column of the new type takes the old one's place. */
import { countMisfits, misfitsOf } from "../../change/misfits.js";
import { plainCasts } from "../../change/plain-casts.js";
import type { TypeName } from "../../model/name.js";
import type { OperationOf } from "../../model/operation.js";
import type { Moment } from "../moment.js";
import { defaultAtEnd, isRequiredAgain, partsOfExchange } from "../recipe-parts/exchanged-types.js";
import { backfill, before, deploy } from "../recipe-parts/moments.js";
import { type NamedTable, quote, tableIn } from "../recipe-parts/names.js";
import { replaceColumn } from "../recipe-parts/replaced-column.js";
import { defineRecipe, type RecipeContext, type RecipeStep } from "../recipe.js";

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
    const meets = meetingOf(type, newType);
    // A cast that is written is what PostgreSQL would do for a wider type; for another it may change the values.
    const isCast = meets === "widens" && plainCasts(operation)?.length === 0;
    const meeting = using === undefined || isCast ? meets : "differs";
    const name = quote(column);
    const replaced = replaceColumn(context, {
      table,
      column,
      newType: collation === undefined ? newType.sql : `${newType.sql} COLLATE ${quote(collation)}`,
      // A cast that is written cuts what does not fit; without one PostgreSQL refuses it, as ALTER TABLE does.
      expression: using?.sql ?? name,
      start: meeting === "narrows" ? 1 : 0,
      oldestCode: meeting === "widens" ? "any" : 0,
      required: isRequiredAgain(context, operation),
      newDefault: defaultAtEnd(context, operation),
    });
    if (!replaced) return undefined;
    const { steps } = replaced;
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
    const covers = [...partsOfExchange(context, [], [operation]), ...replaced.covers];
    // Code that the new type does not fit is gone before a narrower one comes; else it meets the trigger.
    const mend = mendRows(operation, context, table, meeting === "narrows" ? backfill(0) : before(0));
    if (meeting === "narrows") return { steps: [...mend, ...steps], covers };
    const [sync, copy, ...others] = rest;
    if (!sync || !copy) return undefined;
    const code = (meeting === "differs" ? [both, keep] : [keep]).map((one) => ({ ...one, needs: [sync.name] }));
    return { steps: [...mend, add, sync, ...code, copy, ...others, ship, last], covers };
  },
});

/** What somebody does with the rows that the new type refuses, or that the cast cuts, and what counts them. */
function mendRows(
  operation: OperationOf<"AlterColumnType">,
  context: RecipeContext,
  table: NamedTable,
  from: Moment,
): readonly RecipeStep[] {
  const misfits = misfitsOf(operation, context.placed.statement.before, context.postgres);
  if (misfits === undefined) return [];
  const { column, newType } = operation;
  const rows = `the rows of \`${table.sql}\` whose \`${quote(column)}\``;
  const title =
    misfits.kind === "cut"
      ? `Shorten ${rows} is longer than ${newType.sql}, in batches that commit each, until none is left: the cast in USING cuts them without a word.`
      : `Mend ${rows} does not fit ${newType.sql}, in batches that commit each, until none is left.`;
  return [
    {
      name: "mend-rows",
      actor: "person",
      title: from.slot === "before" ? `${title} From the trigger on, a write of such a value fails.` : title,
      from,
      check: { sql: countMisfits(table, misfits), answer: "0" },
      wayBack: "The values of before come back from a backup alone.",
      stopCondition: "The count grows again: something still writes such rows. Find it before the next step.",
    },
  ];
}

/** Enums have a recipe of their own. */
function isEnumSwap(from: TypeName, to: TypeName): boolean {
  return from.name === to.name && from.modifiers.length === 0 && to.modifiers.length === 0;
}
