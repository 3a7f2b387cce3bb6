/** `databases.*.session` is in force from the first statement on, whichever tool sends it. */
import { describe, expect, it } from "vitest";
import { check } from "../../src/check/check.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { MIGRATION_TOOLS } from "../../src/migrations/tools.js";
import { type Files, memorySource } from "../check/memory-source.js";

const CREATE = "CREATE TABLE orders (id bigint PRIMARY KEY, note text);\n";
const DROP = "ALTER TABLE orders DROP COLUMN note;\n";

interface Layout {
  readonly path: string;
  readonly first: string;
  readonly second: string;
  /** What stands around the SQL of a file. */
  readonly around?: (sql: string) => string;
  /** What the tool needs besides. */
  readonly besides?: Files;
}

/** Two migrations as each tool wants them. */
const LAYOUTS: Readonly<Record<string, Layout>> = {
  atlas: {
    path: "migrations",
    first: "20240101000000_a.sql",
    second: "20240102000000_b.sql",
    besides: { "migrations/atlas.sum": "h1:x\n20240101000000_a.sql h1:a\n20240102000000_b.sql h1:b\n" },
  },
  dbmate: {
    path: "db/migrations",
    first: "20240101000000_a.sql",
    second: "20240102000000_b.sql",
    around: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\n`,
  },
  "db-migrate": {
    path: "migrations",
    first: "20240101000000-a.js",
    second: "20240102000000-b.js",
    around: (sql) => `exports.up = (db) => db.runSql(${JSON.stringify(sql)});\nexports._meta = { version: 1 };\n`,
  },
  diesel: { path: "migrations", first: "2024-01-01-000000_a/up.sql", second: "2024-01-02-000000_b/up.sql" },
  drizzle: {
    path: "drizzle",
    first: "0000_a.sql",
    second: "0001_b.sql",
    besides: {
      "drizzle/meta/_journal.json": JSON.stringify({
        version: "7",
        dialect: "postgresql",
        entries: ["0000_a", "0001_b"].map((tag, idx) => ({ idx, version: "7", when: idx, tag, breakpoints: true })),
      }),
    },
  },
  "sql-migrate": {
    path: "migrations",
    first: "1_a.sql",
    second: "2_b.sql",
    around: (sql) => `-- +migrate Up\n${sql}\n-- +migrate Down\n`,
  },
  umzug: {
    path: "changes",
    first: "1-a.ts",
    second: "2-b.ts",
    around: (sql) => `export const up = async ({ context }) => {\n  await context.query(${JSON.stringify(sql)});\n};\n`,
    besides: {
      "package.json": JSON.stringify({ dependencies: { umzug: "3.8.2", pg: "8.11.0" } }),
      "migrate.ts":
        'import { Pool } from "pg";\nimport { Umzug } from "umzug";\n' +
        'export const umzug = new Umzug({ migrations: { glob: "changes/*.ts" }, context: new Pool() });\n',
    },
  },
  flyway: { path: "sql", first: "V1__a.sql", second: "V2__b.sql" },
  "golang-migrate": { path: "migrations", first: "000001_a.up.sql", second: "000002_b.up.sql" },
  goose: {
    path: "migrations",
    first: "00001_a.sql",
    second: "00002_b.sql",
    around: (sql) => `-- +goose Up\n${sql}\n-- +goose Down\n`,
  },
  "graphile-migrate": {
    path: "migrations",
    first: "committed/000001.sql",
    second: "committed/000002.sql",
    around: (sql) => `--! Previous: -\n--! Hash: sha1:a\n\n${sql}`,
    besides: { ".gmrc": "{}" },
  },
  knex: {
    path: "migrations",
    first: "20240101000000_a.js",
    second: "20240102000000_b.js",
    around: (sql) => `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});\n`,
  },
  kysely: {
    path: "migrations",
    first: "20240101000000_a.ts",
    second: "20240102000000_b.ts",
    around: (sql) =>
      `import { sql } from "kysely";\n\nexport async function up(db) {\n  await sql.raw(${JSON.stringify(sql)}).execute(db);\n}\n`,
  },
  liquibase: {
    path: "changelog",
    first: "01_a.sql",
    second: "02_b.sql",
    around: (sql) => `--liquibase formatted sql\n\n--changeset somebody:${String(sql.length)}\n${sql}`,
  },
  "mikro-orm": {
    path: "migrations",
    first: "Migration20240101000000.ts",
    second: "Migration20240102000000.ts",
    around: (sql) =>
      `import { Migration } from "@mikro-orm/migrations";\n\nexport class Change extends Migration {\n  up() {\n    this.addSql(${JSON.stringify(sql)});\n  }\n}\n`,
  },
  payload: {
    path: "migrations",
    first: "20240101_000000_a.ts",
    second: "20240102_000000_b.ts",
    around: (sql) =>
      `import { sql } from "@payloadcms/db-postgres";\n\nexport async function up({ db }) {\n  await db.execute(sql.raw(${JSON.stringify(sql)}));\n}\n`,
  },
  sequelize: {
    path: "migrations",
    first: "20240101000000-a.js",
    second: "20240102000000-b.js",
    around: (sql) =>
      `module.exports = { up: (queryInterface) => queryInterface.sequelize.query(${JSON.stringify(sql)}) };\n`,
  },
  typeorm: {
    path: "migrations",
    first: "1700000000000-A.ts",
    second: "1700000000001-B.ts",
    around: (sql) =>
      `import { MigrationInterface, QueryRunner } from "typeorm";\n\n` +
      `export class A${sql.startsWith("CREATE") ? "1700000000000" : "1700000000001"} implements MigrationInterface {\n` +
      `  async up(queryRunner: QueryRunner) {\n    await queryRunner.query(${JSON.stringify(sql)});\n  }\n}\n`,
  },
  "node-pg-migrate": {
    path: "migrations",
    first: "1700000000000_a.sql",
    second: "1700000000001_b.sql",
    around: (sql) => `-- Up Migration\n${sql}\n-- Down Migration\n`,
  },
  pop: { path: "migrations", first: "20240101000000_a.up.sql", second: "20240102000000_b.up.sql" },
  "postgres-migrations": { path: "migrations", first: "1_a.sql", second: "2_b.sql" },
  prisma: {
    path: "prisma/migrations",
    first: "20240101000000_a/migration.sql",
    second: "20240102000000_b/migration.sql",
  },
  refinery: { path: "migrations", first: "V1__a.sql", second: "V2__b.sql" },
  slonik: { path: "migrations", first: "1_a.sql", second: "2_b.sql" },
  sql: { path: "migrations", first: "0001_a.sql", second: "0002_b.sql" },
  sqitch: {
    path: "deploy",
    first: "a.sql",
    second: "b.sql",
    besides: {
      "sqitch.conf": "[core]\n\tengine = pg\n",
      "sqitch.plan":
        "%syntax-version=1.0.0\n%project=shop\n\n" +
        "a 2024-01-01T00:00:00Z A. Person <person@example.com> # a\n" +
        "b 2024-01-02T00:00:00Z A. Person <person@example.com> # b\n",
    },
  },
  sqlx: { path: "migrations", first: "1_a.sql", second: "2_b.sql" },
  supabase: { path: "supabase/migrations", first: "20240101000000_a.sql", second: "20240102000000_b.sql" },
  tern: { path: "migrations", first: "001_a.sql", second: "002_b.sql" },
};

it("has a layout for each tool", () => {
  expect(MIGRATION_TOOLS.map(({ name }) => name).filter((name) => !(name in LAYOUTS))).toEqual([]);
});

const layouts = Object.entries(LAYOUTS).filter(([tool]) => MIGRATION_TOOLS.some(({ name }) => name === tool));

describe.each(layouts)("%s", (tool, { path, first, second, around = (sql) => sql, besides = {} }) => {
  const at = (name: string): string => `${path}/${name}`;
  const rules = (session: Readonly<Record<string, string>>): string[] => {
    const source = memorySource({ ...besides, [at(first)]: around(CREATE) }, { [at(second)]: around(DROP) });
    const database = { migrations: [{ path, tool }], code: [], session };
    // Named, the rule speaks also where nothing is known of the session.
    const named = { "require-lock-timeout": ["warn"] } as const;
    const configuration = { ...DEFAULT_CONFIGURATION, rules: named, databases: { main: database } };
    return check(source, configuration).findings.map(({ rule }) => rule);
  };

  it("has the settings of the session in force", () => {
    expect(rules({})).toEqual(["require-lock-timeout"]);
    expect(rules({ lock_timeout: "3s" })).toEqual([]);
    expect(rules({ lock_timeout: "5min" })).toEqual(["require-lock-timeout"]);
  });
});
