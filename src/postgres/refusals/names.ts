/** Names that are taken, and names that nothing has. */
import type { Catalog, Index, Table } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { Refusal } from "../../model/refusal.js";

/** A table, view, sequence or index. */
export function relationNamed(catalog: Catalog, name: QualifiedName): Table | Index | undefined {
  return catalog.table(name) ?? catalog.index(name);
}

export function nameOf({ schema, name }: Required<QualifiedName>): Required<QualifiedName> {
  return { schema, name };
}

/** A name as PostgreSQL's messages have it. */
export function written({ schema, name }: QualifiedName): string {
  return schema === undefined ? name : `${schema}.${name}`;
}

/** Tables that tools of migration keep for themselves: nobody creates them in a migration. */
const KEPT_BY_TOOLS = /migrat|schema_?(?:history|versions?|info)|change_?log|goose_db_version/i;

/**
 * The refusal of a relation that is nowhere.
 * @param what How the message calls it: DROP TABLE says `table`, most others say `relation`.
 */
export function undefinedRelation(
  catalog: Catalog,
  name: QualifiedName,
  what = "relation",
  code = "42P01",
): Refusal | undefined {
  if (!catalog.complete || relationNamed(catalog, name) || isElsewhere(catalog, name)) return undefined;
  return {
    code,
    message: `${what} "${written(name)}" does not exist`,
    about: [],
    absence: true,
    missing: name,
    instead: [...catalog.tables()].flatMap((table) => (table.schema === "public" ? table.name : [])),
  };
}

/** Whether a relation of this name may be there although no migration made it. */
function isElsewhere(catalog: Catalog, { schema, name }: QualifiedName): boolean {
  if (KEPT_BY_TOOLS.test(name) || (schema === undefined && name.startsWith("pg_"))) return true;
  let isOurs = schema === undefined || schema === "public";
  for (const table of [...catalog.tables(), ...catalog.sequences()]) {
    // The connection may have a search_path of its own, which decides where unqualified names are made and found.
    if (table.name === name) return true;
    if (table.schema === schema && table.createdIn !== undefined) isOurs = true;
  }
  return !isOurs;
}

/** The refusal of a new relation whose name another one has. */
export function duplicateRelation(catalog: Catalog, name: QualifiedName): Refusal | undefined {
  const place = catalog.qualify(name);
  const taken = relationNamed(catalog, place);
  if (!taken) return undefined;
  return { code: "42P07", message: `relation "${name.name}" already exists`, about: [ownerOf(taken)] };
}

/** The relation whose history says whether this one is there: an index goes with its table. */
export function ownerOf(relation: Table | Index): Required<QualifiedName> {
  return "table" in relation ? (relation.table as Required<QualifiedName>) : nameOf(relation);
}
