/** PostgreSQL in this process. Its files are made once for all tests: initdb takes ten times as long as loading them. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PGlite, type PGliteOptions } from "@electric-sql/pglite";

const manifest = new URL("../../node_modules/@electric-sql/pglite/package.json", import.meta.url);
const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
const cache = new URL("../../.cache/", import.meta.url);
const template = fileURLToPath(new URL(`pglite-${version}.tar`, cache));

/** An empty PostgreSQL 18. */
export async function startPGlite(options: PGliteOptions = {}): Promise<PGlite> {
  return PGlite.create({ ...options, loadDataDir: new Blob([readFileSync(template)]) });
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
