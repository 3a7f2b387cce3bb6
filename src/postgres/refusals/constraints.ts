/** Constraints that PostgreSQL refuses to add. */
import type { Catalog, Table } from "../../model/catalog.js";
import type { ConstraintDefinition } from "../../model/operation.js";
import type { Refusal } from "../../model/refusal.js";
import { inForeignKey, inKey, ofRelation, undefinedColumn, undefinedInExpression } from "./columns.js";
import { canReference } from "./comparable-types.js";
import { firstOf } from "./first-of.js";
import { duplicateRelation, nameOf, undefinedRelation } from "./names.js";

/** Where a constraint meets its table. */
export interface Constrained {
  /** The schema before the statement's clause. */
  readonly before: Catalog;
  /** The schema with the columns and keys that the constraint may use: CREATE TABLE makes them itself. */
  readonly seen: Catalog;
  readonly table: Table;
  readonly hasPrimaryKey: boolean;
}

export function constraintRefusal(constrained: Constrained, constraint: ConstraintDefinition): Refusal | undefined {
  const refusal =
    constraint.kind === "foreign key"
      ? foreignKeyRefusal(constrained, constraint)
      : (ownColumnsRefusal(constrained.table, constraint) ?? keyRefusal(constrained, constraint));
  return refusal && { ...refusal, range: constraint.range };
}

function ownColumnsRefusal(table: Table, { kind, columns, expression }: ConstraintDefinition): Refusal | undefined {
  if (!table.columnsKnown) return undefined;
  if (kind === "check") return undefinedInExpression(table, expression);
  return firstOf(columns, (column) => undefinedColumn(table, column, kind === "not null" ? ofRelation : inKey));
}

function keyRefusal(
  { before, table, hasPrimaryKey }: Constrained,
  { kind, name, columns, usingIndex }: ConstraintDefinition,
): Refusal | undefined {
  if (kind !== "primary key" && kind !== "unique") return undefined;
  const twice = columns.find((column, index) => columns.indexOf(column) < index);
  if (twice !== undefined) {
    const what = kind === "unique" ? "unique" : "primary key";
    return { code: "42701", message: `column "${twice}" appears twice in ${what} constraint`, about: [] };
  }
  if (kind === "primary key" && hasPrimaryKey) {
    const message = `multiple primary keys for table "${table.name}" are not allowed`;
    return { code: "42P16", message, about: [nameOf(table)] };
  }
  if (usingIndex !== undefined) return usingIndexRefusal(before, table, usingIndex);
  return name === undefined ? undefined : duplicateRelation(before, { schema: table.schema, name });
}

function usingIndexRefusal(catalog: Catalog, table: Table, name: string): Refusal | undefined {
  const about = [nameOf(table)];
  const index = catalog.index({ schema: table.schema, name });
  if (!index) {
    const isTable = catalog.table({ schema: table.schema, name }) !== undefined;
    return isTable ? undefined : { code: "42704", message: `index "${name}" does not exist`, about };
  }
  if (index.table.name !== table.name || index.table.schema !== table.schema) return undefined;
  if (!index.unique) return { code: "42809", message: `"${name}" is not a unique index`, about };
  if (index.where) return { code: "42809", message: `"${name}" is a partial index`, about };
  if (index.hasExpression) return { code: "42809", message: `index "${name}" contains expressions`, about };
  return undefined;
}

function foreignKeyRefusal(
  { before, seen, table }: Constrained,
  { columns, references }: ConstraintDefinition,
): Refusal | undefined {
  if (!references) return undefined;
  const missing = table.columnsKnown
    ? firstOf(columns, (column) => undefinedColumn(table, column, inForeignKey))
    : undefined;
  if (missing) return missing;

  const toItself = seen.table(references.table) === table;
  if (!toItself && !before.table(references.table)) return undefinedRelation(before, references.table);
  const target = seen.table(references.table);
  if (!target) return undefined;
  const about = [nameOf(target)];
  if (target.kind === "view" || target.kind === "materialized view" || target.kind === "foreign table") {
    return { code: "42809", message: `referenced relation "${target.name}" is not a table`, about };
  }
  if (!target.columnsKnown) return undefined;
  const named = references.columns.length > 0 ? references.columns : primaryKeyOf(target);
  if (!named) {
    return { code: "42704", message: `there is no primary key for referenced table "${target.name}"`, about };
  }
  const absent = firstOf(named, (column) => undefinedColumn(target, column, inForeignKey));
  if (absent) return absent;
  if (named.length !== columns.length) {
    const message = "number of referencing and referenced columns for foreign key disagree";
    return { code: "42830", message, about };
  }
  if (!keysOf(seen, target).some((key) => sameColumns(key, named))) {
    const message = `there is no unique constraint matching given keys for referenced table "${target.name}"`;
    return { code: "42830", message, about };
  }
  return typesRefusal({ seen, table }, columns, target, named);
}

function typesRefusal(
  { seen, table }: Pick<Constrained, "seen" | "table">,
  columns: readonly string[],
  target: Table,
  named: readonly string[],
): Refusal | undefined {
  return firstOf(columns.entries(), ([position, column]) => {
    const key = named[position] ?? "";
    const from = table.columns.get(column)?.type;
    const to = target.columns.get(key)?.type;
    if (!from || !to || canReference(seen, from, to) !== false) return undefined;
    return {
      code: "42804",
      message: `foreign key columns "${column}" and "${key}" are of incompatible types: ${from.sql} and ${to.sql}`,
      about: [nameOf(table), nameOf(target)],
    };
  });
}

function primaryKeyOf({ constraints }: Table): readonly string[] | undefined {
  for (const constraint of constraints.values()) if (constraint.kind === "primary key") return constraint.columns;
  return undefined;
}

/** The columns of every key that a foreign key may name: of the unique indexes over all rows. */
function keysOf(catalog: Catalog, table: Table): readonly (readonly string[])[] {
  return catalog
    .indexesOf(table)
    .flatMap(({ unique, hasExpression, columns }) => (unique && !hasExpression ? [columns] : []));
}

function sameColumns(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((column) => other.includes(column));
}
