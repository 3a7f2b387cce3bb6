/**
 * Models that a change adds and its migrations do not: whatever uses one fails. What a model has lacked at base already
 * is nobody's surprise, so only what is new counts, and only where the models around it are the tables of a database
 * that the migrations make: others belong to a database that is made elsewhere.
 */
import type { Catalog, Table } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Tree } from "../model/tree.js";
import { NOT_APPLICATION_CODE } from "../references/application-files.js";
import type { Model, ModelColumn, Orm } from "../references/models/model.js";
import { folderOf, mayHaveModels, MODEL_WORDS, modelsIn } from "../references/models/read-models.js";
import { snakeCase } from "../references/spelling.js";
import { matcher } from "./overlay-tree.js";

/** A model, or a column of one, that this change adds to the code and not to the schema. */
export interface MissingFromSchema {
  readonly database: Database;
  readonly file: string;
  readonly model: Model;
  /** Absent where its table is missing. */
  readonly column?: ModelColumn;
  /** The table, with the schema that it has or would have. */
  readonly table: Required<QualifiedName>;
}

/** How many of the models around a new one must be tables of a database for the new one to be expected there. */
const EXPECTED_SHARE = 0.8;

/** More files than these are not read to see which database the models of a folder belong to. */
const MAX_SAMPLED = 40;

/** The tool of each ORM that makes migrations of its models. */
export const TOOL_OF: Readonly<Record<Orm, string>> = {
  Prisma: "prisma",
  Drizzle: "drizzle",
  TypeORM: "typeorm",
  MikroORM: "mikro-orm",
  Sequelize: "sequelize",
};

/** Everything that the models of a change add and its migrations do not; nothing where that cannot be known. */
export function missingFromSchema(change: Change): readonly MissingFromSchema[] {
  const { base, head, changed, incomplete, unread = [] } = change;
  if (base === undefined || changed === undefined || incomplete.length > 0 || unread.length > 0) return [];
  const isNoCode = matcher(NOT_APPLICATION_CODE);
  const files = changed.filter(({ file }) => mayHaveModels(file) && !isNoCode(file));
  if (files.length === 0) return [];
  const known = new Set(
    files.flatMap(({ file, previousFile = file }) => modelsIn(previousFile, base.tree).flatMap(keysOf)),
  );
  const missing: MissingFromSchema[] = [];
  for (const { file, status } of files) {
    if (status === "deleted") continue;
    for (const model of modelsIn(file, head.tree)) missing.push(...missingOf(model, file, known, change, base.tree));
  }
  return missing;
}

/** What tells a model and its columns from others, on both sides. */
function keysOf(model: Model): readonly string[] {
  return [keyOf(model), ...model.columns.map((column) => keyOf(model, column))];
}

export function keyOf({ orm, tables }: Model, column?: ModelColumn): string {
  return JSON.stringify([orm, tables[0], column?.names[0]]);
}

function missingOf(
  model: Model,
  file: string,
  known: ReadonlySet<string>,
  change: Change,
  base: Tree,
): readonly MissingFromSchema[] {
  const isNew = !known.has(keyOf(model));
  const columns = model.columns.filter((column) => !known.has(keyOf(model, column)));
  if (!isNew && columns.length === 0) return [];
  const homes = change.databases.flatMap((database) => {
    const catalog = endOf(database);
    const table = catalog && tableOf(model, catalog);
    return table ? [{ database, table }] : [];
  });
  if (homes.length === 0) return isNew ? missingTable(model, file, change, base) : [];
  // Of two databases with such a table one may be meant; a model lacks a column where both lack it.
  const [home] = homes;
  if (home === undefined || !homes.every(({ database, table }) => table.columnsKnown && isWholeKnown(database)))
    return [];
  const { schema, name } = home.table;
  return columns
    .filter(({ names }) => homes.every(({ table }) => !names.some((one) => table.columns.has(one))))
    .map((column) => ({
      database: home.database,
      file,
      model,
      column: namedAsOthers(column, model, home.table),
      table: { schema, name },
    }));
}

