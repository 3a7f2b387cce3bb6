/** Kysely itself, and the calls of its schema module. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedKysely: Recorder = {
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE VIEW open_orders AS SELECT id FROM orders;
    CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders;
    CREATE UNIQUE INDEX totals_id ON totals (id);
    CREATE SCHEMA app;
    CREATE TYPE kind AS ENUM ('a', 'b');
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `import { Kysely, sql } from "kysely";\n\nexport async function up(db: Kysely<any>): Promise<void> {\n${body}\n}\n`,
  connect({ url }) {
    const library = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
    });
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (db: Kysely<unknown>) => Promise<void> }>(source);
        // As its migrator does.
        await library.transaction().execute((transaction) => up(transaction));
      },
      close: () => library.destroy(),
    };
  },
};
