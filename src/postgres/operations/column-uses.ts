/** Which columns of which relations a query names. The catalog decides where several relations may have the column. */
import type {
  CommonTableExpr,
  DeleteStmt,
  IndexElem,
  InsertStmt,
  JoinExpr,
  MergeStmt,
  Node,
  RangeVar,
  ResTarget,
  RowExpr,
  SelectStmt,
  UpdateStmt,
  WithClause,
} from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { ColumnUse } from "../../model/operation.js";
import { columnLabel } from "./index-names.js";
import { all, as, relationName, strings } from "./names.js";

/** What one query works on, inside those around it. */
interface Scope {
  readonly outer?: Scope;
  /** By the name under which columns are asked for. Nothing: a subquery, a function, a query of WITH. */
  readonly items: Map<string, QualifiedName | undefined>;
  readonly withQueries: ReadonlySet<string>;
}

/** INSERT, UPDATE, DELETE or MERGE, as far as its columns are concerned. */
type Write = Pick<InsertStmt, "relation" | "cols" | "selectStmt" | "onConflictClause" | "withClause"> &
  Pick<UpdateStmt, "targetList" | "fromClause"> &
  Pick<DeleteStmt, "usingClause"> &
  Pick<MergeStmt, "sourceRelation">;

const WRITES: ReadonlySet<string> = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/**
 * Each use once. Not recursive: machine-written SQL nests deeper than JavaScript's stack. Columns that a NATURAL JOIN
 * compares are not among them, since it does not name them.
 */
export function columnUses(query: unknown): ColumnUse[] {
  const uses = new Map<string, ColumnUse>();
  const add = (column: string, relations: readonly QualifiedName[], first?: number): void => {
    if (relations.length === 0) return;
    uses.set(JSON.stringify([column, relations, first]), { column, relations, ...(first !== undefined && { first }) });
  };
  // A `*` is all columns in a list of results and in ROW(); elsewhere, as in `f(t.*)`, it is the row as a whole.
  const pending: [node: unknown, scope: Scope, expands?: true][] = [
    [query, { items: new Map(), withQueries: new Set() }],
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [node, scope, expands] = next;
    if (typeof node !== "object" || node === null) continue;
    if (Array.isArray(node)) {
      for (let index = node.length - 1; index >= 0; index--)
        pending.push(expands ? [node[index], scope, true] : [node[index], scope]);
      continue;
    }
    const entries = Object.entries(node as Record<string, unknown>);
    // Every SELECT has this field, the halves of a set operation too, which stand there without a wrapper.
    if ("limitOption" in node) {
      const { withClause, fromClause } = node as SelectStmt;
      const inner = scopeOf(withClause, fromClause, scope);
      for (const [, value] of entries.reverse()) pending.push([value, inner]);
      continue;
    }
    for (const [key, value] of entries.reverse()) {
      if (key === "ColumnRef") {
        const { fields = [] } = value as { fields?: Node[] };
        const parts = strings(fields);
        const star = fields.length > parts.length;
        if (star && expands !== true) continue;
        const column = star ? "*" : (parts.pop() ?? "");
        add(column, parts.length === 0 ? candidates(scope, star) : named(scope, parts));
      } else if (key === "RowExpr") {
        pending.push([(value as RowExpr).args, scope, true]);
      } else if (key === "val") {
        pending.push([value, scope, true]);
      } else if (WRITES.has(key)) {
        const { relation, ...write } = value as Write;
        const around = scopeOf(write.withClause, undefined, scope);
        const inner = scopeOf(undefined, sourcesOf(write), around);
        const target = relationName(relation);
        for (const name of [relation?.alias?.aliasname ?? target.name, "excluded", "old", "new"]) {
          if (!inner.items.has(name)) inner.items.set(name, target);
        }
        for (const { column, first } of targetsOf(write)) add(column, [target], first);
        // The rows of an INSERT are made where its table is not in sight.
        const { selectStmt, withClause, ...seeing } = write;
        pending.push([seeing, inner], [[selectStmt, withClause], around]);
      } else if (key === "usingClause" && strings(value as Node[]).length > 0) {
        for (const column of strings(value as Node[])) add(column, candidates(scope, true));
      } else if (key !== "RangeVar" && typeof value === "object") pending.push([value, scope]);
    }
  }
  return [...uses.values()];
}

/** What a statement that writes reads besides its table. */
function sourcesOf({ fromClause = [], usingClause = [], sourceRelation }: Omit<Write, "relation">): Node[] {
  return [...fromClause, ...usingClause, ...(sourceRelation ? [sourceRelation] : [])];
}

/**
 * The columns that a statement writes to, or looks for in its table, without an expression around them. Of those that
 * MERGE writes to PostgreSQL remembers none (measured on 18), so that it drops them.
 */
function targetsOf(write: Omit<Write, "relation">): Omit<ColumnUse, "relations">[] {
  const { cols, targetList, selectStmt, onConflictClause: conflict } = write;
  const lists = [cols, targetList, conflict?.targetList];
  const named = [
    ...lists.flatMap((list) => all<ResTarget>(list, "ResTarget")),
    ...all<IndexElem>(conflict?.infer?.indexElems, "IndexElem"),
  ].flatMap(({ name }) => (name === undefined ? [] : [{ column: name }]));
  // EXCLUDED stands for a whole row.
  if (conflict?.action === "ONCONFLICT_UPDATE") return [{ column: "*" }];
  const first = cols === undefined ? (columnNames(selectStmt, undefined)?.length ?? 0) : 0;
  return first > 0 ? [...named, { column: "*", first }] : named;
}

function scopeOf(withClause: WithClause | undefined, from: readonly Node[] | undefined, outer: Scope): Scope {
  const names = all<CommonTableExpr>(withClause?.ctes, "CommonTableExpr").flatMap(({ ctename }) => ctename ?? []);
  const withQueries = names.length === 0 ? outer.withQueries : new Set([...outer.withQueries, ...names]);
  const items = new Map<string, QualifiedName | undefined>();
  const pending = [...(from ?? [])].reverse();
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
