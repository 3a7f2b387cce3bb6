/**
 * Columns of which a model of this change and the schema do not agree whether they may be empty: what the code writes
 * without a value is refused, or rows without one cannot be read.
 */
import type { Catalog, Table } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { Operation } from "../model/operation.js";
import { NOT_APPLICATION_CODE } from "../references/application-files.js";
import type { Model, ModelColumn } from "../references/models/model.js";
import { mayHaveModels, modelsIn } from "../references/models/read-models.js";
import { endOf, keyOf, type MissingFromSchema, tableOf } from "./missing-from-schema.js";
import { matcher } from "./overlay-tree.js";

/**
 * What the changed files declare as optional and base's did not, and the schema requires; nothing where that is not
 * known. Columns that the change itself makes NOT NULL on a table in use are another matter: there the statement is what
 * is wrong.
 */
export function requiredBySchema(change: Change): readonly MissingFromSchema[] {
  return declaredColumns(change, ({ nullable, filled }) => nullable === true && !filled).filter(
    ({ database, table, name }) => requires(table, name) && !isRequiredHere(database, table, name),
  );
}

/**
 * What the changed files declare as required and base's did not, of columns that this change adds without a value for the
 * rows that are there. Prisma's client alone refuses to read such a row (its error P2032); the others return it.
 */
export function emptyInSchema(change: Change): readonly MissingFromSchema[] {
  return declaredColumns(
    change,
    ({ nullable, filled }, { orm }) => orm === "Prisma" && nullable === false && !filled,
  ).filter(({ database, table, name }) => isLeftEmpty(database, table, name));
}

interface DeclaredColumn extends MissingFromSchema {
  readonly table: Table;
  /** Its name in the database. */
  readonly name: string;
}

/** The columns of one kind that models of this change declare, and base's did not, with their tables at the end. */
function declaredColumns(
  { base, head, changed, incomplete, databases }: Change,
  isWanted: (column: ModelColumn, model: Model) => boolean,
): readonly DeclaredColumn[] {
  if (base === undefined || changed === undefined || incomplete.length > 0) return [];
  const isNoCode = matcher(NOT_APPLICATION_CODE);
  const files = changed.filter(({ file }) => mayHaveModels(file) && !isNoCode(file));
  const wantedOf = (model: Model): readonly ModelColumn[] => model.columns.filter((column) => isWanted(column, model));
  const known = new Set(
    files.flatMap(({ file, previousFile = file }) =>
      modelsIn(previousFile, base.tree).flatMap((model) => wantedOf(model).map((column) => keyOf(model, column))),
    ),
  );
  return files
    .filter(({ status }) => status !== "deleted")
    .flatMap(({ file }) => modelsIn(file, head.tree).map((model) => ({ file, model })))
    .flatMap(({ file, model }) => {
      const columns = wantedOf(model).filter((column) => !known.has(keyOf(model, column)));
      if (columns.length === 0) return [];
      const homes = databases.flatMap((database) => {
        const table = tableIn(model, endOf(database));
        return table ? [{ database, table }] : [];
      });
      const [home, ...others] = homes;
      if (home === undefined || others.length > 0) return [];
      return columns.flatMap((column): DeclaredColumn[] => {
        const name = column.names.find((one) => home.table.columns.has(one));
        return name === undefined ? [] : [{ ...home, file, model, column: { ...column, names: [name] }, name }];
      });
    });
}

function tableIn(model: MissingFromSchema["model"], catalog: Catalog | undefined): Table | undefined {
  return catalog && tableOf(model, catalog);
}

/** Whether a row must be given a value: nothing else fills the column. */
function requires(table: Table, name: string): boolean {
  const column = table.columns.get(name);
  if (column?.notNull !== true) return false;
  const hasDefault = column.default !== undefined && column.default.kind !== "null";
  if (hasDefault || column.identity !== undefined || column.generated !== undefined) return false;
  if (table.triggers?.some(({ timing, events }) => timing === "before" && events.includes("insert"))) return false;
  // Models say of a key as a whole that it is one.
  return ![...table.constraints.values()].some(({ kind, columns }) => kind === "primary key" && columns.includes(name));
}

/** The table as it is before the first migration of this change. */
function tableBefore({ migrations }: Database, { schema, name }: Table): Table | undefined {
  const first = migrations.find(({ judged, statements }) => judged && statements.length > 0)?.statements[0];
  return first?.before.table({ schema, name });
}

/** Whether a migration of this change requires it, in a table that base has. */
function isRequiredHere(database: Database, table: Table, column: string): boolean {
  const before = tableBefore(database, table);
  return before !== undefined && before.columns.get(column)?.notNull !== true;
}

/** Whether this change adds it to a table that base has, and nothing of the change gives those rows a value. */
function isLeftEmpty(database: Database, table: Table, name: string): boolean {
  const column = table.columns.get(name);
  const before = tableBefore(database, table);
  if (before === undefined || before.columns.has(name) || column === undefined || column.notNull) return false;
  const hasDefault = column.default !== undefined && column.default.kind !== "null";
  if (hasDefault || column.identity !== undefined || column.generated !== undefined) return false;
  return !database.migrations.some(
    ({ judged, statements }) =>
      judged && statements.some(({ statement }) => statement.operations.some((operation) => mayFill(operation, name))),
  );
}

const MAY_FILL: ReadonlySet<Operation["type"]> = new Set(["Call", "DoBlock", "Execute", "Merge", "Select", "Unparsed"]);

/** Whether an operation may give rows a value in a column of this name, in whatever table. */
function mayFill(operation: Operation, column: string): boolean {
  if (operation.type === "Update") return operation.columns.includes(column);
  return MAY_FILL.has(operation.type);
}
