/**
 * Whether the CHECKs of a table prove that its rows belong in a partition, or in none of it: then PostgreSQL does not
 * read them. It proves as PostgreSQL does (predtest.c), clause by clause; constants are compared where it is plain how.
 */
import type { Node } from "libpg-query";
import type { Catalog, Table } from "../model/catalog.js";
import type { PartitionBound, PartitionBoundValue } from "../model/operation.js";
import { parseTree } from "./libpg-query.js";
import { all, as, nameOf, unwrap } from "./operations/names.js";
import { constant } from "./operations/session.js";

type Comparison = "=" | "<>" | "<" | "<=" | ">" | ">=";

/** A condition on single columns. A value is absent where it is not known; `other` is a clause that proves nothing. */
type Condition =
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly column: string; readonly is: Comparison; readonly value?: string }
  | { readonly column: string; readonly is: "null" | "not null" }
  | { readonly is: "other" };

/** `unknown` where it depends on how PostgreSQL orders two constants. */
type Answer = boolean | "unknown";

/** Whether ATTACH PARTITION need not read the table. What is not known counts as a proof: a CHECK is there for nothing else. */
export function provesBound(table: Table, parent: Table, bound: PartitionBound, catalog: Catalog): boolean {
  const target = targetOf(parent, bound, catalog);
  return target === undefined ? hasValidCheck(table) : implies(knownOf(table), target) !== false;
}

/** Whether a default partition need not be read when its parent gets another one. */
export function excludesBound(table: Table, parent: Table, bound: PartitionBound, catalog: Catalog): boolean {
  const target = targetOf(parent, bound, catalog);
  return target === undefined ? hasValidCheck(table) : implies(knownOf(table), negate(target)) !== false;
}

function hasValidCheck(table: Table): boolean {
  return [...table.constraints.values()].some(({ kind, valid }) => kind === "check" && valid);
}

// What a partition holds

/** What holds for every row of a partition; undefined where that is not known, or cannot be written as a condition. */
function targetOf(parent: Table, bound: PartitionBound, catalog: Catalog): Condition | undefined {
  const keys = parent.partitionExpressions === true ? undefined : parent.partitionKey;
  if (keys === undefined) return undefined;
  const own = bound.strategy === "default" ? outsideOthers(parent, keys, catalog) : inBound(keys, bound);
  const above = parent.partitionOf && catalog.table(parent.partitionOf);
  if (own === undefined || above === undefined) return own;
  const inParent = parent.bound && targetOf(above, parent.bound, catalog);
  return inParent && { and: [own, inParent] };
}

/** What is in no other partition. */
function outsideOthers(parent: Table, keys: readonly string[], catalog: Catalog): Condition | undefined {
  const others = catalog.partitionsOf(parent).map(({ bound }) => bound && inBound(keys, bound));
  return others.every((other) => other !== undefined) ? { and: others.map(negate) } : undefined;
}

function inBound(keys: readonly string[], bound: PartitionBound): Condition | undefined {
  const [column] = keys;
  if (bound.strategy === "list" && column !== undefined) {
    const isOne = { or: bound.values.map((value) => equal(column, value)) };
    const takesNull = bound.values.some(({ kind }) => kind === "null");
    return takesNull ? isOne : { and: [{ column, is: "not null" }, isOne] };
  }
  if (bound.strategy !== "range" || bound.from.length !== keys.length) return undefined;
  const columns = keys.map((key, place) => ({ key, from: bound.from[place], to: bound.to[place] }));
  // Columns in front whose value is the same at both ends.
  const differs = columns.findIndex(({ from, to }) => valueOf(from) === undefined || valueOf(from) !== valueOf(to));
  const same = differs < 0 ? columns : columns.slice(0, differs);
  const rest = columns.slice(same.length);
  return {
    and: [
      ...keys.map((key): Condition => ({ column: key, is: "not null" })),
      ...same.map(({ key, from }) => equal(key, from)),
      beyond(rest.map(({ key, from }) => [key, from])),
      below(rest.map(({ key, to }) => [key, to])),
    ],
  };
}

type Corner = readonly (readonly [column: string, value: PartitionBoundValue | undefined])[];

const EVERYTHING: Condition = { and: [] };
const NOTHING: Condition = { or: [] };

/** At or after a lower end, column by column. */
function beyond([first, ...rest]: Corner): Condition {
  const [column, value] = first ?? [];
  if (column === undefined || value?.kind === "minvalue") return EVERYTHING;
  if (value?.kind === "maxvalue") return NOTHING;
  const isLast = rest.length === 0 || rest[0]?.[1]?.kind === "minvalue";
  if (isLast) return { column, is: ">=", ...valueField(value) };
  return { or: [{ column, is: ">", ...valueField(value) }, { and: [equal(column, value), beyond(rest)] }] };
}

