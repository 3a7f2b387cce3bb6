/** What a statement on rows takes from where: the condition that picks them, and the columns whose values go elsewhere. */
import type { CommonTableExpr, JoinExpr, Node, RangeVar, ResTarget, SelectStmt } from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { NullTest, RowBatch, RowCondition } from "../../model/operation.js";
import { parseTree } from "../libpg-query.js";
import { isTrue, mentionsOf } from "./expressions.js";
import { all, as, relationName, strings } from "./names.js";

/** Reads a WHERE; undefined where there is none, or one that leaves no row out. */
export function conditionOf(where: Node | undefined): RowCondition | undefined {
  if (where === undefined || isTrue(where)) return undefined;
  const { columns, relations } = mentionsOf(where);
  const nullTests = nullTestsOf(where);
  return { columns, reads: relations, ...(nullTests && { nullTests }) };
}

/** The tests that a condition is made of, where it is nothing but tests of columns for NULL that AND joins. */
function nullTestsOf(where: Node): readonly NullTest[] | undefined {
  const tests: NullTest[] = [];
  const pending = [where];
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    const and = as<{ boolop?: string; args?: Node[] }>(part, "BoolExpr");
    if (and?.boolop === "AND_EXPR") {
      pending.push(...(and.args ?? []));
      continue;
    }
    const test = as<{ nulltesttype?: string; arg?: Node }>(part, "NullTest");
    const column = strings(as<{ fields?: Node[] }>(test?.arg, "ColumnRef")?.fields).at(-1);
    if (column === undefined) return undefined;
    tests.push({ column, isNull: test?.nulltesttype === "IS_NULL" });
  }
  return tests;
}

/** The columns whose values a query selects, in its own list and in those of the queries that it selects from. */
export function selectedColumns(query: unknown): readonly string[] {
  const columns = new Set<string>();
  const pending: unknown[] = [query];
  for (let node = pending.pop(); node !== undefined || pending.length > 0; node = pending.pop()) {
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      pending.push(...(node as unknown[]));
      continue;
    }
    for (const [key, value] of Object.entries(node)) {
      if (key === "targetList") {
        for (const column of valuesOf(value as Node[])) columns.add(column);
      } else if (key !== "whereClause" && key !== "valuesLists" && typeof value === "object") pending.push(value);
    }
  }
  return [...columns];
}

/** The columns in a list of values; `*` where it takes all. */
export function valuesOf(targets: readonly Node[] | undefined): readonly string[] {
  const columns = new Set(mentionsOf(targets).columns);
  for (const { val } of all<ResTarget>(targets, "ResTarget")) {
    const field = as<{ fields?: Node[] }>(val, "ColumnRef")?.fields?.at(-1);
    if (as(field, "A_Star") !== undefined) columns.add("*");
  }
  return [...columns];
}

/** The rows that a LIMIT of a query of the same table picks, for the WHERE, FROM or WITH of a statement that changes rows. */
export function batchOf(table: RangeVar | undefined, ...clauses: readonly unknown[]): RowBatch | undefined {
  for (const select of queriesIn(clauses)) {
    const [from, ...others] = select.fromClause ?? [];
    const read = as<RangeVar>(from, "RangeVar");
    if (read === undefined || others.length > 0 || select.limitCount === undefined) continue;
    if (read.relname !== table?.relname || read.schemaname !== table?.schemaname) continue;
    const { whereClause } = select;
    const nullTests = whereClause === undefined || isTrue(whereClause) ? [] : nullTestsOf(whereClause);
    return nullTests === undefined ? {} : { nullTests };
  }
  return undefined;
}

/** In the order in which they begin; a generator for each node of a tree takes longer than to look at all of them. */
function queriesIn(node: object, found: SelectStmt[] = []): readonly SelectStmt[] {
  for (const key in node) {
    const value = (node as Readonly<Record<string, unknown>>)[key];
    if (typeof value !== "object" || value === null) continue;
    if (key === "SelectStmt") found.push(value);
    queriesIn(value, found);
  }
  return found;
}

/** The relation whose rows a query hands on, one by one and all of them; undefined where it does something else. */
export function everyRowOf(query: string): QualifiedName | undefined {
  const outcome = parseTree(query);
  const select = outcome.ok ? as<SelectStmt>(outcome.statements[0]?.stmt, "SelectStmt") : undefined;
  if (select === undefined || !takesAll(select)) return undefined;
  const [from, ...others] = select.fromClause ?? [];
  const read = as<RangeVar>(from, "RangeVar");
  return read === undefined || others.length > 0 || select.groupClause !== undefined ? undefined : relationName(read);
}

/** Functions that make one row of many, where nothing groups them. */
const AGGREGATES =
  /^(?:array_agg|avg|bool_and|bool_or|count|every|jsonb?_agg|jsonb?_object_agg|max|min|string_agg|sum)$/;

/** Whether a query hands on every row of what it reads, as far as can be told: no condition, no limit, no aggregate. */
export function takesEveryRow(query: Node | undefined): boolean {
  const select = as<SelectStmt>(query, "SelectStmt");
  return select !== undefined && takesAll(select);
}

function takesAll(select: SelectStmt): boolean {
  if (select.larg && select.rarg)
    return select.limitCount === undefined && takesAll(select.larg) && takesAll(select.rarg);
  const { whereClause, limitCount, limitOffset, havingClause, valuesLists, withClause, groupClause, fromClause } =
    select;
  if (limitCount ?? limitOffset ?? havingClause ?? valuesLists) return false;
  if (whereClause !== undefined && !isTrue(whereClause)) return false;
  if (all<CommonTableExpr>(withClause?.ctes, "CommonTableExpr").length > 0) return false;
  // What a query inside selects, its own conditions decide.
  if (!fromClause?.every(isOfTables)) return false;
  return (
    groupClause !== undefined || !mentionsOf(select.targetList).functions.some(({ name }) => AGGREGATES.test(name))
  );
}

/** Whether every row of a table may come out: a function, a list of values or a query joined to it picks some of them. */
function isOfTables(from: Node | undefined): boolean {
  const join = as<JoinExpr>(from, "JoinExpr");
  if (!join) return as(from, "RangeVar") !== undefined;
  const [left, right] = [isOfTables(join.larg), isOfTables(join.rarg)];
  if (join.jointype === "JOIN_LEFT") return left;
  return join.jointype === "JOIN_RIGHT" ? right : left && right;
}
