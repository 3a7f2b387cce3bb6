import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const UP = "module.exports = { up: (queryInterface) => queryInterface.dropTable('old') };\n";
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "6"])) }),
});
const PROJECT: Files = manifest("sequelize", "pg");

describe("Sequelize's migrations are found", () => {
  it("by the dependency, the names of the files and what stands in them", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("sequelize", "6.37.8"),
      "server/migrations/20240201000000-b.ts": UP,
      "server/migrations/20240101000000-a.js": UP,
      "server/migrations/20240101000000-a.d.ts": "export {};",
      "server/migrations/helper.js": UP,
    });
    expect(source.tool).toMatchObject({
      name: "sequelize",
      label: "Sequelize",
      version: "6.37.8",
      transaction: "per-statement",
    });
    expect(source.files).toEqual(["server/migrations/20240101000000-a.js", "server/migrations/20240201000000-b.ts"]);
  });

  it("of version 7 by its own package", () => {
    const source = onlySource({
      ...manifest("@sequelize/core", "@sequelize/postgres"),
      ...npmLock("@sequelize/core", "7.0.0-alpha.48"),
      "migrations/20240101000000-a.js": UP,
    });
    expect(source).toMatchObject({
      tool: { name: "sequelize", version: "7.0.0-alpha.48" },
      because: "because package.json has @sequelize/core",
      dialect: "PostgreSQL",
    });
  });

  it("by .sequelizerc, whatever they are called", () => {
    const source = onlySource({
      ...PROJECT,
      "api/.sequelizerc":
        "const path = require('path');\nmodule.exports = { 'migrations-path': path.resolve(__dirname, 'src', 'changes') };\n",
      "api/src/changes/second.js": UP,
      "api/src/changes/first.js": UP,
    });
    expect(source).toMatchObject({
      folder: "api/src/changes",
      because: "because api/.sequelizerc names it",
      files: ["api/src/changes/first.js", "api/src/changes/second.js"],
    });
  });

  it.each([
    ["from where it is started", "src/db/umzug.ts", `{ glob: "src/db/changes/*.ts" }`],
    ["from its own folder", "src/db/umzug.ts", `{ glob: ["changes/*.ts", { cwd: __dirname, ignore: "*.test.ts" }] }`],
    ["by a path", "src/migrate.ts", `{ path: path.join(__dirname, "db", "changes"), params: [] }`],
    ["with folders inside", "src/migrate.ts", `{ glob: ["db/**/*-*.ts", { cwd: __dirname }] }`],
  ])("by what a program gives Umzug, %s", (_, file, migrations) => {
    const source = onlySource({
      ...manifest("sequelize", "umzug", "pg"),
      [file]:
        'import path from "path";\nimport { SequelizeStorage, Umzug } from "umzug";\n\n' +
        `export const createMigrator = (sequelize) => new Umzug({ migrations: ${migrations}, context: sequelize.getQueryInterface(), storage: new SequelizeStorage({ sequelize }) });\n`,
      "src/db/changes/2-second.ts": "export const up = async ({ context: queryInterface }) => {};\n",
      "src/db/changes/1-first.ts": "export const up = async ({ context: queryInterface }) => {};\n",
    });
    expect(source).toMatchObject({
      tool: { name: "sequelize" },
      because: `because ${file} names it`,
      files: ["src/db/changes/1-first.ts", "src/db/changes/2-second.ts"],
    });
  });

  it.each([
    ["without the dependency", { ...manifest("pg"), "migrations/1-a.js": UP }],
    ["where nothing in them is Sequelize's", { ...PROJECT, "migrations/1-a.js": "exports.up = (db) => db.run();\n" }],
    ["in a test", { ...PROJECT, "test/migrations/1-a.js": UP }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases.flatMap(({ sources }) => sources)).toEqual([]);
  });
});

