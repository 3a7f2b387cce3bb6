/** Drizzle's driver for node-postgres, through which Payload's migrations send their SQL. */
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { payload } from "../../../src/migrations/payload.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedPayload: RecordedTool = {
  tool: payload,
  file: "src/migrations/20260101_000000_change.ts",
  repository: { "package.json": '{ "dependencies": { "payload": "^3.90.0", "@payloadcms/db-postgres": "^3.90.0" } }' },
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
  "sql, joined without anything between": `await db.execute(sql.join([sql\`DROP TABLE \`, sql.identifier("old")]));`,
  "sql of a list": `await db.execute(sql\`DELETE FROM orders WHERE id IN \${[1, 2]}\`);`,
  "sql, appended": `const query = sql\`UPDATE orders SET note = NULL\`; query.append(sql\` WHERE id = \${1}\`); await db.execute(query);`,
  "sql without parameters": `await db.execute(sql\`ALTER TABLE orders ALTER COLUMN note SET DEFAULT \${"it's"}\`.inlineParams());`,
  "sql that is left out": `await db.execute(sql\`DROP TABLE old\${undefined}\`);`,
  "db.transaction": `await db.transaction(async (inner) => { await inner.execute(sql\`DROP TABLE old\`); });`,
  text: `await db.execute("DROP TABLE old");`,
};
