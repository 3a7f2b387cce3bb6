/** node-pg-migrate itself, and its operations. */
import { Migration, type MigrationBuilder } from "node-pg-migrate";
import { db } from "node-pg-migrate/db";
import pg from "pg";
import { nodePgMigrate } from "../../../src/migrations/node-pg-migrate.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedNodePgMigrate: RecordedTool = {
  tool: nodePgMigrate,
  file: "migrations/1767225600000_change.ts",
  repository: { "package.json": '{ "dependencies": { "node-pg-migrate": "^9.0.0" } }' },
  setup: `
    CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamptz);
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE TABLE old (id int);
  `,
  bookkeeping: /^INSERT INTO "public"\."pgmigrations"/,
  migration: (body) =>
    `import type { MigrationBuilder } from "node-pg-migrate";\n\nexport async function up(pgm: MigrationBuilder): Promise<void> {\n${body}\n}\n`,
  async connect({ url }) {
    const client = new pg.Client(url);
    await client.connect();
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const connection = db(client, silent);
    const options = { databaseUrl: url, dir: "migrations", migrationsTable: "pgmigrations", direction: "up" } as const;
    return {
      async run(source) {
        const { up, shorthands = {} } = loadProgram<{
          up: (pgm: MigrationBuilder) => Promise<void>;
          shorthands?: Record<string, string>;
        }>(source);
        const migration = new Migration(
          connection,
          "migrations/1_change.ts",
          { up },
          // What is sent around one migration of a run in one transaction.
          { ...options, singleTransaction: true },
          shorthands,
          silent,
        );
        await client.query("BEGIN");
        try {
          await migration.apply("up");
        } catch (error) {
          await client.query("ROLLBACK");
          throw error;
        }
        await client.query("COMMIT");
      },
      close: () => client.end(),
    };
  },
};

