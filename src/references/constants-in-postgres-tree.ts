/** Constants in expressions of libpg-query's trees: what a query gives to a column, or compares it with. */
import type { Node } from "libpg-query";
import { unwrap } from "../postgres/operations/names.js";
import { type Constants, HOLE } from "./query.js";

/** A field that is 0, false or empty is left out of the tree. */
interface Constant {
  readonly isnull?: boolean;
  readonly sval?: { readonly sval?: string };
  readonly ival?: { readonly ival?: number };
  readonly fval?: { readonly fval?: string };
  readonly boolval?: { readonly boolval?: boolean };
  readonly location?: number;
}

/**
 * The constants that an expression is or lists; empty where none is known.
 * @param isPlaceholder Whether a number at this place, in bytes, stands for a placeholder.
 */
export function constantsIn(
  node: Node | undefined,
  isPlaceholder: (location: number | undefined) => boolean,
): Constants {
  if (node === undefined) return [];
  const [type, value] = unwrap(node);
  const { arg, items, elements } = value as { arg?: Node; items?: Node[]; elements?: Node[] };
  switch (type) {
    case "A_Const":
      return constant(value as Constant, isPlaceholder);
    case "TypeCast":
      return constantsIn(arg, isPlaceholder);
    case "List":
    case "A_ArrayExpr":
      return (items ?? elements ?? []).flatMap((one) => constantsIn(one, isPlaceholder));
    default:
      return [];
  }
}

function constant(
  { isnull, sval, ival, fval, boolval, location }: Constant,
  isPlaceholder: (location: number | undefined) => boolean,
): Constants {
  if (isnull === true) return [null];
  if (boolval !== undefined) return [String(boolval.boolval ?? false)];
  if (sval !== undefined) return HOLE.test(sval.sval ?? "") ? [] : [sval.sval ?? ""];
  if (isPlaceholder(location)) return [];
  if (ival !== undefined) return [String(ival.ival ?? 0)];
  return fval?.fval === undefined ? [] : [fval.fval];
}
