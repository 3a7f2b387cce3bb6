/** Names of an operation's objects, for messages and for the report. */
import type { Catalog } from "../model/catalog.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import { relationOf } from "./live.js";
import { quoteIdentifier } from "../text/quote-identifier.js";

/** A name as a person would write it in SQL: the schema only where it is not `public`, quotes where they are needed. */
export function formatName({ schema, name }: QualifiedName): string {
  const bare = quoteIdentifier(name);
  return schema === undefined || schema === "public" ? bare : `${quoteIdentifier(schema)}.${bare}`;
}

/** The name in `public.orders`, as a lock names its relation. */
export function parseQualified(qualifiedName: string): Required<QualifiedName> {
  const dot = qualifiedName.indexOf(".");
  return { schema: qualifiedName.slice(0, dot), name: qualifiedName.slice(dot + 1) };
}

function qualified(catalog: Catalog, name: QualifiedName): string {
  const found = catalog.qualify(name);
  return `${found.schema}.${found.name}`;
}

/** The object that an operation is about, qualified: `public.orders.legacy_ref`. Absent where it has none. */
export function objectOf(placed: PlacedOperation): string | undefined {
  const { operation, statement } = placed;
  const { before, after } = statement;
  const inTable = (name: string | undefined): string | undefined => {
    const relation = relationOf(placed);
    if (!relation) return name;
    const table = qualified(before.table(relation) ? before : after, relation);
    return name === undefined ? table : `${table}.${name}`;
  };
  switch (operation.type) {
    case "AddColumn":
      return inTable(operation.column.name);
    case "AddConstraint":
      return inTable(operation.constraint.name);
    case "ValidateConstraint":
    case "DropConstraint":
    case "RenameConstraint":
      return inTable(operation.constraint);
    case "CreateTrigger":
    case "DropTrigger":
    case "RenameTrigger":
      return inTable(operation.trigger);
    case "CreatePolicy":
    case "AlterPolicy":
    case "DropPolicy":
    case "RenamePolicy":
      return inTable(operation.policy);
    case "CreateRule":
    case "DropRule":
    case "RenameRule":
      return inTable(operation.rule);
    case "ChangeOwner":
    case "Comment":
    case "Grant":
    case "Revoke":
      if (operation.relation) return inTable(operation.name?.name);
      return operation.name && asWritten(operation.name);
    case "CreateObject":
    case "AlterObject":
    case "DropObject":
    case "RenameObject":
    case "SetObjectSchema":
      return asWritten(operation.name);
    case "CreateExtension":
    case "AlterExtension":
      return operation.extension;
    case "CreatePublication":
    case "AlterPublication":
      return operation.publication;
    case "Call":
      return qualified(before, operation.procedure);
    case "CreateIndex":
      return operation.index
        ? qualified(before, { ...schemaOf(before, operation.table), ...operation.index })
        : inTable(undefined);
    case "DropIndex":
      return qualified(before, operation.index);
    case "Reindex":
      return operation.kind === "index" || operation.kind === "table"
        ? qualified(before, operation.target)
        : operation.target.name;
    case "RenameRelation":
    case "SetSchema":
      return qualified(before, operation.relation);
    case "CreateEnum":
    case "AddEnumValue":
    case "RenameEnumValue":
      return qualified(before, operation.enum);
    case "CreateDomain":
    case "AlterDomain":
      return qualified(before, operation.domain);
    case "AlterType":
    case "CreateType":
    case "DropType":
    case "RenameType":
    case "SetTypeSchema":
      return qualified(before, operation.name);
    case "AlterFunction":
    case "CreateFunction":
    case "DropFunction":
    case "RenameFunction":
    case "SetFunctionSchema":
      return qualified(before, operation.function);
    case "CreateSchema":
    case "DropSchema":
    case "RenameSchema":
      return operation.schema;
    default: {
      const column = "column" in operation ? operation.column : undefined;
      return relationOf(placed) ? inTable(column) : undefined;
    }
  }
}

/** Most kinds of objects have no schema. */
function asWritten({ schema, name }: QualifiedName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** An index lives in its table's schema, whatever `search_path` says. */
function schemaOf(catalog: Catalog, table: QualifiedName): { schema: string } {
  return { schema: catalog.qualify(table).schema };
}

/** Names for messages: `table`, `column`, `index`, `constraint`, `referenced`, as a person would write them. */
export function describe(placed: PlacedOperation): Readonly<Record<string, string>> {
  const { operation, statement } = placed;
  const names: Record<string, string> = {};
  const relation = relationOf(placed);
  if (relation) names.table = formatName(relation);
  switch (operation.type) {
    case "AddColumn": {
      names.column = quoteIdentifier(operation.column.name);
      const target = operation.column.constraints.find(({ references }) => references)?.references;
      if (target) names.referenced = formatName(target.table);
      break;
    }
    case "AddConstraint": {
      const { constraint } = operation;
      names.constraint = constraint.name === undefined ? "the constraint" : quoteIdentifier(constraint.name);
      if (constraint.columns.length > 0) names.column = constraint.columns.map(quoteIdentifier).join(", ");
      if (constraint.references) names.referenced = formatName(constraint.references.table);
      if (constraint.usingIndex !== undefined) names.index = quoteIdentifier(constraint.usingIndex);
      break;
    }
    case "ValidateConstraint":
    case "DropConstraint":
    case "RenameConstraint": {
      names.constraint = quoteIdentifier(operation.constraint);
      const target = statement.before.table(operation.table)?.constraints.get(operation.constraint)?.references;
      if (target) names.referenced = formatName(target.table);
      break;
    }
    case "CreateIndex":
      names.index = operation.index ? formatName(operation.index) : "the index";
      break;
    case "DropIndex":
      names.index = formatName(operation.index);
      break;
    case "Reindex":
      if (operation.kind === "index") names.index = formatName(operation.target);
      break;
    default:
      if ("column" in operation && operation.column !== undefined) names.column = quoteIdentifier(operation.column);
  }
  return names;
}
