/** What ALTER COLUMN … TYPE costs, by the pair of types. Measured on PostgreSQL 12 to 18. */
import type { Catalog } from "../model/catalog.js";
import type { Work } from "../model/lock.js";
import type { TypeName } from "../model/name.js";
import type { AlterColumnType, Expression } from "../model/operation.js";
import { freeCasts, indexBuildCasts } from "./builtin-casts.js";
import type { Circumstances } from "./circumstances.js";

/**
 * - `free`: the stored values stay, plain indexes too.
 * - `index-build`: the stored values stay, the column's indexes are built again.
 * - `rewrite`: the table and all its indexes are written again.
 */
export type TypeChange = "free" | "index-build" | "rewrite";

/** On type modifiers; the new type has some. */
type Fits = (from: readonly number[], to: readonly number[]) => boolean;

const notNarrower: Fits = (from, to) => from.length > 0 && to[0]! >= from[0]!;
/** Fractional seconds: six digits unless the type says fewer. */
const notLessPrecise: Fits = (from, to) => to[0]! >= (from[0] ?? 6);
/** INTERVAL's first modifier is a mask of fields: all of them unless it names some. */
const notLessPreciseInterval: Fits = ([fromFields = 32767, from = 6], to) => {
  const [toFields = 32767, digits = 6] = to;
  return (toFields === 32767 || toFields === fromFields) && digits >= from;
};
const moreDigitsSameScale: Fits = (from, to) =>
  from.length > 0 && to[0]! >= from[0]! && (to[1] ?? 0) === (from[1] ?? 0);

/** Types of which new modifiers may need no look at the values, and when. Those of every other type are enforced on each. */
const modifierChanges: Readonly<Record<string, Fits>> = {
  varchar: notNarrower,
  varbit: notNarrower,
  numeric: moreDigitsSameScale,
  timestamp: notLessPrecise,
  timestamptz: notLessPrecise,
  time: notLessPrecise,
  timetz: notLessPrecise,
  interval: notLessPreciseInterval,
};

/** Free where the session's time zone is UTC (12 and later), a rewrite elsewhere; the indexes are built again. */
const betweenTimestamps: ReadonlySet<string> = new Set(["timestamp>timestamptz", "timestamptz>timestamp"]);

let casts: ReadonlyMap<string, TypeChange> | undefined;

/** What the cast between two types does to the stored value; undefined where it makes another one. */
function castOf(from: string, to: string): TypeChange | undefined {
  casts ??= new Map([
    ...freeCasts.split(" ").map((cast) => [cast, "free"] as const),
    ...indexBuildCasts.split(" ").map((cast) => [cast, "index-build"] as const),
  ]);
  return casts.get(`${from}>${to}`);
}

/**
 * New types that most columns reach by being widened. Where the old type is not known, the change to one of these is
 * taken for such a widening: it is not known to rewrite. Every other target is taken for a rewrite.
 */
const widenings: ReadonlySet<string> = new Set(["text", "varchar", "varbit", "numeric", "inet", "citext"]);

/** `USING c` and `USING c::type` say no more than the change itself. */
function isPlainCast(using: Expression, column: string, type: TypeName): boolean {
  const sql = using.sql.replace(/[\s()"]/g, "").toLowerCase();
  const name = column.toLowerCase();
  const target = type.sql.replace(/[\s()"]/g, "").toLowerCase();
  return sql === name || sql === `${name}::${target}` || sql === `cast${name}as${target}`;
}

/** What PostgreSQL does to the stored values and plain indexes of the column. */
export function typeChange(operation: AlterColumnType, circumstances: Circumstances): TypeChange {
  const { newType, using, collation } = operation;
  const column = circumstances.catalog.table(operation.table)?.columns.get(operation.column);
  if (using && !isPlainCast(using, operation.column, newType)) return "rewrite";
  const change = changeOfValues(column?.type, newType, circumstances);
  const collates = collation !== undefined && collation !== column?.collation;
  return change === "free" && collates ? "index-build" : change;
}

/** Whether a change keeps the stored values in a session whose time zone is UTC. */
export function keepsValuesInUtc(operation: AlterColumnType, catalog: Catalog, postgres: number): boolean {
  return typeChange(operation, { catalog, postgres, utc: true }) !== "rewrite";
}

function changeOfValues(from: TypeName | undefined, to: TypeName, circumstances: Circumstances): TypeChange {
  const { catalog, utc, postgres } = circumstances;
  if (from && sameType(from, to)) return "free";
  const domain = to.arrayDimensions === 0 ? catalog.domain(to) : undefined;
  if (domain) {
    if (domain.hasCheck || domain.notNull) return "rewrite";
    return from ? changeOfValues(base(from, catalog), domain.baseType, circumstances) : "free";
  }
  if (!from) return widenings.has(to.name) && to.arrayDimensions === 0 ? "free" : "rewrite";
  const source = base(from, catalog);
  if (sameType(source, to)) return "free";
  if (source.arrayDimensions > 0 || to.arrayDimensions > 0) return elementsSame(source, to) ? "free" : "rewrite";
  if (source.name === to.name) {
    return to.modifiers.length === 0 || modifierChanges[to.name]?.(source.modifiers, to.modifiers) ? "free" : "rewrite";
  }
  // A length or precision of the new type is enforced on every value.
  if (to.modifiers.length > 0) return "rewrite";
  if (utc && postgres >= 12 && betweenTimestamps.has(`${source.name}>${to.name}`)) return "index-build";
  return castOf(source.name, to.name) ?? "rewrite";
}

function sameType(a: TypeName, b: TypeName): boolean {
  return (
    a.name === b.name &&
    (a.schema === undefined || b.schema === undefined || a.schema === b.schema) &&
    a.arrayDimensions > 0 === b.arrayDimensions > 0 &&
    a.modifiers.join() === b.modifiers.join()
  );
}

function elementsSame(a: TypeName, b: TypeName): boolean {
  return (
    sameType(a, b) || (a.arrayDimensions > 0 && b.arrayDimensions > 0 && a.name === b.name && b.modifiers.length === 0)
  );
}

/** A domain is stored as its base type. PostgreSQL does not remember that its values are short enough already. */
function base(type: TypeName, catalog: Catalog): TypeName {
  const domain = type.arrayDimensions === 0 ? catalog.domain(type) : undefined;
  return domain ? { ...base(domain.baseType, catalog), modifiers: [] } : type;
}

/** What a change that keeps the stored values still does for the indexes and CHECKs of the column. */
export function workOfTypeChange(operation: AlterColumnType, circumstances: Circumstances): Work {
  const change = typeChange(operation, circumstances);
  if (change === "rewrite") return "rewrite";
  const { catalog } = circumstances;
  const { table, column } = operation;
  const indexes = catalog.indexesOf(table).filter((index) => index.mentions.includes(column));
  if (indexes.some((index) => change === "index-build" || index.hasExpression)) return "index-build";
  for (const constraint of catalog.table(table)?.constraints.values() ?? []) {
    if (constraint.kind === "check" && constraint.expression?.columns.includes(column)) return "scan";
  }
  return "instant";
}
