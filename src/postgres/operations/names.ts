/** Names and types in parse trees. */
import type { Node, RangeVar, RoleSpec, TypeName as TypeNameNode } from "libpg-query";
import type { QualifiedName, TypeName } from "../../model/name.js";
import type { StatementSource } from "../statement-source.js";

/** A node with its type's name: the tree wraps each as `{ ColumnDef: { … } }`. */
export function unwrap(node: Node): readonly [type: string, node: unknown] {
  for (const type in node) return [type, (node as Record<string, unknown>)[type]];
  return ["", undefined];
}

/** The node if it is of this type. */
export function as<Type>(node: Node | undefined, type: string): Type | undefined {
  return (node as Record<string, unknown> | undefined)?.[type] as Type | undefined;
}

/** The nodes of this type in a list. */
export function all<Type>(nodes: readonly Node[] | undefined, type: string): Type[] {
  const found: Type[] = [];
  for (const node of nodes ?? []) {
    const wanted = as<Type>(node, type);
    if (wanted !== undefined) found.push(wanted);
  }
  return found;
}

export function strings(nodes: readonly Node[] | undefined): string[] {
  return all<{ sval?: string }>(nodes, "String").map((node) => node.sval ?? "");
}

export function relationName(relation: RangeVar | undefined): QualifiedName {
  const name = relation?.relname ?? "";
  return relation?.schemaname === undefined ? { name } : { schema: relation.schemaname, name };
}

/** The last part is the name, the one before it the schema; a database's name in front is left out. */
export function qualified(parts: readonly string[]): QualifiedName {
  const name = parts.at(-1) ?? "";
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

export function nameOf(nodes: readonly Node[] | undefined): QualifiedName {
  return qualified(strings(nodes));
}

/** A type as functions are told apart by: without its schema and modifiers. */
export function argumentType(type: TypeNameNode | undefined): string {
  return `${nameOf(type?.names).name}${type?.arrayBounds === undefined ? "" : "[]"}`;
}

/** A name in a DROP, COMMENT or ALTER: a list of strings, one string, a type, or a function with its arguments. */
export function objectParts(object: Node | undefined): string[] {
  if (object === undefined) return [];
  const [type, node] = unwrap(object);
  switch (type) {
    case "List":
      return strings((node as { items?: Node[] }).items);
    case "String":
      return [(node as { sval?: string }).sval ?? ""];
    // A large object's number.
    case "Integer":
      return [String((node as { ival?: number }).ival ?? 0)];
    case "Float":
      return [(node as { fval?: string }).fval ?? ""];
    case "TypeName":
      return strings((node as TypeNameNode).names);
    case "ObjectWithArgs":
      return strings((node as { objname?: Node[] }).objname);
    default:
      return [];
  }
}

/** A role's name; `public`, `current_user` and their kin as they are written. No role can have those names. */
export function roleName(role: RoleSpec | undefined): string {
  return role?.rolename ?? (role?.roletype ?? "").replace("ROLESPEC_", "").toLowerCase();
}

export function roleNames(nodes: readonly Node[] | undefined): string[] {
  return all<RoleSpec>(nodes, "RoleSpec").map(roleName);
}

/** Spellings that the grammar does not resolve because they are no types of their own. */
const SERIAL_ALIASES: Readonly<Record<string, string>> = {
  serial2: "smallserial",
  serial4: "serial",
  serial8: "bigserial",
};

/** A type's clause ends at one of these, outside of brackets. */
const BEHIND_TYPE = [",", "collate", "storage", "compression", "options", "using"];

/** In CREATE TABLE … OF and PARTITION OF a column has no type of its own: its name is empty then. */
const NO_TYPE: TypeName = { name: "", modifiers: [], arrayDimensions: 0, sql: "" };

/** `limit` is the offset where the next clause begins. */
export function typeName(source: StatementSource, type: TypeNameNode | undefined, limit: number): TypeName {
  if (type === undefined) return NO_TYPE;
  const { schema, name } = nameOf(type.names);
  const from = source.tokenAt(source.offset(type.location));
  const to = source.find(from + 1, BEHIND_TYPE, source.tokenAt(limit));
  const modifiers: number[] = [];
  for (const modifier of type.typmods ?? []) {
    const value = as<{ ival?: { ival?: number } }>(modifier, "A_Const")?.ival;
    if (value !== undefined) modifiers.push(value.ival ?? 0);
  }
  return {
    ...(schema !== undefined && schema !== "pg_catalog" && { schema }),
    name: (schema === undefined && SERIAL_ALIASES[name]) || name,
    modifiers,
    arrayDimensions: type.arrayBounds?.length ?? 0,
    sql: source.sql(source.rangeOf(from, to)),
  };
}
