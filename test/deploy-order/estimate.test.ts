/** How long work takes: what was measured lies between the two ends, and the words say whose figures they are. */
import { expect, test } from "vitest";
import { estimateOf, estimateOfBatches, type Kind, secondsOf } from "../../src/deploy-order/estimate.js";
import type { Lock } from "../../src/model/lock.js";

/** A million rows of 92 bytes, and 200,000 of 540. */
const SHORT = { rows: 1e6, bytes: 92e6, indexBytes: 22e6 };
const LONG = { rows: 200_000, bytes: 108e6, indexBytes: 4.5e6 };

/**
 * Of `bench/work-rates.js` on PostgreSQL 13 to 18: the fewest processor seconds in memory, and the most with a disk of
 * 100 MB in a second.
 */
const MEASURED: readonly (readonly [Kind, short: readonly number[], long: readonly number[]])[] = [
  ["scan", [0.059, 1.03], [0.03, 1.11]],
  ["lookup", [0.161, 1.18], [0.04, 1.18]],
  ["index", [0.556, 3.2], [0.09, 1.54]],
  ["concurrent index", [0.77, 3.57], [0.154, 1.67]],
  ["rewrite", [0.91, 6.25], [0.417, 3.28]],
  ["batches", [4.55, 11.8], [1.25, 6.25]],
];

test.each(MEASURED)("%s takes as long as it was measured to", (kind, short, long) => {
  for (const [size, [least = 0, most = 0]] of [
    [SHORT, short],
    [LONG, long],
  ] as const) {
    const [from, to] = secondsOf(kind, size);
    expect(from).toBeLessThanOrEqual(least * 1.1 + 0.01);
    expect(from).toBeGreaterThan(least / 3);
    expect(to).toBeGreaterThanOrEqual(most * 0.9);
    expect(to).toBeLessThan(most * 3);
  }
});

test("ten times the table takes ten times as long; without the number of rows the range is wider", () => {
  const [from, to] = secondsOf("rewrite", { rows: 1e7, bytes: 920e6 });
  const [least, most] = secondsOf("rewrite", { rows: 1e6, bytes: 92e6 });
  expect(from / least).toBeCloseTo(10);
  expect(to / most).toBeCloseTo(10);
  const [first, last] = secondsOf("rewrite", { bytes: 920e6 });
  expect(first).toBeLessThan(from);
  expect(last).toBeGreaterThan(to);
});

const lock: Lock = {
  relation: "public.orders",
  mode: "ACCESS EXCLUSIVE",
  blocks: ["read", "write", "ddl"],
  while: "scan",
};

test("a table of 48 million rows", () => {
  const size = { rows: 48e6, bytes: 6.1e9, indexBytes: 2e9 };
  const seconds = estimateOf({ ...lock, size })?.seconds?.map(Math.round);
  expect(seconds).toEqual([3, 71]);
  expect(estimateOfBatches("public.orders", size)).toMatchObject({ work: "batches", size });
});

test("without a size: the query that tells it", () => {
  expect(estimateOf(lock)).toEqual({
    relation: "public.orders",
    work: "scan",
    query: "SELECT pg_size_pretty(pg_table_size('public.orders'))",
  });
  expect(estimateOfBatches("Old Shop.It's", undefined)).toEqual({
    relation: "Old Shop.It's",
    work: "batches",
    query: `SELECT pg_size_pretty(pg_table_size('"Old Shop"."It''s"'))`,
  });
  expect(estimateOf({ ...lock, while: "instant" })).toBeUndefined();
});
