/** Real PostgreSQL servers of several majors, each in a folder of its own that goes away with it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPostgres, POSTGRES_VERSIONS } from "../../scripts/postgres-servers.js";
import type { TestDatabase } from "../postgres/measured-postgres.js";

export const MAJORS: readonly number[] = Object.keys(POSTGRES_VERSIONS).map(Number);

/** PostgreSQL refuses to run as root; `nobody` owns nothing else. */
const NOBODY = 65_534;

export class RealPostgres implements TestDatabase {
  readonly #server: ChildProcess;
  readonly #folder: string;
  readonly #client: pg.Client;

  private constructor(server: ChildProcess, folder: string, client: pg.Client) {
    this.#server = server;
    this.#folder = folder;
    this.#client = client;
  }

  /** Starts a server with an empty database. Throws where `scripts/postgres-servers.js` has not fetched it. */
  static async start(major: number): Promise<RealPostgres> {
    const fetched = findPostgres(major);
    if (fetched === undefined) throw new Error(`PostgreSQL ${major} is not there: run npm run test:postgres.`);
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
    const env = { ...process.env, LC_ALL: "C", TZ: "UTC" };
    const initdb = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"];
    execFileSync(join(native, "bin/initdb"), initdb, {
      ...user,
      env,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    // No TCP: only who may enter the folder reaches the server.
    const settings = ["listen_addresses=", `unix_socket_directories=${folder}`, "fsync=off", "autovacuum=off"];
    const server = spawn(
      join(native, "bin/postgres"),
      ["-D", data, ...settings.flatMap((setting) => ["-c", setting])],
      {
        ...user,
        env,
        cwd: folder,
        stdio: "ignore",
      },
    );
    return new RealPostgres(server, folder, await connect(folder));
  }

  /** Another session, which its caller ends. */
  connect(): Promise<pg.Client> {
    return connect(this.#folder);
  }

  async exec(sql: string): Promise<void> {
    await this.#client.query(sql);
  }

  async query<Row>(sql: string): Promise<{ rows: Row[] }> {
    const { rows } = await this.#client.query(sql);
    return { rows: rows as Row[] };
  }

  async close(): Promise<void> {
    await this.#client.end();
    const gone = new Promise((resolve) => this.#server.once("exit", resolve));
    this.#server.kill("SIGINT");
    await gone;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The server needs a moment until it listens. */
async function connect(folder: string): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ host: folder, user: "postgres", database: "postgres" });
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
