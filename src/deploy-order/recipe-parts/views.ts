/** Views over a column that gives way to another: PostgreSQL ties them to the old one, so they are made anew over the new. */
import { formatName } from "../../change/object-names.js";
import type { Table } from "../../model/catalog.js";
import type { Operation } from "../../model/operation.js";
import type { RecipeContext } from "../recipe.js";
import type { NamedTable } from "./names.js";

export interface DependentView {
  /** As SQL. */
  readonly name: string;
  /** The statement that makes it, without its semicolon; undefined where no migration has it as it is now. */
  readonly create: string | undefined;
}

export interface DependentViews {
  /** In an order in which they can be made: one that reads another stands behind it. */
  readonly views: readonly DependentView[];
  /** Statements of the pull request that drop and make them itself. */
  readonly covers: readonly Operation[];
}

/** Undefined where one of them keeps rows of its own: making that anew takes as long as its query. */
export function viewsOver(context: RecipeContext, table: NamedTable, column: string): DependentViews | undefined {
  // What the pull request drops before is there until the column gives way.
  const catalog = (context.operations[0] ?? context.placed).statement.before;
  const found = new Map<string, Table>();
  const add = (view: Table): void => {
    const key = formatName(view);
    if (found.has(key)) return;
    for (const other of catalog.readBy(view)) add(other);
    found.set(key, view);
  };
  for (const view of catalog.readBy(table)) {
    const { uses } = view;
    if (uses === undefined || uses.some((use) => use.column === column && use.table.name === table.name)) add(view);
  }
  // Those that read it were found first.
  const views = [...found.values()].reverse();
  if (views.some(({ kind }) => kind !== "view")) return undefined;
  const covers: Operation[] = [];
  return {
    views: views.map((view) => {
      const again = madeAgain(context, view);
      covers.push(...(again?.operations ?? []));
      return { name: formatName(view), create: again?.sql ?? context.definitionOf?.(view)?.replace(/;\s*$/, "") };
    }),
    covers,
  };
}

/** Where the pull request drops the view and makes it again, both. */
function madeAgain(
  { operations }: RecipeContext,
  view: Table,
): { readonly sql: string; readonly operations: readonly Operation[] } | undefined {
  const isView = ({ operation, statement }: RecipeContext["placed"]): boolean => {
    const name =
      operation.type === "DropRelation"
        ? operation.relation
        : operation.type === "CreateView"
          ? operation.view
          : undefined;
    return name !== undefined && formatName(statement.before.qualify(name)) === formatName(view);
  };
  const ours = operations.filter(isView);
  const create = ours.findLast(({ operation }) => operation.type === "CreateView");
  return create === undefined
    ? undefined
    : {
        sql: create.statement.statement.sql.replace(/;\s*$/, ""),
        operations: ours.map(({ operation }) => operation),
      };
}
