/** Drizzle's driver for node-postgres, through which Payload's migrations send their SQL. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { loadProgram } from "./load-program.js";
import type { Recorder } from "./recorded-tool.js";

export const recordedPayload: Recorder = {
  setup: `CREATE TABLE orders (id serial PRIMARY KEY, code text, note text); CREATE TABLE old (id int);`,
  migration: (body) =>
    `import { type MigrateUpArgs, sql } from "@payloadcms/db-postgres";\n\nexport async function up({ db, payload, req }: MigrateUpArgs): Promise<void> {\n${body}\n}\n`,
  connect({ url }) {
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    const db = drizzle(pool);
    return {
      async run(source) {
        // The package's own entry loads the whole of Payload; of it a migration uses Drizzle's template tag.
        const { up } = loadProgram<{ up: (args: object) => Promise<void> }>(source, {
          "@payloadcms/db-postgres": { sql },
        });
        await db.transaction((transaction) => up({ db: transaction, payload: {}, req: {} }));
      },
      close: () => pool.end(),
    };
  },
};
