/** What ALTER COLUMN … TYPE costs, by the pair of types. Measured on PostgreSQL 12 to 18. */
import type { Catalog } from "../model/catalog.js";
import type { Work } from "../model/lock.js";
import type { TypeName } from "../model/name.js";
import type { AlterColumnType, Expression } from "../model/operation.js";
import type { Circumstances } from "./circumstances.js";

/**
 * - `free`: the stored values stay, plain indexes too.
 * - `index-build`: the stored values stay, the column's indexes are built again.
 * - `rewrite`: the table and all its indexes are written again.
 */
export type TypeChange = "free" | "index-build" | "rewrite";

interface Row {
  readonly from: string;
  readonly to: string;
  /** On the type modifiers, which are both known here. Absent: always. */
  readonly when?: (from: readonly number[], to: readonly number[]) => boolean;
  readonly change: TypeChange;
}

const unlimited = (_: readonly number[], to: readonly number[]): boolean => to.length === 0;
const notNarrower = (from: readonly number[], to: readonly number[]): boolean =>
  to.length === 0 || (from.length > 0 && to[0]! >= from[0]!);
/** Fractional seconds: six digits unless the type says fewer. */
const notLessPrecise = (from: readonly number[], to: readonly number[]): boolean => (to[0] ?? 6) >= (from[0] ?? 6);
/** INTERVAL's first modifier is a mask of fields: all of them unless it names some. */
const notLessPreciseInterval = ([fromFields = 32767, from = 6]: readonly number[], to: readonly number[]): boolean => {
  const [toFields = 32767, digits = 6] = to;
  return (toFields === 32767 || toFields === fromFields) && digits >= from;
};
const moreDigitsSameScale = (from: readonly number[], to: readonly number[]): boolean =>
  to.length === 0 || (from.length > 0 && to[0]! >= from[0]! && (to[1] ?? 0) === (from[1] ?? 0));

/** The first row that applies; no row: `rewrite`. A pair of the same type and modifiers is free without a row. */
const rows: readonly Row[] = [
  { from: "varchar", to: "varchar", when: notNarrower, change: "free" },
  { from: "varchar", to: "text", change: "free" },
  { from: "text", to: "varchar", when: unlimited, change: "free" },
  { from: "varbit", to: "varbit", when: notNarrower, change: "free" },
  { from: "bit", to: "varbit", when: unlimited, change: "index-build" },
  { from: "numeric", to: "numeric", when: moreDigitsSameScale, change: "free" },
  { from: "timestamp", to: "timestamp", when: notLessPrecise, change: "free" },
  { from: "timestamptz", to: "timestamptz", when: notLessPrecise, change: "free" },
  { from: "time", to: "time", when: notLessPrecise, change: "free" },
  { from: "timetz", to: "timetz", when: notLessPrecise, change: "free" },
  { from: "interval", to: "interval", when: notLessPreciseInterval, change: "free" },
  { from: "cidr", to: "inet", change: "free" },
  { from: "oid", to: "regclass", change: "free" },
  { from: "regclass", to: "oid", change: "free" },
  { from: "int4", to: "oid", change: "index-build" },
  { from: "int4", to: "regclass", change: "index-build" },
  { from: "oid", to: "int4", change: "index-build" },
  { from: "regclass", to: "int4", change: "index-build" },
  { from: "text", to: "citext", change: "index-build" },
  { from: "varchar", to: "citext", change: "index-build" },
  { from: "citext", to: "text", change: "index-build" },
  { from: "citext", to: "varchar", when: unlimited, change: "index-build" },
];

/** Free where the session's time zone is UTC (12 and later), a rewrite elsewhere; the indexes are built again. */
const betweenTimestamps: readonly Row[] = [
  { from: "timestamp", to: "timestamptz", when: unlimited, change: "index-build" },
  { from: "timestamptz", to: "timestamp", when: unlimited, change: "index-build" },
];

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
  const row = [...rows, ...(utc && postgres >= 12 ? betweenTimestamps : [])].find(
    ({ from, to: target, when }) =>
      from === source.name && target === to.name && (when?.(source.modifiers, to.modifiers) ?? true),
  );
  return row?.change ?? "rewrite";
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
