/**
 * The rows whose value a type change refuses, or cuts, before anything is changed: a condition that reads, and says so
 * without failing itself. Every kind of it is run on PostgreSQL in its test, on rows that fit and rows that do not.
 */
import type { Catalog } from "../model/catalog.js";
import type { QualifiedName, TypeName } from "../model/name.js";
import type { AlterColumnType } from "../model/operation.js";
import { quoteIdentifier } from "../text/quote-identifier.js";
import { formatName } from "./object-names.js";
import { plainCasts } from "./plain-casts.js";

export interface Misfits {
  /** `refused`: the change fails on such a row. `cut`: a cast that is written takes the end of the value away. */
  readonly kind: "refused" | "cut";
  /** True for the rows that do not fit; over the columns of the table, which goes by `alias`. */
  readonly condition: string;
  /** How the table has to be called where the condition reads the row as a whole. */
  readonly alias?: string;
  /** What the session has to run before, with its semicolon: it makes a function that goes with the session. */
  readonly setup?: string;
}

/** A query that counts rows that do not fit; of many it counts so many only. */
export function countMisfits(table: QualifiedName, { condition, alias, setup }: Misfits): string {
  const named = formatName(table) + (alias === undefined ? "" : ` AS ${alias}`);
  const count = `SELECT count(*) FROM (SELECT FROM ${named} WHERE ${condition} LIMIT 10001) AS rows;`;
  return setup === undefined ? count : `${setup} ${count}`;
}

/**
 * What tells the rows that do not fit; undefined where every value does, or the old type is not known.
 * @param postgres The lowest major version that runs it.
 */
export function misfitsOf(operation: AlterColumnType, catalog: Catalog, postgres: number): Misfits | undefined {
  const from = catalog.table(operation.table)?.columns.get(operation.column)?.type;
  if (from === undefined) return undefined;
  const column = quoteIdentifier(operation.column);
  const { newType: to, using } = operation;
  const expression = using?.sql ?? column;
  const isCast = using !== undefined && plainCasts(operation)?.length === 0;
  if (using !== undefined && !isCast) {
    const isMoment = DATES.has(from.name) && DATES.has(to.name) && / AT TIME ZONE '[^']*'\)*$/i.test(using.sql);
    return isMoment && using.columns.length === 1 ? undefined : converted(operation, catalog, expression);
  }
  if (from.arrayDimensions > 0 || to.arrayDimensions > 0) {
    return to.modifiers.length === 0 && from.name === to.name ? undefined : converted(operation, catalog, expression);
  }
  if (isCharacter(to)) return lengthMisfits(from, to, column, isCast);
  if (NEVER_FAILS.get(to.name)?.has(from.name) === true && to.modifiers.length === 0) return undefined;
  // Fewer digits of a second are rounded.
  if (TIMES.has(to.name) && (from.name === to.name || NEVER_FAILS.get(to.name)?.has(from.name) === true))
    return undefined;
  const condition =
    rangeCondition(from, to, column) ??
    precisionCondition(from, to, column) ??
    enumCondition(catalog, from, to, column) ??
    inputCondition(catalog, from, to, column, postgres);
  if (condition === "none") return undefined;
  return condition === undefined ? converted(operation, catalog, expression) : { kind: "refused", condition };
}

const CHARACTER: ReadonlySet<string> = new Set(["text", "varchar", "bpchar"]);
const WHOLE: ReadonlySet<string> = new Set(["int2", "int4", "int8"]);
const NUMBERS: ReadonlySet<string> = new Set([...WHOLE, "numeric", "float4", "float8"]);
const DATES: ReadonlySet<string> = new Set(["date", "timestamp", "timestamptz"]);

const TIMES: ReadonlySet<string> = new Set(["timestamp", "timestamptz", "time", "timetz", "interval"]);

/** By new type, the old ones of which every value has one in it. */
const NEVER_FAILS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["int4", new Set(["int2", "bool"])],
  ["int8", new Set(["int2", "int4"])],
  ["numeric", new Set([...WHOLE, "numeric"])],
  ["float4", WHOLE],
  ["float8", new Set([...WHOLE, "float4"])],
  ["bool", new Set(["int4"])],
  ["timestamp", DATES],
  ["timestamptz", DATES],
  ["date", DATES],
  ["json", new Set(["jsonb"])],
  ["inet", new Set(["cidr"])],
]);

function isCharacter({ name }: TypeName): boolean {
  return CHARACTER.has(name);
}

