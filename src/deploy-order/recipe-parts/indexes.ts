/** The indexes of a column, built once more on the column that takes its place. */
import type { Catalog, Index } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { RecipeContext } from "../recipe.js";
import { derivedName, type NamedTable, quote, quoteAll } from "./names.js";

export interface IndexCopy {
  /** The name that it has at the end. */
  readonly name: string;
  /** The name under which it is built. */
  readonly temporary: string;
  readonly unique: boolean;
  /** The constraint that it belongs to. */
  readonly constraint?: string;
  readonly sql: string;
}

/** A key that is a column, with operator class and order; COLLATE may have lost its quotes. */
const SUFFIX = /^(?: (?!COLLATE\b)[a-z_0-9]+)?(?: (?:DESC|NULLS|FIRST|LAST))*$/;

/** All indexes that mention a column, on another one in its place; undefined where one of them is not known well enough. */
export function copiesOfIndexes(
  context: RecipeContext,
  table: NamedTable,
  old: string,
  next: string,
): readonly IndexCopy[] | undefined {
  const catalog = context.placed.statement.before;
  const copies = catalog
    .indexesOf(table)
    .filter((index) => index.mentions.includes(old))
    .map((index) => copyOf(index, catalog, table, old, next));
  return copies.every((copy) => copy !== undefined) ? copies : undefined;
}

function copyOf(index: Index, catalog: Catalog, table: NamedTable, old: string, next: string): IndexCopy | undefined {
  if (index.hasExpression || index.invalid || !index.keys) return undefined;
  const other = (column: string): string => quote(column === old ? next : column);
  const keys = index.keys.map((key, place) => {
    const column = index.columns[place];
    if (column === undefined || !key.startsWith(column)) return undefined;
    const suffix = key.slice(column.length);
    return SUFFIX.test(suffix) ? other(column) + suffix : undefined;
  });
  if (keys.some((key) => key === undefined)) return undefined;
  const temporary = derivedName(
    index.name,
    "new",
    (name) => catalog.index({ schema: index.schema, name }) !== undefined,
  );
  const including = index.including?.map((column) => (column === old ? next : column));
  return {
    name: index.name,
    temporary,
    unique: index.unique,
    ...(index.constraint !== undefined && { constraint: index.constraint }),
    sql: [
      `CREATE ${index.unique ? "UNIQUE " : ""}INDEX CONCURRENTLY ${quote(temporary)} ON ${table.sql}`,
      ...(index.method === "btree" ? [] : [` USING ${quote(index.method)}`]),
      ` (${keys.join(", ")})`,
      ...(including && including.length > 0 ? [` INCLUDE (${quoteAll(including)})`] : []),
      ...(index.nullsNotDistinct ? [" NULLS NOT DISTINCT"] : []),
      ";",
    ].join(""),
  };
}

/**
 * All indexes of a relation once more, on one that is new and that nobody waits for; undefined where one of them is not
 * known well enough.
 * @param catalog That has them.
 * @param sql The new relation.
 */
export function indexesAnew(
  catalog: Catalog,
  relation: Required<QualifiedName>,
  sql: string,
): readonly IndexCopy[] | undefined {
  const table = { ...relation, sql, known: undefined, column: quote };
  const copies = catalog.indexesOf(relation).map((index) => copyOf(index, catalog, table, "", ""));
  if (!copies.every((copy) => copy !== undefined)) return undefined;
  return copies.map((copy) => ({ ...copy, sql: copy.sql.replace("INDEX CONCURRENTLY", "INDEX") }));
}

/** An index's name with its schema, for statements that do not name the table. */
export function indexSql({ schema }: NamedTable, name: string): string {
  return schema === "public" ? quote(name) : `${quote(schema)}.${quote(name)}`;
}
