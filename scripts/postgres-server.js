/** Starts a real PostgreSQL server of a major version, in a folder of its own that goes away with it. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostgres } from "./postgres-servers.js";

/** PostgreSQL refuses to run as root; `nobody` owns nothing else. */
const NOBODY = 65_534;

/**
 * @typedef {object} PostgresServer
 * @property {() => Promise<pg.Client>} connect A session, which its caller ends.
 * @property {() => Promise<void>} stop Ends the server and removes its folder; its sessions are ended before.
 */

/**
 * A server with an empty database. Throws where `scripts/postgres-servers.js` has not fetched it.
 *
 * @param {number} major
 * @param {Readonly<Record<string, string>>} [settings] As in `postgresql.conf`, beside those that every server here has.
 * @returns {PostgresServer}
 */
export function startPostgres(major, settings = {}) {
  const fetched = findPostgres(major);
  if (fetched === undefined) throw new Error(`PostgreSQL ${major} is not there: run node scripts/postgres-servers.js.`);
  const folder = mkdtempSync(join(tmpdir(), `postgres-${major}-`));
  const asRoot = process.getuid?.() === 0;
  const user = asRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const native = asRoot ? join(folder, "native") : fetched;
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  if (asRoot) {
    // The clone may lie where only root may look.
    cpSync(fetched, native, { recursive: true, verbatimSymlinks: true });
    chmodSync(folder, 0o755);
    chownSync(folder, NOBODY, NOBODY);
    chownSync(data, NOBODY, NOBODY);
  }
  const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: "C", TZ: "UTC" } };
  const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
  execFileSync(join(native, "bin/initdb"), initdb, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  // No TCP: only who may enter the folder reaches the server.
  const all = { listen_addresses: "", unix_socket_directories: folder, fsync: "off", autovacuum: "off", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = spawn(join(native, "bin/postgres"), ["-D", data, ...flags], { ...options, stdio: "ignore" });
  return {
    connect: () => connect(folder),
    async stop() {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGINT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The server needs a moment until it listens.
 *
 * @param {string} host
 * @returns {Promise<pg.Client>}
 */
async function connect(host) {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ host, user: "postgres", database: "postgres" });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
