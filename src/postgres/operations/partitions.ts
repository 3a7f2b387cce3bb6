/** PARTITION BY, and which rows go to a partition. */
import type { Node, PartitionBoundSpec, PartitionElem, PartitionSpec } from "libpg-query";
import type { PartitionBound, PartitionBoundValue, PartitionKey } from "../../model/operation.js";
import { mentionsOf } from "./expressions.js";
import { all, as, strings } from "./names.js";
import { constant } from "./session.js";

const STRATEGIES: Readonly<Record<string, PartitionKey["strategy"]>> = {
  PARTITION_STRATEGY_LIST: "list",
  PARTITION_STRATEGY_RANGE: "range",
  PARTITION_STRATEGY_HASH: "hash",
};

export function partitionKey({ strategy, partParams }: PartitionSpec): PartitionKey {
  const elements = all<PartitionElem>(partParams, "PartitionElem");
  const columns = elements.flatMap(({ name, expr }) => name ?? mentionsOf(expr).columns);
  return {
    strategy: STRATEGIES[strategy ?? ""] ?? "range",
    columns: [...new Set(columns)],
    hasExpression: elements.some(({ expr }) => expr !== undefined),
  };
}

export function partitionBound(bound: PartitionBoundSpec): PartitionBound {
  if (bound.is_default === true) return { strategy: "default" };
  switch (bound.strategy) {
    case "h":
      return { strategy: "hash", modulus: bound.modulus ?? 0, remainder: bound.remainder ?? 0 };
    case "l":
      return { strategy: "list", values: boundValues(bound.listdatums) };
    default:
      return { strategy: "range", from: boundValues(bound.lowerdatums), to: boundValues(bound.upperdatums) };
  }
}

function boundValues(nodes: readonly Node[] | undefined): PartitionBoundValue[] {
  return (nodes ?? []).map((node) => {
    // The grammar reads MINVALUE and MAXVALUE as names of columns, which a bound cannot have.
    const name = strings(as<{ fields?: Node[] }>(node, "ColumnRef")?.fields)[0];
    if (name === "minvalue" || name === "maxvalue") return { kind: name };
    if (as<{ isnull?: boolean }>(node, "A_Const")?.isnull === true) return { kind: "null" };
    const value = constant(as<{ arg?: Node }>(node, "TypeCast")?.arg ?? node);
    return value === undefined ? { kind: "expression" } : { kind: "constant", value };
  });
}