/** Before an upper end. */
function below([first, ...rest]: Corner): Condition {
  const [column, value] = first ?? [];
  if (column === undefined || value?.kind === "maxvalue") return EVERYTHING;
  if (value?.kind === "minvalue") return NOTHING;
  const next = rest[0]?.[1]?.kind;
  if (rest.length === 0 || next === "minvalue") return { column, is: "<", ...valueField(value) };
  if (next === "maxvalue") return { column, is: "<=", ...valueField(value) };
  return { or: [{ column, is: "<", ...valueField(value) }, { and: [equal(column, value), below(rest)] }] };
}

function equal(column: string, value: PartitionBoundValue | undefined): Condition {
  return value?.kind === "null" ? { column, is: "null" } : { column, is: "=", ...valueField(value) };
}

function valueOf(value: PartitionBoundValue | undefined): string | undefined {
  return value?.kind === "constant" ? value.value : undefined;
}

function valueField(value: PartitionBoundValue | undefined): { value?: string } {
  const known = valueOf(value);
  return known === undefined ? {} : { value: known };
}

// What is known of a table

/** What its valid CHECKs and NOT NULLs say of every row. */
function knownOf(table: Table): Condition {
  const conditions: Condition[] = [];
  for (const { kind, valid, expression, columns } of table.constraints.values()) {
    if (!valid) continue;
    if (kind === "not null") conditions.push(...columns.map((column): Condition => ({ column, is: "not null" })));
    if (kind === "check" && expression) conditions.push(conditionOf(expression.sql));
  }
  for (const { name, notNull } of table.columns.values()) {
    if (notNull !== false) conditions.push({ column: name, is: "not null" });
  }
  return { and: conditions };
}

function conditionOf(sql: string): Condition {
  const parsed = parseTree(`SELECT ${sql}`);
  const select = parsed.ok ? as<{ targetList?: Node[] }>(parsed.statements[0]?.stmt, "SelectStmt") : undefined;
  const [target] = all<{ val?: Node }>(select?.targetList, "ResTarget");
  return readCondition(target?.val);
}

function readCondition(node: Node | undefined): Condition {
  if (node === undefined) return { is: "other" };
  const [type, value] = unwrap(node) as [string, Readonly<Record<string, unknown>>];
  if (type === "BoolExpr") {
    const parts = ((value.args ?? []) as Node[]).map(readCondition);
    if (value.boolop === "AND_EXPR") return { and: parts };
    return value.boolop === "OR_EXPR" ? { or: parts } : negate({ and: parts });
  }
  if (type === "NullTest") {
    const column = columnOf(value.arg as Node);
    if (column === undefined) return { is: "other" };
    return { column, is: value.nulltesttype === "IS_NULL" ? "null" : "not null" };
  }
  return type === "A_Expr" ? readComparison(value) : { is: "other" };
}

