/**
 * What a reviewer is told in each tool: a migration that is new in a repository of that tool, through the whole check.
 * A row has the repository at base, the files that the branch adds, and every finding with its full message.
 */
import { expect, test } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

type Files = Readonly<Record<string, string>>;

interface ToolRow {
  readonly name: string;
  readonly base: Files;
  readonly head: Files;
  /** What base gets after the branch has left it. */
  readonly meanwhile?: Files;
  /** `rule place message`, in order; only those of `rules`. */
  readonly findings: readonly string[];
}

/** Rules that depend on the tool; what others find is shown in their own tests. */
const RULES = new Set([
  "no-backfill-with-ddl",
  "no-blocking-index-build",
  "no-concurrently-in-transaction",
  "no-out-of-order-migration",
]);

const ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n";
const BUILD = "CREATE INDEX orders_account_idx ON orders (account_id);\n";
const CONCURRENTLY = "CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id);\n";

const npm = (name: string, version: string): Files => ({
  "package.json": JSON.stringify({ dependencies: { [name]: `^${version}` } }),
  "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version } } }),
});

const journal = (...tags: readonly (readonly [tag: string, when: number])[]): string =>
  JSON.stringify({
    version: "7",
    dialect: "postgresql",
    entries: tags.map(([tag, when], idx) => ({ idx, when, tag })),
  });

const PRISMA: Files = {
  ...npm("prisma", "6.19.0"),
  "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n',
  "prisma/migrations/20260101000000_init/migration.sql": ORDERS,
};

const DRIZZLE: Files = {
  ...npm("drizzle-orm", "0.45.1"),
  "drizzle/meta/_journal.json": journal(["0000_init", 1000]),
  "drizzle/0000_init.sql": ORDERS,
};

const goModule = (path: string, version: string): Files => ({
  "go.mod": `module example.com/shop\n\ngo 1.25\n\nrequire ${path} ${version}\n`,
});

const crate = (name: string, version: string, feature: string): Files => ({
  "Cargo.toml": `[package]\nname = "shop"\n\n[dependencies]\n${name} = { version = "${version}", features = ["${feature}"] }\n`,
  "Cargo.lock": `[[package]]\nname = "${name}"\nversion = "${version}"\n`,
});

const GOOSE: Files = {
  ...goModule("github.com/pressly/goose/v3", "v3.27.3"),
  "migrations/00001_init.sql": `-- +goose Up\n${ORDERS}-- +goose Down\nDROP TABLE orders;\n`,
  "migrations/00003_note.sql": "-- +goose Up\nALTER TABLE orders ADD note text;\n",
};

const SQL_MIGRATE: Files = {
  ...goModule("github.com/rubenv/sql-migrate", "v1.8.0"),
  "dbconfig.yml": "production:\n  dialect: postgres\n  datasource: host=db\n  dir: db/changes\n",
  "db/changes/1_init.sql": `-- +migrate Up\n${ORDERS}\n-- +migrate Down\nDROP TABLE orders;\n`,
  "db/changes/3_note.sql": "-- +migrate Up\nALTER TABLE orders ADD note text;\n",
};

const UMZUG: Files = {
  ...npm("umzug", "3.8.2"),
  "src/migrate.ts":
    'import { Umzug } from "umzug";\nimport { Pool } from "pg";\n' +
    'export const umzug = new Umzug({ migrations: { glob: "src/changes/*.ts" }, context: new Pool(), logger: console });\n',
  "src/changes/1-init.ts": `export const up = async ({ context }) => {\n  await context.query(\`${ORDERS}\`);\n};\n`,
};

const GOLANG_MIGRATE: Files = {
  ...goModule("github.com/golang-migrate/migrate/v4", "v4.19.1"),
  "db/migrations/1_init.up.sql": ORDERS,
  "db/migrations/1_init.down.sql": "DROP TABLE orders;\n",
  "db/migrations/9_note.up.sql": "ALTER TABLE orders ADD note text;\n",
};

const DBMATE: Files = {
  "db/schema.sql": "CREATE TABLE public.orders (id bigint);\n",
  "db/migrations/20260101000000_init.sql": `-- migrate:up\n${ORDERS}\n-- migrate:down\nDROP TABLE orders;\n`,
};

const SQLX: Files = {
  ...crate("sqlx", "0.8.6", "postgres"),
  "migrations/20260101000000_init.sql": ORDERS,
};

const DIESEL: Files = {
  ...crate("diesel", "2.3.2", "postgres"),
  "migrations/2026-01-01-000000_init/up.sql": ORDERS,
  "migrations/2026-01-01-000000_init/down.sql": "DROP TABLE orders;\n",
};

const TERN: Files = {
  "migrations/tern.conf": "[database]\n",
  "migrations/001_init.sql": `${ORDERS}\n---- create above / drop below ----\n\ndrop table orders;\n`,
  "migrations/002_note.sql": "alter table orders add note text;\n",
};

const POP: Files = {
  ...goModule("github.com/gobuffalo/pop/v6", "v6.1.1"),
  "migrations/20260101000000_init.up.sql": ORDERS,
  "migrations/20260101000000_init.down.sql": "DROP TABLE orders;\n",
};

const REFINERY: Files = {
  ...crate("refinery", "0.8.16", "postgres"),
  "migrations/V1__init.sql": ORDERS,
  "migrations/V3__note.sql": "ALTER TABLE orders ADD note text;\n",
};

const FAILS = "CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses it inside a transaction.";

const BY_HAND =
  "Build the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the " +
  "migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept no-blocking-index-build there, with that reason.";

const SUPABASE: Files = {
  "supabase/config.toml": "[db]\nmajor_version = 15\n",
  "supabase/migrations/20260101000000_init.sql": ORDERS,
};

const graphile = (previous: string, hash: string, body: string): string =>
  `--! Previous: ${previous}\n--! Hash: sha1:${hash}\n\n${body}`;

const GRAPHILE: Files = {
  ".gmrc": '{ "pgSettings": { "search_path": "public" } }',
  "migrations/committed/000001-init.sql": graphile("-", "1", ORDERS),
};

const NODE_PG_MIGRATE: Files = {
  ...npm("node-pg-migrate", "8.0.3"),
  "migrations/1700000000000_init.sql": `-- Up Migration\n${ORDERS}-- Down Migration\nDROP TABLE orders;\n`,
};

const kyselyProgram = (body: string): string =>
  `import { type Kysely, sql } from "kysely";\n\nexport async function up(db: Kysely<any>): Promise<void> {\n  ${body}\n}\n`;

const KYSELY_BY_HAND =
  "Kysely runs all pending migrations in one transaction, and `disableTransactions` is for a whole run. Build the index " +
  "by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind " +
  "SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table.";

const KYSELY: Files = {
  ...npm("kysely", "0.28.18"),
  "migrations/1_init.ts": kyselyProgram(
    'await db.schema.createTable("orders").addColumn("id", "bigint", (column) => column.primaryKey()).addColumn("account_id", "bigint").execute();',
  ),
};

