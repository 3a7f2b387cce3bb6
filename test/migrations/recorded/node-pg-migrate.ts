/** node-pg-migrate itself, and its operations. */
import { Migration, type MigrationBuilder } from "node-pg-migrate";
import { db } from "node-pg-migrate/db";
import pg from "pg";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedNodePgMigrate: Recorder = {
  setup: `
    CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamptz);
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE TABLE old (id int);
  `,
  sendsTransactions: true,
  bookkeeping: /^INSERT INTO "public"\."pgmigrations"/,
  migration: (body) =>
    `import type { MigrationBuilder } from "node-pg-migrate";\n\nexport async function up(pgm: MigrationBuilder): Promise<void> {\n${body}\n}\n`,
  async connect({ url }) {
    const client = new pg.Client(url);
    await client.connect();
    const connection = db(client);
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const options = { databaseUrl: url, dir: "migrations", migrationsTable: "pgmigrations", direction: "up" } as const;
    return {
      async run(source) {
        const { up, shorthands = {} } = loadProgram<{
          up: (pgm: MigrationBuilder) => Promise<void>;
          shorthands?: Record<string, string>;
        }>(source);
        const migration = new Migration(
          connection,
          "migrations/1_change.ts",
          { up },
          // What is sent around one migration of a run in one transaction.
          { ...options, singleTransaction: true },
          shorthands,
          silent,
        );
        await migration.apply("up");
      },
      close: () => client.end(),
    };
  },
};
