/** Which types a foreign key may have, by the type of the key that it names. Measured on PostgreSQL 18. */
import type { Catalog } from "../../model/catalog.js";
import type { TypeName } from "../../model/name.js";

const INTEGERS = ["int2", "int4", "int8", "numeric", "float4", "float8", "oid"];
const TIMES = ["date", "timestamp", "timestamptz"];

/** The types of keys, by the type of the columns that reference them. A type that is not listed is not judged. */
export const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  int2: INTEGERS,
  int4: INTEGERS,
  int8: INTEGERS,
  numeric: ["numeric", "float4", "float8"],
  float4: ["float4", "float8"],
  float8: ["float4", "float8"],
  text: ["text", "varchar", "bpchar", "name"],
  varchar: ["text", "varchar", "bpchar", "name"],
  bpchar: ["text", "varchar", "bpchar", "name"],
  name: ["text", "varchar", "name"],
  uuid: ["uuid"],
  date: TIMES,
  timestamp: TIMES,
  timestamptz: TIMES,
  time: ["time", "timetz", "interval"],
  timetz: ["timetz"],
  interval: ["interval"],
  bool: ["bool"],
  bytea: ["bytea"],
  inet: ["inet", "cidr"],
  cidr: ["inet", "cidr"],
  macaddr: ["macaddr"],
  oid: ["oid"],
  bit: ["bit", "varbit"],
  varbit: ["bit", "varbit"],
  money: ["money"],
  jsonb: ["jsonb"],
};

/** Whether a foreign key of one type can name a key of the other; undefined where that is not known. */
export function canReference(catalog: Catalog, from: TypeName, to: TypeName): boolean | undefined {
  const [one, other] = [plain(catalog, from), plain(catalog, to)];
  if (one === undefined || other === undefined) return undefined;
  if (!(one in REFERENCES) || !(other in REFERENCES)) return undefined;
  return REFERENCES[one]?.includes(other);
}

/** A built-in type's name, that of a domain's values; undefined for arrays and for types of the user's own. */
function plain(catalog: Catalog, type: TypeName): string | undefined {
  if (type.arrayDimensions > 0 || (type.schema !== undefined && type.schema !== "pg_catalog")) return undefined;
  const own = catalog.type(type);
  if (own?.kind === "domain") return plain(catalog, own.baseType);
  return own ? undefined : type.name;
}
