/** What PostgreSQL itself does for a statement: its locks and its work, read from inside the transaction. */
import type { Work } from "../../src/model/lock.js";
import { longest } from "../../src/postgres/work.js";
import type { LockMode } from "../../src/model/operation.js";
import { startPGlite } from "./start-pglite.js";

export interface Measured {
  /** Locks on tables, views and partitions that existed before the statement, by qualified name; see `Lock`. */
  readonly locks: Readonly<Record<string, { mode: LockMode; while: Work }>>;
}

interface Relation {
  readonly oid: number;
  readonly name: string;
  readonly kind: string;
  /** Of an index: its table. */
  readonly table: number | null;
  /** Of a partition: its parent. */
  readonly parent: number | null;
  /** Of the sequence of a column: its table. */
  readonly owner: number | null;
  readonly file: number | null;
}

interface Snapshot {
  readonly relations: ReadonlyMap<number, Relation>;
  readonly modes: ReadonlyMap<number, readonly LockMode[]>;
  readonly rowsRead: ReadonlyMap<number, number>;
}

const modes: Readonly<Record<string, LockMode>> = {
  AccessShareLock: "ACCESS SHARE",
  RowShareLock: "ROW SHARE",
  RowExclusiveLock: "ROW EXCLUSIVE",
  ShareUpdateExclusiveLock: "SHARE UPDATE EXCLUSIVE",
  ShareLock: "SHARE",
  ShareRowExclusiveLock: "SHARE ROW EXCLUSIVE",
  ExclusiveLock: "EXCLUSIVE",
  AccessExclusiveLock: "ACCESS EXCLUSIVE",
};
const weakestFirst = Object.values(modes);

/** What a measurement needs of a database: PGlite has it, and so has a server. */
export interface TestDatabase {
  /** Runs statements in one simple query. */
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string): Promise<{ rows: Row[] }>;
  close(): Promise<void>;
}

/** A PostgreSQL which starts each measurement from an empty `public`. */
export class MeasuredPostgres {
  readonly #database: TestDatabase;
  /** The statements that the schema now comes from. */
  #schema = "";

  private constructor(database: TestDatabase) {
    this.#database = database;
  }

