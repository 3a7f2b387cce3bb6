/**
 * How long work takes, as a range: from a fast disk to a slow one, or what asks the database for the size.
 *
 * The rates are what PostgreSQL reads, builds and writes in a second on servers from small to large; a table in memory
 * is faster, and waiting for the lock itself comes on top.
 */
import { parseQualified } from "../change/object-names.js";
import type { Catalog } from "../model/catalog.js";
import type { Operation } from "../model/operation.js";
import type { Estimate } from "../model/plan.js";
import type { Lock, Work } from "../model/lock.js";
import { quoteIdentifier } from "../text/quote-identifier.js";

/** Bytes of the table in a second, slow and fast. */
const RATES: Readonly<Record<Exclude<Work, "instant">, readonly [slow: number, fast: number]>> = {
  scan: [100e6, 500e6],
  "index-build": [20e6, 100e6],
  rewrite: [10e6, 50e6],
};

/** A foreign key looks each row up in the other table; CONCURRENTLY reads the table twice. */
const FACTORS = { lookup: 3, twice: 2, once: 1 } as const;

/** How often the work of an operation reads the table, roughly. */
function factorOf(operations: readonly Operation[], before: Catalog | undefined): number {
  const looksUp = operations.some((operation) =>
    operation.type === "AddConstraint"
      ? operation.constraint.kind === "foreign key"
      : operation.type === "ValidateConstraint" &&
        before?.table(operation.table)?.constraints.get(operation.constraint)?.kind === "foreign key",
  );
  if (looksUp) return FACTORS.lookup;
  return operations.some((operation) => operation.type === "CreateIndex" && operation.concurrently)
    ? FACTORS.twice
    : FACTORS.once;
}

/**
 * Of the work under a lock; undefined where there is none to speak of.
 * @param operations What is done under it.
 * @param before The schema before them, which knows what a constraint is.
 */
export function estimateOf(
  { relation, while: work, size }: Lock,
  operations: readonly Operation[] = [],
  before?: Catalog,
): Estimate | undefined {
  if (work === "instant") return undefined;
  if (size === undefined) return { relation, work, query: sizeQuery(relation) };
  const [slow, fast] = RATES[work];
  const bytes = size.bytes * factorOf(operations, before);
  return { relation, work, seconds: [bytes / fast, bytes / slow] };
}

/** Answers with a table's size; needs no statistics file, and reads no row. */
function sizeQuery(relation: string): string {
  const { schema, name } = parseQualified(relation);
  const quoted = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return `SELECT pg_size_pretty(pg_table_size('${quoted.replaceAll("'", "''")}'))`;
}
