/** How large a table is, in words. */
import type { TableSize } from "../model/lock.js";

const SCALES: readonly (readonly [number, string])[] = [
  [1e9, " billion"],
  [1e6, " million"],
];

const UNITS = ["bytes", "kB", "MB", "GB", "TB", "PB"] as const;

/** `about 12 million rows, 3.1 GB`; `no rows`; `3.1 GB` where it is not known how many rows there are. */
export function sizeWords({ rows, bytes }: TableSize): string {
  if (rows === 0) return "no rows";
  return [...(rows === undefined ? [] : [`about ${rowWords(rows)}`]), byteWords(bytes)].join(", ");
}

/** To two places: an estimate says no more. */
function rowWords(rows: number): string {
  const rounded = Number(rows.toPrecision(2));
  const scale = SCALES.find(([least]) => rounded >= least);
  if (scale) return `${String(rounded / scale[0])}${scale[1]} rows`;
  return rounded === 1 ? "1 row" : `${Math.round(rounded).toLocaleString("en-US")} rows`;
}

/** In units of 1,024, as PostgreSQL's `pg_size_pretty`. */
function byteWords(bytes: number): string {
  let [value, unit] = [bytes, 0];
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  const shown = value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value);
  return `${String(shown)} ${UNITS[unit] ?? ""}`;
}
