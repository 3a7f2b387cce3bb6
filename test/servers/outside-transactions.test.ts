/**
 * Statements that PostgreSQL refuses inside a transaction: their locks are gone when they are done, so each is made to
 * wait. The lock that is in its way lets those through that it takes for a moment only, while it looks up what to do.
 */
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LockMode } from "../../src/model/operation.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { refusedInTransaction } from "../../src/postgres/refused-in-transaction.js";
import { Replay } from "../../src/postgres/replay.js";
import { MeasuredPostgres } from "../postgres/measured-postgres.js";
import { schemas } from "../postgres/statement-forms.js";
import { MAJORS, RealPostgres } from "./real-postgres.js";

const { shop, events } = schemas;

interface Form {
  readonly schema: string;
  /** The relation whose lock it waits for. */
  readonly waitsFor: string;
  /** What is in its way. Default: SHARE. */
  readonly held?: LockMode;
  readonly sql: string;
  /** The first major version that refuses it. */
  readonly since?: number;
}

const FORMS: readonly Form[] = [
  { schema: shop, waitsFor: "orders", sql: "CREATE INDEX CONCURRENTLY orders_label ON orders (label)" },
  { schema: shop, waitsFor: "orders", sql: "CREATE UNIQUE INDEX CONCURRENTLY ON orders (label)" },
  { schema: shop, waitsFor: "orders", sql: "CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_label ON orders (label)" },
  { schema: shop, waitsFor: "orders", sql: "DROP INDEX CONCURRENTLY orders_code_idx" },
  { schema: shop, waitsFor: "orders", sql: "REINDEX INDEX CONCURRENTLY orders_code_idx" },
  { schema: shop, waitsFor: "orders", sql: "REINDEX TABLE CONCURRENTLY orders" },
  { schema: shop, waitsFor: "orders", sql: "VACUUM orders" },
  { schema: shop, waitsFor: "orders", sql: "VACUUM (ANALYZE) orders" },
  { schema: shop, waitsFor: "orders", sql: "VACUUM FULL orders" },
  { schema: events, waitsFor: "events_2025", held: "ROW EXCLUSIVE", sql: "REINDEX TABLE events", since: 14 },
  { schema: events, waitsFor: "events_2025", sql: "REINDEX TABLE CONCURRENTLY events", since: 14 },
  {
    schema: events,
    waitsFor: "events",
    sql: "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY",
    since: 14,
  },
];

describe.each(MAJORS)("PostgreSQL %i", (major) => {
  let server: RealPostgres;
  let postgres: MeasuredPostgres;
  let other: pg.Client;
  beforeAll(async () => {
    server = await RealPostgres.start(major);
    postgres = await MeasuredPostgres.start(server);
    other = await server.connect();
  });
  afterAll(async () => {
    await other.end();
    await postgres.close();
  });

  for (const { schema, waitsFor, held = "SHARE", sql, since = 0 } of FORMS.filter(({ since = 0 }) => major >= since)) {
    test(since === 0 ? sql : `${sql} (since ${String(since)})`, async () => {
      await postgres.reset(schema);
      await expect(other.query(`BEGIN; ${sql}`)).rejects.toMatchObject({ code: "25001" });
      await other.query("ROLLBACK");

      const { name, locks } = claimed(schema, sql, major);
      expect(name).toBeDefined();
      expect(locks[`public.${waitsFor}`]).toBe(await awaited(waitsFor, held, sql));
    });
  }

  /** The mode that the statement waits for while somebody else holds a lock. */
  async function awaited(relation: string, held: LockMode, sql: string): Promise<string | undefined> {
    const { rows } = await other.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    await postgres.exec(`BEGIN; LOCK TABLE ONLY ${relation} IN ${held} MODE`);
    const running = other.query(sql);
    let modes: { mode: string }[] = [];
    for (let attempt = 0; modes.length === 0 && attempt < 500; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      modes = await postgres.query<{ mode: string }>(
        `SELECT mode FROM pg_locks WHERE pid = ${String(rows[0]?.pid)} AND NOT granted AND relation = '${relation}'::regclass`,
      );
    }
    await postgres.exec("ROLLBACK");
    await running;
    // `ShareUpdateExclusiveLock` in SQL's words.
    return modes[0]?.mode
      .replace(/Lock$/, "")
      .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
      .toUpperCase();
  }
});

function claimed(schema: string, sql: string, postgres: number) {
  const replay = new Replay({ postgres });
  for (const statement of parseSql(schema).statements) replay.apply(statement, 0);
  const [statement] = parseSql(sql).statements;
  const [operation] = statement?.operations ?? [];
  if (!statement || !operation) throw new TypeError(`No statement: ${sql}`);
  const { before, locks } = replay.apply(statement, 1);
  return {
    name: refusedInTransaction(operation, { before, statement, postgres }),
    locks: Object.fromEntries(locks.map(({ relation, mode }) => [relation, mode])),
  };
}
