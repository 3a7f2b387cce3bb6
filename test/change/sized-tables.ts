/** Tables of several kinds, and what the query of the statistics must say of them. */
import { expect } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { readStatistics, type Statistics } from "../../src/change/statistics.js";
import { STATISTICS_QUERY } from "../../src/change/statistics-query.js";
import type { TestDatabase } from "../postgres/measured-postgres.js";

const TABLES = `
CREATE SCHEMA "we""ird";
CREATE TABLE orders (id bigint PRIMARY KEY, note text);
INSERT INTO orders SELECT number, repeat('x', 100) FROM generate_series(1, 5000) AS number;
CREATE INDEX orders_note_idx ON orders (note);
CREATE TABLE empty (id bigint);
CREATE TABLE "we""ird"."a ""name"", 'quoted' \\ ✓" (id int);
INSERT INTO "we""ird"."a ""name"", 'quoted' \\ ✓" VALUES (1), (2), (3);
CREATE TABLE events (id bigint, day date) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY RANGE (id);
CREATE TABLE events_2025_low PARTITION OF events_2025 FOR VALUES FROM (0) TO (1000);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON events (id);
INSERT INTO events SELECT number, '2025-05-05' FROM generate_series(1, 999) AS number;
INSERT INTO events SELECT number, '2026-05-05' FROM generate_series(1, 2000) AS number;
CREATE TABLE childless (id int) PARTITION BY LIST (id);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM orders;
CREATE VIEW recent AS SELECT * FROM orders;
CREATE TEMPORARY TABLE scratch (id int);
ANALYZE;
`;

/** Makes the tables, runs the query, reads its answer as a file, and compares it with what PostgreSQL says of each. */
export async function expectSizes(database: TestDatabase): Promise<void> {
  await database.exec(TABLES);
  const file = "stats.json";
  const asked = async (): Promise<Statistics> => {
    const { rows } = await database.query<{ json_build_object: unknown }>(STATISTICS_QUERY);
    const text = JSON.stringify(rows[0]?.json_build_object);
    const read = readStatistics(memoryTree(new Map([[file, text]]), "head"), file);
    if (!("sizes" in read)) throw new TypeError(read.message);
    return read;
  };
  const { sizes, collectedAt } = await asked();
  expect(Math.abs(Date.parse(collectedAt) - Date.now())).toBeLessThan(600_000);
  const size = async (...tables: string[]): Promise<{ bytes: number; indexBytes: number }> => {
    const sum = (what: string): string => tables.map((table) => `${what}('${table}'::regclass)`).join(" + ");
    const { rows } = await database.query<{ bytes: string; indexes: string }>(
      `SELECT (${sum("pg_table_size")})::text AS bytes, (${sum("pg_indexes_size")})::text AS indexes`,
    );
    return { bytes: Number(rows[0]?.bytes), indexBytes: Number(rows[0]?.indexes) };
  };
  const partitions = ["events_2025_low", "events_2026"];
  const weird = `we"ird.a "name", 'quoted' \\ ✓`;
  expect(Object.fromEntries(sizes)).toEqual({
    "public.childless": { rows: 0, bytes: 0, indexBytes: 0 },
    "public.empty": { rows: 0, bytes: 0, indexBytes: 0 },
    "public.events": { rows: 2999, ...(await size(...partitions)) },
    "public.events_2025": { rows: 999, ...(await size("events_2025_low")) },
    "public.events_2025_low": { rows: 999, ...(await size("events_2025_low")) },
    "public.events_2026": { rows: 2000, ...(await size("events_2026")) },
    "public.orders": { rows: 5000, ...(await size("orders")) },
    "public.totals": { rows: 1, ...(await size("totals")) },
    [weird]: { rows: 3, ...(await size(`"we""ird"."a ""name"", ''quoted'' \\ ✓"`)) },
  });
  expect(sizes.get("public.orders")?.indexBytes).toBeGreaterThan(100_000);
}

/** What was never analysed has rows, and nobody knows how many. */
export async function expectUnknownRows(database: TestDatabase): Promise<void> {
  await database.exec("CREATE TABLE fresh (id int); INSERT INTO fresh VALUES (1);");
  // The server counts what it has written a moment later; the catalog's estimate is what there is before.
  await database.exec("SELECT pg_stat_reset();");
  const { rows } = await database.query<{ json_build_object: { tables: { name: string; rows: unknown }[] } }>(
    STATISTICS_QUERY,
  );
  expect(rows[0]?.json_build_object.tables.find(({ name }) => name === "fresh")?.rows).toBeNull();
}