describe("the transaction of Sequelize's calls", () => {
  /** Statements of a migration with this body, with the transaction that each runs in. */
  function sent(body: string, project = PROJECT): readonly string[] {
    const program = `module.exports = { async up(queryInterface, Sequelize) {\n${body}\n} };\n`;
    return changeOf({ ...project, "migrations/1-a.js": UP }, { "migrations/2-b.js": program }).databases.flatMap(
      ({ migrations }) =>
        (migrations[1]?.statements ?? []).map(
          ({ statement: { sql }, transaction }) => `${sql} ${String(transaction.group ?? transaction.inTransaction)}`,
        ),
    );
  }

  it("is that of Umzug's context, whatever the project makes of that", () => {
    const base = { ...manifest("sequelize", "umzug", "pg"), "migrations/1-a.js": UP };
    const programs = {
      "migrations/2-b.js": 'exports.up = async ({ context }) => { await context.dropTable("queryInterface"); };\n',
      "migrations/3-c.js":
        'exports.up = async ({ context: sequelize }) => { await sequelize.getQueryInterface().dropTable("b"); await sequelize.query("DROP TABLE c"); };\n',
      "migrations/4-d.js":
        'exports.up = async ({ context: { queryInterface, Sequelize } }) => { await queryInterface.addColumn("d", "e", Sequelize.TEXT); };\n',
    };
    const [database] = changeOf(base, programs).databases;
    expect(database?.migrations.flatMap(({ sql }) => sql.statements.map((statement) => statement.sql))).toEqual([
      'DROP TABLE IF EXISTS "old"',
      'DROP TABLE IF EXISTS "queryInterface"',
      'DROP TABLE IF EXISTS "b"',
      "DROP TABLE c",
      'ALTER TABLE "public"."d" ADD COLUMN "e" TEXT',
    ]);
  });

  it("is none where the migration begins none", () => {
    expect(sent(`await queryInterface.dropTable("a"); await queryInterface.removeColumn("b", "c");`)).toEqual([
      'DROP TABLE IF EXISTS "a" false',
      'ALTER TABLE "public"."b" DROP COLUMN "c" false',
    ]);
  });

  it("is the one that the migration begins, for the calls that are given it as an option", () => {
    expect(
      sent(`
        await queryInterface.sequelize.transaction(async (transaction) => {
          await queryInterface.addColumn("a", "b", Sequelize.TEXT, { transaction });
          await queryInterface.addColumn("a", "c", { type: Sequelize.TEXT, transaction });
          await queryInterface.addIndex("a", { fields: ["b"], transaction });
          await queryInterface.addIndex("a", ["c"]);
          await queryInterface.dropTable("d", transaction);
          await queryInterface.sequelize.query("UPDATE a SET b = 'x'", { transaction });
          await queryInterface.sequelize.query("UPDATE a SET b = 'y'", { raw: true, transaction: null });
        });
        await queryInterface.dropTable("e");`),
    ).toEqual([
      "START TRANSACTION migrations/2-b.js#1",
      'ALTER TABLE "public"."a" ADD COLUMN "b" TEXT migrations/2-b.js#1',
      'ALTER TABLE "public"."a" ADD COLUMN "c" TEXT false',
      'CREATE INDEX "a_b" ON "a" ("b") migrations/2-b.js#1',
      'CREATE INDEX "a_c" ON "a" ("c") false',
      'DROP TABLE IF EXISTS "d" false',
      "UPDATE a SET b = 'x' migrations/2-b.js#1",
      "UPDATE a SET b = 'y' false",
      "COMMIT migrations/2-b.js#1",
      'DROP TABLE IF EXISTS "e" false',
    ]);
  });

  it("is in version 7 the one that is around the call, unless it is told otherwise", () => {
    const body = `
      await queryInterface.sequelize.transaction(async () => {
        await queryInterface.removeColumn("a", "b", { ifExists: true, cascade: true });
        await queryInterface.sequelize.transaction(() => queryInterface.removeIndex("a", "c_idx"));
        await queryInterface.sequelize.query("UPDATE a SET d = 'x'", { transaction: null });
      });
      const transaction = await queryInterface.sequelize.startUnmanagedTransaction();
      await queryInterface.removeConstraint("a", "e", { transaction });
      await queryInterface.removeIndex("a", ["f"], { concurrently: true, ifExists: true });
      await transaction.commit();
      await queryInterface.createSchema("g");
      await queryInterface.dropSchema("h", { ifExists: true });`;
    expect(sent(body, manifest("@sequelize/core", "@sequelize/postgres"))).toEqual([
      "START TRANSACTION migrations/2-b.js#1",
      'ALTER TABLE "public"."a" DROP COLUMN IF EXISTS "b" CASCADE migrations/2-b.js#1',
      'DROP INDEX "c_idx" migrations/2-b.js#1',
      "UPDATE a SET d = 'x' false",
      "COMMIT migrations/2-b.js#1",
      "START TRANSACTION migrations/2-b.js#2",
      'ALTER TABLE "a" DROP CONSTRAINT "e" migrations/2-b.js#2',
      'DROP INDEX CONCURRENTLY IF EXISTS "a_f" false',
      "COMMIT migrations/2-b.js#2",
      'CREATE SCHEMA "g" false',
      'DROP SCHEMA IF EXISTS "h" false',
    ]);
  });

  it("ends where the migration ends it, and one inside of it is a part of it", () => {
    expect(
      sent(`
        const transaction = await queryInterface.sequelize.transaction();
        try {
          await queryInterface.sequelize.transaction({ transaction }, (inner) => queryInterface.dropTable("a", { transaction: inner }));
          await transaction.commit();
        } catch (error) {
          await transaction.rollback();
          throw error;
        }
        await queryInterface.dropTable("b");`),
    ).toEqual([
      "START TRANSACTION migrations/2-b.js#1",
      'DROP TABLE IF EXISTS "a" migrations/2-b.js#1',
      "COMMIT migrations/2-b.js#1",
      'DROP TABLE IF EXISTS "b" false',
    ]);
  });

  it("is PostgreSQL's own for what one string has, unless the string begins one", () => {
    expect(
      sent(`
        await queryInterface.sequelize.query("DROP TABLE a; DROP TABLE b");
        await queryInterface.changeColumn("c", "d", { type: Sequelize.TEXT, allowNull: false });
        await queryInterface.sequelize.query("BEGIN; DROP TABLE e; COMMIT; DROP TABLE f");`),
    ).toEqual([
      "DROP TABLE a migrations/2-b.js#query 0",
      "DROP TABLE b migrations/2-b.js#query 0",
      'ALTER TABLE "c" ALTER COLUMN "d" SET NOT NULL migrations/2-b.js#query 1',
      'ALTER TABLE "c" ALTER COLUMN "d" DROP DEFAULT migrations/2-b.js#query 1',
      'ALTER TABLE "c" ALTER COLUMN "d" TYPE TEXT migrations/2-b.js#query 1',
      "BEGIN migrations/2-b.js#1",
      "DROP TABLE e migrations/2-b.js#1",
      "COMMIT migrations/2-b.js#1",
      "DROP TABLE f false",
    ]);
  });
});
