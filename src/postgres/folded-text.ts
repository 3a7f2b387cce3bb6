/** The text that a SQL expression makes of its literals, as in `EXECUTE format('DROP TABLE %I', 'orders')`. */
import type { Node } from "libpg-query";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { parseTree } from "./libpg-query.js";

/** Stands in a folded text for what only the server knows, in the form of a name. */
export const UNKNOWN_NAME = "unknown_at_this_place";

/** What a variable or parameter holds: a text, an array of texts, a boolean. */
export type KnownValue = string | readonly string[] | boolean;

/** By the names of the variables, a record's fields as `r.field`. */
export type KnownValues = ReadonlyMap<string, KnownValue>;

const NOTHING: KnownValues = new Map();

/** Whatever is neither literal nor known becomes an `UNKNOWN_NAME`; undefined where the expression is not understood. */
export function foldText(expression: string, known: KnownValues = NOTHING): string | undefined {
  return textOf(parseExpression(expression), known);
}

/** The elements of an array, each as `foldText` has it; undefined where it is not known how many there are. */
export function foldTexts(expression: string, known: KnownValues = NOTHING): readonly string[] | undefined {
  return textsOf(parseExpression(expression), known);
}

/** What a condition comes to; undefined where only a run knows. */
export function foldTruth(expression: string, known: KnownValues = NOTHING): boolean | undefined {
  return truthOf(parseExpression(expression), known);
}

function parseExpression(expression: string): Node | undefined {
  const outcome = parseTree(`SELECT ${expression}`);
  const select = outcome.ok ? outcome.statements[0]?.stmt : undefined;
  if (select === undefined || !("SelectStmt" in select)) return undefined;
  const [target, ...others] = select.SelectStmt.targetList ?? [];
  if (target === undefined || others.length > 0 || !("ResTarget" in target)) return undefined;
  return target.ResTarget.val;
}

export function textOf(node: Node | undefined, known: KnownValues = NOTHING): string | undefined {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const { sval, ival } = node.A_Const as { sval?: { sval?: string }; ival?: { ival?: number } };
    return sval ? (sval.sval ?? "") : ival ? String(ival.ival ?? 0) : UNKNOWN_NAME;
  }
  if ("ColumnRef" in node) {
    const value = valueOf(node.ColumnRef.fields, known);
    return typeof value === "string" ? value : UNKNOWN_NAME;
  }
  if ("TypeCast" in node) return textOf(node.TypeCast.arg, known);
  if ("A_Expr" in node) {
    const { name, lexpr, rexpr } = node.A_Expr;
    const [left, right] = [textOf(lexpr, known), textOf(rexpr, known)];
    return nameOf(name) === "||" && left !== undefined && right !== undefined ? left + right : UNKNOWN_NAME;
  }
  if (!("FuncCall" in node)) return UNKNOWN_NAME;
  const { funcname, args = [] } = node.FuncCall;
  const values = args.map((argument) => textOf(argument, known) ?? UNKNOWN_NAME);
  const fold = FUNCTIONS[nameOf(funcname)];
  return fold === undefined ? UNKNOWN_NAME : fold(values);
}

export function textsOf(node: Node | undefined, known: KnownValues = NOTHING): readonly string[] | undefined {
  if (node === undefined) return undefined;
  if ("A_ArrayExpr" in node) {
    return node.A_ArrayExpr.elements?.map((element) => textOf(element, known) ?? UNKNOWN_NAME) ?? [];
  }
  if ("TypeCast" in node) {
    const literal = textOf(node.TypeCast.arg, known) ?? "";
    // Elements in quotes or braces are left alone.
    const [, elements] = /^\{([^{}"\\]+)\}$/.exec(literal) ?? [];
    return elements?.split(",").map((element) => element.trim()) ?? textsOf(node.TypeCast.arg, known);
  }
  const value = "ColumnRef" in node ? valueOf(node.ColumnRef.fields, known) : undefined;
  return Array.isArray(value) ? (value as readonly string[]) : undefined;
}

export function truthOf(node: Node | undefined, known: KnownValues = NOTHING): boolean | undefined {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const { boolval } = node.A_Const as { boolval?: { boolval?: boolean } };
    return boolval && boolval.boolval === true;
  }
  if ("ColumnRef" in node) {
    const value = valueOf(node.ColumnRef.fields, known);
    return typeof value === "boolean" ? value : undefined;
  }
  if ("BoolExpr" in node && node.BoolExpr.boolop === "NOT_EXPR") {
    const inner = truthOf(node.BoolExpr.args?.[0], known);
    return inner === undefined ? undefined : !inner;
  }
  if (!("A_Expr" in node)) return undefined;
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  // IS DISTINCT FROM has the operator's name, too.
  if (kind !== "AEXPR_OP" || nameOf(name) !== "=") return undefined;
  const [left, right] = [truthOf(lexpr, known), truthOf(rexpr, known)];
  return left === undefined || right === undefined ? undefined : left === right;
}

function valueOf(fields: readonly Node[] = [], known: KnownValues): KnownValue | undefined {
  return known.get(fields.map((field) => nameOf([field])).join("."));
}

export function nameOf(name: readonly Node[] | undefined): string {
  const last = name?.at(-1);
  return last !== undefined && "String" in last ? (last.String.sval ?? "") : "";
}

const FUNCTIONS: Readonly<Record<string, (values: readonly string[]) => string | undefined>> = {
  concat: (values) => values.join(""),
  format: ([pattern = "", ...values]) => formatted(pattern, values),
  quote_ident: ([name = ""]) => quoteIdentifier(name),
  quote_literal: ([value = ""]) => quoteLiteral(value),
};

const CONVERSIONS: Readonly<Record<string, (value: string) => string>> = {
  I: quoteIdentifier,
  L: quoteLiteral,
  s: (value) => value,
};

/** `format()` with `%s`, `%I`, `%L`, `%%` and positions (PostgreSQL documentation, 9.4.1); widths are not known here. */
function formatted(pattern: string, values: readonly string[]): string | undefined {
  let next = 0;
  let known = true;
  const text = pattern.replace(/%(?:%|(?:(\d+)\$)?([sIL])|)/g, (found, position: string | undefined, type?: string) => {
    if (found === "%%") return "%";
    if (position !== undefined) next = Number(position) - 1;
    const value = values[next++];
    const convert = CONVERSIONS[type ?? ""];
    if (value !== undefined && convert !== undefined) return convert(value);
    known = false;
    return "";
  });
  return known ? text : undefined;
}

function quoteLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
