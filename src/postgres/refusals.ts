/**
 * What PostgreSQL refuses although its grammar accepts it, as far as the schema shows it: one row per operation. Each
 * refusal names the relations that must be known whole for it to be certain; whether they are is not asked here.
 */
import type { Catalog, Table } from "../model/catalog.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationOf, OperationType, RelationKind } from "../model/operation.js";
import type { Refusal } from "../model/refusal.js";
import {
  duplicateColumn,
  ofRelation,
  tableWithColumns,
  undefinedColumn,
  undefinedInExpression,
  bare,
} from "./refusals/columns.js";
import {
  dependentsOfFunction,
  dependentsOfKey,
  dependentsOfRelation,
  dependentsOfSchema,
  dependentsOfSequence,
  dependentsOfType,
} from "./dependents.js";
import { alterTypeRefusal, dropColumnRefusal, dropRefusal } from "./refusals/dependents.js";
import { constraintRefusal } from "./refusals/constraints.js";
import { firstOf } from "./refusals/first-of.js";
import { duplicateRelation, nameOf, ownerOf, relationNamed, undefinedRelation, written } from "./refusals/names.js";
import { sqlTypeName } from "./type-names.js";
import { duplicateType, typeNamedLikeTable, undefinedType } from "./refusals/types.js";
import { ARRIVING, syntaxRefusal } from "./refusals/versions.js";

/** The schema on both sides of an operation. */
export interface Met {
  readonly before: Catalog;
  readonly after: Catalog;
  /** PostgreSQL's major version. */
  readonly postgres: number;
  /** What the same statement drops. */
  readonly dropped: readonly QualifiedName[];
}

type Row<Type extends OperationType> = (operation: OperationOf<Type>, met: Met) => Refusal | undefined;

