/** An enum that only gains values, by a second type that the columns take: PostgreSQL adds values to the one that is there. */
import { type ExtendedEnum, extendedEnum } from "../../change/extended-enums.js";
import type { AlterColumnType, Operation } from "../../model/operation.js";
import { addValue, writeLater } from "../recipe-parts/added-enum-values.js";
import { defaultAtEnd, partsOfExchange } from "../recipe-parts/exchanged-types.js";
import { literal, tableIn } from "../recipe-parts/names.js";
import { defineRecipe, type RecipeContext } from "../recipe.js";

export default defineRecipe({
  name: "extend-enum",
  summary: "Add the values to the type that is there: no table is rewritten.",
  operation: "AlterColumnType",
  way(operation, context) {
    const extended = extensionBy(operation, context);
    const former = columnOf(operation, context)?.type;
    if (!extended || !former) return undefined;
    const { type, added } = extended;
    const columns = context.operations.flatMap((placed): AlterColumnType[] => {
      const there = { ...context, placed };
      const { operation: other } = placed;
      if (other.type !== "AlterColumnType" || columnOf(other, there)?.type?.name !== former.name) return [];
      return extensionBy(other, there) ? [other] : [];
    });
    const values = added.map(({ value }) => value);
    const [first = context.placed] = context.operations;
    const hasDefault = (one: AlterColumnType, sql: string | undefined): boolean =>
      withoutCast(defaultAtEnd(context, one)) === withoutCast(sql);
    // Nothing may use a value in the transaction that adds it.
    if (columns.some((one) => values.some((value) => hasDefault(one, literal(value))))) return undefined;
    const kept = columns.filter((one) => hasDefault(one, columnOf(one, { ...context, placed: first })?.default?.sql));
    return {
      only: true,
      covers: [...partsOfExchange(context, [former.name, operation.newType.name, type.name], kept), ...columns],
      steps: [...added.map((one, index) => addValue(type, one, index)), writeLater(values)],
    };
  },
});

function extensionBy(operation: AlterColumnType, { operations, placed }: RecipeContext): ExtendedEnum | undefined {
  const all = operations.map((one): Operation => one.operation);
  return extendedEnum(operation, placed.statement.before, all);
}

/** The column as it is before the operation's statement. */
function columnOf({ table, column }: AlterColumnType, context: RecipeContext) {
  return tableIn(context, table).known?.columns.get(column);
}

function withoutCast(sql: string | undefined): string | undefined {
  return sql?.replace(/::.*$/s, "");
}
