/** The SQL names of types by their internal ones, where the two differ (`format_type` of PostgreSQL). */
const SQL_NAMES: Readonly<Record<string, string>> = {
  bool: "boolean",
  bpchar: "character",
  float4: "real",
  float8: "double precision",
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  time: "time without time zone",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  timetz: "time with time zone",
  varbit: "bit varying",
  varchar: "character varying",
};

/**
 * What PostgreSQL calls a type in its messages.
 * @param type By its internal name, without modifiers: `int4`, `varchar[]`.
 */
export function sqlTypeName(type: string): string {
  const element = type.replace(/\[\]$/, "");
  return (Object.hasOwn(SQL_NAMES, element) ? SQL_NAMES[element]! : element) + type.slice(element.length);
}
