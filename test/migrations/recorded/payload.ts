/** Drizzle's driver for node-postgres, through which Payload's migrations send their SQL. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { loadProgram } from "./load-program.js";
import type { Fixtures, Recorder } from "./recorded-tool.js";

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

/** What a migration may send through its database. */
export const payloadFixtures: Fixtures = {
  "db.execute": `await db.execute(sql\`DROP TABLE old\`);`,
  "db.execute of several statements": `await db.execute(sql\`
   CREATE TYPE "public"."enum_orders_status" AS ENUM('draft', 'published');
  ALTER TABLE "orders" ADD COLUMN "status" "enum_orders_status";
  \`);`,
  "db.execute with values": `const note = "x"; await db.execute(sql\`UPDATE orders SET note = \${note} WHERE id = \${5}\`);`,
  "sql.identifier": `await db.execute(sql\`ALTER TABLE \${sql.identifier("orders")} ADD COLUMN \${sql.identifier("a")} text\`);`,
  "sql.raw": `await db.execute(sql.raw("DROP TABLE old")); await db.execute(sql\`ALTER TABLE \${sql.raw("orders")} DROP COLUMN note\`);`,
  "sql.join": `await db.execute(sql\`CREATE INDEX i ON orders (\${sql.join([sql.identifier("code"), sql.identifier("note")], sql\`, \`)})\`);`,
  "sql.fromList, sql.empty and sql.param": `await db.execute(sql.fromList([sql\`UPDATE orders SET note = \`, sql.param("x"), sql.empty()]));`,
  "sql in sql": `const type = sql\`text\`; await db.execute(sql\`ALTER TABLE orders ADD COLUMN a \${type}\`);`,
  text: `await db.execute("DROP TABLE old");`,
};
