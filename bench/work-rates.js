/**
 * How fast PostgreSQL works through a table: what `src/deploy-order/estimate.ts` reckons durations with.
 *
 *   node scripts/postgres-servers.js && node bench/work-rates.js [MAJOR…]
 *
 * Of each kind of work it measures the processor time of the session that does it (one process, everything in memory),
 * and how many bytes it writes: to the table, its indexes and the log. A disk adds the time for the bytes, so that both
 * ends of a range follow: from a disk that is never waited for, to one that moves SLOW_DISK bytes in a second.
 */
import { readFileSync } from "node:fs";
import { startPostgres } from "../scripts/postgres-server.js";
import { POSTGRES_VERSIONS } from "../scripts/postgres-servers.js";
import { printTable } from "./measure.js";

/** Bytes in a second: what the smallest volumes of cloud providers give. */
const SLOW_DISK = 100e6;
const MEGABYTE = 1e6;
const RUNS = 2;

/** Rows short and long: what they cost differs by row as well as by byte. */
const TABLES = {
  "60 bytes a row": { rows: 1_000_000, note: "'note'" },
  "500 bytes a row": { rows: 200_000, note: "repeat(md5(n::text), 14)" },
};

/**
 * What is timed, and what puts the table back.
 * @type {Readonly<Record<string, readonly [work: string, undo: string, before?: string]>>}
 */
const WORK = {
  "scan: VALIDATE of a CHECK": [
    "ALTER TABLE t VALIDATE CONSTRAINT c",
    "ALTER TABLE t DROP CONSTRAINT c",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (amount > 0) NOT VALID",
  ],
  "scan: SET NOT NULL": [
    "ALTER TABLE t ALTER COLUMN amount SET NOT NULL",
    "ALTER TABLE t ALTER COLUMN amount DROP NOT NULL",
  ],
  "scan: VALIDATE of a foreign key": [
    "ALTER TABLE t VALIDATE CONSTRAINT f",
    "ALTER TABLE t DROP CONSTRAINT f",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (account) REFERENCES a NOT VALID",
  ],
  "index: bigint": ["CREATE INDEX i ON t (account)", "DROP INDEX i"],
  "index: text": ["CREATE INDEX i ON t (code)", "DROP INDEX i"],
  "index: bigint, CONCURRENTLY": ["CREATE INDEX CONCURRENTLY i ON t (account)", "DROP INDEX i"],
  "index: text, CONCURRENTLY": ["CREATE INDEX CONCURRENTLY i ON t (code)", "DROP INDEX i"],
  "rewrite: int to bigint": [
    "ALTER TABLE t ALTER COLUMN amount TYPE bigint",
    "ALTER TABLE t ALTER COLUMN amount TYPE int",
  ],
  "rewrite: a default for each row": [
    "ALTER TABLE t ADD COLUMN token uuid DEFAULT gen_random_uuid()",
    "ALTER TABLE t DROP COLUMN token; VACUUM FULL t",
  ],
  "batches: UPDATE of each row": [
    `DO $$ DECLARE low bigint := 1; BEGIN
       WHILE low <= (SELECT max(id) FROM t) LOOP
         UPDATE t SET amount = amount + 1 WHERE id >= low AND id < low + 1000; COMMIT; low := low + 1000;
       END LOOP; END $$`,
    "VACUUM FULL t",
  ],
};

/** @param {number} major */
async function measure(major) {
  const server = startPostgres(major, {
    // What a disk takes is reckoned from the bytes.
    shared_buffers: "1GB",
    max_wal_size: "8GB",
    // One process does the work, so that its time is the time.
    max_parallel_maintenance_workers: "0",
    max_parallel_workers_per_gather: "0",
  });
  const client = await server.connect();
  try {
    const rows = [];
    await client.query("CREATE TABLE a (id bigint PRIMARY KEY); INSERT INTO a SELECT generate_series(1, 10000)");
    for (const [shape, { rows: count, note }] of Object.entries(TABLES)) {
      await client.query(`CREATE TABLE t (id bigint PRIMARY KEY, account bigint, amount int, code text, note text);
        INSERT INTO t SELECT n, n % 10000 + 1, n, md5(n::text), ${note} FROM generate_series(1, ${count}) AS n`);
      await client.query("VACUUM (ANALYZE) t");
      const heap = Number(await one(client, "SELECT pg_table_size('t')"));
      for (const [name, [work, undo, before]] of Object.entries(WORK)) {
        const found = [];
        for (let run = 0; run < RUNS; run++) {
          if (before !== undefined) await client.query(before);
          found.push(await timed(client, work));
          for (const statement of undo.split("; ")) await client.query(statement);
        }
        const seconds = Math.min(...found.map((each) => each.seconds));
        const written = Math.min(...found.map((each) => each.written));
        rows.push({ major, shape, name, count, heap, seconds, written });
      }
      await client.query("DROP TABLE t");
    }
    return rows;
  } finally {
    await client.end();
    await server.stop();
  }
}

/**
 * @param {import("pg").Client} client
 * @param {string} sql
 */
async function one(client, sql) {
  const { rows } = await client.query({ text: sql, rowMode: "array" });
  return rows[0]?.[0];
}

/** Log that is written, and what the database grows by.
 * @param {import("pg").Client} client
 */
async function bytesWritten(client) {
  const log = Number(await one(client, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"));
  const files = Number(await one(client, "SELECT pg_database_size(current_database())"));
  return { log, files };
}

/**
 * @param {import("pg").Client} client
 * @param {string} work
 */
async function timed(client, work) {
  const pid = Number(await one(client, "SELECT pg_backend_pid()"));
  await client.query("CHECKPOINT");
  const before = await bytesWritten(client);
  const start = processorSeconds(pid);
  await client.query(work);
  const seconds = processorSeconds(pid) - start;
  const after = await bytesWritten(client);
  // What a rewrite drops at its end was written, too: the new files are as large as what is there now.
  const grown = Math.max(0, after.files - before.files);
  return { seconds, written: after.log - before.log + grown };
}

/** @param {number} pid */
function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const majors = process.argv.length > 2 ? process.argv.slice(2).map(Number) : Object.keys(POSTGRES_VERSIONS).map(Number);
/** @type {Awaited<ReturnType<typeof measure>>} */
const all = [];
for (const major of majors) all.push(...(await measure(major)));

/** @param {readonly number[]} values */
const range = (values) => {
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => Number(value.toPrecision(2)));
  return least === most ? String(least) : `${least} to ${most}`;
};
const table = Object.keys(WORK).flatMap((name) =>
  Object.keys(TABLES).map((shape) => {
    const own = all.filter((each) => each.name === name && each.shape === shape);
    const slow = own.map(({ heap, seconds, written }) => heap / (seconds + (heap + written) / SLOW_DISK));
    return [
      name,
      shape,
      range(own.map(({ heap, seconds }) => heap / seconds / MEGABYTE)),
      range(own.map(({ count, seconds }) => count / seconds / 1000)),
      range(own.map(({ heap, written }) => written / heap)),
      range(slow.map((rate) => rate / MEGABYTE)),
      range(own.map(({ count, heap, seconds, written }) => count / (seconds + (heap + written) / SLOW_DISK) / 1000)),
    ];
  }),
);
printTable(
  [
    "",
    "",
    "MB/s",
    "thousand rows/s",
    "bytes written for each of the table",
    "MB/s, slow disk",
    "thousand rows/s, slow disk",
  ],
  table,
);