  /** @param given Default: a PostgreSQL 18 in this process. */
  static async start(given?: TestDatabase): Promise<MeasuredPostgres> {
    const database = given ?? (await startPGlite());
    // Index scans would hide what a validation reads.
    await database.exec(`
      SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off;
      SET allow_in_place_tablespaces = on;
      DO $$ BEGIN END $$;`);
    // PostgreSQL refuses it in a query of several statements. Its files are a folder beside the others.
    await database.exec("CREATE TABLESPACE other LOCATION ''");
    return new MeasuredPostgres(database);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /** Runs `before`, then measures `sql`, which is rolled back. */
  async measure(before: string, sql: string): Promise<Measured> {
    if (before !== this.#schema) await this.reset(before);
    await this.#database.exec("BEGIN");
    try {
      const from = await this.#snapshot();
      await this.#database.exec(sql);
      return difference(from, await this.#snapshot());
    } finally {
      await this.#database.exec("ROLLBACK");
    }
  }

  /** Measures a statement that stays. */
  async run(sql: string): Promise<Measured> {
    await this.#database.exec("BEGIN");
    try {
      const from = await this.#snapshot();
      await this.#database.exec(sql);
      const measured = difference(from, await this.#snapshot());
      await this.#database.exec("COMMIT");
      return measured;
    } catch (error) {
      await this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  async reset(sql: string): Promise<void> {
    // Until it is there: `sql` may fail.
    this.#schema = "";
    await this.#database.exec(`
      RESET search_path;
      DROP SCHEMA IF EXISTS app, archive, billing CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public;`);
    await this.#database.exec(sql);
    this.#schema = sql;
  }

  async exec(sql: string): Promise<void> {
    await this.#database.exec(sql);
  }

  async query<Row>(sql: string): Promise<Row[]> {
    return (await this.#database.query<Row>(sql)).rows;
  }

  async #snapshot(): Promise<Snapshot> {
    const relations = await this.query<Relation>(`
      SELECT c.oid::int AS oid, n.nspname || '.' || c.relname AS name, c.relkind AS kind,
             i.indrelid::int AS "table", p.inhparent::int AS parent, d.refobjid::int AS owner, pg_relation_filenode(c.oid)::int AS file
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid
        LEFT JOIN pg_inherits p ON p.inhrelid = c.oid AND c.relispartition
        LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND c.relkind = 'S'
          AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
      WHERE n.nspname IN ('public', 'app')`);
    const locks = await this.query<{ oid: number; modes: string[] }>(`
      SELECT relation::int AS oid, array_agg(mode) AS modes FROM pg_locks
      WHERE pid = pg_backend_pid() AND locktype = 'relation' AND granted GROUP BY relation`);
    const reads = await this.query<{ oid: number; rows: number }>(
      "SELECT relid::int AS oid, seq_tup_read::int AS rows FROM pg_stat_xact_user_tables",
    );
    return {
      relations: new Map(relations.map((relation) => [relation.oid, relation])),
      modes: new Map(locks.map(({ oid, modes: held }) => [oid, held.map((mode) => modes[mode]!)])),
      rowsRead: new Map(reads.map(({ oid, rows }) => [oid, rows])),
    };
  }
}

function difference(from: Snapshot, to: Snapshot): Measured {
  const locks: Record<string, { mode: LockMode; while: Work }> = {};
  for (const [oid, held] of to.modes) {
    const relation = from.relations.get(oid);
    if (!relation || !"rpvmfS".includes(relation.kind)) continue;
    const mode = weakestFirst.findLast((mode) => held.includes(mode))!;
    if (relation.kind === "S" && !isOfInterest(relation, mode, to)) continue;
    locks[relation.name] = { mode, while: workOn(relation, from, to) };
  }
  // Whoever plans a query on a table locks all its indexes: one that is locked alone keeps everybody from the table.
  for (const [oid, held] of to.modes) {
    const table = from.relations.get(from.relations.get(oid)?.table ?? -1);
    if (table && !locks[table.name] && held.includes("ACCESS EXCLUSIVE")) {
      locks[table.name] = { mode: "ACCESS EXCLUSIVE", while: workOn(table, from, to) };
    }
  }
  return { locks };
}

/** nextval and setval make nobody wait who does the same; a column's sequence goes with a table that is locked for all. */
function isOfInterest({ owner }: Relation, mode: LockMode, to: Snapshot): boolean {
  if (mode === "ACCESS SHARE" || mode === "ROW EXCLUSIVE") return false;
  return owner === null || to.modes.get(owner)?.includes("ACCESS EXCLUSIVE") !== true;
}

function workOn(table: Relation, from: Snapshot, to: Snapshot): Work {
  const after = to.relations.get(table.oid);
  // A sequence is one row.
  if (!after || table.kind === "S") return "instant";
  // A partitioned table is nothing but its partitions.
  if (table.kind === "p") {
    const partitions = [...from.relations.values()].filter(({ parent }) => parent === table.oid);
    return longest(partitions.filter(({ oid }) => to.modes.has(oid)).map((partition) => workOn(partition, from, to)));
  }
  if (table.file !== after.file) return "rewrite";
  const indexes = (snapshot: Snapshot): Map<string, number | null> =>
    new Map(
      [...snapshot.relations.values()].filter((one) => one.table === table.oid).map((one) => [one.name, one.file]),
    );
  const before = indexes(from);
  const files = new Set(before.values());
  // A renamed index keeps its file; an index of a partitioned table has none.
  for (const file of indexes(to).values()) if (file !== null && !files.has(file)) return "index-build";
  return (to.rowsRead.get(table.oid) ?? 0) > (from.rowsRead.get(table.oid) ?? 0) ? "scan" : "instant";
}
