/**
 * An enum that loses values: PostgreSQL cannot drop one, so the pull request makes another type and lets the column take
 * it. Here a column of the new type takes the old one's place, once nothing writes the values that go.
 */
import type { OperationOf } from "../../model/operation.js";
import { rowsLeft } from "../recipe-parts/checks.js";
import { defaultAtEnd, partsOfExchange } from "../recipe-parts/exchanged-types.js";
import { backfill, deploy } from "../recipe-parts/moments.js";
import { derivedName, literal, quote, tableIn } from "../recipe-parts/names.js";
import { replaceColumn } from "../recipe-parts/replaced-column.js";
import { shortly, withoutLimit } from "../recipe-parts/statements.js";
import { defineRecipe, type RecipeContext } from "../recipe.js";

export default defineRecipe({
  name: "remove-enum-value",
  summary: "Take the value out of code and rows, and let a column of a new type take the old one's place.",
  operation: "AlterColumnType",
  way(operation, context) {
    const { before: catalog } = context.placed.statement;
    const table = tableIn(context, operation.table);
    const known = table.known?.columns.get(operation.column);
    const made = created(context, operation.newType.name);
    const was = known?.type && catalog.enum(known.type);
    if (!made || !was || !known || operation.newType.arrayDimensions > 0) return undefined;
    const type = catalog.qualify(made.operation.enum);
    const others = [...catalog.tables()].some((other) =>
      [...other.columns.values()].some(
        (column) => column !== known && column.type?.name === was.name && column.type.arrayDimensions === 0,
      ),
    );
    // One column at a time: for several the types would have to change names together.
    if (others) return undefined;
    const { values } = made.operation;
    const gone = was.values.filter((value) => !values.includes(value));
    const inSchema = (name: string): string =>
      was.schema === "public" ? quote(name) : `${quote(was.schema)}.${quote(name)}`;
    const temporary = inSchema(
      derivedName(type.name, "new", (name) => catalog.type({ schema: was.schema, name }) !== undefined),
    );
    // Where the pull request gives the new type the old one's name, that is its name at the end.
    const final = renamed(context, type.name) ?? type.name;
    const wanted = quote(final);
    const aside = derivedName(
      type.name,
      "old",
      (name) => name !== was.name && catalog.type({ schema: was.schema, name }) !== undefined,
    );
    // The pull request may have renamed the old type already: outside of it, it has its first name.
    const first = firstName(context, was.name) ?? was.name;
    const column = quote(operation.column);
    const replaced = replaceColumn(context, {
      table,
      column: operation.column,
      newType: temporary,
      expression: `${column}::text::${temporary}`,
      start: 1,
      oldestCode: 0,
      newDefault: defaultAtEnd(context, operation) ?? known.default?.sql.replace(/::.*$/s, ""),
      afterSwap: [
        ...(first === final ? [`ALTER TYPE ${inSchema(first)} RENAME TO ${quote(aside)};`] : []),
        `ALTER TYPE ${temporary} RENAME TO ${wanted};`,
      ],
      atTheEnd: [`DROP TYPE ${inSchema(first === final ? aside : first)};`],
    });
    if (!replaced) return undefined;
    const listed = gone.map((value) => `\`${value}\``).join(", ");
    const left = `${column} IN (${gone.map(literal).join(", ")})`;
    const [add, ...rest] = replaced.steps;
    if (!add) return undefined;
    return {
      only: true,
      covers: [...partsOfExchange(context, [was.name, first, type.name, final], [operation]), ...replaced.covers],
      steps: [
        ...(gone.length === 0
          ? []
          : [
              {
                name: "stop-using",
                actor: "code" as const,
                title: `Let the code in this pull request write ${listed} nowhere, and still read ${gone.length === 1 ? "it" : "them"}.`,
                from: deploy(0),
                until: deploy(0),
              },
              {
                name: "mend-rows",
                actor: "person" as const,
                title: `Give the rows of \`${table.sql}\` that have ${listed} another value, in batches that commit each.`,
                from: backfill(0),
                check: rowsLeft(table, left),
                stopCondition: "The count grows again: something still writes it. Find it before the next step.",
              },
            ]),
        {
          ...add,
          sql: shortly(
            context,
            `CREATE TYPE ${temporary} AS ENUM (${values.map(literal).join(", ")});`,
            withoutLimit(add.sql ?? ""),
          ),
        },
        ...rest,
      ],
    };
  },
});

/** The statement that makes the new type. */
function created(
  { operations }: RecipeContext,
  name: string,
): { readonly operation: OperationOf<"CreateEnum"> } | undefined {
  for (const { operation } of operations) {
    if (operation.type === "CreateEnum" && operation.enum.name === name) return { operation };
  }
  return undefined;
}

/** The name that the type has at base, where the pull request has given it another by then. */
function firstName({ operations, placed }: RecipeContext, name: string): string | undefined {
  for (const { operation } of operations) {
    if (operation === placed.operation) return undefined;
    if (operation.type === "RenameType" && operation.newName === name) return operation.name.name;
  }
  return undefined;
}

function renamed({ operations }: RecipeContext, name: string): string | undefined {
  for (const { operation } of operations) {
    if (operation.type === "RenameType" && operation.name.name === name) return operation.newName;
  }
  return undefined;
}
