/**
 * Writes `src/postgres/builtin-casts.ts`: the casts of PostgreSQL and of its contrib extensions that leave the stored
 * value as it is, read from `pg_cast`, each of them with what it does to an index. Run it with
 * `node --experimental-strip-types` (Node 22.6 and later) after an update of PGlite.
 */
import { readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PGlite, type Extension } from "@electric-sql/pglite";

const contrib = join(dirname(createRequire(import.meta.url).resolve("@electric-sql/pglite")), "contrib");
const target = join(import.meta.dirname, "../src/postgres/builtin-casts.ts");

const extensions: Record<string, Extension> = {};
for (const file of readdirSync(contrib).filter((file) => file.endsWith(".js"))) {
  const exported = (await import(join(contrib, file))) as Record<string, Extension>;
  extensions[file.slice(0, -".js".length)] = Object.values(exported)[0]!;
}
const database = await PGlite.create({ extensions });
for (const name of Object.keys(extensions)) {
  // `auto_explain` and its kin are libraries without SQL.
  await database
    .exec(`CREATE EXTENSION IF NOT EXISTS "${name.replace("uuid_ossp", "uuid-ossp")}" CASCADE`)
    .catch(() => {});
}

/** Expressions are volatile by the functions that they call: casts and operators must not add to that. */
const { rows: volatile } = await database.query(`
  SELECT castfunc::regprocedure::text AS name FROM pg_cast JOIN pg_proc p ON p.oid = castfunc WHERE provolatile = 'v'
  UNION ALL
  SELECT oprcode::text FROM pg_operator JOIN pg_proc p ON p.oid = oprcode WHERE provolatile = 'v'`);
if (volatile.length > 0) throw new Error(`Volatile casts or operators: ${JSON.stringify(volatile)}`);

// Names in quotes: without them `character` would be `character(1)`.
const { rows: casts } = await database.query<{ source: string; target: string; from: string; to: string }>(`
  SELECT s.typname AS source, t.typname AS target,
         format('%I."%s"', s.typnamespace::regnamespace, s.typname) AS from,
         format('%I."%s"', t.typnamespace::regnamespace, t.typname) AS to
  FROM pg_cast JOIN pg_type s ON s.oid = castsource JOIN pg_type t ON t.oid = casttarget
  WHERE castmethod = 'b' AND s.typtype = 'b' AND t.typtype = 'b' AND s.typlen = t.typlen
  ORDER BY 1, 2`);

type Change = "free" | "index-build" | "rewrite";

/** A table with an indexed column whose type is changed: which files are new afterwards? */
async function measure(from: string, to: string): Promise<Change> {
  const files = async (): Promise<{ table: number; index: number | null }> =>
    (
      await database.query<{ table: number; index: number | null }>(
        `SELECT pg_relation_filenode('measured')::int AS table, pg_relation_filenode(to_regclass('measured_index'))::int AS index`,
      )
    ).rows[0]!;
  await database.exec(`CREATE TABLE measured (c ${from})`);
  // Some types have no order.
  await database.exec("CREATE INDEX measured_index ON measured (c)").catch(() => {});
  try {
    const before = await files();
    await database.exec(`ALTER TABLE measured ALTER c TYPE ${to} USING c::${to}`);
    const after = await files();
    if (before.table !== after.table) return "rewrite";
    return before.index === after.index ? "free" : "index-build";
  } finally {
    await database.exec("DROP TABLE measured");
  }
}

const changes: Record<Change, string[]> = { free: [], "index-build": [], rewrite: [] };
for (const { source, target, from, to } of casts) {
  // Of types that only the system catalogs have no column can be made.
  const change = await measure(from, to).catch(() => undefined);
  if (change) changes[change].push(`${source}>${target}`);
}
if (changes.rewrite.length > 0) throw new Error(`Casts that change nothing rewrite: ${changes.rewrite.join(", ")}`);
const { rows: versions } = await database.query<{ version: string }>(
  "SELECT current_setting('server_version') AS version",
);
await database.close();

writeFileSync(
  target,
  `// Written by scripts/generate-casts.ts from PostgreSQL ${versions[0]!.version}.

/** Casts that leave the stored value as it is, and plain indexes too. */
export const freeCasts =
  "${changes.free.join(" ")}";

/** Casts that leave the stored value as it is; the new type has another order, or another class of it. */
export const indexBuildCasts =
  "${changes["index-build"].join(" ")}";
`,
);
