/** Which columns of which relations a query names. The catalog decides where several relations may have the column. */
import type { CommonTableExpr, JoinExpr, Node, RangeVar, ResTarget, SelectStmt } from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { ColumnUse } from "../../model/operation.js";
import { columnLabel } from "./index-names.js";
import { all, as, relationName, strings } from "./names.js";

/** What one SELECT reads from, inside those around it. */
interface Scope {
  readonly outer?: Scope;
  /** By the name under which columns are asked for. Nothing: a subquery, a function, a query of WITH. */
  readonly items: Map<string, QualifiedName | undefined>;
  readonly withQueries: ReadonlySet<string>;
}

/**
 * Each use once. Not recursive: machine-written SQL nests deeper than JavaScript's stack. Columns that a NATURAL JOIN
 * compares are not among them, since it does not name them.
 */
export function columnUses(query: Node | undefined): ColumnUse[] {
  const uses = new Map<string, ColumnUse>();
  const add = (column: string, relations: readonly QualifiedName[]): void => {
    if (relations.length > 0) uses.set(JSON.stringify([column, relations]), { column, relations });
  };
  const pending: [node: unknown, scope: Scope][] = [[query, { items: new Map(), withQueries: new Set() }]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, scope] = next;
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      for (let index = node.length - 1; index >= 0; index--) pending.push([node[index], scope]);
      continue;
    }
    const entries = Object.entries(node as Record<string, unknown>);
    // Every SELECT has this field, the halves of a set operation too, which stand there without a wrapper.
    if ("limitOption" in node) {
      const inner = scopeOf(node as SelectStmt, scope);
      for (const [, value] of entries.reverse()) pending.push([value, inner]);
      continue;
    }
    for (const [key, value] of entries.reverse()) {
      if (key === "ColumnRef") {
        const { fields = [] } = value as { fields?: Node[] };
        const parts = strings(fields);
        const star = fields.length > parts.length;
        const column = star ? "*" : (parts.pop() ?? "");
        add(column, parts.length === 0 ? candidates(scope, star) : named(scope, parts));
      } else if (key === "usingClause") {
        for (const column of strings(value as Node[])) add(column, candidates(scope, true));
      } else if (key !== "RangeVar" && typeof value === "object") pending.push([value, scope]);
    }
  }
  return [...uses.values()];
}

function scopeOf(select: SelectStmt, outer: Scope): Scope {
  const names = all<CommonTableExpr>(select.withClause?.ctes, "CommonTableExpr").flatMap(
    ({ ctename }) => ctename ?? [],
  );
  const withQueries = names.length === 0 ? outer.withQueries : new Set([...outer.withQueries, ...names]);
  const items = new Map<string, QualifiedName | undefined>();
  const pending = [...(select.fromClause ?? [])].reverse();
  for (let item = pending.pop(); item !== undefined; item = pending.pop()) {
    const join = as<JoinExpr>(item, "JoinExpr");
    if (join) pending.push(...[join.rarg, join.larg].filter((side) => side !== undefined));
    const relation = as<RangeVar>(item, "RangeVar");
    if (relation) {
      const name = relationName(relation);
      const isQuery = name.schema === undefined && withQueries.has(name.name);
      items.set(relation.alias?.aliasname ?? name.name, isQuery ? undefined : name);
    }
  }
  return { outer, items, withQueries };
}

/** The relations in which an unqualified column may be, those of the innermost query first. */
function candidates(scope: Scope, innermostOnly: boolean): QualifiedName[] {
  const found: QualifiedName[] = [];
  for (let at: Scope | undefined = scope; at !== undefined; at = innermostOnly ? undefined : at.outer) {
    for (const relation of at.items.values()) if (relation) found.push(relation);
  }
  return found;
}

/** The relation that `alias` or `schema.table` stands for. */
function named(scope: Scope, parts: readonly string[]): QualifiedName[] {
  const name = parts.at(-1) ?? "";
  if (parts.length > 1) return [{ schema: parts.at(-2) ?? "", name }];
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const relation = at.items.get(name);
    if (relation) return [relation];
    if (at.items.has(name)) return [];
  }
  return [];
}

/** The columns that a query has, in their order; undefined where a `*` stands for some. */
export function columnNames(query: Node | undefined, aliases: readonly Node[] | undefined): string[] | undefined {
  let select = as<SelectStmt>(query, "SelectStmt");
  // A set operation's columns are called as in its first query.
  while (select?.larg !== undefined) select = select.larg;
  const given = strings(aliases);
  const rows = select?.valuesLists?.[0];
  const labels = rows
    ? (as<{ items?: Node[] }>(rows, "List")?.items ?? []).map((_, index) => `column${String(index + 1)}`)
    : all<ResTarget>(select?.targetList, "ResTarget").map(({ name, val }) => name ?? columnLabel(val));
  if (labels.includes(undefined)) return undefined;
  return labels.map((label, index) => given[index] ?? label ?? "");
}
