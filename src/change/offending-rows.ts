/** Queries that count the rows with which a constraint cannot be added. Each reads, and changes nothing. */
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { ConstraintDefinition } from "../model/operation.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import type { ExclusionKey } from "./index-keys.js";
import { formatName } from "./object-names.js";

/** Counts the values that several rows have. */
export function countDuplicates(
  table: QualifiedName,
  columns: readonly string[],
  options: { readonly where?: string | undefined; readonly nullsNotDistinct?: boolean } = {},
): string {
  return countAlike(table, columns.map(quoteIdentifier), options);
}

/** Counts the values that several rows have, of keys that are SQL: `lower(email)`. */
export function countAlike(
  table: QualifiedName,
  keys: readonly string[],
  {
    where,
    nullsNotDistinct = false,
  }: { readonly where?: string | undefined; readonly nullsNotDistinct?: boolean } = {},
): string {
  // Two NULLs are no duplicates, unless the key says so.
  const conditions = nullsNotDistinct ? [] : keys.map((key) => `${key} IS NOT NULL`);
  if (where !== undefined) conditions.push(`(${where})`);
  const filter = conditions.length > 0 ? ` WHERE ${conditions.join(" AND ")}` : "";
  return `SELECT count(*) FROM (SELECT FROM ${formatName(table)}${filter} GROUP BY ${keys.join(", ")} HAVING count(*) > 1) AS duplicates`;
}

/** Counts the pairs of rows that EXCLUDE lets not stand beside each other; of many it counts so many only. */
export function countExcluding(table: QualifiedName, keys: readonly ExclusionKey[], where?: string): string {
  const columns = keys.map(({ key }, at) => `${key} AS key_${String(at + 1)}`);
  const filter = where === undefined ? "" : ` WHERE ${where}`;
  const holds = keys.map(({ operator }, at) => `one.key_${String(at + 1)} ${operator} other.key_${String(at + 1)}`);
  return (
    `WITH keys AS (SELECT tableoid AS part, ctid AS place, ${columns.join(", ")} FROM ${formatName(table)}${filter}) ` +
    `SELECT count(*) FROM (SELECT FROM keys AS one JOIN keys AS other ` +
    `ON (one.part, one.place) < (other.part, other.place) AND ${holds.join(" AND ")} LIMIT 10001) AS pairs`
  );
}

/** Counts the rows that have no value. */
export function countNulls(table: QualifiedName, columns: readonly string[]): string {
  const condition = columns.map((column) => `${quoteIdentifier(column)} IS NULL`).join(" OR ");
  return `SELECT count(*) FROM ${formatName(table)} WHERE ${condition}`;
}

/** Counts the rows that violate a constraint; undefined where the schema does not say enough. */
export function countOffenders(
  table: QualifiedName,
  constraint: Pick<ConstraintDefinition, "kind" | "columns" | "expression" | "references" | "nullsNotDistinct">,
  catalog: Catalog,
): string | undefined {
  const { kind, columns, expression, references, nullsNotDistinct = false } = constraint;
  switch (kind) {
    case "check":
      return expression && `SELECT count(*) FROM ${formatName(table)} WHERE NOT (${expression.sql})`;
    case "foreign key":
      return references && countOrphans(table, columns, references, catalog);
    case "not null":
      return countNulls(table, columns);
    case "unique":
    case "primary key":
      return columns.length > 0 ? countDuplicates(table, columns, { nullsNotDistinct }) : undefined;
    case "exclude":
      return undefined;
  }
}

function countOrphans(
  table: QualifiedName,
  columns: readonly string[],
  references: NonNullable<ConstraintDefinition["references"]>,
  catalog: Catalog,
): string | undefined {
  const constraints = [...(catalog.table(references.table)?.constraints.values() ?? [])];
  const key = constraints.find(({ kind }) => kind === "primary key")?.columns ?? [];
  const referenced = references.columns.length > 0 ? references.columns : key;
  if (referenced.length === 0 || referenced.length !== columns.length) return undefined;
  const has = columns.map((column) => `r.${quoteIdentifier(column)} IS NOT NULL`);
  const matches = columns.map(
    (column, index) => `k.${quoteIdentifier(referenced[index] ?? "")} = r.${quoteIdentifier(column)}`,
  );
  return (
    `SELECT count(*) FROM ${formatName(table)} AS r WHERE ${has.join(" AND ")} AND NOT EXISTS ` +
    `(SELECT FROM ${formatName(references.table)} AS k WHERE ${matches.join(" AND ")})`
  );
}
