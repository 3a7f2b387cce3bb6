import type { Node } from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { Expression } from "../../model/operation.js";
import type { Range } from "../../model/position.js";
import { builtinVolatility } from "../function-volatility.js";
import type { StatementSource } from "../statement-source.js";
import { as, nameOf, strings, unwrap } from "./names.js";

/** Keywords that are functions (SQLValueFunction), by the function whose volatility they share. */
const VALUE_FUNCTIONS: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: "now",
  SVFOP_CURRENT_TIME: "now",
  SVFOP_CURRENT_TIME_N: "now",
  SVFOP_CURRENT_TIMESTAMP: "now",
  SVFOP_CURRENT_TIMESTAMP_N: "now",
  SVFOP_LOCALTIME: "now",
  SVFOP_LOCALTIME_N: "now",
  SVFOP_LOCALTIMESTAMP: "now",
  SVFOP_LOCALTIMESTAMP_N: "now",
  SVFOP_CURRENT_ROLE: "current_user",
  SVFOP_CURRENT_USER: "current_user",
  SVFOP_USER: "current_user",
  SVFOP_SESSION_USER: "session_user",
  SVFOP_CURRENT_CATALOG: "current_database",
  SVFOP_CURRENT_SCHEMA: "current_schema",
};

/** What a query or an expression names. */
export interface Mentions {
  readonly functions: QualifiedName[];
  readonly columns: string[];
  readonly relations: QualifiedName[];
}

/**
 * Everything that a part of a tree mentions, each name once. Not recursive: machine-written SQL nests deeper than
 * JavaScript's stack.
 */
export function mentionsOf(...roots: readonly unknown[]): Mentions {
  const functions = new Map<string, QualifiedName>();
  const relations = new Map<string, QualifiedName>();
  const columns = new Set<string>();
  const withQueries = new Set<string>();
  const pending: unknown[] = [...roots].reverse();
  for (let node = pending.pop(); node !== undefined || pending.length > 0; node = pending.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      for (let index = node.length - 1; index >= 0; index--) pending.push(node[index]);
      continue;
    }
    const keys = Object.keys(node);
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index] as string;
      const value = (node as Record<string, unknown>)[key];
      switch (key) {
        // FOR UPDATE OF names the query's aliases, not relations.
        case "LockingClause":
          continue;
        case "FuncCall":
          add(functions, nameOf((value as { funcname?: Node[] }).funcname));
          break;
        case "SQLValueFunction":
          add(functions, { name: VALUE_FUNCTIONS[(value as { op?: string }).op ?? ""] ?? "now" });
          break;
        case "ColumnRef": {
          const fields = (value as { fields?: Node[] }).fields ?? [];
          const last = fields.at(-1);
          if (last !== undefined && as(last, "String") !== undefined) columns.add(strings([last])[0] as string);
          continue;
        }
        case "RangeVar": {
          const { schemaname, relname } = value as { schemaname?: string; relname?: string };
          add(relations, { ...(schemaname !== undefined && { schema: schemaname }), name: relname ?? "" });
          continue;
        }
        case "CommonTableExpr":
          withQueries.add((value as { ctename?: string }).ctename ?? "");
          break;
      }
      if (typeof value === "object") pending.push(value);
    }
  }
  return {
    functions: [...functions.values()],
    columns: [...columns],
    relations: [...relations.values()].filter(({ schema, name }) => schema !== undefined || !withQueries.has(name)),
  };
}

/** The functions among what is mentioned that are the user's own, for all that their names tell. */
export function usersFunctions({ functions }: Mentions): QualifiedName[] {
  return functions.filter((name) =>
    name.schema === undefined ? builtinVolatility(name) === undefined : name.schema !== "pg_catalog",
  );
}

function add(names: Map<string, QualifiedName>, name: QualifiedName): void {
  const key = `${name.schema ?? ""}\0${name.name}`;
  if (!names.has(key)) names.set(key, name);
}

function kindOf(node: Node): Expression["kind"] {
  let inner: Node | undefined = node;
  for (;;) {
    const [type, value] = unwrap(inner);
    if (type === "A_Const") return (value as { isnull?: boolean }).isnull === true ? "null" : "constant";
    if (type === "A_ArrayExpr") {
      const elements = (value as { elements?: Node[] }).elements ?? [];
      return elements.every((element) => kindOf(element) !== "expression") ? "constant" : "expression";
    }
    if (type !== "TypeCast" && type !== "CollateClause") return "expression";
    inner = (value as { arg?: Node }).arg;
    if (inner === undefined) return "expression";
  }
}

export function expression(source: StatementSource, node: Node | undefined, range: Range): Expression {
  const { functions, columns } = mentionsOf(node);
  return { sql: source.sql(range), range, kind: node === undefined ? "expression" : kindOf(node), functions, columns };
}

/** Columns that a CHECK with this expression proves to be not null: `c IS NOT NULL`, alone or as a part of an AND. */
export function provesNotNull(node: Node | undefined): string[] {
  const proved = new Set<string>();
  const pending = node === undefined ? [] : [node];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const and = as<{ boolop?: string; args?: Node[] }>(part, "BoolExpr");
    if (and?.boolop === "AND_EXPR") pending.push(...(and.args ?? []).toReversed());
    const test = as<{ nulltesttype?: string; arg?: Node }>(part, "NullTest");
    if (test?.nulltesttype !== "IS_NOT_NULL") continue;
    const column = strings(as<{ fields?: Node[] }>(test.arg, "ColumnRef")?.fields).at(-1);
    if (column !== undefined) proved.add(column);
  }
  return [...proved];
}

/** Whether a condition is true for every row, whatever the row: `true`, `1 = 1`, `true OR …`. */
export function isTrue(condition: Node | undefined): boolean {
  const pending = condition === undefined ? [] : [condition];
  let found = false;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const [type, node] = unwrap(part);
    const { boolop, args = [] } = node as { boolop?: string; args?: Node[] };
    if (type === "BoolExpr" && boolop === "AND_EXPR") pending.push(...args);
    else if (type === "BoolExpr" && boolop === "OR_EXPR") {
      // One level of OR is what people write; deeper ones are not looked into.
      if (!args.some(isTrueByItself)) return false;
      found = true;
    } else if (isTrueByItself(part)) found = true;
    else return false;
  }
  return found;
}

/** The constant true, or a constant compared with itself. */
function isTrueByItself(node: Node): boolean {
  const constant = as<{ boolval?: { boolval?: boolean } }>(node, "A_Const");
  if (constant !== undefined) return constant.boolval?.boolval === true;
  const comparison = as<{ kind?: string; name?: Node[]; lexpr?: Node; rexpr?: Node }>(node, "A_Expr");
  // IS DISTINCT FROM has the operator's name, too.
  if (comparison?.kind !== "AEXPR_OP" || strings(comparison.name)[0] !== "=") return false;
  const [left, right] = [constantOf(comparison.lexpr), constantOf(comparison.rexpr)];
  return left !== undefined && left === right;
}

/** A constant of a tree as one string, without its place; undefined for anything else, NULL among them. */
function constantOf(node: Node | undefined): string | undefined {
  const constant = as<{ isnull?: boolean; location?: number }>(node, "A_Const");
  if (constant === undefined || constant.isnull === true) return undefined;
  const { location: _, ...value } = constant;
  return JSON.stringify(value);
}
