/** Which constants a CHECK refuses, as far as its expression compares one column with constants. */
import type { Node } from "libpg-query";
import { parseTree } from "../postgres/libpg-query.js";
import { nameOf, unwrap } from "../postgres/operations/names.js";

/** Tells of a column's value whether the expression is known to be false for it. NULL is refused by no comparison. */
export type Refuses = (value: string) => boolean;

type Fields = Readonly<Record<string, unknown>>;

const known = new Map<string, ReadonlyMap<string, Refuses>>();

/** By column what a CHECK refuses, whatever the other columns hold; no column where that is not known. */
export function refusedConstants(check: string): ReadonlyMap<string, Refuses> {
  let refusals = known.get(check);
  if (refusals === undefined) known.set(check, (refusals = readCheck(check)));
  return refusals;
}

/** The only values of a column that a CHECK allows, where it says nothing else: `IN (…)`, `=`, and what OR joins of these. */
export function allowedConstants(
  check: string,
): { readonly column: string; readonly values: ReadonlySet<string> } | undefined {
  const node = expressionOf(check);
  return node && allowedIn(node);
}

function allowedIn(node: Node): ReturnType<typeof allowedConstants> {
  const [type, fields] = unwrap(node) as [string, Fields];
  if (type === "BoolExpr" && fields["boolop"] === "OR_EXPR") {
    const parts = (fields["args"] as Node[]).map(allowedIn);
    const [first] = parts;
    if (first === undefined || parts.some((part) => part?.column !== first.column)) return undefined;
    return { column: first.column, values: new Set(parts.flatMap((part) => [...(part?.values ?? [])])) };
  }
  if (type !== "A_Expr" || nameOf(fields["name"] as Node[]).name !== "=") return undefined;
  const compared = comparedWith(fields);
  return compared && { column: compared.column, values: new Set(compared.values) };
}

function expressionOf(check: string): Node | undefined {
  const parsed = parseTree(`SELECT ${check}`);
  const statement = parsed.ok ? parsed.statements[0]?.stmt : undefined;
  const select = statement === undefined ? undefined : (unwrap(statement)[1] as Fields);
  const target = (select?.["targetList"] as Node[] | undefined)?.[0];
  return target === undefined ? undefined : ((unwrap(target)[1] as Fields)["val"] as Node | undefined);
}

function readCheck(check: string): ReadonlyMap<string, Refuses> {
  const value = expressionOf(check);
  const found = new Map<string, Refuses>();
  for (const clause of value === undefined ? [] : conjuncts(value)) {
    const one = disjunction(clause);
    if (one === undefined) continue;
    const other = found.get(one.column);
    found.set(one.column, other === undefined ? one.refuses : (given) => other(given) || one.refuses(given));
  }
  return found;
}

/** What AND joins: each of them must hold. */
function conjuncts(node: Node): readonly Node[] {
  const [type, fields] = unwrap(node) as [string, Fields];
  if (type !== "BoolExpr" || fields["boolop"] !== "AND_EXPR") return [node];
  return (fields["args"] as Node[]).flatMap(conjuncts);
}

interface Comparison {
  readonly column: string;
  readonly refuses: Refuses;
}

/** What OR joins must all be refused, and be about one column. */
function disjunction(node: Node): Comparison | undefined {
  const [type, fields] = unwrap(node) as [string, Fields];
  if (type !== "BoolExpr" || fields["boolop"] !== "OR_EXPR") return comparison(type, fields);
  const parts = (fields["args"] as Node[]).map(disjunction);
  const [first] = parts;
  if (first === undefined || parts.some((part) => part?.column !== first.column)) return undefined;
  return { column: first.column, refuses: (value) => parts.every((part) => part?.refuses(value) === true) };
}

function comparison(type: string, fields: Fields): Comparison | undefined {
  const compared = type === "A_Expr" ? comparedWith(fields) : undefined;
  if (compared === undefined) return undefined;
  const { column, values, listed } = compared;
  const operator = nameOf(fields["name"] as Node[]).name;
  if (operator === "=") return { column, refuses: (value) => !values.some((one) => isEqual(value, one)) };
  if (listed && fields["kind"] !== "AEXPR_IN") return undefined;
  if (operator === "<>") return { column, refuses: (value) => values.some((one) => isEqual(value, one)) };
  const compare = ORDER[operator];
  const bound = numberIn(values[0]);
  if (compare === undefined || bound === undefined) return undefined;
  return {
    column,
    refuses: (value) => {
      const number = numberIn(value);
      return number !== undefined && !compare(number, bound);
    },
  };
}

/** A column and the constants on the other side of the operator. */
function comparedWith(
  fields: Fields,
): { readonly column: string; readonly values: readonly string[]; readonly listed: boolean } | undefined {
  const column = columnIn(fields["lexpr"]);
  if (column === undefined || !COMPARES.has(fields["kind"])) return undefined;
  const listed = fields["kind"] === "AEXPR_IN" || fields["kind"] === "AEXPR_OP_ANY";
  const right = listed ? constantsIn(fields["rexpr"]) : [constantIn(fields["rexpr"])];
  if (right === undefined || right.length === 0 || right.some((value) => value === undefined)) return undefined;
  return { column, values: right as readonly string[], listed };
}

/** PostgreSQL's parser names `=` as the operator of `IS DISTINCT FROM`, too. */
const COMPARES: ReadonlySet<unknown> = new Set(["AEXPR_OP", "AEXPR_IN", "AEXPR_OP_ANY"]);

const ORDER: Readonly<Record<string, (one: number, other: number) => boolean>> = {
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
};

function isEqual(one: string, other: string): boolean {
  return one === other || (numberIn(one) !== undefined && numberIn(one) === numberIn(other));
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** `status`, also as `(status)::text`. */
export function columnIn(node: unknown): string | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const [type, fields] = unwrap(node as Node) as [string, Fields];
  if (type === "TypeCast") return columnIn(fields["arg"]);
  return type === "ColumnRef" ? nameOf(fields["fields"] as Node[]).name : undefined;
}

/** `'new'`, `1`, `-1`, also with a cast. */
export function constantIn(node: unknown): string | undefined {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return undefined;
  const [type, fields] = unwrap(node as Node) as [string, Fields];
  if (type === "TypeCast") return constantIn(fields["arg"]);
  if (type !== "A_Const") return undefined;
  const { sval, ival, fval } = fields as {
    sval?: { sval?: string };
    ival?: { ival?: number };
    fval?: { fval?: string };
  };
  if (sval !== undefined) return sval.sval ?? "";
  if (ival !== undefined) return String(ival.ival ?? 0);
  return fval?.fval;
}

/** The elements of `IN (…)`, and of `= ANY (ARRAY[…])`. */
export function constantsIn(node: unknown): readonly (string | undefined)[] | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const [type, fields] = unwrap(node as Node) as [string, Fields];
  if (type === "TypeCast") return constantsIn(fields["arg"]);
  const items = type === "List" ? fields["items"] : type === "A_ArrayExpr" ? fields["elements"] : undefined;
  return (items as Node[] | undefined)?.map(constantIn);
}
