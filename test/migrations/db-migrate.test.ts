import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const program = (up: string): string =>
  `"use strict";\n\nvar type;\n\nexports.setup = function (options) {\n  type = options.dbmigrate.dataType;\n};\n\n` +
  `exports.up = function (db, callback) {\n  ${up}\n};\n\nexports.down = function (db) {\n  return null;\n};\n\n` +
  `exports._meta = { version: 1 };\n`;
const UP = program(`return db.runSql("DROP TABLE old");`);

/** What `db-migrate create --sql-file` writes. */
const loader = (name: string): string => {
  const way = (direction: string): string =>
    `exports.${direction} = function(db) {\n  var filePath = path.join(__dirname, 'sqls', '${name}-${direction}.sql');\n` +
    "  return new Promise( function( resolve, reject ) {\n" +
    "    fs.readFile(filePath, {encoding: 'utf-8'}, function(err,data){\n" +
    "      if (err) return reject(err);\n      console.log('received data: ' + data);\n\n      resolve(data);\n    });\n" +
    "  })\n  .then(function(data) {\n    return db.runSql(data);\n  });\n};\n";
  return (
    "'use strict';\n\nvar dbm;\nvar type;\nvar seed;\nvar fs = require('fs');\nvar path = require('path');\nvar Promise;\n\n" +
    "exports.setup = function(options, seedLink) {\n  dbm = options.dbmigrate;\n  type = dbm.dataType;\n" +
    "  seed = seedLink;\n  Promise = options.Promise;\n};\n\n" +
    `${way("up")}\n${way("down")}\nexports._meta = {\n  "version": 1\n};\n`
  );
};

const manifest = (scripts: Readonly<Record<string, string>>, ...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({
    scripts,
    dependencies: Object.fromEntries(packages.map((name) => [name, "1"])),
  }),
});
const PROJECT: Files = manifest({}, "db-migrate", "db-migrate-pg");
const at = (name: string): string => `migrations/202401${name}`;

/** A program that starts db-migrate with these options. */
const instance = (options: string): string =>
  `const path = require("path");\nconst DBMigrate = require("db-migrate");\n\nexports.migrate = () => DBMigrate.getInstance(true, ${options}).up();\n`;

/** Statements of the added files, with what is said of the transaction. */
function sent(files: Files, base: Files = { ...PROJECT, [at("01000000-a.js")]: UP }) {
  return changeOf(base, files).databases.flatMap(({ migrations }) =>
    migrations
      .filter(({ status }) => status === "added")
      .flatMap(({ file, statements }) =>
        statements.map(
          ({ statement, transaction }) =>
            `${file} ${statement.sql} ${String(transaction.group ?? transaction.inTransaction)}`,
        ),
      ),
  );
}

