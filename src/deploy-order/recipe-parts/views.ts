/** Views over a column that gives way to another: PostgreSQL ties them to the old one, so they are made anew over the new. */
import { formatName } from "../../change/object-names.js";
import { isAboutView, statementsOf, viewMadeBy } from "../../change/view-definitions.js";
import { relationOf } from "../../change/live.js";
import type { Catalog, Table } from "../../model/catalog.js";
import type { PlacedOperation } from "../../model/migration.js";
import type { Operation } from "../../model/operation.js";
import type { RecipeContext } from "../recipe.js";
import { type IndexCopy, indexesAnew } from "./indexes.js";
import { derivedName, type NamedTable } from "./names.js";

export interface DependentView {
  /** As SQL. */
  readonly name: string;
  /** The statement that makes it, without its semicolon; undefined where no migration has it as it is now. */
  readonly create: string | undefined;
  /** What migrations say of it besides, each statement without its semicolon: privileges, owner, comment. */
  readonly about: readonly string[];
}

/** It keeps rows of its own, so that it is made beside the old one, which is read meanwhile. */
export interface DependentMaterializedView {
  readonly name: string;
  readonly schema: string;
  /** Its name without the schema. */
  readonly bare: string;
  /** The name under which it is made, without the schema. */
  readonly temporary: string;
  /** Makes it under that name; without its semicolon. */
  readonly create: string;
  readonly indexes: readonly IndexCopy[];
  readonly about: readonly string[];
  /** Views that read it, in an order in which they can be made. */
  readonly over: readonly DependentView[];
}

export interface DependentViews {
  /** In an order in which they can be made: one that reads another stands behind it. */
  readonly views: readonly DependentView[];
  readonly materialized: readonly DependentMaterializedView[];
  /** Statements of the pull request that drop and make them itself. */
  readonly covers: readonly Operation[];
}

/** Undefined where a materialized view reads one of the others: neither can be made anew without the other. */
export function viewsOver(context: RecipeContext, table: NamedTable, column: string): DependentViews | undefined {
  // What the pull request drops before is there until the column gives way.
  const catalog = (context.operations[0] ?? context.placed).statement.before;
  const direct = catalog.readBy(table).filter(({ uses }) => {
    return uses === undefined || uses.some((use) => use.column === column && use.table.name === table.name);
  });
  const covers: Operation[] = [];
  const plain = readersOf(
    catalog,
    direct.filter(({ kind }) => kind === "view"),
  );
  const kept = direct.filter(({ kind }) => kind !== "view");
  const materialized = kept.map((view) => {
    const made = materializedView(context, catalog, view);
    covers.push(...(made?.covers ?? []));
    return made?.view;
  });
  if (plain === undefined || !materialized.every((one) => one !== undefined)) return undefined;
  return { views: plain.map((view) => dependentView(context, view, covers)), materialized, covers };
}

/** Views and those that read them, the read ones first; undefined where one of them keeps rows of its own. */
function readersOf(catalog: Catalog, views: readonly Table[]): readonly Table[] | undefined {
  const found = new Map<string, Table>();
  const add = (view: Table): void => {
    const key = formatName(view);
    if (found.has(key)) return;
    for (const other of catalog.readBy(view)) add(other);
    found.set(key, view);
  };
  views.forEach(add);
  const all = [...found.values()].reverse();
  return all.every(({ kind }) => kind === "view") ? all : undefined;
}

function dependentView(context: RecipeContext, view: Table, covers: Operation[]): DependentView {
  const again = madeAgain(context, view);
  covers.push(...(again?.operations ?? []));
  const known = again ?? context.definitionOf?.(view);
  return {
    name: formatName(view),
    create: known && withoutEnd(known.create),
    about: (known?.about ?? []).map(withoutEnd),
  };
}

function materializedView(
  context: RecipeContext,
  catalog: Catalog,
  view: Table,
): { readonly view: DependentMaterializedView; readonly covers: readonly Operation[] } | undefined {
  const again = madeAgain(context, view);
  const known = again ?? context.definitionOf?.(view);
  const readers = readersOf(catalog, [...catalog.readBy(view)]);
  const isTaken = (name: string): boolean => catalog.table({ schema: view.schema, name }) !== undefined;
  const temporary = derivedName(view.name, "new", isTaken);
  const beside = formatName({ schema: view.schema, name: temporary });
  const create = known && renamedIn(withoutEnd(known.create), beside);
  const last = context.operations.at(-1) ?? context.placed;
  const indexes = indexesAnew(again ? last.statement.after : catalog, view, beside);
  if (view.kind !== "materialized view" || !create || !readers || !indexes) return undefined;
  const covers = [...(again?.operations ?? [])];
  const over = readers.map((reader) => dependentView(context, reader, covers));
  if (over.some((one) => one.create === undefined)) return undefined;
  const { schema, name: bare } = view;
  const about = (known.about ?? []).map(withoutEnd);
  return { view: { name: formatName(view), schema, bare, temporary, create, indexes, about, over }, covers };
}

const NAME = String.raw`(?:"(?:[^"]|"")*"|[\w$\u0080-\uffff]+)`;
const CREATE_MATERIALIZED = new RegExp(
  String.raw`^(\s*CREATE\s+MATERIALIZED\s+VIEW\s+)(?:IF\s+NOT\s+EXISTS\s+)?${NAME}(?:\s*\.\s*${NAME})?`,
  "i",
);

/** The statement that makes a materialized view, under another name; undefined where it is written in another way. */
function renamedIn(create: string, name: string): string | undefined {
  const found = CREATE_MATERIALIZED.exec(create);
  // Whoever reads it must find rows as soon as it has the old one's name.
  return found === null
    ? undefined
    : found[1]! + name + create.slice(found[0].length).replace(/\s+WITH\s+NO\s+DATA\s*$/i, "");
}

/** Where the pull request drops the view and makes it again, both. */
function madeAgain({ operations }: RecipeContext, view: Table) {
  const own = operations.filter((one) => isAbout(one, view));
  const create = own.findLast(({ operation }) => viewMadeBy(operation) !== undefined);
  if (create === undefined) return undefined;
  const later = own.slice(own.indexOf(create) + 1).filter(({ operation }) => isAboutView(operation));
  return {
    create: create.statement.statement.sql,
    about: statementsOf(later),
    operations: own.map(({ operation }) => operation),
  };
}

function isAbout(placed: PlacedOperation, view: Table): boolean {
  const { operation, statement } = placed;
  const relation = viewMadeBy(operation) ?? relationOf(placed);
  return relation !== undefined && formatName(statement.before.qualify(relation)) === formatName(view);
}

function withoutEnd(sql: string): string {
  return sql.replace(/;\s*$/, "");
}
