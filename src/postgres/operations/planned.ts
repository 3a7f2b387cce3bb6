/** What statements read and write that PostgreSQL looks up without running them. */
import type { Node, RangeVar } from "libpg-query";
import type { QualifiedName } from "../../model/name.js";
import type { ColumnUse } from "../../model/operation.js";
import { columnUses } from "./column-uses.js";
import { mentionsOf, usersFunctions } from "./expressions.js";
import { relationName } from "./names.js";

/** Nodes that write to their `relation`. */
const WRITES: ReadonlySet<string> = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

export interface Planned {
  readonly reads: readonly QualifiedName[];
  readonly writes: readonly QualifiedName[];
}

/** What PostgreSQL remembers of a function's body, with its columns and functions. */
export function parsedBody(
  body: Node,
): Planned & { readonly uses: readonly ColumnUse[]; readonly functions: readonly QualifiedName[] } {
  return { ...plannedBy(body), uses: columnUses(body), functions: usersFunctions(mentionsOf(body)) };
}

/** Not recursive: machine-written SQL nests deeper than JavaScript's stack. */
export function plannedBy(...roots: readonly unknown[]): Planned {
  const writes: QualifiedName[] = [];
  const pending: unknown[] = [...roots];
  for (let node = pending.pop(); node !== undefined || pending.length > 0; node = pending.pop()) {
    if (typeof node !== "object" || node === null) continue;
    for (const [key, value] of Object.entries(node as Record<string, unknown>)) {
      const target = WRITES.has(key) ? (value as { relation?: RangeVar }).relation : undefined;
      if (target !== undefined) writes.push(relationName(target));
      if (typeof value === "object") pending.push(value);
    }
  }
  return { reads: mentionsOf(...roots).relations, writes };
}

/** The relations whose rows a query locks: FOR UPDATE, FOR SHARE and their kin. */
export function lockedRows(query: { readonly fromClause?: Node[]; readonly lockingClause?: Node[] }): QualifiedName[] {
  if (query.lockingClause === undefined) return [];
  const relations = new Map<string, QualifiedName>();
  for (const item of query.fromClause ?? []) {
    for (const relation of rangeVars(item)) {
      relations.set(relation.alias?.aliasname ?? relation.relname ?? "", relationName(relation));
    }
  }
  return query.lockingClause.flatMap((clause) => {
    const { lockedRels } = (clause as { LockingClause: { lockedRels?: { RangeVar: RangeVar }[] } }).LockingClause;
    if (lockedRels === undefined) return [...relations.values()];
    return lockedRels.flatMap(({ RangeVar: { relname = "" } }) => relations.get(relname) ?? []);
  });
}

/** The relations in FROM, joins included and subqueries not. */
function rangeVars(item: Node): RangeVar[] {
  const found: RangeVar[] = [];
  const pending: (Node | undefined)[] = [item];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("RangeVar" in node) found.push(node.RangeVar);
    else if ("JoinExpr" in node) pending.push(node.JoinExpr.rarg, node.JoinExpr.larg);
  }
  return found;
}
