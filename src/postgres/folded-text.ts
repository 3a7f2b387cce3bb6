/** The text that a SQL expression makes of its literals, as in `EXECUTE format('DROP TABLE %I', 'orders')`. */
import type { Node } from "libpg-query";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { parseTree } from "./libpg-query.js";

/** Stands in a folded text for what only the server knows, in the form of a name. */
export const UNKNOWN_NAME = "unknown_at_this_place";

/** What variables and parameters hold, by their names. */
export type KnownTexts = ReadonlyMap<string, string>;

const NOTHING: KnownTexts = new Map();

/** Whatever is neither literal nor known becomes an `UNKNOWN_NAME`; undefined where the expression is not understood. */
export function foldText(expression: string, known: KnownTexts = NOTHING): string | undefined {
  const outcome = parseTree(`SELECT ${expression}`);
  const select = outcome.ok ? outcome.statements[0]?.stmt : undefined;
  if (select === undefined || !("SelectStmt" in select)) return undefined;
  const [target, ...others] = select.SelectStmt.targetList ?? [];
  if (target === undefined || others.length > 0 || !("ResTarget" in target)) return undefined;
  return textOf(target.ResTarget.val, known);
}

export function textOf(node: Node | undefined, known: KnownTexts = NOTHING): string | undefined {
  if (node === undefined) return undefined;
  if ("A_Const" in node) {
    const { sval, ival } = node.A_Const as { sval?: { sval?: string }; ival?: { ival?: number } };
    return sval ? (sval.sval ?? "") : ival ? String(ival.ival ?? 0) : UNKNOWN_NAME;
  }
  if ("ColumnRef" in node) {
    const { fields = [] } = node.ColumnRef;
    return fields.length === 1 ? (known.get(nameOf(fields)) ?? UNKNOWN_NAME) : UNKNOWN_NAME;
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

function nameOf(name: readonly Node[] | undefined): string {
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