const ROWS: { readonly [Type in OperationType]?: Row<Type> } = {
  CreateTable(op, { before, after }) {
    if (isThere(before, op.table, op)) return undefined;
    const names = new Set<string>();
    const twice = op.columns.find(({ name }) => names.size === names.add(name).size);
    if (twice) {
      return {
        code: "42701",
        message: `column "${twice.name}" specified more than once`,
        about: [],
        range: twice.range,
      };
    }
    const parents = [...(op.partitionOf ? [op.partitionOf] : []), ...op.inherits, ...op.like];
    const taken =
      (op.temporary ? undefined : (duplicateRelation(before, op.table) ?? typeNamedLikeTable(before, op.table))) ??
      firstOf(parents, (parent) => undefinedRelation(before, parent)) ??
      firstOf(op.columns, ({ type, range }) => undefinedType(before, type, range));
    if (taken) return taken;
    const table = after.table(op.table);
    if (!table) return undefined;
    const inline = op.columns.flatMap(({ constraints }) => constraints);
    let hasPrimaryKey = false;
    const refusal = firstOf([...inline, ...op.constraints], (constraint) => {
      const found = constraintRefusal({ before, seen: after, table, hasPrimaryKey }, constraint);
      if (constraint.kind === "primary key") hasPrimaryKey = true;
      return found;
    });
    // Of the table itself all is known that is known of those that it is made from.
    const own = parents.map((parent) => before.qualify(parent));
    const isOther = ({ schema, name }: Required<QualifiedName>): boolean =>
      schema !== table.schema || name !== table.name;
    return refusal && { ...refusal, about: [...refusal.about.filter(isOther), ...own] };
  },
  CreateTableAs: (op, { before }) =>
    isThere(before, op.table, op)
      ? undefined
      : ((op.temporary ? undefined : duplicateRelation(before, op.table)) ?? reads(op, before)),
  CreateView(op, { before }) {
    const existing = relationNamed(before, op.view);
    if (!existing || op.temporary) return reads(op, before);
    if (!op.replace) return duplicateRelation(before, op.view);
    return isOfKind(existing, "view") ? reads(op, before) : wrongKind(op.view, existing, "a view");
  },
  CreateSequence: (op, { before }) =>
    isThere(before, op.sequence, op) ? undefined : duplicateRelation(before, op.sequence),
  DropRelation(op, { before, dropped }) {
    const existing = relationNamed(before, op.relation);
    if (!existing) return op.ifExists ? undefined : undefinedRelation(before, op.relation, op.kind);
    if (!isOfKind(existing, op.kind)) return wrongKind(op.relation, existing, `a ${op.kind}`);
    if (op.cascade || "table" in existing) return undefined;
    const dependents =
      existing.kind === "sequence"
        ? dependentsOfSequence(before, existing)
        : dependentsOfRelation(before, existing).filter(({ relation }) => !drops(dropped, relation, before));
    const together = dropped.length > 1 ? "desired object(s)" : undefined;
    return dropRefusal(`${op.kind} ${existing.name}`, [nameOf(existing)], dependents, together);
  },
  RenameRelation(op, { before }) {
    const existing = relationNamed(before, op.relation);
    if (!existing) return missing(op, op.relation, before);
    return duplicateRelation(before, { schema: existing.schema, name: op.newName });
  },
  SetSchema: (op, { before }) => missing(op, op.relation, before),

  AddColumn(op, { before, after }) {
    const refusal = missing(op, op.table, before);
    if (refusal) return refusal;
    const table = tableWithColumns(before, op.table);
    if (op.ifNotExists && table?.columns.has(op.column.name)) return undefined;
    const made = after.table(op.table);
    return (
      duplicateColumn(table, op.column.name) ??
      undefinedType(before, op.column.type, op.column.range) ??
      (made &&
        firstOf(op.column.constraints, (constraint) =>
          constraintRefusal({ before, seen: after, table: made, hasPrimaryKey: hasPrimaryKey(table) }, constraint),
        ))
    );
  },
  DropColumn: (op, { before }) =>
    missing(op, op.table, before) ?? (op.ifExists ? undefined : column(op, before)) ?? dropColumnRefusal(op, before),
  RenameColumn(op, { before }) {
    const refusal = missing(op, op.table, before);
    if (refusal) return refusal;
    const table = tableWithColumns(before, op.table);
    return undefinedColumn(table, op.column, bare) ?? duplicateColumn(table, op.newName);
  },
  AlterColumnType: (op, { before, postgres }) =>
    missing(op, op.table, before) ??
    column(op, before) ??
    undefinedType(before, op.newType) ??
    undefinedInExpression(tableWithColumns(before, op.table), op.using) ??
    alterTypeRefusal(op, before, postgres),
  SetDefault: (op, { before }) => missing(op, op.table, before) ?? column(op, before) ?? fillsItself(op, before),
  DropDefault: (op, { before }) => missing(op, op.table, before) ?? column(op, before) ?? fillsItself(op, before),
  SetNotNull: (op, { before }) => missing(op, op.table, before) ?? column(op, before),
  DropNotNull: (op, { before }) => missing(op, op.table, before) ?? column(op, before) ?? alwaysNotNull(op, before),
  AlterTable: (op, { before }) =>
    missing(op, op.table, before) ??
    (op.column === undefined ? undefined : column({ table: op.table, column: op.column }, before)),

  AddConstraint(op, { before }) {
    const refusal = missing(op, op.table, before);
    const table = before.table(op.table);
    if (refusal || !table) return refusal;
    const { name, kind } = op.constraint;
    if (name !== undefined && kind !== "not null" && table.constraints.has(name)) {
      const message = `constraint "${name}" for relation "${table.name}" already exists`;
      return { code: "42710", message, about: [nameOf(table)] };
    }
    return constraintRefusal({ before, seen: before, table, hasPrimaryKey: hasPrimaryKey(table) }, op.constraint);
  },
  ValidateConstraint: (op, { before }) => missing(op, op.table, before) ?? constraint(op, before),
  DropConstraint(op, { before }) {
    const refusal = missing(op, op.table, before) ?? (op.ifExists ? undefined : constraint(op, before));
    const table = before.table(op.table);
    const found = table?.constraints.get(op.constraint);
    if (refusal || !table || !found || op.cascade) return refusal;
    if (found.kind !== "primary key" && found.kind !== "unique") return undefined;
    const object = `constraint ${op.constraint} on table ${table.name}`;
    return dropRefusal(object, [nameOf(table)], dependentsOfKey(before, table, found.columns));
  },
  RenameConstraint: (op, { before }) =>
    missing(op, op.table, before) ??
    constraint(op, before, (name, table) => `constraint "${name}" for table "${table}" does not exist`),

  CreateIndex(op, { before }) {
    const refusal = missing(op, op.table, before);
    const table = before.table(op.table);
    if (refusal || !table) return refusal;
    if (table.kind === "view") {
      return { code: "42809", message: `cannot create index on relation "${table.name}"`, about: [nameOf(table)] };
    }
    const name = op.index && { schema: table.schema, name: op.index.name };
    if (name && op.ifNotExists && relationNamed(before, name)) return undefined;
    const known = table.columnsKnown ? table : undefined;
    return (
      firstOf(op.mentions ?? op.columns, (mentioned) =>
        mentioned === table.name ? undefined : undefinedColumn(known, mentioned, bare),
      ) ??
      (name && duplicateRelation(before, name))
    );
  },
  DropIndex(op, { before }) {
    const existing = relationNamed(before, op.index);
    if (!existing) return op.ifExists ? undefined : undefinedRelation(before, op.index, "index", "42704");
    if (!("table" in existing)) return wrongKind(op.index, existing, "an index");
    const { constraint: owner } = existing;
    if (owner === undefined) {
      const table = existing.unique && !op.cascade ? before.table(existing.table) : undefined;
      const keys = table && !existing.hasExpression ? dependentsOfKey(before, table, existing.columns) : [];
      return dropRefusal(`index ${existing.name}`, [ownerOf(existing)], keys);
    }
    const message = `cannot drop index ${existing.name} because constraint ${owner} on table ${existing.table.name} requires it`;
    return { code: "2BP01", message, about: [ownerOf(existing)] };
  },

  CreateEnum: (op, { before }) => duplicateType(before, op.enum),
  CreateDomain: (op, { before }) => duplicateType(before, op.domain) ?? undefinedType(before, op.baseType),
  CreateType: (op, { before }) => duplicateType(before, op.name),
  DropType(op, { before, dropped }) {
    const type = before.type(op.name);
    if (!type) return op.ifExists ? undefined : undefinedType(before, op.name);
    if (op.cascade) return undefined;
    return dropRefusal(
      `type ${type.name}`,
      [nameOf(type)],
      dependentsOfType(before, type).filter(
        ({ kind, relation }) => kind !== "type" || !drops(dropped, relation, before),
      ),
    );
  },
  DropFunction(op, { before, dropped }) {
    if (op.cascade) return undefined;
    const name = before.qualify(op.function);
    const dependents = dependentsOfFunction(before, name).filter(
      ({ relation, arguments: given }) => given === undefined || !drops(dropped, relation, before),
    );
    if (dependents.length === 0) return undefined;
    const [routine, ...overloads] = [...before.functions()].filter((other) => isSameName(other, name));
    if (overloads.length > 0) return undefined;
    const types = routine?.arguments ?? op.arguments ?? [];
    const together = dropped.length > 1 ? "desired object(s)" : undefined;
    return dropRefusal(`function ${name.name}(${types.map(sqlTypeName).join()})`, [], dependents, together);
  },
  DropSchema(op, { before }) {
    if (op.cascade) return undefined;
    const dependents = dependentsOfSchema(before, op.schema);
    return dropRefusal(`schema ${op.schema}`, [], dependents);
  },
  RenameType: (op, { before }) =>
    undefinedType(before, op.name) ?? duplicateType(before, { ...schemaOf(op.name), name: op.newName }),
  AddEnumValue(op, { before }) {
    const type = before.enum(op.enum);
    if (!type) return undefinedType(before, op.enum);
    const about = [nameOf(type)];
    if (type.values.includes(op.value)) {
      return op.ifNotExists ? undefined : { code: "42710", message: `enum label "${op.value}" already exists`, about };
    }
    return op.neighbor ? undefinedLabel(type, op.neighbor.value) : undefined;
  },
  RenameEnumValue(op, { before }) {
    const type = before.enum(op.enum);
    if (!type) return undefinedType(before, op.enum);
    if (type.values.includes(op.value) && type.values.includes(op.newValue)) {
      return { code: "42710", message: `enum label "${op.newValue}" already exists`, about: [nameOf(type)] };
    }
    return undefinedLabel(type, op.value);
  },

  Insert: (op, { before }) => missing(op, op.table, before) ?? reads(op, before),
  Update(op, { before }) {
    const table = tableWithColumns(before, op.table);
    return (
      missing(op, op.table, before) ??
      reads(op, before) ??
      firstOf(op.columns, (name) => undefinedColumn(table, name, ofRelation))
    );
  },
  Delete: (op, { before }) => missing(op, op.table, before) ?? reads(op, before),
  Truncate: (op, { before }) => missing(op, op.table, before),
  LockTable: (op, { before }) => missing(op, op.table, before),
  CreateTrigger: (op, { before }) =>
    missing(op, op.table, before) ??
    firstOf(op.columns, (name) => undefinedColumn(tableWithColumns(before, op.table), name, ofRelation)),
  CreatePolicy: (op, { before }) => missing(op, op.table, before),
  AttachPartition: (op, { before }) => missing(op, op.table, before) ?? missing(op, op.partition, before),
  DetachPartition: (op, { before }) => missing(op, op.table, before) ?? missing(op, op.partition, before),
  RefreshMaterializedView(op, { before }) {
    const existing = before.table(op.view);
    if (!existing) return undefinedRelation(before, op.view);
    if (existing.kind === "materialized view") return undefined;
    return {
      code: existing.kind === "view" ? "42809" : "0A000",
      message: `"${op.view.name}" is not a materialized view`,
      about: [nameOf(existing)],
    };
  },
};

