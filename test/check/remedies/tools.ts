/**
 * The tools, each in its own language: how a migration is written there, how SQL stands in it, and how it runs outside of
 * the tool's transaction. Names of files are such that the n-th migration is the n-th that runs.
 */
import type { Files } from "../memory-source.js";

export interface Tool {
  readonly name: string;
  /** What the repository has besides migrations. */
  readonly project: Files;
  /** SQL as a piece of a migration's body. */
  sql(statement: string): string;
  /**
   * The n-th migration, with what changes beside it.
   * @param outside Whether it opts out of the tool's transaction, as `optOut` says.
   */
  migration(n: number, pieces: readonly string[], outside: boolean): Files;
  /** Words of the tool's messages that stand for what `outside` does here. Absent: it has no such way. */
  readonly optOut?: RegExp;
  /** The first major version of the tool's own calls for what the hazards do in SQL, by the hazard's name. */
  readonly calls?: Readonly<Record<string, string>>;
}

const npm = (name: string, version: string): Files => ({
  "package.json": JSON.stringify({ dependencies: { [name]: `^${version}` } }),
  "package-lock.json": JSON.stringify({ lockfileVersion: 3, packages: { [`node_modules/${name}`]: { version } } }),
});

const goModule = (path: string, version: string): Files => ({
  "go.mod": `module example.com/shop\n\ngo 1.25\n\nrequire ${path} ${version}\n`,
});

const crate = (name: string, version: string, feature: string): Files => ({
  "Cargo.toml": `[package]\nname = "shop"\n\n[dependencies]\n${name} = { version = "${version}", features = ["${feature}"] }\n`,
  "Cargo.lock": `[[package]]\nname = "${name}"\nversion = "${version}"\n`,
});

/** `20260101000003` of the third. */
const day = (n: number): string => String(20260101000000 + n);
const numbered = (n: number): string => String(n).padStart(4, "0");
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

const asIs = (statement: string): string => statement;
const template = (statement: string): string => `\`${statement.replace(/;$/, "").replace(/[`\\]|\$\{/g, "\\$&")}\``;
const lines = (pieces: readonly string[]): string => pieces.map((piece) => `${piece}\n`).join("");
const body = (pieces: readonly string[]): string => pieces.map((piece) => `  ${piece}\n`).join("");

function prisma(version: string): Tool {
  return {
    name: `Prisma ${version}`,
    project: { ...npm("prisma", version), "prisma/migrations/migration_lock.toml": 'provider = "postgresql"\n' },
    sql: asIs,
    migration: (n, pieces) => ({ [`prisma/migrations/${day(n)}_m/migration.sql`]: lines(pieces) }),
    optOut: /in a migration of its own/i,
  };
}

/** Each of its statements commits by itself. */
export const COMMITS_EACH = prisma("7.4.1");

