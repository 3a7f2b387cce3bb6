/** Types that a statement names, against those that there are. */
import type { Catalog } from "../../model/catalog.js";
import type { QualifiedName, TypeName } from "../../model/name.js";
import type { Range } from "../../model/position.js";
import type { Refusal } from "../../model/refusal.js";
import { BUILTIN_TYPES } from "./builtin-types.js";
import { nameOf, written } from "./names.js";

/** The refusal of a type that is nowhere. */
export function undefinedType(catalog: Catalog, type: QualifiedName | TypeName, range?: Range): Refusal | undefined {
  const { schema, name } = type;
  // Only in the schema that migrations usually have for themselves nothing else makes types.
  if (!catalog.complete || (schema !== undefined && schema !== "public")) return undefined;
  if (name === "" || name.startsWith("pg_") || name.startsWith("_") || BUILTIN_TYPES.has(name)) return undefined;
  if (catalog.type(type) || catalog.table(type)) return undefined;
  // The connection may have a search_path of its own.
  for (const other of catalog.types()) if (other.name === name) return undefined;
  const array = "arrayDimensions" in type ? "[]".repeat(type.arrayDimensions) : "";
  return {
    code: "42704",
    message: `type "${written(type)}${array}" does not exist`,
    about: [],
    absence: true,
    instead: [...catalog.types()].map((other) => other.name),
    ...(range && { range }),
  };
}

/** The refusal of a new type whose name another one has; each table has a type, too. */
export function duplicateType(catalog: Catalog, name: QualifiedName): Refusal | undefined {
  const place = { schema: name.schema ?? catalog.qualify({ name: "" }).schema, name: name.name };
  const taken = catalog.type(place) ?? catalog.table(place);
  if (!taken || ("kind" in taken && taken.kind === "sequence")) return undefined;
  return { code: "42710", message: `type "${name.name}" already exists`, about: [nameOf(taken)] };
}

/** The refusal of a new table that a type has the name of. */
export function typeNamedLikeTable(catalog: Catalog, table: QualifiedName): Refusal | undefined {
  const type = catalog.type(catalog.qualify(table));
  return type && { code: "42710", message: `type "${table.name}" already exists`, about: [nameOf(type)] };
}