/** A column with the name first that the strategy makes by which the model's other columns have theirs. */
function namedAsOthers(column: ModelColumn, { columns }: Model, table: Table): ModelColumn {
  const snake = snakeCase(column.property);
  if (!column.names.includes(snake) || snake === column.property) return column;
  for (const { property, names } of columns) {
    if (names.length < 2 || snakeCase(property) === property) continue;
    const found = names.find((name) => table.columns.has(name));
    if (found === undefined) continue;
    const first = found === property ? column.property : snake;
    return { ...column, names: [first, ...column.names.filter((name) => name !== first)] };
  }
  return column;
}

function missingTable(model: Model, file: string, change: Change, base: Tree): readonly MissingFromSchema[] {
  const [declared] = model.tables;
  const database = databaseOf(model.orm, file, change, base);
  const catalog = database && endOf(database);
  if (!database || !catalog || !declared || !isWholeKnown(database)) return [];
  // A schema that no migration makes is made elsewhere, and so are its tables.
  if (declared.schema !== undefined && ![...catalog.schemas()].includes(declared.schema)) return [];
  return [{ database, file, model, table: catalog.qualify(declared) }];
}

/** The database whose tables the models around a file are; undefined where that is none, or not clear. */
function databaseOf(orm: Orm, file: string, change: Change, base: Tree): Database | undefined {
  const around = modelsAround(orm, file, base);
  if (around.length === 0) {
    // The first model of a project: its ORM makes the migrations, and every statement of them is understood.
    const [only, ...others] = change.databases;
    const isOwn = only?.tools.every(({ name }) => name === TOOL_OF[orm]) === true;
    return isOwn && others.length === 0 && endOf(only)?.complete === true ? only : undefined;
  }
  const fitting = change.databases.filter((database) => {
    const catalog = endOf(database);
    const found = around.filter((model) => catalog && tableOf(model, catalog)).length;
    return found >= around.length * EXPECTED_SHARE;
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** The models of one ORM that base has in the file's schema or package. */
function modelsAround(orm: Orm, file: string, base: Tree): readonly Model[] {
  const files = orm === "Prisma" ? prismaFiles(file, base) : scriptFiles(file, base);
  base.prefetch?.(files);
  return files.flatMap((one) => modelsIn(one, base)).filter((model) => model.orm === orm);
}

function prismaFiles(file: string, base: Tree): readonly string[] {
  const folder = folderOf(file);
  return base.files().filter((one) => one.endsWith(".prisma") && folderOf(one) === folder);
}

function scriptFiles(file: string, base: Tree): readonly string[] {
  const folder = packageOf(file, base);
  const only = ["ts", "js", "mts", "cts", "mjs", "cjs"].map((extension) => `${folder}**/*.${extension}`);
  const hits = base.grep(MODEL_WORDS, NOT_APPLICATION_CODE, only);
  return [...new Set(hits.map((hit) => hit.file))].filter(mayHaveModels).slice(0, MAX_SAMPLED);
}

/** The folder of the nearest package, with a slash at its end; empty for the root. */
function packageOf(file: string, tree: Tree): string {
  for (let folder = folderOf(file); folder !== ""; folder = folderOf(folder)) {
    if (tree.has(`${folder}/package.json`)) return `${folder}/`;
  }
  return "";
}

export function tableOf({ tables }: Model, catalog: Catalog): Table | undefined {
  for (const name of tables) {
    const table = catalog.table(name);
    if (table) return table;
  }
  return undefined;
}

/** The schema when all migrations have run; undefined where there is none. */
export function endOf({ migrations }: Database): Catalog | undefined {
  return migrations.findLast(({ statements }) => statements.length > 0)?.statements.at(-1)?.after;
}

/** What may make something that the catalog does not show. */
const OPAQUE: ReadonlySet<Operation["type"]> = new Set([
  "Call",
  "DoBlock",
  "Execute",
  "ImportForeignSchema",
  "Unparsed",
]);

/** Whether every statement of this change is understood. */
function isWholeKnown({ migrations }: Database): boolean {
  return migrations.every(
    ({ status, statements }) =>
      status === "existing" ||
      statements.every(({ statement }) => statement.operations.every(({ type }) => !OPAQUE.has(type))),
  );
}