export const TOOLS: readonly Tool[] = [
  {
    name: "Knex",
    project: { ...npm("knex", "3.1.0"), "knexfile.js": 'module.exports = { client: "pg" };\n' },
    sql: (statement) => `await knex.raw(${template(statement)});`,
    migration: (n, pieces, outside) => ({
      [`migrations/${day(n)}_m.ts`]:
        `import type { Knex } from "knex";\n\n${outside ? "export const config = { transaction: false };\n\n" : ""}` +
        `export async function up(knex: Knex): Promise<void> {\n${body(pieces)}}\n\nexport async function down(): Promise<void> {}\n`,
    }),
    optOut: /`export const config = \{ transaction: false \}`/,
    calls: {
      index: 'await knex.schema.alterTable("orders", (table) => table.index(["account_id"], "orders_account_idx"));',
      "drop index": 'await knex.schema.alterTable("orders", (table) => table.dropIndex(["code"], "orders_code_idx"));',
      "foreign key":
        'await knex.schema.alterTable("orders", (table) => table.foreign("account_id", "orders_account_fk").references("id").inTable("accounts"));',
      check: 'await knex.schema.alterTable("orders", (table) => table.check("total > 0", {}, "orders_total_check"));',
      "not null": 'await knex.schema.alterTable("orders", (table) => table.dropNullable("account_id"));',
      unique:
        'await knex.schema.alterTable("orders", (table) => table.unique(["code"], { indexName: "orders_code_key" }));',
      "required column": 'await knex.schema.alterTable("orders", (table) => table.text("region").notNullable());',
      "default for each row":
        'await knex.schema.alterTable("orders", (table) => table.uuid("token").defaultTo(knex.raw("gen_random_uuid()")));',
      "drop column": 'await knex.schema.alterTable("orders", (table) => table.dropColumn("legacy_ref"));',
      "rename column":
        'await knex.schema.alterTable("orders", (table) => table.renameColumn("legacy_ref", "reference"));',
      "drop table": 'await knex.schema.dropTable("visits");',
      backfill: 'await knex("orders").update({ note: "none" });',
    },
  },
  {
    name: "TypeORM",
    project: {
      ...npm("typeorm", "1.1.1"),
      "data-source.ts":
        'import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["migrations/*.ts"] });\n',
    },
    sql: (statement) => `await queryRunner.query(${template(statement)});`,
    migration: (n, pieces, outside) => ({
      [`migrations/${String(1700000000000 + n)}-M.ts`]:
        'import { TableCheck, TableColumn, TableForeignKey, TableIndex, TableUnique, type MigrationInterface, type QueryRunner } from "typeorm";\n\n' +
        `export class M${String(1700000000000 + n)} implements MigrationInterface {\n${outside ? "  transaction = false;\n\n" : ""}` +
        `  async up(queryRunner: QueryRunner): Promise<void> {\n${body(pieces)}  }\n\n  async down(): Promise<void> {}\n}\n`,
      ...(outside && {
        "data-source.ts":
          'import { DataSource } from "typeorm";\n\nexport default new DataSource({ type: "postgres", migrations: ["migrations/*.ts"], migrationsTransactionMode: "each" });\n',
      }),
    }),
    optOut: /`transaction = false` in its class/,
    calls: {
      index:
        'await queryRunner.createIndex("orders", new TableIndex({ name: "orders_account_idx", columnNames: ["account_id"] }));',
      "drop index": 'await queryRunner.dropIndex("orders", "orders_code_idx");',
      "foreign key":
        'await queryRunner.createForeignKey("orders", new TableForeignKey({ name: "orders_account_fk", columnNames: ["account_id"], referencedTableName: "accounts", referencedColumnNames: ["id"] }));',
      check:
        'await queryRunner.createCheckConstraint("orders", new TableCheck({ name: "orders_total_check", expression: "total > 0" }));',
      unique:
        'await queryRunner.createUniqueConstraint("orders", new TableUnique({ name: "orders_code_key", columnNames: ["code"] }));',
      "required column": 'await queryRunner.addColumn("orders", new TableColumn({ name: "region", type: "text" }));',
      "drop column": 'await queryRunner.dropColumn("orders", "legacy_ref");',
      "rename column": 'await queryRunner.renameColumn("orders", "legacy_ref", "reference");',
      "drop table": 'await queryRunner.dropTable("visits");',
      backfill: "await queryRunner.manager.query(`UPDATE orders SET note = 'none'`);",
    },
  },
  {
    name: "Kysely",
    project: npm("kysely", "0.28.18"),
    sql: (statement) => `await sql${template(statement)}.execute(db);`,
    migration: (n, pieces) => ({
      [`migrations/${numbered(n)}_m.ts`]: `import { type Kysely, sql } from "kysely";\n\nexport async function up(db: Kysely<any>): Promise<void> {\n${body(pieces)}}\n`,
    }),
    calls: {
      index: 'await db.schema.createIndex("orders_account_idx").on("orders").column("account_id").execute();',
      "drop index": 'await db.schema.dropIndex("orders_code_idx").execute();',
      "foreign key":
        'await db.schema.alterTable("orders").addForeignKeyConstraint("orders_account_fk", ["account_id"], "accounts", ["id"]).execute();',
      check: 'await db.schema.alterTable("orders").addCheckConstraint("orders_total_check", sql`total > 0`).execute();',
      "not null":
        'await db.schema.alterTable("orders").alterColumn("account_id", (column) => column.setNotNull()).execute();',
      unique: 'await db.schema.alterTable("orders").addUniqueConstraint("orders_code_key", ["code"]).execute();',
      "required column":
        'await db.schema.alterTable("orders").addColumn("region", "text", (column) => column.notNull()).execute();',
      "default for each row":
        'await db.schema.alterTable("orders").addColumn("token", "uuid", (column) => column.defaultTo(sql`gen_random_uuid()`)).execute();',
      "type change":
        'await db.schema.alterTable("orders").alterColumn("quantity", (column) => column.setDataType("bigint")).execute();',
      "drop column": 'await db.schema.alterTable("orders").dropColumn("legacy_ref").execute();',
      "rename column": 'await db.schema.alterTable("orders").renameColumn("legacy_ref", "reference").execute();',
      "drop table": 'await db.schema.dropTable("visits").execute();',
      backfill: 'await db.updateTable("orders").set({ note: "none" }).execute();',
    },
  },
  {
    name: "Sequelize",
    project: npm("sequelize", "6.37.8"),
    sql: (statement) => `await queryInterface.sequelize.query(${template(statement)});`,
    migration: (n, pieces) => ({
      [`migrations/${day(n)}-m.js`]: `module.exports = {\n  async up(queryInterface, Sequelize) {\n${body(pieces)}  },\n\n  async down() {},\n};\n`,
    }),
    optOut: /in a call of its own outside of `sequelize\.transaction\(\)`/i,
    calls: {
      index: 'await queryInterface.addIndex("orders", ["account_id"], { name: "orders_account_idx" });',
      "drop index": 'await queryInterface.removeIndex("orders", "orders_code_idx");',
      "foreign key":
        'await queryInterface.addConstraint("orders", { type: "foreign key", name: "orders_account_fk", fields: ["account_id"], references: { table: "accounts", field: "id" } });',
      unique:
        'await queryInterface.addConstraint("orders", { type: "unique", name: "orders_code_key", fields: ["code"] });',
      "required column":
        'await queryInterface.addColumn("orders", "region", { type: Sequelize.TEXT, allowNull: false });',
      "drop column": 'await queryInterface.removeColumn("orders", "legacy_ref");',
      "rename column": 'await queryInterface.renameColumn("orders", "legacy_ref", "reference");',
      "drop table": 'await queryInterface.dropTable("visits");',
      backfill: 'await queryInterface.bulkUpdate("orders", { note: "none" }, {});',
    },
  },
  {
    name: "MikroORM",
    project: npm("@mikro-orm/migrations", "6.6.16"),
    sql: (statement) => `this.addSql(${template(statement)});`,
    migration: (n, pieces, outside) => ({
      [`migrations/Migration${day(n)}.ts`]:
        'import { Migration } from "@mikro-orm/migrations";\n\n' +
        `export class Migration${day(n)} extends Migration {\n${outside ? "  override isTransactional(): boolean {\n    return false;\n  }\n\n" : ""}` +
        `  override async up(): Promise<void> {\n${body(pieces)}  }\n}\n`,
      ...(outside && {
        "mikro-orm.config.ts":
          'import { defineConfig } from "@mikro-orm/postgresql";\n\nexport default defineConfig({ migrations: { path: "migrations", allOrNothing: false } });\n',
      }),
    }),
    optOut: /`isTransactional\(\) \{ return false; \}`/,
  },
  {
    name: "node-pg-migrate",
    project: npm("node-pg-migrate", "9.0.0"),
    sql: (statement) => `pgm.sql(${template(statement)});`,
    migration: (n, pieces, outside) => ({
      [`migrations/${String(1700000000000 + n)}_m.ts`]:
        'import type { MigrationBuilder } from "node-pg-migrate";\n\n' +
        `export function up(pgm: MigrationBuilder): void {\n${outside ? "  pgm.noTransaction();\n" : ""}${body(pieces)}}\n\nexport const down = false;\n`,
    }),
    optOut: /calls pgm\.noTransaction\(\)/,
    calls: {
      index: 'pgm.createIndex("orders", "account_id", { name: "orders_account_idx" });',
      "drop index": 'pgm.dropIndex("orders", "code", { name: "orders_code_idx" });',
      "foreign key":
        'pgm.addConstraint("orders", "orders_account_fk", { foreignKeys: { columns: "account_id", references: "accounts" } });',
      check: 'pgm.addConstraint("orders", "orders_total_check", { check: "total > 0" });',
      "not null": 'pgm.alterColumn("orders", "account_id", { notNull: true });',
      unique: 'pgm.addConstraint("orders", "orders_code_key", { unique: "code" });',
      "required column": 'pgm.addColumn("orders", { region: { type: "text", notNull: true } });',
      "default for each row":
        'pgm.addColumn("orders", { token: { type: "uuid", default: pgm.func("gen_random_uuid()") } });',
      "type change": 'pgm.alterColumn("orders", "quantity", { type: "bigint" });',
      "drop column": 'pgm.dropColumn("orders", "legacy_ref");',
      "rename column": 'pgm.renameColumn("orders", "legacy_ref", "reference");',
      "drop table": 'pgm.dropTable("visits");',
    },
  },
  {
    name: "db-migrate",
    project: npm("db-migrate", "0.11.14"),
    sql: (statement) => `await db.runSql(${template(statement)});`,
    migration: (n, pieces) => ({
      [`migrations/${day(n)}-m.js`]: `exports.up = async (db) => {\n${body(pieces)}};\n\nexports.down = async () => {};\n\nexports._meta = { version: 1 };\n`,
    }),
    calls: {
      index: 'await db.addIndex("orders", "orders_account_idx", ["account_id"]);',
      "drop index": 'await db.removeIndex("orders", "orders_code_idx");',
      "foreign key":
        'await db.addForeignKey("orders", "accounts", "orders_account_fk", { account_id: "id" }, { onDelete: "CASCADE", onUpdate: "CASCADE" });',
      "required column": 'await db.addColumn("orders", "region", { type: "text", notNull: true });',
      "drop column": 'await db.removeColumn("orders", "legacy_ref");',
      "rename column": 'await db.renameColumn("orders", "legacy_ref", "reference");',
      "drop table": 'await db.dropTable("visits");',
    },
  },
  {
    name: "Slonik",
    project: {
      ...npm("@slonik/migrator", "0.12.0"),
      "migrate.ts":
        'import { SlonikMigrator } from "@slonik/migrator";\n\nexport const migrator = new SlonikMigrator({ migrationsPath: "migrations" });\n',
    },
    sql: (statement) => `await connection.query(sql${template(statement)});`,
    migration: (n, pieces) => ({
      [`migrations/${numbered(n)}.m.ts`]: `import type { Migration } from "@slonik/migrator";\n\nexport const up: Migration = async ({ context: { connection, sql } }) => {\n${body(pieces)}};\n`,
    }),
    optOut: /in a file of its own with that single statement/i,
  },
  {
    name: "Payload",
    project: {
      "package.json": JSON.stringify({ dependencies: { payload: "^3.90.2", "@payloadcms/db-postgres": "^3.90.2" } }),
      "package-lock.json": JSON.stringify({
        lockfileVersion: 3,
        packages: { "node_modules/payload": { version: "3.90.2" } },
      }),
    },
    sql: (statement) => `await db.execute(sql${template(statement)});`,
    migration: (n, pieces, outside) => ({
      [`src/migrations/20260101_${String(n).padStart(6, "0")}_m.ts`]:
        'import { type MigrateUpArgs, sql } from "@payloadcms/db-postgres";\n\n' +
        `export async function up({ db, payload }: MigrateUpArgs): Promise<void> {\n${body(
          outside ? pieces.map((piece) => piece.replaceAll("db.execute", "payload.db.drizzle.execute")) : pieces,
        )}}\n`,
    }),
    optOut: /through `payload\.db\.drizzle\.execute\(\)`/,
  },
  {
    name: "postgres-migrations",
    project: npm("postgres-migrations", "5.3.0"),
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${String(n)}_m.js`]: `module.exports.generateSql = () => ${template(`${outside ? "-- postgres-migrations disable-transaction\n" : ""}${lines(pieces)}`)};\n`,
    }),
    optOut: /the comment `-- postgres-migrations disable-transaction`/,
  },
  prisma("6.19.0"),
  COMMITS_EACH,
  {
    name: "Drizzle",
    project: npm("drizzle-orm", "0.45.1"),
    sql: asIs,
    migration: (n, pieces) => ({
      "drizzle/meta/_journal.json": JSON.stringify({
        version: "7",
        dialect: "postgresql",
        entries: upTo(n).map((one) => ({ idx: one - 1, when: one, tag: `${numbered(one)}_m` })),
      }),
      [`drizzle/${numbered(n)}_m.sql`]: pieces.join("\n--> statement-breakpoint\n"),
    }),
  },
  {
    name: "Supabase",
    project: { "supabase/config.toml": "[db]\nmajor_version = 15\n" },
    sql: asIs,
    migration: (n, pieces) => ({ [`supabase/migrations/${day(n)}_m.sql`]: lines(pieces) }),
    optOut: /Supabase runs it outside the transaction of the file/,
  },
  {
    name: "graphile-migrate",
    project: { ".gmrc": "{}" },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/committed/${String(n).padStart(6, "0")}-m.sql`]: `--! Previous: ${n === 1 ? "-" : `sha1:${String(n - 1)}`}\n--! Hash: sha1:${String(n)}\n\n${outside ? "--! no-transaction\n" : ""}${lines(pieces)}`,
    }),
    optOut: /below --! no-transaction as its first line/,
  },
  {
    name: "goose",
    project: goModule("github.com/pressly/goose/v3", "v3.27.3"),
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${numbered(n)}_m.sql`]: `${outside ? "-- +goose NO TRANSACTION\n" : ""}-- +goose Up\n${pieces.map((piece) => `-- +goose StatementBegin\n${piece}\n-- +goose StatementEnd\n`).join("")}`,
    }),
    optOut: /with `-- \+goose NO TRANSACTION` at the top/,
  },
  {
    name: "sql-migrate",
    project: goModule("github.com/rubenv/sql-migrate", "v1.8.0"),
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${numbered(n)}_m.sql`]: `-- +migrate Up${outside ? " notransaction" : ""}\n${pieces.map((piece) => `-- +migrate StatementBegin\n${piece}\n-- +migrate StatementEnd\n`).join("")}`,
    }),
    optOut: /starts with `-- \+migrate Up notransaction`/,
  },
  {
    name: "golang-migrate",
    project: goModule("github.com/golang-migrate/migrate/v4", "v4.19.1"),
    sql: asIs,
    migration: (n, pieces) => ({
      [`db/migrations/${numbered(n)}_m.up.sql`]: lines(pieces),
    }),
    optOut: /in a migration of its own with that single statement/i,
  },
  {
    name: "dbmate",
    project: { "db/schema.sql": "CREATE TABLE public.schema_migrations (version text);\n" },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`db/migrations/${day(n)}_m.sql`]: `-- migrate:up${outside ? " transaction:false" : ""}\n${lines(pieces)}\n-- migrate:down\n`,
    }),
    optOut: /starts with `-- migrate:up transaction:false`/,
  },
  {
    name: "sqlx",
    project: crate("sqlx", "0.8.6", "postgres"),
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${day(n)}_m.sql`]: `${outside ? "-- no-transaction\n" : ""}${lines(pieces)}`,
    }),
    optOut: /starts with `-- no-transaction`/,
  },
  {
    name: "Diesel",
    project: crate("diesel", "2.3.2", "postgres"),
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/2026-01-01-${String(n).padStart(6, "0")}_m/up.sql`]: lines(pieces),
      [`migrations/2026-01-01-${String(n).padStart(6, "0")}_m/down.sql`]: "",
      ...(outside && {
        [`migrations/2026-01-01-${String(n).padStart(6, "0")}_m/metadata.toml`]: "run_in_transaction = false\n",
      }),
    }),
    optOut: /a metadata\.toml with `run_in_transaction = false`/,
  },
  {
    name: "tern",
    project: { "migrations/tern.conf": "[database]\n" },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${numbered(n)}_m.sql`]: `${outside ? "---- tern: disable-tx ----\n" : ""}${lines(pieces)}\n---- create above / drop below ----\n`,
    }),
    optOut: /the line `---- tern: disable-tx ----`/,
  },
  {
    name: "pop",
    project: goModule("github.com/gobuffalo/pop/v6", "v6.1.1"),
    sql: asIs,
    migration: (n, pieces) => ({
      [`migrations/${day(n)}_m.up.sql`]: lines(pieces),
      [`migrations/${day(n)}_m.down.sql`]: "",
    }),
  },
  {
    name: "popx",
    project: { "go.mod": "module m\n\nrequire (\n\tgithub.com/ory/pop/v6 v6.4.1\n\tgithub.com/ory/x v0.0.729\n)\n" },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${day(n)}_m${outside ? ".autocommit" : ""}.up.sql`]: lines(pieces),
      [`migrations/${day(n)}_m${outside ? ".autocommit" : ""}.down.sql`]: "",
    }),
    optOut: /named `….autocommit.up.sql`/,
  },
  {
    name: "refinery",
    project: crate("refinery", "0.8.16", "postgres"),
    sql: asIs,
    migration: (n, pieces) => ({ [`migrations/V${String(n)}__m.sql`]: lines(pieces) }),
  },
  {
    name: "Flyway",
    project: {
      "flyway.toml":
        '[environments.default]\nurl = "jdbc:postgresql://localhost/shop"\n[flyway]\nlocations = ["filesystem:sql"]\n[flyway.postgresql.transactional]\nlock = false\n',
    },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`sql/V${String(n)}__m.sql`]: lines(pieces),
      ...(outside && { [`sql/V${String(n)}__m.sql.conf`]: "executeInTransaction=false\n" }),
    }),
    optOut: /executeInTransaction=false in a file of its name and \.conf beside it/,
  },
  {
    name: "Liquibase",
    project: {
      "db/changelog/db.changelog-master.yaml": "databaseChangeLog:\n  - includeAll:\n      path: db/changelog\n",
    },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`db/changelog/${numbered(n)}.sql`]: `--liquibase formatted sql\n\n--changeset ann:${String(n)}${outside ? " runInTransaction:false" : ""}\n${lines(pieces)}`,
    }),
    optOut: /with runInTransaction:false/,
  },
  {
    name: "Sqitch",
    project: { "sqitch.conf": "[core]\n\tengine = pg\n" },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      "sqitch.plan": `%project=shop\n\n${upTo(n)
        .map((one) => `m${numbered(one)} 2026-01-02T03:04:05Z A. Person <person@example.com>\n`)
        .join("")}`,
      [`deploy/m${numbered(n)}.sql`]: outside ? lines(pieces) : `BEGIN;\n${lines(pieces)}COMMIT;\n`,
    }),
    optOut: /has no BEGIN and COMMIT|outside BEGIN … COMMIT/,
  },
  {
    name: "Atlas",
    project: {
      "atlas.hcl":
        'env "prod" {\n  dev = "docker://postgres/16/dev"\n  migration {\n    dir = "file://migrations"\n  }\n}\n',
    },
    sql: asIs,
    migration: (n, pieces, outside) => ({
      [`migrations/${day(n)}_m.sql`]: `${outside ? "-- atlas:txmode none\n\n" : ""}${lines(pieces)}`,
    }),
    optOut: /with `-- atlas:txmode none` as its first line/,
  },
  {
    name: "plain SQL",
    project: {},
    sql: asIs,
    migration: (n, pieces) => ({ [`db/migrations/${numbered(n)}_m.sql`]: lines(pieces) }),
    optOut: /that your runner sends without a transaction/,
  },
];
