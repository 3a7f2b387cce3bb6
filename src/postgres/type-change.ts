/** What ALTER COLUMN … TYPE costs, by the pair of types. Measured on PostgreSQL 12 to 18. */
import type { Catalog } from "../model/catalog.js";
import type { Work } from "../model/lock.js";
import type { TypeName } from "../model/name.js";
import type { Expression } from "../model/operation.js";

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
const moreDigitsSameScale = (from: readonly number[], to: readonly number[]): boolean =>
  to.length === 0 || (from.length > 0 && to[0]! >= from[0]! && (to[1] ?? 0) === (from[1] ?? 0));

/** The first row that applies; no row: `rewrite`. A pair of the same type and modifiers is free without a row. */
const rows: readonly Row[] = [
  { from: "varchar", to: "varchar", when: notNarrower, change: "free" },
  { from: "varchar", to: "text", change: "free" },
  { from: "text", to: "varchar", when: unlimited, change: "free" },
  { from: "varbit", to: "varbit", when: notNarrower, change: "free" },
  { from: "numeric", to: "numeric", when: moreDigitsSameScale, change: "free" },
  { from: "timestamp", to: "timestamp", when: notLessPrecise, change: "free" },
  { from: "timestamptz", to: "timestamptz", when: notLessPrecise, change: "free" },
  { from: "time", to: "time", when: notLessPrecise, change: "free" },
  { from: "timetz", to: "timetz", when: notLessPrecise, change: "free" },
  { from: "cidr", to: "inet", change: "free" },
  { from: "text", to: "citext", change: "index-build" },
  { from: "varchar", to: "citext", change: "index-build" },
  { from: "citext", to: "text", change: "index-build" },
  { from: "citext", to: "varchar", when: unlimited, change: "index-build" },
];

/** Free where the session's time zone is UTC (12 and later), a rewrite elsewhere; the indexes are built again. */
const betweenTimestamps: readonly Row[] = [
  { from: "timestamp", to: "timestamptz", change: "index-build" },
  { from: "timestamptz", to: "timestamp", change: "index-build" },
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

export interface TypeChangeRequest {
  readonly column: string;
  readonly from: TypeName | undefined;
  readonly to: TypeName;
  readonly using: Expression | undefined;
  readonly catalog: Catalog;
  /** Whether the session is known to have the time zone UTC. */
  readonly utc: boolean;
  readonly postgres: number;
}

export function typeChange(request: TypeChangeRequest): TypeChange {
  const { from, to, using, catalog } = request;
  if (using && !isPlainCast(using, request.column, to)) return "rewrite";
  const domain = to.arrayDimensions === 0 ? catalog.domain(to) : undefined;
  if (domain) {
    if (domain.hasCheck || domain.notNull) return from && sameType(from, to) ? "free" : "rewrite";
    return from ? typeChange({ ...request, from: base(from, catalog), to: domain.baseType, using: undefined }) : "free";
  }
  if (!from) return widenings.has(to.name) && to.arrayDimensions === 0 ? "free" : "rewrite";
  if (sameType(from, to)) return "free";
  const source = base(from, catalog);
  if (source.arrayDimensions > 0 || to.arrayDimensions > 0) {
    return elementsSame(source, to) ? "free" : "rewrite";
  }
  const row = [...rows, ...(request.utc && request.postgres >= 12 ? betweenTimestamps : [])].find(
    ({ from, to: target, when }) =>
      from === source.name && target === to.name && (when?.(source.modifiers, to.modifiers) ?? true),
  );
  if (row) return row.change;
  return sameType(source, to) ? "free" : "rewrite";
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

/** A domain is stored as its base type. */
function base(type: TypeName, catalog: Catalog): TypeName {
  const domain = type.arrayDimensions === 0 ? catalog.domain(type) : undefined;
  return domain ? base(domain.baseType, catalog) : type;
}

/** What else a change that keeps the stored values has to do for indexes, CHECKs and foreign keys on the column. */
export function workOfTypeChange(
  request: TypeChangeRequest & { readonly table: { schema?: string; name: string } },
): Work {
  const change = typeChange(request);
  if (change === "rewrite") return "rewrite";
  const { catalog, column } = request;
  const table = catalog.table(request.table);
  const indexes = catalog.indexesOf(request.table).filter((index) => index.mentions.includes(column));
  if (indexes.some((index) => change === "index-build" || index.hasExpression)) return "index-build";
  const constraints = [...(table?.constraints.values() ?? [])];
  const checked = constraints.some(
    (constraint) => constraint.kind === "check" && constraint.expression?.columns.includes(column),
  );
  return checked ? "scan" : "instant";
}
