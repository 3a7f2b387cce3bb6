/** The rows that a loop of PL/pgSQL goes through, where its own text says them: `FOR t IN SELECT unnest(ARRAY['a'])`. */
import type { Node, SelectStmt } from "libpg-query";
import { type KnownValues, nameOf, textOf, textsOf, UNKNOWN_NAME } from "./folded-text.js";
import { parseTree } from "./libpg-query.js";

/** The values of a row's columns, in order. */
export type LoopRow = readonly (readonly [column: string, value: string])[];

/** A loop over more is not followed row by row. */
const MOST_ROWS = 100;

/** Rows that a condition may leave out are among them. Undefined where a relation has them, or there are too many. */
export function rowsOfQuery(query: string, known: KnownValues): readonly LoopRow[] | undefined {
  const outcome = parseTree(query);
  const statement = outcome.ok ? outcome.statements[0]?.stmt : undefined;
  const rows = statement && "SelectStmt" in statement ? rowsOf(statement.SelectStmt, known) : undefined;
  return rows !== undefined && rows.length <= MOST_ROWS ? rows : undefined;
}

/** The numbers that `FOR i IN lower..upper` goes through, without a step. */
export function numbersBetween(lower: string, upper: string): readonly string[] | undefined {
  const [from, to] = [lower.trim(), upper.trim()].map((text) => (/^-?\d+$/.test(text) ? Number(text) : Number.NaN));
  if (from === undefined || to === undefined || !(to - from < MOST_ROWS)) return undefined;
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String(from + index));
}

function rowsOf(select: SelectStmt, known: KnownValues): readonly LoopRow[] | undefined {
  const { valuesLists, larg, rarg, targetList = [], fromClause = [], withClause } = select;
  if (withClause !== undefined) return undefined;
  if (valuesLists !== undefined) return valuesLists.map((list) => rowOfValues(list, known));
  if (larg !== undefined && rarg !== undefined) {
    const [left, right] = [rowsOf(larg, known), rowsOf(rarg, known)];
    return left && right && [...left, ...right.map((row) => renamed(row, left[0]?.map(([name]) => name) ?? []))];
  }
  const [from, ...others] = fromClause;
  if (others.length > 0) return undefined;
  const rows = from === undefined ? rowsOfTarget(targetList, known) : rowsOfItem(from, known);
  return rows?.map((row) => selected(targetList, row, known));
}

function rowOfValues(list: Node, known: KnownValues): LoopRow {
  const values = "List" in list ? (list.List.items ?? []) : [];
  // PostgreSQL's own names for the columns of VALUES.
  return values.map((value, index) => [`column${String(index + 1)}`, textOf(value, known) ?? UNKNOWN_NAME]);
}

/** Without FROM there is one row, or those of an array that the list unnests. */
function rowsOfTarget(targets: readonly Node[], known: KnownValues): readonly LoopRow[] {
  const [only, ...others] = targets;
  const value = others.length === 0 && only && "ResTarget" in only ? only.ResTarget.val : undefined;
  return unnested(value, known)?.map((element) => [["unnest", element]]) ?? [[]];
}

/** What stands in FROM: `(VALUES …) AS t (a, b)`, `unnest(ARRAY[…]) AS t`. */
function rowsOfItem(item: Node, known: KnownValues): readonly LoopRow[] | undefined {
  if ("RangeSubselect" in item) {
    const { subquery, alias } = item.RangeSubselect;
    const rows = subquery && "SelectStmt" in subquery ? rowsOf(subquery.SelectStmt, known) : undefined;
    return rows?.map((row) => renamed(row, namesOf(alias?.colnames)));
  }
  if (!("RangeFunction" in item)) return undefined;
  const { functions = [], alias, ordinality } = item.RangeFunction;
  const [call, ...others] = functions;
  const value = call && "List" in call ? call.List.items?.[0] : undefined;
  const elements = others.length > 0 || ordinality === true ? undefined : unnested(value, known);
  const name = namesOf(alias?.colnames)[0] ?? alias?.aliasname ?? "unnest";
  return elements?.map((element) => [[name, element]]);
}

function unnested(value: Node | undefined, known: KnownValues): readonly string[] | undefined {
  if (value === undefined || !("FuncCall" in value)) return undefined;
  const { funcname, args = [] } = value.FuncCall;
  return nameOf(funcname) === "unnest" && args.length === 1 ? textsOf(args[0], known) : undefined;
}

function namesOf(names: readonly Node[] = []): readonly string[] {
  return names.map((name) => nameOf([name]));
}

/** With other names for its first columns. */
function renamed(row: LoopRow, names: readonly string[]): LoopRow {
  return row.map(([name, value], index) => [names[index] ?? name, value]);
}

/** What a list of targets makes of a row. */
function selected(targets: readonly Node[], row: LoopRow, known: KnownValues): LoopRow {
  const columns = new Map(row);
  const here = new Map([...known, ...row]);
  return targets.flatMap((target): LoopRow => {
    const { name, val } = "ResTarget" in target ? target.ResTarget : {};
    if (unnested(val, known) !== undefined) return renamed(row, name === undefined ? [] : [name]);
    const fields = val !== undefined && "ColumnRef" in val ? (val.ColumnRef.fields ?? []) : [];
    const last = fields.at(-1);
    if (last !== undefined && "A_Star" in last) return row;
    // There is one item in FROM: `t.a` is its column.
    return [[name ?? nameOf(fields), columns.get(nameOf(fields)) ?? textOf(val, here) ?? UNKNOWN_NAME]];
  });
}
