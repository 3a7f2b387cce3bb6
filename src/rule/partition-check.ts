import type { Table } from "../model/catalog.js";
import type { PartitionBound, PartitionBoundValue } from "../model/operation.js";
import { quoteIdentifier } from "../text/quote-identifier.js";

/**
 * A CHECK that proves which rows a table has, to paste: `CHECK (day >= '2027-01-01' AND day < '2028-01-01')`; in words
 * where the key has several columns or is an expression.
 * @param where Whether all rows belong to the partition, or none.
 * @param partition The table that is to be attached: its columns that can be NULL need more.
 */
export function partitionCheck(
  parent: Table,
  bound: PartitionBound,
  where: "inside" | "outside",
  partition?: Table,
): string {
  const [key, ...others] = parent.partitionExpressions === true ? [] : (parent.partitionKey ?? []);
  const inWords = `a CHECK that says ${where === "inside" ? "the same as" : "the opposite of"} FOR VALUES`;
  if (key === undefined || others.length > 0) return inWords;
  const column = quoteIdentifier(key);
  const clauses = bound.strategy === "range" ? ofRange(column, bound, where) : ofList(column, bound, where);
  if (clauses === undefined || clauses.length === 0) return inWords;
  const takesNull = bound.strategy === "list" && bound.values.some(({ kind }) => kind === "null");
  const nullable = partition?.columns.get(key)?.notNull === false && !takesNull;
  const all = where === "inside" && nullable ? [`${column} IS NOT NULL`, ...clauses] : clauses;
  return `CHECK (${all.join(where === "inside" ? " AND " : " OR ")})`;
}

function ofRange(
  column: string,
  { from: [from], to: [to] }: Extract<PartitionBound, { readonly strategy: "range" }>,
  where: "inside" | "outside",
): string[] | undefined {
  const [low, high] = [literal(from), literal(to)];
  if ((low ?? high) === undefined) return undefined;
  const inside = where === "inside";
  return [
    ...(low === undefined ? [] : [`${column} ${inside ? ">=" : "<"} ${low}`]),
    ...(high === undefined ? [] : [`${column} ${inside ? "<" : ">="} ${high}`]),
  ];
}

function ofList(column: string, bound: PartitionBound, where: "inside" | "outside"): string[] | undefined {
  if (bound.strategy !== "list") return undefined;
  const values = bound.values.flatMap((value) => literal(value) ?? []);
  return values.length === 0 ? undefined : [`${column} ${where === "inside" ? "IN" : "NOT IN"} (${values.join(", ")})`];
}

function literal(value: PartitionBoundValue | undefined): string | undefined {
  if (value?.kind !== "constant") return undefined;
  return /^-?\d+$/.test(value.value) ? value.value : `'${value.value.replaceAll("'", "''")}'`;
}
