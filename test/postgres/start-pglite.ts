/** PostgreSQL in this process. Its files are made once for all tests: initdb takes ten times as long as loading them. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

const manifest = new URL("../../node_modules/@electric-sql/pglite/package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
const cache = new URL("../../.cache/", import.meta.url);
const template = fileURLToPath(new URL(`pglite-${version}.tar`, cache));

/** Those that a file of tests has closed, for the next that runs in this process. */
const idle: PGlite[] = [];

/** An empty PostgreSQL 18. One that is closed without a trace is given to the next who asks for one without extensions. */
export async function startPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  const again = options.extensions === undefined ? idle.pop() : undefined;
  if (again) return again;
  const database = await PGlite.create({ ...options, loadDataDir: new Blob([readFileSync(template)]) });
  if (options.extensions === undefined) {
    const close = database.close.bind(database);
    const traces = await emptied(database);
    database.close = async () => {
      if ((await emptied(database).catch(() => undefined)) === traces) idle.push(database);
      else await close();
    };
  }
  return database;
}

/** Drops what tests usually make, and says what there still is: the number of rows of every catalog. */
async function emptied(database: PGlite): Promise<string> {
  // The schemas of the first temporary table stay.
  await database.exec("ROLLBACK; CREATE TEMPORARY TABLE IF NOT EXISTS first ()");
  await database.exec("DISCARD ALL");
  await database.exec(`
    DO $$ DECLARE statement text; BEGIN
      FOR statement IN
        SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
          WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        UNION ALL SELECT format('DROP OWNED BY %I; DROP ROLE %1$I', rolname) FROM pg_roles
          WHERE rolname !~ '^pg_' AND rolname <> current_user
      LOOP EXECUTE statement; END LOOP;
    END $$;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    SET search_path TO public`);
  const { rows: tablespaces } = await database.query<{ name: string }>(
    "SELECT quote_ident(spcname) AS name FROM pg_tablespace WHERE spcname !~ '^pg_'",
  );
  for (const { name } of tablespaces) await database.exec(`DROP TABLESPACE ${name}`);
  const { rows: counts } = await database.query<[string]>(
    `SELECT query_to_xml(format('SELECT count(*) FROM %s', oid::regclass), false, true, '')::text
     FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' ORDER BY oid`,
    [],
    { rowMode: "array" },
  );
  return counts.join();
}

/** Runs once before all tests (vitest's `globalSetup`). */
export default async function makeTemplate(): Promise<void> {
  if (existsSync(template)) return;
  const database = await PGlite.create();
  const files = await database.dumpDataDir("none");
  await database.close();
  mkdirSync(cache, { recursive: true });
  const unfinished = `${template}.${String(process.pid)}`;
  writeFileSync(unfinished, Buffer.from(await files.arrayBuffer()));
  renameSync(unfinished, template);
}
