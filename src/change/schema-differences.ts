/** How two schemas differ: in relations, columns, constraints, indexes and types, whatever those without a name of their own are called. */
import type { Catalog, Column, Constraint, Index, Table } from "../model/catalog.js";
import type { TypeName } from "../model/name.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { formatName } from "./object-names.js";

/** Each difference as a person would name the object: `column note of orders`. */
export interface SchemaDifferences {
  /** There before, and not any more. */
  readonly missing: readonly string[];
  /** There now, and not before. */
  readonly added: readonly string[];
  /** With what about it is different: `the type of orders.total`. */
  readonly changed: readonly string[];
}

export function schemaDifferences(before: Catalog, after: Catalog): SchemaDifferences {
  const missing: string[] = [];
  const added: string[] = [];
  const changed: string[] = [];
  // Most tables are the same object on both sides: nothing has touched them, and nothing is looked up.
  const [were, are] = [new Set(before.tables()), new Set(after.tables())];
  for (const table of were) {
    if (table.temporary || are.has(table)) continue;
    const now = after.table(table);
    if (now === undefined) missing.push(nameOf(table));
    else compareTables(table, now, { before, after, missing, added, changed });
  }
  for (const table of are) {
    if (were.has(table) || table.temporary) continue;
    if (before.table(table) === undefined && isMade(table)) added.push(nameOf(table));
  }
  return { missing, added, changed };
}

/** A relation that statements only name has been there before. */
function isMade({ createdIn }: Table): boolean {
  return createdIn !== undefined;
}

function nameOf(table: Table): string {
  return `${table.kind === "partitioned table" ? "table" : table.kind} ${formatName(table)}`;
}

interface Found {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly missing: string[];
  readonly added: string[];
  readonly changed: string[];
}

function compareTables(was: Table, is: Table, { before, after, missing, added, changed }: Found): void {
  const table = formatName(was);
  if (was.kind !== "view" && was.kind !== "materialized view" && was.columnsKnown && is.columnsKnown) {
    for (const [name, column] of was.columns) {
      const now = is.columns.get(name);
      if (!now) missing.push(`column ${quoteIdentifier(name)} of ${table}`);
      else {
        for (const what of columnChanges(column, now)) changed.push(`${what} of ${table}.${quoteIdentifier(name)}`);
      }
    }
    for (const name of is.columns.keys()) {
      if (!was.columns.has(name)) added.push(`column ${quoteIdentifier(name)} of ${table}`);
    }
    const of = (one: Table): Named[] =>
      [...one.constraints.values()].flatMap((constraint) => constraintKey(constraint));
    compareNamed(of(was), of(is), { table, missing, added });
  }
  const indexes = (catalog: Catalog): Named[] => catalog.indexesOf(was).flatMap((index) => indexKey(index));
  compareNamed(indexes(before), indexes(after), { table, missing, added });
}

function columnChanges(was: Column, is: Column): readonly string[] {
  const changes: string[] = [];
  if (was.type && is.type && typeKey(was.type) !== typeKey(is.type)) changes.push("the type");
  if (was.notNull !== "unknown" && is.notNull !== "unknown" && was.notNull !== is.notNull) changes.push("NOT NULL");
  if ((was.default === undefined) !== (is.default === undefined)) changes.push("the default");
  if ((was.identity ?? was.generated) !== (is.identity ?? is.generated)) changes.push("the generation");
  return changes;
}

function typeKey({ name, modifiers, arrayDimensions }: TypeName): string {
  return `${name}(${modifiers.join()})${"[]".repeat(arrayDimensions)}`;
}

/** What tells it from others of its table, and how a person calls it. */
type Named = readonly [key: string, name: string];

function compareNamed(
  was: readonly Named[],
  is: readonly Named[],
  { table, missing, added }: { readonly table: string; readonly missing: string[]; readonly added: string[] },
): void {
  const before = new Map(was);
  const now = new Map(is);
  // Under one name they are taken for the same, however their conditions are written.
  const [names, namesNow] = [new Set(before.values()), new Set(now.values())];
  for (const [key, name] of before) if (!now.has(key) && !namesNow.has(name)) missing.push(`${name} of ${table}`);
  for (const [key, name] of now) if (!before.has(key) && !names.has(name)) added.push(`${name} of ${table}`);
}

/** NOT NULL is compared with its column, and keys with their indexes. */
function constraintKey({ kind, name, columns, references, expression }: Constraint): Named[] {
  if (kind === "not null" || kind === "unique" || kind === "primary key" || kind === "exclude") return [];
  const target = references && [references.table.schema, references.table.name, ...references.columns];
  const condition = expression?.sql.toLowerCase().replace(/[\s()]+/g, "");
  return [[JSON.stringify([kind, kind === "check" ? [] : columns, target, condition]), quoteIdentifier(name)]];
}

function indexKey({ name, unique, columns, mentions, method, constraint }: Index): Named[] {
  const isKey = constraint !== undefined;
  return [
    [
      JSON.stringify([unique, columns, [...mentions].sort(), method]),
      isKey ? quoteIdentifier(constraint) : `index ${quoteIdentifier(name)}`,
    ],
  ];
}
