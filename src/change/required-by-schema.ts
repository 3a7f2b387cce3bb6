/**
 * Columns that a model of this change declares as optional while the schema requires a value: what the code writes
 * without one is refused. Columns that the change itself makes NOT NULL on a table in use are another matter: there the
 * statement is what is wrong.
 */
import type { Catalog, Table } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import { NOT_APPLICATION_CODE } from "../references/application-files.js";
import { mayHaveModels, modelsIn } from "../references/models/read-models.js";
import { endOf, keyOf, type MissingFromSchema, tableOf } from "./missing-from-schema.js";
import { matcher } from "./overlay-tree.js";

/** What the changed files declare as optional and base's did not, and the schema requires; nothing where that is not known. */
export function requiredBySchema({ base, head, changed, incomplete, databases }: Change): readonly MissingFromSchema[] {
  if (base === undefined || changed === undefined || incomplete.length > 0) return [];
  const isNoCode = matcher(NOT_APPLICATION_CODE);
  const files = changed.filter(({ file }) => mayHaveModels(file) && !isNoCode(file));
  const known = new Set<string>();
  for (const { file, previousFile = file } of files) {
    for (const model of modelsIn(previousFile, base.tree)) {
      for (const column of model.columns) if (column.nullable === true) known.add(keyOf(model, column));
    }
  }
  return files
    .filter(({ status }) => status !== "deleted")
    .flatMap(({ file }) => modelsIn(file, head.tree).map((model) => ({ file, model })))
    .flatMap(({ file, model }) => {
      const optional = model.columns.filter(
        (column) => column.nullable === true && !column.filled && !known.has(keyOf(model, column)),
      );
      if (optional.length === 0) return [];
      const homes = databases.flatMap((database) => {
        const table = tableIn(model, endOf(database));
        return table ? [{ database, table }] : [];
      });
      const [home, ...others] = homes;
      if (home === undefined || others.length > 0) return [];
      const { database, table } = home;
      return optional.flatMap((column): MissingFromSchema[] => {
        const name = column.names.find((one) => table.columns.has(one));
        if (name === undefined || !requires(table, name) || isRequiredHere(database, table, name)) return [];
        const { schema, name: tableName } = table;
        return [{ database, file, model, column: { ...column, names: [name] }, table: { schema, name: tableName } }];
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

/** Whether a migration of this change requires it, in a table that base has. */
function isRequiredHere({ migrations }: Database, { schema, name }: Table, column: string): boolean {
  const first = migrations.find(({ judged, statements }) => judged && statements.length > 0)?.statements[0];
  const before = first?.before.table({ schema, name });
  return before !== undefined && before.columns.get(column)?.notNull !== true;
}
