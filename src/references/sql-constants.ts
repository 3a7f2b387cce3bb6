/** The constants in a query's expressions: what it gives to a column, or compares it with. */
import type * as ast from "pgsql-ast-parser";

export type Constants = readonly (string | null)[];

/** What stands for an expression of the host language inside of a string. */
const HOLE = /h\w*__/;

const COMPARISONS = new Set(["=", "!=", "IN", "NOT IN", "<>"]);

/**
 * The constants that an expression is or lists; empty where none is known.
 * @param isPlaceholder Whether a placeholder stood at this offset before the statement was made readable.
 */
export function constantsOf(node: ast.Expr, isPlaceholder: (offset: number) => boolean): Constants {
  switch (node.type) {
    case "string":
      return HOLE.test(node.value) ? [] : [node.value];
    case "integer":
    case "numeric":
      return isPlaceholder(node._location?.start ?? -1) ? [] : [String(node.value)];
    case "boolean":
      return [String(node.value)];
    case "null":
      return [null];
    case "cast":
      return constantsOf(node.operand, isPlaceholder);
    case "list":
    case "array":
      return node.expressions.flatMap((one) => constantsOf(one, isPlaceholder));
    case "call":
      return node.function.name === "any" ? node.args.flatMap((one) => constantsOf(one, isPlaceholder)) : [];
    default:
      return [];
  }
}

/** The column that an expression compares, with what it is compared with: `status IN ('new', 'open')`, `CASE status WHEN …`. */
export function comparisonIn(
  node: ast.Expr,
): { readonly column: ast.ExprRef; readonly values: readonly ast.Expr[] } | undefined {
  if (node.type === "case") {
    const column = columnIn(node.value);
    return column && { column, values: node.whens.map(({ when }) => when) };
  }
  if (node.type !== "binary" || !COMPARISONS.has(node.op)) return undefined;
  const left = columnIn(node.left);
  if (left !== undefined) return { column: left, values: [node.right] };
  const right = columnIn(node.right);
  return right && { column: right, values: [node.left] };
}

/** A column, cast or not. */
function columnIn(node: ast.Expr | null | undefined): ast.ExprRef | undefined {
  if (node?.type === "cast") return columnIn(node.operand);
  return node?.type === "ref" && node.name !== "*" ? node : undefined;
}