const sequelizeProgram = (body: string): string =>
  `module.exports = {\n  async up(queryInterface, Sequelize) {\n    ${body}\n  },\n};\n`;

const typeormProgram = (name: string, body: string, members = ""): string =>
  `import { TableIndex, type MigrationInterface, type QueryRunner } from "typeorm";\n\nexport class ${name} implements MigrationInterface {\n${members}  async up(queryRunner: QueryRunner): Promise<void> {\n    ${body}\n  }\n\n  async down(): Promise<void> {}\n}\n`;

const typeormSource = (mode: string): Files => ({
  "data-source.ts": `import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["migrations/*.ts"], migrationsTransactionMode: "${mode}" });\n`,
});

const TYPEORM: Files = {
  ...npm("typeorm", "1.1.1"),
  ...typeormSource("all"),
  "migrations/1700000000001-Init.ts": typeormProgram("Init1700000000001", `await queryRunner.query(\`${ORDERS}\`);`),
};

const TYPEORM_INDEX =
  'await queryRunner.createIndex("orders", new TableIndex({ name: "orders_account_idx", columnNames: ["account_id"], isConcurrent: true }));';

const mikroOrmProgram = (body: string, members = ""): string =>
  `import { Migration } from "@mikro-orm/migrations";\n\nexport class Change extends Migration {\n${members}  override async up(): Promise<void> {\n    ${body}\n  }\n}\n`;

const mikroOrmConfig = (migrations: string): Files => ({
  "mikro-orm.config.ts": `import { defineConfig } from "@mikro-orm/postgresql";\n\nexport default defineConfig({ migrations: { path: "migrations", ${migrations} } });\n`,
});

const MIKRO_ORM: Files = {
  ...npm("@mikro-orm/migrations", "6.6.16"),
  ...mikroOrmConfig(""),
  "migrations/Migration20260101000000.ts": mikroOrmProgram(`this.addSql(\`${ORDERS}\`);`),
};

const payloadProgram = (body: string): string =>
  `import { type MigrateUpArgs, sql } from "@payloadcms/db-postgres";\n\nexport async function up({ db, payload }: MigrateUpArgs): Promise<void> {\n  ${body}\n}\n`;

const PAYLOAD: Files = {
  ...npm("payload", "3.90.2"),
  "package.json": '{ "dependencies": { "payload": "^3.90.2", "@payloadcms/db-postgres": "^3.90.2" } }',
  "src/migrations/20260101_000000_init.ts": payloadProgram(`await db.execute(sql\`${ORDERS}\`);`),
};

const SEQUELIZE: Files = {
  ...npm("sequelize", "6.37.8"),
  "migrations/20260101000000-init.js": sequelizeProgram(
    'await queryInterface.createTable("orders", { id: { type: Sequelize.BIGINT, primaryKey: true }, account_id: Sequelize.BIGINT });',
  ),
};

const dbMigrateProgram = (body: string): string =>
  `exports.up = async (db) => {\n  ${body}\n};\n\nexports._meta = { version: 1 };\n`;

const DB_MIGRATE: Files = {
  ...npm("db-migrate", "0.11.14"),
  "migrations/20260101000000-init.js": dbMigrateProgram(
    'await db.createTable("orders", { id: { type: "bigint", primaryKey: true }, account_id: "bigint" });',
  ),
};

const slonikProgram = (body: string): string =>
  `import type { Migration } from "@slonik/migrator";\n\nexport const up: Migration = async ({ context: { connection, sql } }) => {\n  ${body}\n};\n`;

const SLONIK: Files = {
  ...npm("@slonik/migrator", "0.12.0"),
  "migrate.ts":
    'import { SlonikMigrator } from "@slonik/migrator";\n\nexport const migrator = new SlonikMigrator({ migrationsPath: "migrations" });\n',
  "migrations/2026.01.01.init.sql": ORDERS,
};

const POSTGRES_MIGRATIONS: Files = {
  ...npm("postgres-migrations", "5.3.0"),
  "migrations/1_init.sql": ORDERS,
  "migrations/2_note.sql": "ALTER TABLE orders ADD note text;\n",
};

const FLYWAY: Files = {
  "pom.xml": "<dependency><artifactId>flyway-core</artifactId></dependency>\n",
  "src/main/resources/db/migration/V1__init.sql": ORDERS,
  "src/main/resources/db/migration/V9__note.sql": "ALTER TABLE orders ADD note text;\n",
};

const LIQUIBASE_ORDERS = `--liquibase formatted sql\n\n--changeset ann:1\n${ORDERS}--rollback DROP TABLE orders;\n`;

const LIQUIBASE: Files = {
  "db/changelog/db.changelog-master.yaml": "databaseChangeLog:\n  - includeAll:\n      path: db/changelog\n",
  "db/changelog/001.sql": LIQUIBASE_ORDERS,
};

const sqitchPlan = (...changes: readonly string[]): string =>
  `%project=shop\n\n${changes.map((name) => `${name} 2026-01-02T03:04:05Z A. Person <person@example.com>\n`).join("")}`;

const SQITCH: Files = {
  "sqitch.conf": "[core]\n\tengine = pg\n",
  "sqitch.plan": sqitchPlan("orders"),
  "deploy/orders.sql": `BEGIN;\n${ORDERS}COMMIT;\n`,
  "revert/orders.sql": "DROP TABLE orders;\n",
};

const ATLAS: Files = {
  "atlas.hcl":
    'env "prod" {\n  dev = "docker://postgres/16/dev"\n  migration {\n    dir = "file://migrations"\n  }\n}\n',
  "migrations/20260101000000_init.sql": ORDERS,
};

