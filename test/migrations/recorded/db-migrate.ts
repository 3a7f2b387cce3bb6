/** db-migrate itself, and the calls of its driver for PostgreSQL. */
import { createRequire } from "node:module";
import { dbMigrate } from "../../../src/migrations/db-migrate.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

const require = createRequire(import.meta.url);

interface Driver {
  close(): Promise<void>;
}

interface DbMigrate {
  connect(config: object, internals: object, callback: (error: Error | null, driver: Driver) => void): void;
}

interface Program {
  setup?(options: object, seed: undefined): void;
  up(db: Driver, callback: (error?: Error | null) => void): Promise<void> | undefined;
}

export const recordedDbMigrate: RecordedTool = {
  tool: dbMigrate,
  file: "migrations/20260101000000-change.js",
  repository: { "package.json": '{ "dependencies": { "db-migrate": "^0.11.14", "db-migrate-pg": "^1.5.2" } }' },
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text);
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text
    );
    CREATE INDEX orders_note ON orders (note);
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `"use strict";\n\nvar dbm;\nvar type;\n\nexports.setup = function (options) {\n  dbm = options.dbmigrate;\n  type = dbm.dataType;\n};\n\nexports.up = async function (db) {\n${body}\n};\n\nexports._meta = { version: 1 };\n`,
  async connect({ url }) {
    const drivers = require("db-migrate/lib/driver") as DbMigrate;
    const { dataType } = require("db-migrate") as { dataType: object };
    const { hostname, port, username, password } = new URL(url);
    const driver = await new Promise<Driver>((resolve, reject) => {
      const config = {
        driver: "pg",
        host: hostname,
        port: Number(port),
        user: username,
        password,
        database: "postgres",
      };
      drivers.connect(config, {}, (error, connected) => (error ? reject(error) : resolve(connected)));
    });
    return {
      async run(source) {
        const program = loadProgram<Program>(source);
        program.setup?.({ dbmigrate: { version: 1, dataType } }, undefined);
        await new Promise<void>((resolve, reject) => {
          const done = (error?: Error | null): void => (error ? reject(error) : resolve());
          const promise = program.up(driver, done);
          if (program.up.length < 2) promise?.then(resolve, reject);
        });
      },
      close: () => driver.close(),
    };
  },
};