/** Operations that may be refused. */
export const REFUSABLE: readonly OperationType[] = [
  ...new Set([...(Object.keys(ROWS) as OperationType[]), ...ARRIVING]),
];

/** Undefined where nothing speaks against the operation. */
export function refusalOf(operation: Operation, met: Met): Refusal | undefined {
  // What a condition in a DO block decides about is not known.
  if (operation.inBlock !== undefined) return undefined;
  const row = ROWS[operation.type] as Row<OperationType> | undefined;
  return syntaxRefusal(operation, met.before, met.postgres) ?? row?.(operation, met);
}

function drops(dropped: readonly QualifiedName[], name: Required<QualifiedName>, catalog: Catalog): boolean {
  return dropped.some((other) => isSameName(catalog.qualify(other), name));
}

function isSameName(one: Required<QualifiedName>, other: Required<QualifiedName>): boolean {
  return one.name === other.name && one.schema === other.schema;
}

function isThere(catalog: Catalog, name: QualifiedName, { ifNotExists }: { readonly ifNotExists: boolean }): boolean {
  return ifNotExists && relationNamed(catalog, name) !== undefined;
}

function missing(op: Operation, name: QualifiedName, catalog: Catalog): Refusal | undefined {
  return op.ifTableExists ? undefined : undefinedRelation(catalog, name);
}

