/**
 * How long work takes, as a range, or what asks the database for the size where no statistics say it. The wait for the
 * lock is no part of it.
 *
 * The costs were measured by `bench/work-rates.js` on PostgreSQL 13 to 18, on tables of 92 and of 540 bytes a row; its
 * figures stand in `bench/README.md`, and the test holds the costs against them.
 */
import { parseQualified } from "../change/object-names.js";
import type { Catalog } from "../model/catalog.js";
import type { Lock, TableSize, Work } from "../model/lock.js";
import type { Operation } from "../model/operation.js";
import type { Estimate } from "../model/plan.js";
import { quoteIdentifier } from "../text/quote-identifier.js";

interface Cost {
  /** Microseconds of one processor core for a row, everything in memory: the least and the most that was measured. */
  readonly row: readonly [least: number, most: number];
  /** Bytes from and to the disk for each byte of the table. */
  readonly disk: number;
}

/** Kinds of work that differ in what they cost. */
export type Kind = "scan" | "lookup" | "index" | "concurrent index" | "rewrite" | "batches";

const COSTS: Readonly<Record<Kind, Cost>> = {
  scan: { row: [0.06, 0.2], disk: 1 },
  // A foreign key compares each row with the other table.
  lookup: { row: [0.16, 0.3], disk: 1 },
  index: { row: [0.45, 1.25], disk: 2.2 },
  // CONCURRENTLY reads the table twice.
  "concurrent index": { row: [0.75, 1.55], disk: 3.2 },
  rewrite: { row: [0.9, 4.6], disk: 2.9 },
  batches: { row: [4.5, 7.2], disk: 6.2 },
};

/** Bytes that a disk moves in a second at the longer end. */
const SLOW_DISK = 100e6;

/** Bytes of a row, short and long, where the number of rows is not known. */
const ROW = { short: 60, long: 500 } as const;

/** Whose durations these are. */
export const RATES_SOURCE =
  "Durations are reckoned from the sizes in the statistics file, without the wait for the lock. The shorter end is what one processor core took for as many rows with everything in memory, measured on PostgreSQL 13 to 18; the longer end adds a disk that moves 100 MB in a second.";

/** From everything in memory to a slow disk, in seconds. */
export function secondsOf(kind: Kind, { rows, bytes }: Pick<TableSize, "rows" | "bytes">): readonly [number, number] {
  const { row, disk } = COSTS[kind];
  return [
    ((rows ?? bytes / ROW.long) * row[0]) / 1e6,
    ((rows ?? bytes / ROW.short) * row[1]) / 1e6 + (bytes * disk) / SLOW_DISK,
  ];
}

function kindOf(work: Exclude<Work, "instant">, operations: readonly Operation[], before: Catalog | undefined): Kind {
  if (work === "rewrite") return "rewrite";
  if (work === "index-build") {
    return operations.some((operation) => operation.type === "CreateIndex" && operation.concurrently)
      ? "concurrent index"
      : "index";
  }
  const looksUp = operations.some((operation) =>
    operation.type === "AddConstraint"
      ? operation.constraint.kind === "foreign key"
      : operation.type === "ValidateConstraint" &&
        before?.table(operation.table)?.constraints.get(operation.constraint)?.kind === "foreign key",
  );
  return looksUp ? "lookup" : "scan";
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
  return { relation, work, seconds: secondsOf(kindOf(work, operations, before), size) };
}

/** Of a change of all rows in batches, without pauses between them. */
export function estimateOfBatches(relation: string, size: TableSize | undefined): Estimate {
  return size === undefined
    ? { relation, work: "batches", query: sizeQuery(relation) }
    : { relation, work: "batches", seconds: secondsOf("batches", size), size };
}

/** Answers with a table's size; needs no statistics file, and reads no row. */
function sizeQuery(relation: string): string {
  const { schema, name } = parseQualified(relation);
  const quoted = `${quoteIdentifier(schema)}.${quoteIdentifier(name)}`;
  return `SELECT pg_size_pretty(pg_table_size('${quoted.replaceAll("'", "''")}'))`;
}