/** By what is called; everything of the driver's interface that sends DDL or DML. */
export const dbMigrateFixtures: Fixtures = {
  createTable: `await db.createTable("t", { id: { type: "int", primaryKey: true, autoIncrement: true }, name: "string" });`,
  "createTable with types": `await db.createTable("t", { a: "text", b: { type: "string", length: 40 }, c: "int", d: "bigint", e: "boolean", f: "datetime", g: "timestamp", h: "date", i: "decimal", j: "char", k: "real", l: "smallint", o: "jsonb", p: "uuid", q: { type: "decimal", length: "10,2" }, r: type.STRING });`,
  "createTable with attributes": `await db.createTable("t", { a: { type: "int", notNull: true, defaultValue: 5, unique: true }, b: { type: "string", defaultValue: "x" }, c: { type: "boolean", defaultValue: false }, d: { type: "timestamp", defaultValue: new String("now()"), timezone: true } });`,
  "createTable with a default that it does not escape": {
    up: `await db.createTable("t", { a: { type: "string", defaultValue: "it's" } });`,
    refused: "42601",
  },
  "createTable with keys": `await db.createTable("t", { a: { type: "int", primaryKey: true }, b: { type: "int", primaryKey: true } });`,
  "createTable with a bigint key": `await db.createTable("t", { id: { type: "bigint", primaryKey: true, autoIncrement: true } });`,
  "createTable with a foreign key": `await db.createTable("t", { account_id: { type: "bigint", foreignKey: { name: "t_fk", table: "accounts", rules: { onDelete: "CASCADE", onUpdate: "RESTRICT" }, mapping: "id" } } });`,
  "createTable if it is not there": `await db.createTable("t", { columns: { id: "int" }, ifNotExists: true });`,
  "createTable always": `await db.createTable("t", { columns: { id: "int" }, ifNotExists: false });`,
  dropTable: `await db.dropTable("old");`,
  "dropTable if it exists": `await db.dropTable("old", { ifExists: true, cascade: true });`,
  renameTable: `await db.renameTable("old", "older");`,
  addColumn: `await db.addColumn("orders", "a", { type: "string", length: 20 });`,
  "addColumn with attributes": `await db.addColumn("orders", "a", { type: "int", notNull: true, defaultValue: 0, unique: true });`,
  "addColumn by a type": `await db.addColumn("orders", "a", { type: "text" });`,
  "addColumn with a comment": `await db.addColumn("orders", "a", { type: "text", comment: "new" });`,
  "createTable with raw defaults": `await db.createTable("t", { a: { type: "timestamptz", notNull: true, defaultValue: { raw: "now()" } }, b: { type: "timestamp", defaultValue: { special: "CURRENT_TIMESTAMP" } } });`,
  "createTable with comments and keys": `await db.createTable("t", { a: { type: "int", comment: "first" }, b: { type: "bigint", comment: "second", foreignKey: { name: "k", table: "accounts", mapping: "id", rules: {} } } });`,
  switchDatabase: `await new Promise((resolve) => db.switchDatabase({ schema: "public" }, resolve));`,
  "addColumn with a foreign key": `await db.addColumn("orders", "payer_id", { type: "bigint", foreignKey: { name: "payer", table: "accounts", rules: { onDelete: "SET NULL" }, mapping: { payer_id: "id" } } });`,
  removeColumn: `await db.removeColumn("orders", "note");`,
  renameColumn: `await db.renameColumn("orders", "note", "remark");`,
  changeColumn: `await db.changeColumn("orders", "code", { type: "string" });`,
  "changeColumn with a length": `await db.changeColumn("orders", "code", { type: "string", length: 40, notNull: true, defaultValue: "y" });`,
  "changeColumn to nullable": `await db.changeColumn("orders", "code", { type: "text", notNull: false });`,
  "changeColumn, unique": `await db.changeColumn("orders", "code", { type: "text", unique: true });`,
  "changeColumn with using": `await db.changeColumn("orders", "note", { type: "int", using: "USING length(note)" });`,
  addIndex: `await db.addIndex("orders", "code_idx", ["code", "total"]);`,
  "addIndex, unique": `await db.addIndex("orders", "code_key", ["code"], true);`,
  "addIndex of a name": `await db.addIndex("orders", "code_idx", "code");`,
  removeIndex: `await db.removeIndex("orders", "orders_note");`,
  "removeIndex by its name": `await db.removeIndex("orders_note");`,
  addForeignKey: `await db.addForeignKey("orders", "accounts", "fk", { account_id: "id" }, { onDelete: "CASCADE", onUpdate: "RESTRICT" });`,
  removeForeignKey: `await db.runSql("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (account_id) REFERENCES accounts"); await db.removeForeignKey("orders", "fk");`,
  runSql: `await db.runSql("ALTER TABLE orders ADD COLUMN a text");`,
  "runSql with parameters": `await db.runSql("UPDATE orders SET note = $1 WHERE id = $2", ["x", 5]);`,
  "runSql with a callback": `await new Promise((resolve, reject) => db.runSql("DROP TABLE old", (error) => (error ? reject(error) : resolve())));`,
  "runSql with dollars": `await db.runSql("UPDATE orders SET note = $2 WHERE code = $1", ["x", "y"]);`,
  "runSql of several statements": `await db.runSql("CREATE TABLE a (id int); CREATE TABLE b (id int);");`,
  insert: `await db.insert("orders", ["code", "total"], ["it's", 5]);`,
  "insert of numbers with a callback": `await db.insert("orders", ["code", "total"], ["a", 5], () => undefined);`,
  "insert of texts": `await db.insert("orders", ["code", "note"], ["a", "b"]);`,
  all: `await db.all("UPDATE orders SET note = 'x'");`,
};