const MIRRORED: Readonly<Record<string, Comparison>> = {
  "=": "=",
  "<>": "<>",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function readComparison({ kind, name, lexpr, rexpr }: Readonly<Record<string, unknown>>): Condition {
  const operator = nameOf(name as Node[]).name;
  const left = columnOf(lexpr as Node);
  const elements = elementsOf(rexpr as Node);
  switch (kind) {
    case "AEXPR_OP": {
      const is = MIRRORED[MIRRORED[operator] ?? ""];
      const right = columnOf(rexpr as Node);
      if (is === undefined || (left === undefined) === (right === undefined)) return { is: "other" };
      if (left !== undefined) return { column: left, is, ...constantField(rexpr as Node) };
      return { column: right ?? "", is: MIRRORED[operator] ?? is, ...constantField(lexpr as Node) };
    }
    case "AEXPR_OP_ANY":
    case "AEXPR_IN": {
      if (left === undefined || elements === undefined) return { is: "other" };
      const among = { or: elements.map((one): Condition => ({ column: left, is: "=", ...constantField(one) })) };
      if (operator === "=") return among;
      return kind === "AEXPR_IN" && operator === "<>" ? negate(among) : { is: "other" };
    }
    case "AEXPR_BETWEEN":
    case "AEXPR_NOT_BETWEEN": {
      if (left === undefined || elements?.length !== 2) return { is: "other" };
      const [low, high] = elements as [Node, Node];
      const between: Condition = {
        and: [
          { column: left, is: ">=", ...constantField(low) },
          { column: left, is: "<=", ...constantField(high) },
        ],
      };
      return kind === "AEXPR_BETWEEN" ? between : negate(between);
    }
    default:
      return { is: "other" };
  }
}

function columnOf(node: Node | undefined): string | undefined {
  const fields = as<{ fields?: Node[] }>(node, "ColumnRef")?.fields;
  return fields === undefined ? undefined : nameOf(fields).name;
}

function elementsOf(node: Node | undefined): readonly Node[] | undefined {
  return as<{ items?: Node[] }>(node, "List")?.items ?? as<{ elements?: Node[] }>(node, "A_ArrayExpr")?.elements;
}

function constantField(node: Node): { value?: string } {
  const value = constant(as<{ arg?: Node }>(node, "TypeCast")?.arg ?? node);
  return value === undefined ? {} : { value };
}

// Proofs

const OPPOSITE = {
  "=": "<>",
  "<>": "=",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  null: "not null",
  "not null": "null",
  other: "other",
} as const;

function negate(condition: Condition): Condition {
  if ("and" in condition) return { or: condition.and.map(negate) };
  if ("or" in condition) return { and: condition.or.map(negate) };
  return { ...condition, is: OPPOSITE[condition.is] } as Condition;
}

function implies(known: Condition, target: Condition): Answer {
  if ("or" in known) return every(known.or, (one) => implies(one, target));
  if ("and" in target) return every(target.and, (one) => implies(known, one));
  // An OR among the clauses is looked at case by case; what else is known holds in each.
  if ("and" in known) {
    const direct = some(known.and, (one) => implies(one, target));
    if (direct !== false || !("or" in target)) return direct;
    return some(target.or, (one) => implies(known, one));
  }
  if ("or" in target) return some(target.or, (one) => implies(known, one));
  return atomImplies(known, target);
}

type Atom = Exclude<Condition, { readonly and: unknown } | { readonly or: unknown }>;

function atomImplies(known: Atom, target: Atom): Answer {
  if (known.is === "other" || target.is === "other" || known.column !== target.column) return false;
  if (isNullTest(known) || isNullTest(target)) return known.is === target.is;
  const possible = PROOFS[known.is][target.is];
  if (possible === undefined) return false;
  const order = compare(known.value, target.value);
  if (order !== undefined) return possible(order);
  const differ = known.value !== undefined && target.value !== undefined;
  // Where only equality counts, any order serves for values that are not written alike.
  const onlyEquality = EQUALITY.has(known.is) && EQUALITY.has(target.is);
  return differ && onlyEquality ? possible(1) : "unknown";
}

function isNullTest(atom: Atom): atom is Extract<Atom, { readonly is: "null" | "not null" }> {
  return atom.is === "null" || atom.is === "not null";
}

const EQUALITY: ReadonlySet<string> = new Set(["=", "<>"]);

/** By the order of the known constant against the target's: whether every value that the one lets in the other does. */
const PROOFS: Readonly<Record<Comparison, { readonly [Is in Comparison]?: (order: number) => boolean }>> = {
  "=": {
    "=": (order) => order === 0,
    "<>": (order) => order !== 0,
    "<": (order) => order < 0,
    "<=": (order) => order <= 0,
    ">": (order) => order > 0,
    ">=": (order) => order >= 0,
  },
  "<>": { "<>": (order) => order === 0 },
  "<": { "<": (order) => order <= 0, "<=": (order) => order <= 0, "<>": (order) => order <= 0 },
  "<=": { "<": (order) => order < 0, "<=": (order) => order <= 0, "<>": (order) => order < 0 },
  ">": { ">": (order) => order >= 0, ">=": (order) => order >= 0, "<>": (order) => order >= 0 },
  ">=": { ">": (order) => order > 0, ">=": (order) => order >= 0, "<>": (order) => order > 0 },
};

/** Numbers and times in ISO form have an order that is plain; of other texts it is only plain whether they are equal. */
function compare(one: string | undefined, other: string | undefined): number | undefined {
  if (one === undefined || other === undefined) return undefined;
  if (one === other) return 0;
  const [a, b] = [comparable(one), comparable(other)];
  if (a === undefined || b === undefined || typeof a !== typeof b) return undefined;
  return a < b ? -1 : Number(a > b);
}

function comparable(text: string): number | bigint | string | undefined {
  if (/^[+-]?\d+$/.test(text)) return BigInt(text);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text} 00:00:00`;
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?$/.test(text) ? text.replace("T", " ") : undefined;
}

function every<Value>(values: readonly Value[], test: (value: Value) => Answer): Answer {
  let answer: Answer = true;
  for (const value of values) {
    const one = test(value);
    if (one === false) return false;
    if (one === "unknown") answer = one;
  }
  return answer;
}

function some<Value>(values: readonly Value[], test: (value: Value) => Answer): Answer {
  let answer: Answer = false;
  for (const value of values) {
    const one = test(value);
    if (one === true) return true;
    if (one === "unknown") answer = one;
  }
  return answer;
}