const ROWS: readonly ToolRow[] = [
  {
    name: "Prisma: an index that blocks",
    base: PRISMA,
    head: { "prisma/migrations/20260201000000_index/migration.sql": BUILD },
    findings: [
      "no-blocking-index-build prisma/migrations/20260201000000_index/migration.sql:1 Building orders_account_idx " +
        "blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY.",
    ],
  },
  {
    name: "Drizzle: CONCURRENTLY in its transaction",
    base: DRIZZLE,
    head: {
      "drizzle/meta/_journal.json": journal(["0000_init", 1000], ["0001_index", 2000]),
      "drizzle/0001_index.sql": CONCURRENTLY,
    },
    findings: [
      "no-concurrently-in-transaction drizzle/0001_index.sql:1 CREATE INDEX CONCURRENTLY fails here: PostgreSQL " +
        "refuses it inside a transaction. Drizzle's migrate() runs all pending migrations in one transaction. Build " +
        "the index by hand with CREATE INDEX CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in " +
        "the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept no-blocking-index-build there, with that reason.",
    ],
  },
  {
    name: "Drizzle: a time before that of a migration that was merged meanwhile",
    base: DRIZZLE,
    head: {
      "drizzle/meta/_journal.json": journal(["0000_init", 1000], ["0001_note", 2000]),
      "drizzle/0001_note.sql": "ALTER TABLE orders ADD note text;\n",
    },
    meanwhile: {
      "drizzle/meta/_journal.json": journal(["0000_init", 1000], ["0001_total", 3000]),
      "drizzle/0001_total.sql": "ALTER TABLE orders ADD total numeric;\n",
    },
    findings: [
      "no-out-of-order-migration drizzle/0001_note.sql:1 0001_note.sql comes before 0001_total.sql, which is " +
        "merged already. Drizzle skips it, without a word and for good: it runs only what is newer than the last " +
        'migration that ran. Set its "when" in meta/_journal.json to 3001 or later.',
    ],
  },
  {
    name: "Prisma: an earlier name than one that was merged meanwhile, which it runs",
    base: PRISMA,
    head: { "prisma/migrations/20260201000000_note/migration.sql": "ALTER TABLE orders ADD note text;\n" },
    meanwhile: { "prisma/migrations/20260301000000_total/migration.sql": "ALTER TABLE orders ADD total numeric;\n" },
    findings: [],
  },
  {
    name: "Supabase: an index that blocks",
    base: SUPABASE,
    head: { "supabase/migrations/20260201000000_index.sql": BUILD },
    findings: [
      "no-blocking-index-build supabase/migrations/20260201000000_index.sql:1 Building orders_account_idx blocks " +
        "every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a " +
        "migration of its own: Supabase runs it outside the transaction of the file.",
    ],
  },
  {
    name: "Supabase: CONCURRENTLY, which its newer versions run by itself",
    base: SUPABASE,
    head: { "supabase/migrations/20260201000000_index.sql": `ALTER TABLE orders ADD note text;\n${CONCURRENTLY}` },
    findings: [],
  },
  {
    name: "Supabase: CONCURRENTLY beside another statement in an older version",
    base: { ...SUPABASE, ...npm("supabase", "2.40.7") },
    head: { "supabase/migrations/20260201000000_index.sql": `ALTER TABLE orders ADD note text;\n${CONCURRENTLY}` },
    findings: [
      "no-concurrently-in-transaction supabase/migrations/20260201000000_index.sql:2 CREATE INDEX CONCURRENTLY " +
        "fails here: PostgreSQL refuses it inside a transaction. Supabase 2.40.7 runs each migration in one. Run it " +
        "in a migration of its own with that single statement, which is not in a transaction then.",
    ],
  },
  {
    name: "Supabase: a time before one that was merged meanwhile",
    base: SUPABASE,
    head: { "supabase/migrations/20260201000000_note.sql": "ALTER TABLE orders ADD note text;\n" },
    meanwhile: { "supabase/migrations/20260301000000_total.sql": "ALTER TABLE orders ADD total numeric;\n" },
    findings: [
      "no-out-of-order-migration supabase/migrations/20260201000000_note.sql:1 20260201000000_note.sql comes " +
        "before 20260301000000_total.sql, which is merged already. supabase db push refuses to run: it finds local " +
        "migrations to be inserted before the last one of the database, and runs them with --include-all only. Move " +
        "it behind: git mv supabase/migrations/20260201000000_note.sql supabase/migrations/20260301000001_note.sql",
    ],
  },
  {
    name: "graphile-migrate: CONCURRENTLY in its transaction, and without",
    base: GRAPHILE,
    head: {
      "migrations/committed/000002-index.sql": graphile("sha1:1", "2", CONCURRENTLY),
      "migrations/committed/000003-index.sql": graphile("sha1:2", "3", `--! no-transaction\n${CONCURRENTLY}`),
    },
    findings: [
      "no-concurrently-in-transaction migrations/committed/000002-index.sql:4 CREATE INDEX CONCURRENTLY fails " +
        "here: PostgreSQL refuses it inside a transaction. graphile-migrate runs each migration in one. Run it in a " +
        "migration of its own: alone in current.sql, below --! no-transaction as its first line, then committed.",
    ],
  },
  {
    name: "graphile-migrate: a number that was merged meanwhile",
    base: GRAPHILE,
    head: { "migrations/committed/000002-note.sql": graphile("sha1:1", "2", "ALTER TABLE orders ADD note text;\n") },
    meanwhile: {
      "migrations/committed/000002-total.sql": graphile("sha1:1", "3", "ALTER TABLE orders ADD total int;\n"),
    },
    findings: [
      "no-out-of-order-migration migrations/committed/000002-note.sql:1 000002-note.sql has the version of " +
        "000002-total.sql. graphile-migrate refuses to run any: both name the same migration as the one before them, " +
        "and only one can. Take it back with graphile-migrate uncommit, bring the base into this branch, and commit " +
        "it again with graphile-migrate commit.",
    ],
  },
  {
    name: "node-pg-migrate: CONCURRENTLY in its transaction, and a time before one that has run",
    base: NODE_PG_MIGRATE,
    head: { "migrations/1600000000000_index.sql": `-- Up Migration\n${CONCURRENTLY}` },
    findings: [
      "no-out-of-order-migration migrations/1600000000000_index.sql:1 1600000000000_index.sql comes before " +
        '1700000000000_init.sql, which is merged already. node-pg-migrate refuses to run any: "Not run migration … ' +
        'is preceding already run migration …". Move it behind: git mv migrations/1600000000000_index.sql ' +
        "migrations/1700000000001_index.sql",
      "no-concurrently-in-transaction migrations/1600000000000_index.sql:2 CREATE INDEX CONCURRENTLY fails here: " +
        "PostgreSQL refuses it inside a transaction. node-pg-migrate 8.0.3 runs all pending migrations in one. Run " +
        "it in a migration of its own in JavaScript or TypeScript that calls pgm.noTransaction().",
    ],
  },
  {
    name: "Kysely: an index that blocks, CONCURRENTLY in its transaction, and a name before one that was merged meanwhile",
    base: KYSELY,
    head: {
      "migrations/2_index.ts": kyselyProgram(
        'await db.schema.createIndex("orders_account_idx").on("orders").column("account_id").execute();',
      ),
      "migrations/3_index.ts": kyselyProgram(`await sql\`${CONCURRENTLY.trim()}\`.execute(db);`),
    },
    meanwhile: { "migrations/4_note.ts": kyselyProgram("await sql`ALTER TABLE orders ADD note text`.execute(db);") },
    findings: [
      "no-out-of-order-migration migrations/2_index.ts:1 2_index.ts comes before 4_note.ts, which is merged already. " +
        "Kysely refuses to run anything, unless `allowUnorderedMigrations` is set. Move it behind: git mv " +
        "migrations/2_index.ts migrations/5_index.ts",
      "no-blocking-index-build migrations/2_index.ts:4 Building orders_account_idx blocks every INSERT, UPDATE and " +
        `DELETE on orders until it is done. ${KYSELY_BY_HAND} Accept this finding there, with that reason.`,
      "no-out-of-order-migration migrations/3_index.ts:1 3_index.ts comes before 4_note.ts, which is merged already. " +
        "Kysely refuses to run anything, unless `allowUnorderedMigrations` is set. Move it behind: git mv " +
        "migrations/3_index.ts migrations/6_index.ts",
      "no-concurrently-in-transaction migrations/3_index.ts:4 CREATE INDEX CONCURRENTLY fails here: PostgreSQL refuses " +
        `it inside a transaction. ${KYSELY_BY_HAND} Accept no-blocking-index-build there, with that reason.`,
    ],
  },
  {
    name: "TypeORM: an index that blocks, and CONCURRENTLY in its transaction",
    base: TYPEORM,
    head: {
      "migrations/1700000000002-Index.ts": typeormProgram(
        "Index1700000000002",
        'await queryRunner.createIndex("orders", new TableIndex({ name: "orders_account_idx", columnNames: ["account_id"] }));',
      ),
      "migrations/1700000000003-Index.ts": typeormProgram("Index1700000000003", TYPEORM_INDEX),
    },
    findings: [
      "no-blocking-index-build migrations/1700000000002-Index.ts:5 Building orders_account_idx blocks every " +
        "INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY (`new TableIndex({ …, isConcurrent: true })`) in a " +
        'migration of its own with `transaction = false` in its class, and `migrationsTransactionMode: "each"` in ' +
        "the DataSource.",
      "no-concurrently-in-transaction migrations/1700000000003-Index.ts:5 CREATE INDEX CONCURRENTLY fails here: " +
        "PostgreSQL refuses it inside a transaction. TypeORM 1.1.1 runs all pending migrations in one. Run it in " +
        'a migration of its own with `transaction = false` in its class, and `migrationsTransactionMode: "each"` ' +
        "in the DataSource.",
    ],
  },
  {
    name: "TypeORM: CONCURRENTLY outside of its transaction",
    base: { ...TYPEORM, ...typeormSource("each") },
    head: {
      "migrations/1700000000003-Index.ts": typeormProgram(
        "Index1700000000003",
        TYPEORM_INDEX,
        "  transaction = false;\n",
      ),
    },
    findings: [],
  },
  {
    name: "MikroORM: an index that blocks, and CONCURRENTLY in its transaction",
    base: MIKRO_ORM,
    head: {
      "migrations/Migration20260201000000.ts": mikroOrmProgram(`this.addSql("${BUILD.trim()}");`),
      "migrations/Migration20260301000000.ts": mikroOrmProgram(`this.addSql("${CONCURRENTLY.trim()}");`),
    },
    findings: [
      "no-blocking-index-build migrations/Migration20260201000000.ts:5 Building orders_account_idx blocks every " +
        "INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a " +
        "migration of its own whose class has `isTransactional() { return false; }`, and `allOrNothing: false` in " +
        "the `migrations` of the configuration.",
      "no-concurrently-in-transaction migrations/Migration20260301000000.ts:5 CREATE INDEX CONCURRENTLY fails " +
        "here: PostgreSQL refuses it inside a transaction. MikroORM 6.6.16 runs all pending migrations in one. " +
        "Run it in a migration of its own whose class has `isTransactional() { return false; }`, and " +
        "`allOrNothing: false` in the `migrations` of the configuration.",
    ],
  },
  {
    name: "MikroORM: CONCURRENTLY outside of its transaction",
    base: { ...MIKRO_ORM, ...mikroOrmConfig("allOrNothing: false") },
    head: {
      "migrations/Migration20260301000000.ts": mikroOrmProgram(
        `this.addSql("${CONCURRENTLY.trim()}");`,
        "  override isTransactional(): boolean {\n    return false;\n  }\n\n",
      ),
    },
    findings: [],
  },
  {
    name: "Payload: an index that blocks, CONCURRENTLY in its transaction, and on another connection",
    base: PAYLOAD,
    head: {
      "src/migrations/20260201_000000_index.ts": payloadProgram(`await db.execute(sql\`${BUILD.trim()}\`);`),
      "src/migrations/20260301_000000_index.ts": payloadProgram(`await db.execute(sql\`${CONCURRENTLY.trim()}\`);`),
      "src/migrations/20260401_000000_index.ts": payloadProgram(
        `await payload.db.drizzle.execute(sql\`${CONCURRENTLY.trim().replace("account_idx", "idx")}\`);`,
      ),
    },
    findings: [
      "no-blocking-index-build src/migrations/20260201_000000_index.ts:4 Building orders_account_idx blocks " +
        "every INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a " +
        "migration of its own through `payload.db.drizzle.execute()`, which is not in its transaction.",
      "no-concurrently-in-transaction src/migrations/20260301_000000_index.ts:4 CREATE INDEX CONCURRENTLY fails " +
        "here: PostgreSQL refuses it inside a transaction. Payload 3.90.2 runs each migration in one. Run it in a " +
        "migration of its own through `payload.db.drizzle.execute()`, which is not in its transaction.",
    ],
  },
  {
    name: "Sequelize: an index that blocks, one that does not, and CONCURRENTLY in a string with another statement",
    base: SEQUELIZE,
    head: {
      "migrations/20260201000000-index.js": sequelizeProgram(
        'await queryInterface.addIndex("orders", ["account_id"], { name: "orders_account_idx" });',
      ),
      "migrations/20260202000000-index.js": sequelizeProgram(
        'await queryInterface.addIndex("orders", ["account_id"], { name: "orders_idx", concurrently: true });',
      ),
      "migrations/20260203000000-index.js": sequelizeProgram(
        `await queryInterface.sequelize.query("SET lock_timeout = '5s'; ${CONCURRENTLY.trim().replace("account_idx", "idx_2")}");`,
      ),
    },
    findings: [
      "no-blocking-index-build migrations/20260201000000-index.js:3 Building orders_account_idx blocks every INSERT, " +
        "UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY (`concurrently: true`).",
      "no-concurrently-in-transaction migrations/20260203000000-index.js:3 CREATE INDEX CONCURRENTLY fails here: PostgreSQL " +
        "refuses it inside a transaction. Sequelize 6.37.8 sends the statements of this call as one query, and PostgreSQL " +
        "runs the statements of one query in one transaction. Run it in a call of its own outside of " +
        "`sequelize.transaction()`.",
    ],
  },
  {
    name: "db-migrate: an index that blocks, CONCURRENTLY in its transaction, and what is left to do",
    base: DB_MIGRATE,
    head: {
      "migrations/20260201000000-index.js": dbMigrateProgram(
        'await db.addIndex("orders", "orders_account_idx", ["account_id"]);',
      ),
      "migrations/20260202000000-index.js": dbMigrateProgram(
        `await db.runSql("${CONCURRENTLY.trim().replace("account_idx", "idx")}");`,
      ),
      "migrations/20260203000000-index.js": dbMigrateProgram(
        `// migration-safety-disable-next-line no-blocking-index-build -- built by hand\n  ` +
          `await db.runSql("${BUILD.trim().replace("INDEX", "INDEX IF NOT EXISTS").replace("account_idx", "idx_2")}");`,
      ),
    },
    findings: [
      "no-blocking-index-build migrations/20260201000000-index.js:2 Building orders_account_idx blocks every INSERT, " +
        "UPDATE and DELETE on orders until it is done. db-migrate runs every migration in a transaction, and " +
        "`--non-transactional` is for a whole run. Build the index by hand with CREATE INDEX CONCURRENTLY before the " +
        "deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept this finding " +
        "there, with that reason.",
      "no-concurrently-in-transaction migrations/20260202000000-index.js:2 CREATE INDEX CONCURRENTLY fails here: " +
        "PostgreSQL refuses it inside a transaction. db-migrate runs every migration in a transaction, and " +
        "`--non-transactional` is for a whole run. Build the index by hand with CREATE INDEX CONCURRENTLY before the " +
        "deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, behind SET LOCAL lock_timeout = '5s': it finds the index built, but still takes SHARE on the table. Accept " +
        "no-blocking-index-build there, with that reason.",
    ],
  },
  {
    name: "@slonik/migrator: an index that blocks, CONCURRENTLY beside another statement, and in ways that work",
    base: SLONIK,
    head: {
      "migrations/2026.02.01.index.ts": slonikProgram(`await connection.query(sql\`${BUILD.trim()}\`);`),
      "migrations/2026.02.02.index.sql": `SET lock_timeout = '5s';\n${CONCURRENTLY.replace("account_idx", "idx_2")}`,
      "migrations/2026.02.03.index.sql": CONCURRENTLY.replace("account_idx", "idx_3"),
      "migrations/2026.02.04.index.ts": slonikProgram(
        `await connection.query(sql\`${CONCURRENTLY.trim().replace("account_idx", "idx_4")}\`);`,
      ),
    },
    findings: [
      "no-blocking-index-build migrations/2026.02.01.index.ts:4 Building orders_account_idx blocks every INSERT, UPDATE and " +
        "DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY.",
      `no-concurrently-in-transaction migrations/2026.02.02.index.sql:2 ${FAILS} @slonik/migrator 0.12.0 sends the file as ` +
        "one query, and PostgreSQL runs the statements of one query in one transaction. Run it in a file of its own with " +
        "that single statement.",
    ],
  },
  {
    name: "postgres-migrations: an index that blocks, CONCURRENTLY in its transaction, and outside of it",
    base: POSTGRES_MIGRATIONS,
    head: {
      "migrations/3_index.js": `module.exports.generateSql = () => "${BUILD.trim()}";\n`,
      "migrations/4_index.sql": CONCURRENTLY.replace("account_idx", "idx_2"),
      "migrations/5_index.sql": `-- postgres-migrations disable-transaction\n${CONCURRENTLY.replace("account_idx", "idx_3")}`,
    },
    findings: [
      "no-blocking-index-build migrations/3_index.js:1 Building orders_account_idx blocks every INSERT, UPDATE and DELETE on " +
        "orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own with the comment " +
        "`-- postgres-migrations disable-transaction`.",
      `no-concurrently-in-transaction migrations/4_index.sql:1 ${FAILS} postgres-migrations 5.3.0 runs each migration in ` +
        "one. Run it in a migration of its own with the comment `-- postgres-migrations disable-transaction`.",
    ],
  },
  {
    name: "postgres-migrations: a number that is taken",
    base: POSTGRES_MIGRATIONS,
    head: { "migrations/2_other.sql": "ALTER TABLE orders ADD other text;\n" },
    findings: [
      "no-out-of-order-migration migrations/2_other.sql:1 2_other.sql has the version of 2_note.sql. postgres-migrations " +
        'refuses to run anything: "Found a non-consecutive migration ID …". Move it behind: git mv ' +
        "migrations/2_other.sql migrations/3_other.sql",
    ],
  },
  {
    name: "SQL files: a runner that is not known",
    base: { "migrations/0001_init.sql": ORDERS },
    head: { "migrations/0002_index.sql": BUILD, "migrations/0003_index.sql": CONCURRENTLY },
    findings: [
      "no-blocking-index-build migrations/0002_index.sql:1 Building orders_account_idx blocks every INSERT, UPDATE " +
        "and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a file of its own that " +
        "your runner sends without a transaction.",
    ],
  },
  {
    name: "goose: CONCURRENTLY in its transaction",
    base: GOOSE,
    head: {
      "migrations/00004_index.sql": `-- +goose Up\n${CONCURRENTLY}-- +goose Down\nDROP INDEX orders_account_idx;\n`,
    },
    findings: [
      `no-concurrently-in-transaction migrations/00004_index.sql:2 ${FAILS} goose 3.27.3 runs each migration in one. Run it ` +
        "in a migration of its own with `-- +goose NO TRANSACTION` at the top, not between StatementBegin and " +
        "StatementEnd together with other statements.",
    ],
  },
  {
    name: "goose: CONCURRENTLY beside another statement in one block",
    base: GOOSE,
    head: {
      "migrations/00004_index.sql":
        "-- +goose NO TRANSACTION\n-- +goose Up\nALTER TABLE orders ADD a int;\n" +
        `-- +goose StatementBegin\n${CONCURRENTLY}ALTER TABLE orders ADD b int;\n-- +goose StatementEnd\n`,
    },
    findings: [
      `no-concurrently-in-transaction migrations/00004_index.sql:5 ${FAILS} goose 3.27.3 sends this part of the file as one ` +
        "query, and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own " +
        "with `-- +goose NO TRANSACTION` at the top, not between StatementBegin and StatementEnd together with other " +
        "statements.",
    ],
  },
  {
    name: "goose: CONCURRENTLY without its transaction",
    base: GOOSE,
    head: { "migrations/00004_index.sql": `-- +goose NO TRANSACTION\n-- +goose Up\n${CONCURRENTLY}` },
    findings: [],
  },
  {
    name: "goose: a version before one that has run",
    base: GOOSE,
    head: { "migrations/00002_late.sql": "-- +goose Up\nALTER TABLE orders ADD late text;\n" },
    findings: [
      "no-out-of-order-migration migrations/00002_late.sql:1 00002_late.sql comes before 00003_note.sql, which is merged " +
        'already. goose up refuses to run: "found 1 missing migrations before current version …". With -allow-missing ' +
        "it runs. Move it behind: git mv migrations/00002_late.sql migrations/00004_late.sql",
    ],
  },
  {
    name: "sql-migrate: a build that blocks, in its transaction",
    base: SQL_MIGRATE,
    head: { "db/changes/4_index.sql": `-- +migrate Up\n${BUILD}-- +migrate Down\nDROP INDEX orders_account_idx;\n` },
    findings: [
      "no-blocking-index-build db/changes/4_index.sql:2 Building orders_account_idx blocks every INSERT, UPDATE and DELETE " +
        "on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own that starts with " +
        "`-- +migrate Up notransaction`, not between StatementBegin and StatementEnd together with other statements.",
    ],
  },
  {
    name: "sql-migrate: CONCURRENTLY in its transaction",
    base: SQL_MIGRATE,
    head: { "db/changes/4_index.sql": `-- +migrate Up\n${CONCURRENTLY}` },
    findings: [
      `no-concurrently-in-transaction db/changes/4_index.sql:2 ${FAILS} sql-migrate 1.8.0 runs each migration in one. Run it ` +
        "in a migration of its own that starts with `-- +migrate Up notransaction`, not between StatementBegin and " +
        "StatementEnd together with other statements.",
    ],
  },
  {
    name: "sql-migrate: CONCURRENTLY without its transaction",
    base: SQL_MIGRATE,
    head: { "db/changes/4_index.sql": `-- +migrate Up notransaction\n${CONCURRENTLY}` },
    findings: [],
  },
  {
    name: "sql-migrate: a number before one that has run",
    base: SQL_MIGRATE,
    head: { "db/changes/2_late.sql": "-- +migrate Up\nALTER TABLE orders ADD late text;\n" },
    findings: [],
  },
  {
    name: "Umzug with node-postgres: CONCURRENTLY in a transaction that the migration begins",
    base: UMZUG,
    head: {
      "src/changes/2-index.ts":
        'export const up = async ({ context }) => {\n  await context.query("BEGIN");\n' +
        `  await context.query("${CONCURRENTLY.trim()}");\n  await context.query("COMMIT");\n};\n`,
    },
    findings: [
      `no-concurrently-in-transaction src/changes/2-index.ts:3 ${FAILS} BEGIN in this file opened one. Run it outside BEGIN … COMMIT.`,
    ],
  },
  {
    name: "Umzug with node-postgres: CONCURRENTLY without a transaction",
    base: UMZUG,
    head: {
      "src/changes/2-index.ts": `export const up = async ({ context }) => {\n  await context.query("${CONCURRENTLY.trim()}");\n};\n`,
    },
    findings: [],
  },
  {
    name: "golang-migrate: CONCURRENTLY beside another statement",
    base: GOLANG_MIGRATE,
    head: { "db/migrations/10_index.up.sql": `${CONCURRENTLY}ALTER TABLE orders ADD a int;\n` },
    findings: [
      `no-concurrently-in-transaction db/migrations/10_index.up.sql:1 ${FAILS} golang-migrate 4.19.1 sends the file as one ` +
        "query, and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own " +
        "with that single statement, because golang-migrate sends a file with several statements as one query, which " +
        "is one transaction.",
    ],
  },
  {
    name: "golang-migrate: a version before one that has run, and one that is taken",
    base: GOLANG_MIGRATE,
    head: {
      "db/migrations/8_late.up.sql": "ALTER TABLE orders ADD late text;\n",
      "db/migrations/8_late.down.sql": "ALTER TABLE orders DROP late;\n",
      "db/migrations/09_other.up.sql": "ALTER TABLE orders ADD other text;\n",
    },
    findings: [
      "no-out-of-order-migration db/migrations/09_other.up.sql:1 09_other.up.sql has the version of 9_note.up.sql. " +
        'golang-migrate refuses to run while two migrations have the same version: "duplicate migration file". Move it ' +
        "behind: git mv db/migrations/09_other.up.sql db/migrations/11_other.up.sql",
      "no-out-of-order-migration db/migrations/8_late.up.sql:1 8_late.up.sql comes before 9_note.up.sql, which is merged " +
        "already. golang-migrate runs only versions above that of the last migration that ran, so databases that have " +
        "run later ones never get this one, and nothing says so. Move it behind: git mv db/migrations/8_late.up.sql " +
        "db/migrations/10_late.up.sql && git mv db/migrations/8_late.down.sql db/migrations/10_late.down.sql",
    ],
  },
  {
    name: "dbmate: an index that blocks, and CONCURRENTLY beside another statement",
    base: DBMATE,
    head: {
      "db/migrations/20260201000000_index.sql": `-- migrate:up\n${BUILD}-- migrate:down\nDROP TABLE orders;\n`,
      "db/migrations/20260301000000_index.sql":
        `-- migrate:up transaction:false\n${CONCURRENTLY.replace("account_idx", "idx")}ALTER TABLE orders ADD a int;\n` +
        "-- migrate:down\n",
    },
    findings: [
      "no-blocking-index-build db/migrations/20260201000000_index.sql:2 Building orders_account_idx blocks every INSERT, " +
        "UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its " +
        "own whose block starts with `-- migrate:up transaction:false` and has that single statement, because dbmate " +
        "sends a block as one query.",
      `no-concurrently-in-transaction db/migrations/20260301000000_index.sql:2 ${FAILS} dbmate sends the file as one query, ` +
        "and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own whose " +
        "block starts with `-- migrate:up transaction:false` and has that single statement, because dbmate sends a " +
        "block as one query.",
    ],
  },
  {
    name: "dbmate: CONCURRENTLY without its transaction",
    base: DBMATE,
    head: {
      "db/migrations/20260201000000_index.sql": `-- migrate:up transaction:false\n${CONCURRENTLY}-- migrate:down\n`,
    },
    findings: [],
  },
  {
    name: "sqlx: CONCURRENTLY in its transaction",
    base: SQLX,
    head: { "migrations/20260201000000_index.sql": CONCURRENTLY },
    findings: [
      `no-concurrently-in-transaction migrations/20260201000000_index.sql:1 ${FAILS} sqlx 0.8.6 runs each migration in one. ` +
        "Run it in a migration of its own that starts with `-- no-transaction` and has that single statement, because " +
        "sqlx sends a file as one query.",
    ],
  },
  {
    name: "sqlx: CONCURRENTLY without its transaction, and a version before one that has run",
    base: SQLX,
    head: { "migrations/20251201000000_index.sql": `-- no-transaction\n${CONCURRENTLY}` },
    findings: [],
  },
  {
    name: "sqlx: a version that is taken",
    base: SQLX,
    head: { "migrations/20260101000000_other.sql": "ALTER TABLE orders ADD other text;\n" },
    findings: [
      "no-out-of-order-migration migrations/20260101000000_other.sql:1 20260101000000_other.sql has the version of " +
        "20260101000000_init.sql. sqlx takes the two for one migration and refuses to run: " +
        '"migration … was previously applied but has been modified". Move it behind: git mv ' +
        "migrations/20260101000000_other.sql migrations/20260101000001_other.sql",
    ],
  },
  {
    name: "Diesel: CONCURRENTLY beside another statement without its transaction",
    base: DIESEL,
    head: {
      "migrations/2026-02-01-000000_index/up.sql": `${CONCURRENTLY}ALTER TABLE orders ADD a int;\n`,
      "migrations/2026-02-01-000000_index/metadata.toml": "run_in_transaction = false\n",
      "migrations/2026-02-02-000000_index/up.sql": CONCURRENTLY.replace("account_idx", "idx"),
      "migrations/2026-02-02-000000_index/metadata.toml": "run_in_transaction = false\n",
    },
    findings: [
      `no-concurrently-in-transaction migrations/2026-02-01-000000_index/up.sql:1 ${FAILS} Diesel 2.3.2 sends the file as one ` +
        "query, and PostgreSQL runs the statements of one query in one transaction. Run it in a migration of its own " +
        "with that single statement and, beside up.sql, a metadata.toml with `run_in_transaction = false`, because " +
        "Diesel sends a file as one query.",
    ],
  },
  {
    name: "Diesel: a version that is taken, without the hyphens",
    base: DIESEL,
    head: { "migrations/20260101000000_other/up.sql": "ALTER TABLE orders ADD other text;\n" },
    findings: [
      "no-out-of-order-migration migrations/20260101000000_other/up.sql:1 20260101000000_other has the version of " +
        "2026-01-01-000000_init. Diesel knows a migration by its version only: where one of the two has run, it never " +
        "runs the other. Move it behind: git mv migrations/20260101000000_other migrations/2026-01-01-000001_other",
    ],
  },
  {
    name: "tern: CONCURRENTLY in its transaction, and without",
    base: TERN,
    head: {
      "migrations/003_index.sql": `${CONCURRENTLY}\n---- create above / drop below ----\n\nDROP INDEX orders_account_idx;\n`,
      "migrations/004_index.sql": `---- tern: disable-tx ----\n${CONCURRENTLY.replace("account_idx", "idx")}`,
    },
    findings: [
      `no-concurrently-in-transaction migrations/003_index.sql:1 ${FAILS} tern runs each migration in one. Run it in a ` +
        "migration of its own with the line `---- tern: disable-tx ----`.",
    ],
  },
  {
    name: "tern: a number that is taken",
    base: TERN,
    head: { "migrations/002_other.sql": "alter table orders add other text;\n" },
    findings: [
      "no-out-of-order-migration migrations/002_other.sql:1 002_other.sql has the version of 002_note.sql. tern refuses to " +
        'run while two migrations have the same number: "Duplicate migration …". Move it behind: git mv ' +
        "migrations/002_other.sql migrations/003_other.sql",
    ],
  },
  {
    name: "pop: CONCURRENTLY, which it cannot run",
    base: POP,
    head: { "migrations/20260201000000_index.up.sql": CONCURRENTLY },
    findings: [
      `no-concurrently-in-transaction migrations/20260201000000_index.up.sql:1 ${FAILS} pop runs every migration in a ` +
        `transaction and has no way out of it. ${BY_HAND}`,
    ],
  },
  {
    name: "popx: an index that blocks, and one that does not",
    base: {
      ...POP,
      "go.mod": "module m\n\nrequire (\n\tgithub.com/ory/pop/v6 v6.4.1\n\tgithub.com/ory/x v0.0.729\n)\n",
    },
    head: {
      "migrations/20260201000000_index.up.sql": BUILD,
      "migrations/20260202000000_index.autocommit.up.sql": CONCURRENTLY.replace("account_idx", "idx"),
    },
    findings: [
      "no-blocking-index-build migrations/20260201000000_index.up.sql:1 Building orders_account_idx blocks every INSERT, " +
        "UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its " +
        "own with that single statement, named `….autocommit.up.sql`, because popx sends a file as one query.",
    ],
  },
  {
    name: "refinery: CONCURRENTLY, which it cannot run",
    base: REFINERY,
    head: { "migrations/V4__index.sql": CONCURRENTLY },
    findings: [
      `no-concurrently-in-transaction migrations/V4__index.sql:1 ${FAILS} refinery runs every migration in a transaction and ` +
        `has no way out of it. ${BY_HAND}`,
    ],
  },
  {
    name: "refinery: a version before one that has run, strict and not",
    base: REFINERY,
    head: {
      "migrations/U0__anytime.sql": "ALTER TABLE orders ADD anytime text;\n",
      "migrations/V2__late.sql": "ALTER TABLE orders ADD late text;\n",
    },
    findings: [
      "no-out-of-order-migration migrations/V2__late.sql:1 V2__late.sql comes before V3__note.sql, which is merged " +
        "already. refinery refuses to run: it takes a version below the last that ran for one that is missing in the " +
        "database. Move it behind: git mv migrations/V2__late.sql migrations/V4__late.sql",
    ],
  },
  {
    name: "Flyway: an index that blocks, and CONCURRENTLY, which it runs outside its transaction by itself",
    base: FLYWAY,
    head: {
      "src/main/resources/db/migration/V10__index.sql": BUILD,
      "src/main/resources/db/migration/V11__index.sql": CONCURRENTLY.replace("account_idx", "idx"),
    },
    findings: [
      "no-blocking-index-build src/main/resources/db/migration/V10__index.sql:1 Building orders_account_idx blocks every " +
        "INSERT, UPDATE and DELETE on orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration " +
        "of its own, with executeInTransaction=false in a file of its name and .conf beside it; set " +
        "flyway.postgresql.transactional.lock=false, too, or it can wait forever for the transaction that holds " +
        "Flyway's lock.",
    ],
  },
  {
    name: "Flyway: a backfill waits for no transaction of Flyway's",
    base: FLYWAY,
    head: {
      "src/main/resources/db/migration/V10__note.sql":
        "ALTER TABLE orders ADD COLUMN note text;\nUPDATE orders SET note = 'none';\n",
    },
    findings: [
      "no-backfill-with-ddl src/main/resources/db/migration/V10__note.sql:2 Updating every row of orders takes as long as " +
        "there are rows, and since line 1 the transaction holds ACCESS EXCLUSIVE on orders: every query on orders waits " +
        "until it ends. Do it in batches that commit each, with COMMIT in the loop of a DO block in a migration of its " +
        "own, with executeInTransaction=false in a file of its name and .conf beside it.",
    ],
  },
  {
    name: "Flyway: CONCURRENTLY beside another statement, and where its settings mend the hang",
    base: {
      ...FLYWAY,
      "src/main/resources/application.yml":
        "spring:\n  flyway:\n    locations: classpath:db/migration\n    postgresql:\n      transactional-lock: false\n",
    },
    head: {
      "src/main/resources/db/migration/V10__index.sql": `SET lock_timeout = '5s';\n${CONCURRENTLY}`,
      "src/main/resources/db/migration/V11__index.sql": `SET lock_timeout = '5s';\n${CONCURRENTLY.replace("account_idx", "idx")}`,
      "src/main/resources/db/migration/V11__index.sql.conf": "executeInTransaction=false\n",
    },
    findings: [
      `no-concurrently-in-transaction src/main/resources/db/migration/V10__index.sql:2 ${FAILS} Flyway runs each migration ` +
        "in one. Run it in a migration of its own, with executeInTransaction=false in a file of its name and .conf " +
        "beside it.",
    ],
  },
  {
    name: "Flyway: a version before one that was merged meanwhile, and one that is taken",
    base: FLYWAY,
    head: {
      "src/main/resources/db/migration/V2_5__late.sql": "ALTER TABLE orders ADD late text;\n",
      "src/main/resources/db/migration/V09__other.sql": "ALTER TABLE orders ADD other text;\n",
      "src/main/resources/db/migration/R__report.sql": "CREATE OR REPLACE VIEW report AS SELECT id FROM orders;\n",
    },
    findings: [
      "no-out-of-order-migration src/main/resources/db/migration/V09__other.sql:1 V09__other.sql has the version of " +
        'V9__note.sql. Flyway refuses to migrate: "Found more than one migration with version …". Move it behind: ' +
        "git mv src/main/resources/db/migration/V09__other.sql src/main/resources/db/migration/V11__other.sql",
      "no-out-of-order-migration src/main/resources/db/migration/V2_5__late.sql:1 V2_5__late.sql comes before V9__note.sql, " +
        'which is merged already. Flyway refuses to migrate: "Detected resolved migration not applied to database". It ' +
        "would run it with outOfOrder=true. Move it behind: git mv src/main/resources/db/migration/V2_5__late.sql " +
        "src/main/resources/db/migration/V10__late.sql",
    ],
  },
  {
    name: "Flyway: an older version where outOfOrder is on",
    base: {
      ...FLYWAY,
      "flyway.conf": "flyway.outOfOrder=true\nflyway.locations=filesystem:src/main/resources/db/migration\n",
    },
    head: { "src/main/resources/db/migration/V2_5__late.sql": "ALTER TABLE orders ADD late text;\n" },
    findings: [],
  },
  {
    name: "Liquibase: CONCURRENTLY in a changeset's transaction, and without",
    base: LIQUIBASE,
    head: {
      "db/changelog/002.sql":
        `--liquibase formatted sql\n--changeset ann:2\n${CONCURRENTLY}--rollback DROP INDEX orders_account_idx;\n\n` +
        `--changeset ann:3 runInTransaction:false\n${CONCURRENTLY.replace("account_idx", "idx")}`,
    },
    findings: [
      `no-concurrently-in-transaction db/changelog/002.sql:3 ${FAILS} Liquibase runs each changeset in one. Run it in a ` +
        "changeset of its own with runInTransaction:false.",
    ],
  },
  {
    name: "Liquibase: a changeset behind those that a file had",
    base: LIQUIBASE,
    head: { "db/changelog/001.sql": `${LIQUIBASE_ORDERS}\n--changeset ann:2\n${BUILD}` },
    findings: [
      "no-blocking-index-build db/changelog/001.sql:8 Building orders_account_idx blocks every INSERT, UPDATE and DELETE on " +
        "orders until it is done. Build it with CREATE INDEX CONCURRENTLY in a changeset of its own with " +
        "runInTransaction:false.",
    ],
  },
  {
    name: "Sqitch: an index that blocks in the script's transaction, and CONCURRENTLY without one",
    base: SQITCH,
    head: {
      "sqitch.plan": sqitchPlan("orders", "index", "concurrent_index", "in_transaction"),
      "deploy/index.sql": `BEGIN;\n${BUILD}COMMIT;\n`,
      "deploy/concurrent_index.sql": CONCURRENTLY.replace("account_idx", "idx"),
      "deploy/in_transaction.sql": `BEGIN;\n${CONCURRENTLY.replace("account_idx", "idx_2")}COMMIT;\n`,
    },
    findings: [
      `no-concurrently-in-transaction deploy/in_transaction.sql:2 ${FAILS} BEGIN in this file opened one. Run it outside ` +
        "BEGIN … COMMIT.",
      "no-blocking-index-build deploy/index.sql:2 Building orders_account_idx blocks every INSERT, UPDATE and DELETE on " +
        "orders until it is done. Build it with CREATE INDEX CONCURRENTLY outside BEGIN … COMMIT.",
    ],
  },
  {
    name: "Sqitch: a line before one that has run",
    base: SQITCH,
    head: {
      "sqitch.plan": sqitchPlan("early", "orders"),
      "deploy/early.sql": "CREATE TABLE early (id bigint PRIMARY KEY);\n",
    },
    findings: [
      "no-out-of-order-migration deploy/early.sql:1 early.sql comes before orders.sql, which is merged already. Sqitch " +
        "refuses to deploy: a line before changes that are deployed gives those behind it new ids, and it stops with " +
        '"Cannot find change … in sqitch.plan". Move its line to the end of the plan.',
    ],
  },
  {
    name: "Atlas: CONCURRENTLY in its transaction, with the directive where Atlas does not read it, and where it does",
    base: ATLAS,
    head: {
      "migrations/20260201000000_index.sql": CONCURRENTLY,
      "migrations/20260202000000_index.sql": `-- atlas:txmode none\n${CONCURRENTLY.replace("account_idx", "idx_2")}`,
      "migrations/20260203000000_index.sql": `-- atlas:txmode none\n\n${CONCURRENTLY.replace("account_idx", "idx_3")}`,
    },
    findings: [
      `no-concurrently-in-transaction migrations/20260201000000_index.sql:1 ${FAILS} Atlas runs each migration in one. Run ` +
        "it in a migration of its own with `-- atlas:txmode none` as its first line and an empty line behind it.",
      `no-concurrently-in-transaction migrations/20260202000000_index.sql:2 ${FAILS} Atlas runs each migration in one. Run ` +
        "it in a migration of its own with `-- atlas:txmode none` as its first line and an empty line behind it.",
    ],
  },
  {
    name: "Atlas: a version before one that was merged meanwhile",
    base: ATLAS,
    head: { "migrations/20260201000000_note.sql": "ALTER TABLE orders ADD note text;\n" },
    meanwhile: { "migrations/20260301000000_total.sql": "ALTER TABLE orders ADD total numeric;\n" },
    findings: [
      "no-out-of-order-migration migrations/20260201000000_note.sql:1 20260201000000_note.sql comes before " +
        "20260301000000_total.sql, which is merged already. Atlas refuses to run anything: " +
        '"migration … added out of order", unless it is told --exec-order non-linear. Move it behind: git mv ' +
        "migrations/20260201000000_note.sql migrations/20260301000001_note.sql && atlas migrate hash",
    ],
  },
];

test.each(ROWS)("$name", ({ base, head, meanwhile, findings }) => {
  const repository = new TemporaryRepository({ "README.md": "A shop.\n", ...base });
  repository.branch("work");
  repository.commit("work", head);
  if (meanwhile !== undefined) {
    repository.git("checkout", "-q", "main");
    repository.commit("meanwhile", meanwhile);
    repository.git("checkout", "-q", "work");
  }
  const report = check(gitChangeSource({ root: repository.root }), DEFAULT_CONFIGURATION);
  expect(
    report.findings
      .filter(({ rule }) => RULES.has(rule))
      .map(({ rule, file, line, message }) => `${rule} ${file}:${String(line)} ${message}`),
  ).toEqual(findings);
});
