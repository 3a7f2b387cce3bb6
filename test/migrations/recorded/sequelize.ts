/** Sequelize itself, and the calls of its QueryInterface. */
import { type QueryInterface, Sequelize } from "sequelize";
import { sequelize } from "../../../src/migrations/sequelize.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedSequelize: RecordedTool = {
  tool: sequelize,
  file: "migrations/20260101000000-change.js",
  repository: { "package.json": '{ "dependencies": { "sequelize": "^6.37.8", "pg": "^8.0.0" } }' },
  sendsTransactions: true,
  // It reads the types again after each enum.
  bookkeeping: /^WITH ranges/,
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note ON orders (note);
    CREATE TABLE pairs (region text, email text);
    CREATE TABLE old (id int);
    CREATE SCHEMA app;
  `,
  migration: (body) =>
    `"use strict";\n\nmodule.exports = {\n  async up(queryInterface, Sequelize) {\n${body}\n  },\n\n  async down(queryInterface, Sequelize) {},\n};\n`,
  async connect({ url }) {
    const library = new Sequelize(url, { dialect: "postgres", logging: false, pool: { min: 1, max: 1 } });
    await library.authenticate();
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (queryInterface: QueryInterface, library: unknown) => Promise<void> }>(source);
        await up(library.getQueryInterface(), Sequelize);
      },
      close: () => library.close(),
    };
  },
};

const create = (columns: string, options = ""): string =>
  `await queryInterface.createTable("t", { ${columns} }${options});`;
const add = (column: string): string => `await queryInterface.addColumn("orders", "extra", ${column});`;
const change = (column: string): string => `await queryInterface.changeColumn("orders", "code", ${column});`;

/** By what is called; everything of QueryInterface that sends DDL or DML. */
export const sequelizeFixtures: Fixtures = {
  "sequelize.query": `await queryInterface.sequelize.query("DROP TABLE old");`,
  "sequelize.query with replacements": `await queryInterface.sequelize.query("UPDATE orders SET note = :note WHERE id = :id", { replacements: { note: "it's", id: 5 } });`,
  "sequelize.query with replacements in order": `await queryInterface.sequelize.query("UPDATE orders SET note = ? WHERE id IN (?)", { replacements: ["x", [1, 2]] });`,
  "sequelize.query with bind": `await queryInterface.sequelize.query("UPDATE orders SET note = $1 WHERE id = $2", { bind: ["x", 5] });`,
  "sequelize.query with named bind": `await queryInterface.sequelize.query("UPDATE orders SET note = $note", { bind: { note: "x" } });`,
  "sequelize.transaction": `await queryInterface.sequelize.transaction(async (transaction) => { await queryInterface.dropTable("old", { transaction }); await queryInterface.addColumn("orders", "a", Sequelize.TEXT, { transaction }); });`,
  createTable: create(
    `id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }, name: Sequelize.STRING`,
  ),
  "createTable with types": create(
    `a: Sequelize.STRING(40), b: Sequelize.TEXT, c: Sequelize.BIGINT, d: Sequelize.FLOAT, e: Sequelize.DOUBLE, f: Sequelize.DECIMAL(10, 2), g: Sequelize.BOOLEAN, h: Sequelize.DATE, i: Sequelize.DATEONLY, j: Sequelize.JSON, k: Sequelize.JSONB, l: Sequelize.UUID, m: Sequelize.ARRAY(Sequelize.INTEGER), n: Sequelize.BLOB, o: Sequelize.TIME, p: Sequelize.SMALLINT, q: Sequelize.REAL, r: Sequelize.CHAR(3), s: Sequelize.CIDR, t: Sequelize.INET, u: Sequelize.MACADDR, v: Sequelize.RANGE(Sequelize.INTEGER), w: Sequelize.DATE(3), x: Sequelize.INTEGER({ length: 5 }), y: Sequelize.TSVECTOR, z: Sequelize.STRING.BINARY`,
  ),
  "createTable with DataTypes": create(`a: { type: Sequelize.DataTypes.STRING, allowNull: false, defaultValue: "x" }`),
  "createTable with types as text": create(`a: { type: "TEXT" }, b: { type: "INTEGER[]", allowNull: true }`),
  "createTable with defaults": create(
    `a: { type: Sequelize.STRING, defaultValue: "it's" }, b: { type: Sequelize.INTEGER, defaultValue: 5 }, c: { type: Sequelize.BOOLEAN, allowNull: false, defaultValue: false }, d: { type: Sequelize.DATE, defaultValue: Sequelize.NOW }, e: { type: Sequelize.DATE, defaultValue: Sequelize.literal("CURRENT_TIMESTAMP") }, f: { type: Sequelize.DATE, defaultValue: Sequelize.fn("now") }, g: { type: Sequelize.JSONB, defaultValue: {} }, h: { type: Sequelize.UUID, defaultValue: Sequelize.UUIDV4 }, i: { type: Sequelize.STRING, defaultValue: null }, j: { type: Sequelize.ARRAY(Sequelize.STRING), defaultValue: [] }`,
  ),
  "createTable with keys": create(
    `a: { type: Sequelize.INTEGER, primaryKey: true }, b: { type: Sequelize.INTEGER, primaryKey: true }`,
  ),
  "createTable with a bigint key": create(`id: { type: Sequelize.BIGINT, autoIncrement: true, primaryKey: true }`),
  "createTable with identity": create(
    `id: { type: Sequelize.INTEGER, autoIncrementIdentity: true, autoIncrement: true, primaryKey: true }`,
  ),
  "createTable with unique columns": create(
    `a: { type: Sequelize.STRING, unique: true }, b: { type: Sequelize.STRING, unique: "named" }, c: { type: Sequelize.STRING, unique: "named" }`,
  ),
  "createTable with uniqueKeys": create(
    `a: Sequelize.STRING, b: Sequelize.STRING`,
    `, { uniqueKeys: { both: { fields: ["a", "b"] } } }`,
  ),
  "createTable with references": create(
    `a: { type: Sequelize.BIGINT, references: { model: "accounts", key: "id" }, onDelete: "CASCADE", onUpdate: "SET NULL" }, b: { type: Sequelize.INTEGER, references: { model: { tableName: "orders", schema: "public" }, key: "id" } }`,
  ),
  "createTable with a deferrable reference": create(
    `a: { type: Sequelize.BIGINT, references: { model: "accounts", key: "id", deferrable: Sequelize.Deferrable.INITIALLY_DEFERRED } }`,
  ),
  "createTable with an enum": create(
    `a: { type: Sequelize.ENUM("x", "it's"), allowNull: false, defaultValue: "x" }, b: { type: Sequelize.ENUM, values: ["p", "q"] }, c: Sequelize.ENUM(["r"])`,
  ),
  "createTable with a list of an enum": create(`a: Sequelize.ARRAY(Sequelize.ENUM("x", "y"))`),
  "createTable with comments": create(
    `a: { type: Sequelize.STRING, comment: "it's a column" }`,
    `, { comment: "it's a table" }`,
  ),
  "createTable in a schema": create(`a: Sequelize.INTEGER`, `, { schema: "app" }`),
  "createTable with a field": create(`aB: { type: Sequelize.INTEGER, field: "a_b" }`),
  "createTable of an object name": `await queryInterface.createTable({ tableName: "t", schema: "app" }, { id: { type: Sequelize.INTEGER, primaryKey: true } });`,
  dropTable: `await queryInterface.dropTable("old");`,
  "dropTable with cascade": `await queryInterface.dropTable("old", { cascade: true });`,
  "dropTable in a schema": `await queryInterface.dropTable({ tableName: "none", schema: "app" });`,
  renameTable: `await queryInterface.renameTable("old", "older");`,
  addColumn: add(`Sequelize.TEXT`),
  "addColumn by options": add(`{ type: Sequelize.INTEGER, allowNull: false, defaultValue: 3 }`),
  "addColumn with references": add(
    `{ type: Sequelize.BIGINT, references: { model: "accounts", key: "id" }, onDelete: "SET NULL", onUpdate: "CASCADE" }`,
  ),
  "addColumn, unique": add(`{ type: Sequelize.STRING, unique: true }`),
  "addColumn, an enum": add(`{ type: Sequelize.ENUM("x", "y"), allowNull: true }`),
  "addColumn with a comment": add(`{ type: Sequelize.STRING, comment: "new" }`),
  "addColumn to a schema's table": `await queryInterface.sequelize.query("CREATE TABLE app.items (id int)"); await queryInterface.addColumn({ tableName: "items", schema: "app" }, "a", { type: Sequelize.STRING });`,
  "addColumn if it is not there": `await queryInterface.addColumn("orders", "a", { type: Sequelize.STRING }, { ifNotExists: true });`,
  removeColumn: `await queryInterface.removeColumn("orders", "note");`,
  "removeColumn if it exists, which it does not ask": {
    up: `await queryInterface.removeColumn("orders", "none", { ifExists: true });`,
    refused: "42703",
  },
  changeColumn: change(`{ type: Sequelize.TEXT }`),
  "changeColumn as a type": change(`Sequelize.STRING(40)`),
  "changeColumn with its attributes": change(`{ type: Sequelize.STRING(40), allowNull: false, defaultValue: "y" }`),
  "changeColumn to nullable": change(`{ type: Sequelize.STRING(20), allowNull: true }`),
  "changeColumn, unique": change(`{ type: Sequelize.STRING(20), unique: true }`),
  "changeColumn with references": `await queryInterface.changeColumn("orders", "account_id", { type: Sequelize.BIGINT, allowNull: false, references: { model: "accounts", key: "id" }, onDelete: "CASCADE" });`,
  "changeColumn to an enum": change(`{ type: Sequelize.ENUM("x", "y") }`),
  "changeColumn of a number to text": `await queryInterface.changeColumn("orders", "account_id", { type: Sequelize.STRING });`,
  renameColumn: `await queryInterface.renameColumn("orders", "note", "remark");`,
  addIndex: `await queryInterface.addIndex("orders", ["code", "note"]);`,
  "addIndex by fields": `await queryInterface.addIndex("orders", { fields: ["code"], unique: true, name: "one" });`,
  "addIndex with options": `await queryInterface.addIndex("orders", ["code"], { name: "some", where: { total: 5 }, using: "btree", type: "UNIQUE" });`,
  "addIndex with an operator": `await queryInterface.addIndex("orders", ["note"], { name: "none", where: { code: { [Sequelize.Op.ne]: null } } });`,
  "addIndex of an expression": `await queryInterface.addIndex("orders", [Sequelize.fn("lower", Sequelize.col("note"))], { name: "low" });`,
  "addIndex with an order": `await queryInterface.addIndex("orders", [{ name: "note", order: "DESC", operator: "text_pattern_ops" }, "code"]);`,
  "addIndex, concurrently": `await queryInterface.addIndex("orders", ["code"], { concurrently: true });`,
  removeIndex: `await queryInterface.removeIndex("orders", "orders_note");`,
  "removeIndex by fields": `await queryInterface.removeIndex("orders", ["note"]);`,
  "removeIndex, concurrently": `await queryInterface.removeIndex("orders", "orders_note", { concurrently: true });`,
  addConstraint: `await queryInterface.addConstraint("orders", { type: "unique", fields: ["code", "note"] });`,
  "addConstraint, a check": `await queryInterface.addConstraint("orders", { type: "check", fields: ["total"], where: { total: { [Sequelize.Op.gt]: 1 } }, name: "more" });`,
  "addConstraint, a list": `await queryInterface.addConstraint("orders", { type: "check", fields: ["code"], where: { code: ["a", "b"] } });`,
  "addConstraint, a key": `await queryInterface.addConstraint("old", { type: "primary key", fields: ["id"], name: "old_key" });`,
  "addConstraint, a foreign key": `await queryInterface.addConstraint("orders", { type: "foreign key", fields: ["account_id"], name: "fk", references: { table: "accounts", field: "id" }, onDelete: "cascade", onUpdate: "no action" });`,
  "addConstraint, a foreign key of two": `await queryInterface.addConstraint("pairs", { type: "foreign key", fields: ["region", "email"], references: { table: "accounts", fields: ["region", "email"] } });`,
  removeConstraint: `await queryInterface.removeConstraint("orders", "positive");`,
  bulkInsert: `await queryInterface.bulkInsert("orders", [{ code: "a", total: 5 }, { code: "it's", note: null }]);`,
  bulkUpdate: `await queryInterface.bulkUpdate("orders", { note: "x" }, { code: "a", total: [1, 2] });`,
  bulkDelete: `await queryInterface.bulkDelete("orders", { code: "a" }, {});`,
  "bulkDelete of everything": `await queryInterface.bulkDelete("old", null, {});`,
  "bulkDelete of everything, truncated": `await queryInterface.bulkDelete("old", {}, { truncate: true, cascade: true });`,
  createFunction: `await queryInterface.createFunction("f", [{ type: "integer", name: "a" }], "integer", "plpgsql", "RETURN a;", ["IMMUTABLE"], { force: true });`,
  "createFunction with variables": `await queryInterface.createFunction("f", [{ direction: "INOUT", type: "integer", name: "a" }, { type: "text" }], "integer", "plpgsql", "b := a; a := b;", [], { variables: [{ type: "integer", name: "b", default: 5 }] });`,
  "renameFunction and dropFunction": `await queryInterface.createFunction("f", [{ type: "integer", name: "a" }], "integer", "plpgsql", "RETURN a;"); await queryInterface.renameFunction("f", [{ type: "integer", name: "a" }], "g"); await queryInterface.dropFunction("g", [{ type: "integer", name: "a" }]);`,
  "createTrigger, renameTrigger, dropTrigger": `await queryInterface.createFunction("f", [], "trigger", "plpgsql", "RETURN NEW;"); await queryInterface.createTrigger("orders", "changed", "before", ["insert", "update"], "f", [], ["FOR EACH ROW"]); await queryInterface.renameTrigger("orders", "changed", "altered"); await queryInterface.dropTrigger("orders", "altered");`,
  "createTrigger of a constraint": `await queryInterface.createFunction("f", [], "trigger", "plpgsql", "RETURN NEW;"); await queryInterface.createTrigger("orders", "changed", "after_constraint", ["delete"], "f", [], ["DEFERRABLE INITIALLY DEFERRED", "FOR EACH ROW"]);`,
  dropEnum: `await queryInterface.sequelize.query("CREATE TYPE kind AS ENUM ('a')"); await queryInterface.dropEnum("kind");`,
  createDatabase: {
    up: `await queryInterface.createDatabase("shop", { encoding: "UTF8", template: "template0" });`,
    refused: "25001",
  },
  dropDatabase: { up: `await queryInterface.dropDatabase("none");`, refused: "25001" },
  quoteIdentifier: `await queryInterface.sequelize.query("ALTER TABLE " + queryInterface.queryGenerator.quoteTable("orders") + " ADD COLUMN " + queryInterface.quoteIdentifier("a") + " text DEFAULT " + queryInterface.queryGenerator.escape("it's"));`,
  "sequelize.transaction that the migration ends": `const transaction = await queryInterface.sequelize.transaction(); try { await queryInterface.dropTable("old", { transaction }); await transaction.commit(); } catch (error) { await transaction.rollback(); throw error; }`,
  createSchema: `await queryInterface.createSchema("s");`,
  dropSchema: `await queryInterface.dropSchema("app");`,
  "Promise.all": `await Promise.all([queryInterface.dropTable("old"), queryInterface.removeColumn("orders", "note")]);`,
};

/** What is reported as unknown: it depends on what there is in the database. */
export const unreadSequelizeFixtures: Fixtures = {
  dropAllTables: `await queryInterface.dropAllTables();`,
  dropAllSchemas: `await queryInterface.dropAllSchemas();`,
  dropAllEnums: `await queryInterface.sequelize.query("CREATE TYPE kind AS ENUM ('a')"); await queryInterface.dropAllEnums();`,
};
