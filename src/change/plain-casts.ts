import type { AlterColumnType } from "../model/operation.js";

/**
 * The types between a column's own and its new one, where USING only casts the column: none for `state::order_state`,
 * `text` for `state::text::order_state`. Undefined where it does anything else, or names a type in another way.
 */
export function plainCasts({ column, newType, using }: AlterColumnType): readonly string[] | undefined {
  if (using === undefined) return [];
  const sql = bare(using.sql);
  if (sql === `cast${bare(column)}as${bare(newType.sql)}`) return [];
  const [value = "", ...casts] = sql.split("::");
  if (lastPart(value) !== bare(column)) return undefined;
  const last = casts.pop();
  if (last === undefined) return [];
  const isNewType = last === bare(newType.sql) || lastPart(last.replace(/(?:\[\])*$/, "")) === bare(newType.name);
  return isNewType ? casts : undefined;
}

function bare(sql: string): string {
  return sql.replaceAll(/[\s"()]/g, "").toLowerCase();
}

function lastPart(name: string): string | undefined {
  return name.split(".").at(-1);
}
