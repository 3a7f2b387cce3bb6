/** postgres-migrations itself: what it sends for a migration in JavaScript. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { migrate } from "postgres-migrations";
import { postgresMigrations } from "../../../src/migrations/postgres-migrations.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedPostgresMigrations: RecordedTool = {
  tool: postgresMigrations,
  file: "migrations/1_change.js",
  repository: { "package.json": '{ "dependencies": { "postgres-migrations": "^5.3.0" } }' },
  setup: `CREATE TABLE orders (id serial PRIMARY KEY, code text, note text); CREATE TABLE old (id int);`,
  bookkeeping: /pg_(?:try_)?advisory_(?:un)?lock|\bmigrations\b/,
  migration: (body) => `module.exports.generateSql = () => {\n${body}\n};\n`,
  async connect({ url }) {
    const client = new pg.Client(url);
    await client.connect();
    return {
      async run(source) {
        const folder = mkdtempSync(join(tmpdir(), "migrations-"));
        try {
          writeFileSync(join(folder, "package.json"), '{ "type": "commonjs" }');
          writeFileSync(join(folder, "1_change.js"), source);
          await migrate({ client }, folder);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
      close: () => client.end(),
    };
  },
};

/** What a migration in JavaScript may return. */
export const postgresMigrationsFixtures: Fixtures = {
  generateSql: `return "DROP TABLE old";`,
  "generateSql of several statements": `return ["a", "b"].map((name) => \`CREATE TABLE \${name} (id int);\`).join("\\n");`,
};