function reads({ reads = [] }: { readonly reads?: readonly QualifiedName[] }, catalog: Catalog): Refusal | undefined {
  return firstOf(reads, (read) => undefinedRelation(catalog, read));
}

function column(op: { readonly table: QualifiedName; readonly column: string }, catalog: Catalog): Refusal | undefined {
  return undefinedColumn(tableWithColumns(catalog, op.table), op.column, ofRelation);
}

function constraint(
  op: { readonly table: QualifiedName; readonly constraint: string },
  catalog: Catalog,
  say = (name: string, table: string): string => `constraint "${name}" of relation "${table}" does not exist`,
): Refusal | undefined {
  const table = tableWithColumns(catalog, op.table);
  if (!table || table.constraints.has(op.constraint)) return undefined;
  return {
    code: "42704",
    message: say(op.constraint, table.name),
    about: [nameOf(table)],
    instead: [...table.constraints.keys()],
  };
}

function hasPrimaryKey(table: Table | undefined): boolean {
  for (const { kind } of table?.constraints.values() ?? []) if (kind === "primary key") return true;
  return false;
}

/** Identity and generated columns have no default of their own to set or drop. */
function fillsItself(
  op: { readonly table: QualifiedName; readonly column: string },
  catalog: Catalog,
): Refusal | undefined {
  const table = tableWithColumns(catalog, op.table);
  const found = table?.columns.get(op.column);
  if (!table || !found || (!found.identity && !found.generated)) return undefined;
  const what = found.identity ? "an identity column" : "a generated column";
  return {
    code: "42601",
    message: `column "${op.column}" of relation "${table.name}" is ${what}`,
    about: [nameOf(table)],
  };
}

function alwaysNotNull(op: OperationOf<"DropNotNull">, catalog: Catalog): Refusal | undefined {
  const table = tableWithColumns(catalog, op.table);
  if (!table) return undefined;
  if (table.columns.get(op.column)?.identity) return fillsItself(op, catalog);
  for (const { kind, columns } of table.constraints.values()) {
    if (kind === "primary key" && columns.includes(op.column)) {
      return { code: "42P16", message: `column "${op.column}" is in a primary key`, about: [nameOf(table)] };
    }
  }
  return undefined;
}

function undefinedLabel(
  type: Required<QualifiedName> & { readonly values: readonly string[] },
  label: string,
): Refusal | undefined {
  if (type.values.includes(label)) return undefined;
  return {
    code: "22023",
    message: `"${label}" is not an existing enum label`,
    about: [nameOf(type)],
    instead: type.values,
  };
}

function schemaOf({ schema }: QualifiedName): { schema?: string } {
  return schema === undefined ? {} : { schema };
}

const KINDS: Readonly<Record<Exclude<RelationKind, "index">, readonly Table["kind"][]>> = {
  table: ["table", "partitioned table"],
  view: ["view"],
  "materialized view": ["materialized view"],
  "foreign table": ["foreign table"],
  sequence: ["sequence"],
};

type Existing = NonNullable<ReturnType<typeof relationNamed>>;

function isOfKind(existing: Existing, kind: Exclude<RelationKind, "index">): boolean {
  // Of a relation that no migration made the kind is not known.
  if ("table" in existing) return false;
  return existing.createdIn === undefined || KINDS[kind].includes(existing.kind);
}

function wrongKind(name: QualifiedName, existing: Existing, kind: string): Refusal {
  return { code: "42809", message: `"${written({ name: name.name })}" is not ${kind}`, about: [ownerOf(existing)] };
}