describe("db-migrate's migrations are found", () => {
  it("by the dependency, the names of the files and what stands in them", () => {
    const { databases, leftOut } = detected({
      ...PROJECT,
      ...npmLock("db-migrate", "0.11.14"),
      "db/migrations/20240201000000-b.js": UP,
      "db/migrations/20240101000000-a.js": UP,
      "db/migrations/20240101000000-c.js": UP,
      "db/migrations/helper.js": "module.exports = {};",
      "db/migrations/package.json": '{ "type": "commonjs" }',
    });
    expect(databases).toMatchObject([
      {
        sources: [
          {
            folder: "db/migrations",
            tool: { name: "db-migrate", version: "0.11.14", transaction: "per-file" },
            because: "because package.json has db-migrate",
            files: [
              "db/migrations/20240101000000-a.js",
              "db/migrations/20240101000000-c.js",
              "db/migrations/20240201000000-b.js",
            ],
          },
        ],
      },
    ]);
    expect(leftOut).toEqual([
      {
        file: "db/migrations/helper.js",
        reason: "has no time and name such as 20260102030405-add-note.js, so db-migrate stops with an error",
      },
    ]);
  });

  it("as the SQL that a program does nothing but send", () => {
    const source = onlySource({
      ...PROJECT,
      [at("02000000-b.js")]: UP,
      [at("01000000-a.js")]: loader("20240101000000-a"),
      "migrations/sqls/20240101000000-a-up.sql": "CREATE TABLE a (id int);\n",
      "migrations/sqls/20240101000000-a-down.sql": "DROP TABLE a;\n",
    });
    expect(source.files).toEqual(["migrations/sqls/20240101000000-a-up.sql", at("02000000-b.js")]);
    expect(source.loaders).toEqual([at("01000000-a.js")]);
    expect(source.downFile?.("migrations/sqls/20240101000000-a-up.sql")).toBe(
      "migrations/sqls/20240101000000-a-down.sql",
    );
  });

  it.each([
    ["by the driver's package", manifest({}, "db-migrate", "db-migrate-mysql"), "MySQL"],
    [
      "by database.json",
      {
        ...manifest({}, "db-migrate"),
        "database.json": '{ "dev": { "driver": "sqlite3", "filename": "a.db" }, "sql-file": true }',
      },
      "SQLite",
    ],
  ])("and left out %s", (_, files, dialect) => {
    expect(detected({ ...files, [at("01000000-a.js")]: UP })).toMatchObject({
      databases: [],
      leftOut: [{ file: "migrations", reason: `holds migrations for ${dialect}; only PostgreSQL is checked` }],
    });
  });

  it("for PostgreSQL, where one environment of database.json has it", () => {
    const source = onlySource({
      ...manifest({}, "db-migrate", "sqlite3"),
      "database.json":
        '{ "test": { "driver": "sqlite3" }, "prod": { "driver": "pg", "user": { "ENV": "DATABASE_USER" } } }',
      [at("01000000-a.js")]: UP,
    });
    expect(source.dialect).toBe("PostgreSQL");
  });

  it.each([
    ["without the dependency", { ...manifest({}, "pg"), [at("01000000-a.js")]: UP }],
    ["that are tests", { ...PROJECT, [`test/${at("01000000-a.js")}`]: UP }],
    ["that are something else", { ...PROJECT, [at("01000000-a.js")]: "exports.up = (knex) => knex('a');\n" }],
    ["whose names have no time", { ...PROJECT, "migrations/1-a.js": UP }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });
});

describe("what a program hands to getInstance", () => {
  it.each([
    ["its folder", '{ cmdOptions: { "migrations-dir": "db/changes" } }', "db/changes"],
    ["a path made of its own", '{ cmdOptions: { "migrations-dir": path.join(__dirname, "changes") } }', "src/changes"],
    ["where it is started", '{ cwd: path.resolve(__dirname, "db"), env: process.env.NODE_ENV }', "src/db/migrations"],
  ])("is %s", (_, options, folder) => {
    const [database] = detected({
      ...PROJECT,
      "src/migrate.js": instance(options),
      [`${folder}/20240101000000-a.js`]: "exports.up = (client) => client.runSql('DROP TABLE old');\n",
    }).databases;
    expect(database?.sources).toMatchObject([
      {
        folder,
        tool: { name: "db-migrate", transaction: "per-file" },
        because: "because src/migrate.js names it",
        files: [`${folder}/20240101000000-a.js`],
      },
    ]);
  });
});

describe("what db-migrate's migrations send", () => {
  it("in a transaction for each file", () => {
    expect(sent({ [at("02000000-b.js")]: UP, [at("03000000-c.js")]: UP })).toEqual([
      `${at("02000000-b.js")} DROP TABLE old ${at("02000000-b.js")}#1`,
      `${at("03000000-c.js")} DROP TABLE old ${at("03000000-c.js")}#1`,
    ]);
  });

  it.each([
    ["a script", manifest({ migrate: "db-migrate up --non-transactional" }, "db-migrate", "db-migrate-pg")],
    [".db-migraterc", { ...PROJECT, ".db-migraterc": '{ "non-transactional": true }' }],
    ["a program", { ...PROJECT, "src/migrate.js": instance('{ cmdOptions: { "non-transactional": true } }') }],
  ])("without one, where %s says so", (_, files) => {
    const base = { ...files, [at("01000000-a.js")]: UP };
    expect(sent({ [at("02000000-b.js")]: UP }, base)).toEqual([`${at("02000000-b.js")} DROP TABLE old false`]);
  });

  it("of the SQL beside them, at its own place", () => {
    expect(
      sent({
        [at("02000000-b.js")]: loader("20240102000000-b"),
        "migrations/sqls/20240102000000-b-up.sql": "CREATE TABLE b (id int);\nCREATE TABLE c (id int);\n",
      }),
    ).toEqual([
      "migrations/sqls/20240102000000-b-up.sql CREATE TABLE b (id int) migrations/sqls/20240102000000-b-up.sql#1",
      "migrations/sqls/20240102000000-b-up.sql CREATE TABLE c (id int) migrations/sqls/20240102000000-b-up.sql#1",
    ]);
  });

  it("of the SQL beside them by way of the program, where that does more", () => {
    const file = at("02000000-b.js");
    expect(
      sent({
        [file]: loader("20240102000000-b").replace("return db.runSql(data);", 'return db.runSql(data + "; SELECT 1");'),
        "migrations/sqls/20240102000000-b-up.sql": "CREATE TABLE b (id int)",
      }),
    ).toEqual([`${file} CREATE TABLE b (id int) ${file}#1`, `${file} SELECT 1 ${file}#1`]);
  });

  it("with callbacks, with types by their names, and with async", () => {
    const file = at("02000000-b.js");
    const up =
      `db.createTable("a", { id: { type: type.INTEGER, primaryKey: true } }, function (error) {\n` +
      `    if (error) return callback(error);\n` +
      `    require("async").series([\n` +
      `      db.addColumn.bind(db, "a", "b", { type: type.STRING, length: 20 }),\n` +
      `      (done) => db.runSql("UPDATE a SET b = ?", ["x"], done),\n` +
      `    ], callback);\n  });`;
    expect(sent({ [file]: program(up) })).toEqual([
      `${file} CREATE TABLE  "a" ("id" INTEGER  PRIMARY KEY) ${file}#1`,
      `${file} ALTER TABLE "a" ADD COLUMN "b" VARCHAR (20) ${file}#1`,
      `${file} UPDATE a SET b = 'x' ${file}#1`,
    ]);
  });
});
