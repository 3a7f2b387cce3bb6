/** The SQL of migration histories that published packages ship: real input that nobody wrote for this project. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);

export interface PublishedFile {
  /** The package and the file or version in it. */
  readonly name: string;
  readonly sql: string;
}

/** The `sql/` folder beside a package's manifest. */
function sqlFolder(name: string, manifest: string): PublishedFile[] {
  const folder = path.join(path.dirname(manifest), "sql");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => ({ name: `${name}/${file}`, sql: readFileSync(path.join(folder, file), "utf8") }));
}

/** pg-boss keeps its SQL in functions that take the schema's name. */
function pgBoss(): PublishedFile[] {
  const plans = require("pg-boss/src/plans.js") as { create(schema: string, version: number): string };
  const store = require("pg-boss/src/migrationStore.js") as {
    getAll(schema: string): { version: number; install?: string[]; uninstall?: string[] }[];
  };
  const migrations = store.getAll("pgboss").flatMap(({ version, install = [], uninstall = [] }) => [
    { name: `pg-boss/${String(version)}/install`, sql: install.join(";\n") },
    { name: `pg-boss/${String(version)}/uninstall`, sql: uninstall.join(";\n") },
  ]);
  return [{ name: "pg-boss/create", sql: plans.create("pgboss", 24) }, ...migrations];
}

export function publishedHistories(): ReadonlyMap<string, readonly PublishedFile[]> {
  const scheduler = require.resolve("graphile-scheduler/package.json");
  const olderWorker = createRequire(scheduler).resolve("graphile-worker/package.json");
  return new Map([
    ["graphile-worker", sqlFolder("graphile-worker", require.resolve("graphile-worker/package.json"))],
    ["graphile-worker 0.8", sqlFolder("graphile-worker 0.8", olderWorker)],
    ["graphile-scheduler", sqlFolder("graphile-scheduler", scheduler)],
    ["pg-boss", pgBoss()],
  ]);
}
