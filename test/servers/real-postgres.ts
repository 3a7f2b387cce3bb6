/** Real PostgreSQL servers of several majors, as tests use a database. */
import type pg from "pg";
import { type PostgresServer, startPostgres } from "../../scripts/postgres-server.js";
import { POSTGRES_VERSIONS } from "../../scripts/postgres-servers.js";
import type { TestDatabase } from "../postgres/measured-postgres.js";

export const MAJORS: readonly number[] = Object.keys(POSTGRES_VERSIONS).map(Number);

export class RealPostgres implements TestDatabase {
  readonly #server: PostgresServer;
  readonly #client: pg.Client;

  private constructor(server: PostgresServer, client: pg.Client) {
    this.#server = server;
    this.#client = client;
  }

  /** Starts a server with an empty database. Throws where `scripts/postgres-servers.js` has not fetched it. */
  static async start(major: number): Promise<RealPostgres> {
    const server = startPostgres(major);
    return new RealPostgres(server, await server.connect());
  }

  /** Another session, which its caller ends. */
  connect(): Promise<pg.Client> {
    return this.#server.connect();
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
    await this.#server.stop();
  }
}