/** Spaces behind the length are no part of what is lost; everything else is. */
function lengthMisfits(from: TypeName, to: TypeName, column: string, isCast: boolean): Misfits | undefined {
  const [length] = to.name === "bpchar" && to.modifiers.length === 0 ? [1] : to.modifiers;
  if (length === undefined) return undefined;
  const [before] = from.modifiers;
  if (isCharacter(from) && before !== undefined && before <= length) return undefined;
  const text = isCharacter(from) ? column : `${column}::text`;
  const condition = `length(rtrim(${text}, ' ')) > ${String(length)}`;
  return { kind: isCast ? "cut" : "refused", condition };
}

/** The numbers that a type of whole numbers holds. */
const RANGES: Readonly<Record<string, readonly [least: string, most: string]>> = {
  int2: ["-32768", "32767"],
  int4: ["-2147483648", "2147483647"],
  int8: ["-9223372036854775808", "9223372036854775807"],
};

function rangeCondition(from: TypeName, to: TypeName, column: string): string | undefined {
  const range = RANGES[to.name];
  if (range === undefined || !NUMBERS.has(from.name)) return undefined;
  const [least, most] = range;
  // It is the rounded number that has to fit. NaN is larger than every number.
  if (isFloat(from)) return `NOT (round(${column}) >= ${least} AND round(${column}) < ${String(BigInt(most) + 1n)})`;
  return `${WHOLE.has(from.name) ? column : `round(${column})`} NOT BETWEEN ${least} AND ${most}`;
}

function isFloat({ name }: TypeName): boolean {
  return name === "float4" || name === "float8";
}

/** numeric(p,s) holds p - s digits before the point, once what is behind it is rounded. */
function precisionCondition(from: TypeName, to: TypeName, column: string): string | undefined {
  if (to.name !== "numeric" || !NUMBERS.has(from.name)) return undefined;
  const [precision, scale = 0] = to.modifiers;
  if (precision === undefined) return undefined;
  if (from.name === "numeric" && from.modifiers.length > 0) {
    const [before = 0, digits = 0] = from.modifiers;
    if (digits <= scale && before - digits <= precision - scale) return "none";
  }
  const value = from.name === "numeric" ? column : `${column}::numeric`;
  const bound = `1e${String(precision - scale)}`;
  const tooLarge = `abs(round(${value}, ${String(scale)})) >= ${bound}`;
  if (WHOLE.has(from.name)) return tooLarge;
  if (from.name === "numeric") return `${column} <> 'NaN' AND ${tooLarge}`;
  // Before 14 infinity cannot become numeric.
  return `CASE WHEN abs(${column}) < ${bound} THEN ${tooLarge} ELSE ${column} <> 'NaN' END`;
}

/** Labels that the new type does not have. */
function enumCondition(catalog: Catalog, from: TypeName, to: TypeName, column: string): string | undefined {
  const values = catalog.enum(to)?.values;
  if (values === undefined) return undefined;
  const known = catalog.enum(from)?.values;
  if (known === undefined && !isCharacter(from)) return undefined;
  if (known?.every((value) => values.includes(value)) === true) return "none";
  if (values.length === 0) return `${column} IS NOT NULL`;
  const text = from.name === "text" ? column : `${column}::text`;
  return `${text} NOT IN (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(", ")})`;
}

/** A text that PostgreSQL cannot read as the new type: since 16 it says so without failing. */
function inputCondition(
  catalog: Catalog,
  from: TypeName,
  to: TypeName,
  column: string,
  postgres: number,
): string | undefined {
  if (postgres < 16 || catalog.domain(to) !== undefined) return undefined;
  if (!isCharacter(from) && !(from.name === "json" && to.name === "jsonb")) return undefined;
  const text = from.name === "text" ? column : `${column}::text`;
  return `NOT pg_input_is_valid(${text}, '${to.sql.replaceAll("'", "''")}')`;
}

/** Whatever is to become of the value: it is tried on each row, as the change would do it. */
function converted({ table, newType }: AlterColumnType, catalog: Catalog, expression: string): Misfits {
  const qualified = catalog.qualify(table);
  const body = [
    // Columns of the row may have any name.
    "#variable_conflict use_column",
    `DECLARE converted ${newType.sql};`,
    `BEGIN SELECT ${expression} INTO converted FROM (SELECT ($1).*) AS ${quoteIdentifier(qualified.name)}; RETURN true;`,
    "EXCEPTION WHEN OTHERS THEN RETURN false; END",
  ].join(" ");
  let tag = "$$";
  for (let number = 1; body.includes(tag); number++) tag = `$fits${String(number)}$`;
  return {
    kind: "refused",
    condition: "NOT pg_temp.fits(r.*)",
    alias: "r",
    setup: `CREATE OR REPLACE FUNCTION pg_temp.fits(${formatName(qualified)}) RETURNS boolean LANGUAGE plpgsql AS ${tag} ${body} ${tag};`,
  };
}
