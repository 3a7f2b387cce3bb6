import type { AlterColumnType } from "../model/operation.js";

/**
 * The types between a column's own and its new one, where USING only casts the column: none for `state::order_state`,
 * `text` for `state::text::order_state`. Undefined where it does anything else, or names a type in another way.
 */
export function plainCasts({ column, newType, using }: AlterColumnType): readonly string[] | undefined {
  if (using === undefined) return [];
  const [value = "", ...casts] = bare(using.sql).split("::");
  const last = casts.pop();
  const isColumn = lastPart(value) === bare(column);
  const isNewType =
    last !== undefined &&
    (last === bare(newType.sql) || lastPart(last.replace(/(?:\[\])*$/, "")) === bare(newType.name));
  return isColumn && isNewType ? casts : undefined;
}

function bare(sql: string): string {
  return sql.replaceAll(/[\s"()]/g, "");
}

function lastPart(name: string): string | undefined {
  return name.split(".").at(-1);
}