export const nodePgMigrateFixtures: Fixtures = {
  createExtension: { up: `pgm.createExtension("none", { ifNotExists: true });`, refused: "0A000" },
  "createExtension in a schema": {
    up: `pgm.createExtension(["none"], { ifNotExists: true, schema: "public" });`,
    refused: "0A000",
  },
  addExtension: { up: `pgm.addExtension("none");`, refused: "0A000" },
  dropExtension: `pgm.dropExtension(["none", "other"], { ifExists: true, cascade: true });`,
  createTable: `pgm.createTable("t", { id: "id", name: { type: "text", notNull: true }, at: { type: "timestamptz", notNull: true, default: pgm.func("current_timestamp") } });`,
  "createTable with types of one word": `pgm.createTable("t", { a: "int", b: "string", c: "float", d: "double", e: "datetime", f: "bool", g: "varchar(20)" });`,
  "createTable with everything a column has": `pgm.createTable("t", { id: { type: "integer", primaryKey: true, sequenceGenerated: { precedence: "ALWAYS", start: 5 } }, a: { type: "text", unique: true, check: "a <> ''", collation: '"C"', comment: "it's a" }, b: { type: "bigint", references: "accounts", onDelete: "CASCADE", onUpdate: "SET NULL", referencesConstraintName: "b_fk", referencesConstraintComment: "names one" }, c: { type: "bigint", references: '"accounts"(id)', match: "FULL", deferrable: true, deferred: true }, d: { type: "numeric", expressionGenerated: "1 + 2" } });`,
  "createTable with options": `pgm.createTable("t", { a: "int", b: "int" }, { ifNotExists: true, comment: "a table", constraints: { primaryKey: ["a", "b"], check: ["a > 0", "b > 0"] } });`,
  "createTable with named constraints": `pgm.createTable("t", { a: "text", b: "text" }, { constraints: { unique: [["a", "b"], "a"], foreignKeys: [{ columns: ["a", "b"], references: "accounts(region, email)", onDelete: "CASCADE" }] } });`,
  "createTable, temporary and unlogged": `pgm.createTable("t", { a: "int" }, { temporary: true }); pgm.createTable("u", { a: "int" }, { unlogged: true });`,
  "createTable like and inherits": `pgm.createTable("t", { a: "int" }, { like: { table: "old", options: { including: ["DEFAULTS"], excluding: ["CONSTRAINTS"] } } }); pgm.createTable("u", { b: "int" }, { inherits: "old" });`,
  "createTable in a schema": `pgm.createSchema("s"); pgm.createTable({ schema: "s", name: "t" }, { id: "id", account: { type: "bigint", references: { schema: "public", name: "accounts" } } });`,
  "createTable, partitioned": `pgm.createTable("t", { a: "int" }, { partition: { strategy: "RANGE", columns: "a" } });`,
  dropTable: `pgm.dropTable("old");`,
  "dropTable with options": `pgm.dropTable("none", { ifExists: true, cascade: true });`,
  renameTable: `pgm.renameTable("old", "older");`,
  alterTable: `pgm.alterTable("orders", { levelSecurity: "ENABLE" });`,
  "alterTable, unlogged and options": `pgm.alterTable("old", { unlogged: true });`,
  addColumns: `pgm.addColumns("orders", { a: "text", b: { type: "int", notNull: true, default: 0 } });`,
  "addColumns with references": `pgm.addColumns("orders", { payer: { type: "bigint", references: "accounts", onDelete: "SET NULL" } }, { ifNotExists: true });`,
  addColumn: `pgm.addColumn("orders", { a: { type: "text", comment: "new" } });`,
  defaults: `pgm.addColumns("orders", { a: { type: "text", default: "it's" }, b: { type: "boolean", default: false }, c: { type: "jsonb", default: "{}" }, d: { type: "int", default: null }, f: { type: "numeric", default: 1.5 } });`,
  dropColumns: `pgm.dropColumns("orders", ["note", "total"]);`,
  "dropColumns, of an object": `pgm.dropColumns("orders", { note: {}, total: {} }, { ifExists: true, cascade: true });`,
  dropColumn: `pgm.dropColumn("orders", "note");`,
  renameColumn: `pgm.renameColumn("orders", "note", "remark");`,
  alterColumn: `pgm.alterColumn("orders", "code", { type: "text", default: "y", notNull: false });`,
  "alterColumn, using": `pgm.alterColumn("orders", "note", { type: "int", using: "length(note)", collation: undefined });`,
  "alterColumn, not null": `pgm.alterColumn("orders", "note", { notNull: true });`,
  "alterColumn, allow null": `pgm.alterColumn("orders", "code", { allowNull: true });`,
  "alterColumn, no default": `pgm.alterColumn("orders", "code", { default: null });`,
  "alterColumn, a comment": `pgm.alterColumn("orders", "code", { comment: "sign" });`,
  "alterColumn, an identity": `pgm.alterColumn("old", "id", { notNull: true }); pgm.alterColumn("old", "id", { sequenceGenerated: { precedence: "BY DEFAULT" } });`,
  addConstraint: `pgm.addConstraint("orders", "large", "CHECK (total > 10) NOT VALID");`,
  "addConstraint by options": `pgm.addConstraint("orders", "account", { foreignKeys: { columns: "account_id", references: "accounts(id)", onDelete: "CASCADE" } });`,
  "addConstraint, a check": `pgm.addConstraint("orders", "large", { check: "total > 10" });`,
  "addConstraint, a key": `pgm.addConstraint("old", "old_key", { primaryKey: "id" });`,
  "addConstraint, unique": `pgm.addConstraint("orders", null, { unique: ["code", "note"] });`,
  "addConstraint, exclude": `pgm.addConstraint("orders", "no_two", { exclude: "USING btree (code WITH =)" });`,
  "addConstraint, deferrable": `pgm.addConstraint("orders", "one", { unique: "code", deferrable: true, deferred: true });`,
  createConstraint: `pgm.createConstraint("orders", "large", { check: "total > 10" });`,
  dropConstraint: `pgm.dropConstraint("orders", "positive", { ifExists: true, cascade: true });`,
  renameConstraint: `pgm.renameConstraint("orders", "positive", "more_than_nothing");`,
  createIndex: `pgm.createIndex("orders", "code");`,
  "createIndex with options": `pgm.createIndex("orders", ["code", { name: "note", sort: "DESC" }], { name: "both", unique: true, where: "total > 0", ifNotExists: true, include: ["total"] });`,
  "createIndex with a method": `pgm.createIndex("orders", [{ name: "note", opclass: "text_pattern_ops" }], { method: "btree", name: "by_pattern" });`,
  "createIndex of an expression": `pgm.createIndex("orders", "lower(note)", { name: "lower_note" });`,
  "createIndex, concurrently": `pgm.noTransaction(); pgm.createIndex("orders", "code", { concurrently: true });`,
  addIndex: `pgm.addIndex("orders", ["account_id", "code"]);`,
  "addIndex, unique": `pgm.addIndex("orders", "code", { unique: true });`,
  dropIndex: `pgm.dropIndex("orders", "note", { name: "orders_note_index" });`,
  "dropIndex with options": `pgm.dropIndex("orders", ["code", "note"], { ifExists: true, cascade: true, unique: true });`,
  "dropIndex, concurrently": `pgm.noTransaction(); pgm.dropIndex("orders", "note", { concurrently: true });`,
  renameIndex: `pgm.renameIndex("orders_note_index", "orders_remark_index");`,
  createType: `pgm.createType("mood", ["sad", "it's ok"]);`,
  "createType, composite": `pgm.createType("pair", { a: "int", b: { type: "text" } });`,
  "dropTypeAttribute if it exists, which PostgreSQL reads in another order": {
    up: `pgm.createType("pair", { a: "int" }); pgm.dropTypeAttribute("pair", "a", { ifExists: true });`,
    refused: "42601",
  },
  addType: `pgm.addType("mood", ["sad"]);`,
  "createType and what changes it": `pgm.createType("pair", { a: "int" }); pgm.addTypeAttribute("pair", "b", "text"); pgm.setTypeAttribute("pair", "b", "varchar(5)"); pgm.renameTypeAttribute("pair", "b", "c"); pgm.dropTypeAttribute("pair", "c"); pgm.renameType("pair", "couple"); pgm.dropType("couple", { ifExists: true, cascade: true });`,
  "addTypeValue and renameTypeValue": `pgm.createType("mood", ["sad"]); pgm.addTypeValue("mood", "glad", { ifNotExists: true, after: "sad" }); pgm.addTypeValue("mood", "mad", { before: "sad" }); pgm.renameTypeValue("mood", "sad", "blue");`,
  roles: `pgm.createRole("reader", { login: true, connectionLimit: 3, createdb: false }); pgm.alterRole("reader", { login: false }); pgm.renameRole("reader", "watcher"); pgm.dropRole("watcher", { ifExists: true });`,
  "grantRoles and revokeRoles": `pgm.createRole("a"); pgm.createRole("b"); pgm.grantRoles("a", ["b"], { withAdminOption: true }); pgm.revokeRoles("a", "b", { cascade: true });`,
  "grantOnTables and revokeOnTables": `pgm.createRole("a"); pgm.grantOnTables({ tables: ["orders", "old"], privileges: ["SELECT", "UPDATE"], roles: "a", withGrantOption: true }); pgm.revokeOnTables({ tables: "ALL", schema: "public", privileges: "ALL", roles: ["a"], cascade: true });`,
  "grantOnSchemas and revokeOnSchemas": `pgm.createRole("a"); pgm.grantOnSchemas({ schemas: "public", privileges: ["USAGE"], roles: "a" }); pgm.revokeOnSchemas({ schemas: ["public"], privileges: "ALL", roles: "a" });`,
  createFunction: `pgm.createFunction("f", ["integer", { name: "b", type: "text", mode: "IN", default: "x" }], { returns: "int", language: "plpgsql", behavior: "IMMUTABLE", replace: true }, "BEGIN RETURN 1; END;");`,
  "renameFunction and dropFunction": `pgm.createFunction("f", [{ name: "a", type: "int" }], { returns: "int", language: "sql", onNull: true, parallel: "SAFE", window: false }, "SELECT 1"); pgm.renameFunction("f", [{ name: "a", type: "int" }], "g"); pgm.dropFunction("g", ["int"], { ifExists: true, cascade: true });`,
  "createTrigger with a function": `pgm.createTrigger("orders", "changed", { when: "BEFORE", operation: ["INSERT", "UPDATE"], level: "ROW", language: "plpgsql", replace: true }, "BEGIN RETURN NEW; END;");`,
  "createTrigger, renameTrigger, dropTrigger": `pgm.createFunction("f", [], { returns: "trigger", language: "plpgsql" }, "BEGIN RETURN NEW; END;"); pgm.createTrigger("orders", "changed", { when: "AFTER", operation: "UPDATE", function: "f", level: "ROW", condition: "NEW.total > 0", constraint: false }); pgm.renameTrigger("orders", "changed", "altered"); pgm.dropTrigger("orders", "altered", { ifExists: true, cascade: true });`,
  schemas: `pgm.createSchema("s", { ifNotExists: true, authorization: "postgres" }); pgm.renameSchema("s", "r"); pgm.dropSchema("r", { ifExists: true, cascade: true });`,
  domains: `pgm.createDomain("cents", "bigint", { default: 0, check: "VALUE >= 0", constraintName: "not_negative" }); pgm.createDomain("key", "bigint", { notNull: true, collation: undefined }); pgm.alterDomain("cents", { default: 1 }); pgm.renameDomain("cents", "pennies"); pgm.dropDomain("pennies", { ifExists: true, cascade: true });`,
  "alterDomain with a check, without the word that PostgreSQL wants": {
    up: `pgm.createDomain("cents", "bigint"); pgm.alterDomain("cents", { check: "VALUE < 1000", constraintName: "few" });`,
    refused: "42601",
  },
  sequences: `pgm.createSequence("s", { type: "bigint", start: 5, increment: 2, minvalue: 1, maxvalue: 100, cache: 3, cycle: true, ifNotExists: true }); pgm.alterSequence("s", { restart: 7, cycle: false, maxvalue: null }); pgm.renameSequence("s", "r"); pgm.dropSequence("r", { ifExists: true, cascade: true });`,
  operators: `pgm.createFunction("same", ["int4", "int4"], { returns: "boolean", language: "sql" }, "SELECT true"); pgm.createOperator("===", { procedure: "same", left: "int4", right: "int4", commutator: "===" }); pgm.dropOperator("===", { left: "int4", right: "int4", ifExists: true, cascade: true });`,
  "operator families": `pgm.createOperatorFamily("fam", "btree"); pgm.renameOperatorFamily("fam", "btree", "kin"); pgm.dropOperatorFamily("kin", "btree", { ifExists: true, cascade: true });`,
  "operator classes": `pgm.createOperatorClass("cls", "int4", "btree", [{ type: "function", number: 1, name: "btint4cmp", params: ["integer", "integer"] }], { default: false }); pgm.renameOperatorClass("cls", "btree", "kls"); pgm.dropOperatorClass("kls", "btree", { ifExists: true });`,
  "operator classes with operators, which it puts into quotes": {
    up: `pgm.createOperatorClass("cls", "int4", "btree", [{ type: "operator", number: 1, name: "<", params: [] }], {});`,
    refused: "42601",
  },
  addToOperatorFamily: `pgm.createOperatorFamily("fam", "btree"); pgm.addToOperatorFamily("fam", "btree", [{ type: "function", number: 1, name: "btint4cmp", params: ["integer", "integer"] }]);`,
  "removeFromOperatorFamily, with the name that PostgreSQL does not take there": {
    up: `pgm.createOperatorFamily("fam", "btree"); pgm.removeFromOperatorFamily("fam", "btree", [{ type: "function", number: 1, name: "btint4cmp", params: ["integer", "integer"] }]);`,
    refused: "42601",
  },
  policies: `pgm.createPolicy("orders", "own", { command: "SELECT", role: ["PUBLIC"], using: "total > 0" }); pgm.alterPolicy("orders", "own", { using: "total > 1" }); pgm.renamePolicy("orders", "own", "mine"); pgm.dropPolicy("orders", "mine", { ifExists: true });`,
  "createPolicy with check": `pgm.createPolicy("orders", "own", { command: "INSERT", check: "total > 0", role: "CURRENT_USER" });`,
  views: `pgm.createView("v", { replace: true, columns: ["a", "b"], checkOption: "LOCAL", options: { security_barrier: true } }, "SELECT id, code FROM orders"); pgm.alterView("v", { checkOption: null }); pgm.alterViewColumn("v", "a", { default: 5 }); pgm.renameView("v", "w"); pgm.dropView("w", { ifExists: true, cascade: true });`,
  "createView, temporary and recursive": `pgm.createView("v", { temporary: true }, "SELECT 1 AS a"); pgm.createView("r", { recursive: true, columns: "n" }, "SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3");`,
  "materialized views": `pgm.createMaterializedView("m", { ifNotExists: true, columns: "a", data: false }, "SELECT id FROM orders"); pgm.renameMaterializedViewColumn("m", "a", "b"); pgm.refreshMaterializedView("m", { data: true }); pgm.renameMaterializedView("m", "n"); pgm.dropMaterializedView("n", { ifExists: true, cascade: true });`,
  alterMaterializedView: `pgm.createMaterializedView("m", {}, "SELECT id FROM orders"); pgm.alterMaterializedView("m", { storageParameters: { fillfactor: 70 } });`,
  "refreshMaterializedView, concurrently": `pgm.createMaterializedView("m", {}, "SELECT id FROM orders"); pgm.createIndex("m", "id", { unique: true }); pgm.refreshMaterializedView("m", { concurrently: true });`,
  casts: `pgm.createType("pair", { a: "int" }); pgm.createFunction("to_pair", ["integer"], { returns: "pair", language: "sql" }, "SELECT ROW(1)::pair"); pgm.createCast("integer", "pair", { functionName: "to_pair", argumentTypes: ["integer"], as: "assignment" }); pgm.dropCast("integer", "pair", { ifExists: true });`,
  "createCast without a function": `pgm.createType("mood", ["sad"]); pgm.createCast("varchar", "mood", { inout: true });`,
  sql: `pgm.sql("UPDATE orders SET note = 'x'");`,
  "sql with arguments": `pgm.sql("ALTER TABLE {table} ADD COLUMN {column} text", { table: "orders", column: "a" });`,
  "sql of several statements": `pgm.sql("CREATE TABLE a (id int); CREATE TABLE b (id int)");`,
  "db.query runs at once": `pgm.dropTable("old"); await pgm.db.query("UPDATE orders SET note = 'x'");`,
  noTransaction: `pgm.noTransaction(); pgm.addColumn("orders", { a: "text" });`,
  func: `pgm.addColumn("orders", { a: { type: "timestamptz", default: pgm.func("now()") } });`,
};
