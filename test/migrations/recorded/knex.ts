/** Knex itself, and the calls of its schema builder. */
import createKnex, { type Knex } from "knex";
import { knex } from "../../../src/migrations/knex.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedKnex: RecordedTool = {
  tool: knex,
  file: "migrations/20260101000000_change.ts",
  repository: { "package.json": '{ "dependencies": { "knex": "^3.3.0" } }' },
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric,
      created_at timestamptz, updated_at timestamptz, region text, email text, note text,
      CONSTRAINT orders_account_id_foreign FOREIGN KEY (account_id) REFERENCES accounts,
      CONSTRAINT orders_code_unique UNIQUE (code),
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE VIEW open_orders AS SELECT id, region FROM orders;
    CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders;
    CREATE UNIQUE INDEX totals_id ON totals (id);
    CREATE SCHEMA app;
    CREATE TABLE app.items (id int, name text);
    CREATE TABLE old (id int);
    CREATE TYPE kind AS ENUM ('a', 'b');
  `,
  migration: (body) =>
    `import type { Knex } from "knex";\n\nexport async function up(knex: Knex): Promise<void> {\n${body}\n}\n`,
  async connect({ url }) {
    const library = createKnex({ client: "pg", connection: url, pool: { min: 1, max: 1 } });
    await library.raw("SELECT 1");
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (handle: Knex) => Promise<void> }>(source);
        // As its migrator does.
        await library.transaction((transaction) => up(transaction));
      },
      close: () => library.destroy(),
    };
  },
};

/** A fixture that creates a table with these columns. */
const create = (columns: string): string => `await knex.schema.createTable("t", (t) => { ${columns} });`;
/** A fixture that changes the table `orders`. */
const alter = (changes: string): string => `await knex.schema.alterTable("orders", (t) => { ${changes} });`;

export const knexFixtures: Fixtures = {
  "schema.createTable": create(`t.increments("id"); t.string("name");`),
  "schema.createTableIfNotExists": `await knex.schema.createTableIfNotExists("t", (t) => { t.increments(); t.string("a").index(); });`,
  "schema.createTableLike": `await knex.schema.createTableLike("t", "orders");`,
  "schema.createTableLike with columns": `await knex.schema.createTableLike("t", "orders", (t) => { t.text("extra"); });`,
  "schema.alterTable": alter(`t.text("extra");`),
  "schema.table": `await knex.schema.table("orders", (t) => { t.text("extra"); });`,
  "schema.renameTable": `await knex.schema.renameTable("old", "older");`,
  "schema.dropTable": `await knex.schema.dropTable("old");`,
  "schema.dropTableIfExists": `await knex.schema.dropTableIfExists("none");`,
  "schema.createSchema": `await knex.schema.createSchema("s");`,
  "schema.createSchemaIfNotExists": `await knex.schema.createSchemaIfNotExists("app");`,
  "schema.dropSchema": `await knex.schema.dropSchema("app", true);`,
  "schema.dropSchemaIfExists": `await knex.schema.dropSchemaIfExists("none");`,
  "schema.withSchema": `await knex.schema.withSchema("app").createTable("t", (t) => { t.increments(); t.string("a").unique(); });`,
  "schema.withSchema().alterTable": `await knex.schema.withSchema("app").alterTable("items", (t) => { t.index(["name"]); t.dropColumn("id"); });`,
  "schema.withSchema().dropTable": `await knex.schema.withSchema("app").dropTable("items");`,
  "schema.withSchema().renameTable": `await knex.schema.withSchema("app").renameTable("items", "things");`,
  "schema.raw": `await knex.schema.raw("CREATE TABLE raw (id int)");`,
  "schema chained": `await knex.schema.createTable("a", (t) => t.increments()).createTable("b", (t) => t.integer("a_id").references("a.id")).dropTable("old");`,
  "schema.createView": `await knex.schema.createView("v", (v) => { v.columns(["x", "y"]); v.as(knex("orders").select("id", "code")); });`,
  "schema.createView of a condition": `await knex.schema.createView("v", (v) => { v.as(knex("orders").select("id").where("code", "a").orWhereNull("total")); });`,
  "schema.createViewOrReplace": `await knex.schema.createViewOrReplace("open_orders", (v) => { v.columns(["id", "region"]); v.as(knex("orders").select("id", "region").where("total", ">", 1)); });`,
  "schema.createMaterializedView": `await knex.schema.createMaterializedView("m", (v) => { v.columns(["id"]); v.as(knex("orders").select("id")); });`,
  "schema.refreshMaterializedView": `await knex.schema.refreshMaterializedView("totals");`,
  "schema.refreshMaterializedView, concurrently": `await knex.schema.refreshMaterializedView("totals", true);`,
  "schema.dropView": `await knex.schema.dropView("open_orders");`,
  "schema.dropViewIfExists": `await knex.schema.dropViewIfExists("none");`,
  "schema.dropMaterializedView": `await knex.schema.dropMaterializedView("totals");`,
  "schema.dropMaterializedViewIfExists": `await knex.schema.dropMaterializedViewIfExists("none");`,
  "schema.renameView": `await knex.schema.renameView("open_orders", "open");`,
  "schema.alterView": `await knex.schema.alterView("open_orders", (v) => { v.column("region").rename("place"); v.column("id").defaultTo("1"); });`,
  "schema.view": `await knex.schema.view("open_orders", (v) => { v.column("region").defaultTo("'x'"); });`,
  "schema.hasTable and hasColumn": `if (!(await knex.schema.hasTable("none"))) await knex.schema.dropTable("old");`,
  "schema.createView with checkOption": `await knex.schema.createView("v", (v) => { v.as(knex("orders").select("id")); v.checkOption(); });`,
  "schema.createView with localCheckOption": `await knex.schema.createView("v", (v) => { v.as(knex("orders").select("id")); v.localCheckOption(); });`,
  "schema.createView with cascadedCheckOption": `await knex.schema.createView("v", (v) => { v.as(knex("orders").select("id")); v.cascadedCheckOption(); });`,

  increments: create(`t.increments();`),
  "increments, no key": create(`t.increments("n", { primaryKey: false });`),
  bigIncrements: create(`t.bigIncrements("id");`),
  "bigIncrements, no key": create(`t.bigIncrements("n", { primaryKey: false }); t.text("a");`),
  integers: create(
    `t.integer("a"); t.integer("a8", 8); t.tinyint("b"); t.smallint("c"); t.mediumint("d"); t.bigint("e"); t.bigInteger("f"); t.integer("g").unsigned();`,
  ),
  "text and string": create(`t.text("a"); t.text("b", "longtext"); t.string("c"); t.string("d", 40);`),
  numbers: create(
    `t.float("a"); t.float("b", 3, 1); t.double("c"); t.double("c2", 4, 2); t.decimal("d"); t.decimal("e", 14, 4); t.decimal("f", null);`,
  ),
  boolean: create(`t.boolean("a").defaultTo(false); t.boolean("b").notNullable().defaultTo(true);`),
  dates: create(
    `t.date("a"); t.dateTime("b"); t.datetime("c", { useTz: false }); t.time("d"); t.timestamp("e"); t.timestamp("f", { useTz: false, precision: 3 }); t.timestamp("g", { precision: 6 }); t.timestamp("h", true); t.dateTime("i", { precision: 0 });`,
  ),
  timestamps: create(`t.timestamps();`),
  "timestamps, with a default": create(`t.timestamps(true, true);`),
  "timestamps, without a zone": create(`t.timestamps(false, true);`),
  "timestamps, camel case": create(`t.timestamps(true, true, true);`),
  "timestamps, by options": create(`t.timestamps({ useTimestamps: true, defaultToNow: true });`),
  point: create(`t.point("a");`),
  binary: create(`t.binary("a"); t.binary("b", 20);`),
  enum: create(`t.enum("a", ["x", "y"]).notNullable().defaultTo("x"); t.enu("b", ["y", "z"]);`),
  "enum, with a value that Knex does not escape": { up: create(`t.enu("a", ["it's"]);`), refused: "42601" },
  "enum, native": create(`t.enum("a", ["x", "y"], { useNative: true, enumName: "letters" }).defaultTo("x");`),
  "enum, native in a schema": create(
    `t.enum("a", ["x", "y"], { useNative: true, enumName: "letters", schemaName: "app" });`,
  ),
  "enum, of a type that exists": create(
    `t.enum("a", null, { useNative: true, existingType: true, enumName: "kind" });`,
  ),
  json: create(
    `t.json("a"); t.jsonb("b").defaultTo("{}"); t.jsonb("c").defaultTo(JSON.stringify({ a: [1] })); t.json("d").defaultTo({ a: 1 }); t.jsonb("e").notNullable().defaultTo([]);`,
  ),
  uuid: create(
    `t.uuid("a"); t.uuid("b").primary().defaultTo(knex.raw("gen_random_uuid()")); t.uuid("c", { useBinaryUuid: true });`,
  ),
  "uuid, a key by options": create(`t.uuid("a", { primaryKey: true });`),
  comment: create(`t.comment("a table"); t.text("a").comment("a column"); t.text("b").comment("");`),
  "comment that Knex does not escape": { up: create(`t.comment("it's a table"); t.text("a");`), refused: "42601" },
  "comment on a changed table": alter(`t.comment("changed"); t.text("extra").comment("new");`),
  specificType: create(
    `t.specificType("a", "text[]"); t.specificType("b", "tsvector").notNullable(); t.specificType("c", "int").defaultTo(1);`,
  ),
  primary: create(`t.integer("a"); t.integer("b"); t.primary(["a", "b"]);`),
  "primary, named": create(`t.integer("a"); t.primary(["a"], { constraintName: "t_key" });`),
  "primary, named by a string": create(`t.integer("a"); t.primary(["a"], "t_key");`),
  "primary, deferrable": create(`t.integer("a"); t.primary(["a"], { deferrable: "deferred" });`),
  "primary on a changed table": `await knex.schema.alterTable("old", (t) => { t.primary(["id"]); });`,
  "column.primary": create(`t.integer("a").primary(); t.text("b");`),
  "column.primary, named": create(`t.integer("a").primary({ constraintName: "k", deferrable: "immediate" });`),
  index: create(
    `t.integer("a"); t.integer("b"); t.index(["a", "b"]); t.index("b", "b_idx"); t.index(["a"], "a_hash", "hash"); t.index(["a"], "a_brin", { indexType: "brin" }); t.index([knex.raw("lower('x')")], "raw_idx");`,
  ),
  "index, partial": alter(`t.index(["note"], "note_open", { predicate: knex.whereNotNull("code") });`),
  "index, partial by a value, which Knex sends as a parameter": {
    up: alter(`t.index(["note"], "note_open", { predicate: knex.where("code", "open").andWhere("total", ">", 5) });`),
    refused: "42P02",
  },
  "column.index": create(
    `t.integer("a").index(); t.integer("b").index("b_named"); t.integer("c").index("c_hash", "hash"); t.integer("d").index("d_hash", { indexType: "hash" });`,
  ),
  unique: create(
    `t.integer("a"); t.integer("b"); t.unique(["a", "b"]); t.unique("b"); t.unique(["a"], "a_key"); t.unique(["b"], { indexName: "b_key", deferrable: "deferred" });`,
  ),
  "unique, an index": create(`t.integer("a"); t.unique(["a"], { useConstraint: false });`),
  "unique, partial": alter(`t.unique(["note"], { indexName: "note_key", predicate: knex.whereNull("code") });`),
  "column.unique": create(
    `t.integer("a").unique(); t.integer("b").unique("b_key"); t.integer("c").unique({ indexName: "c_key", deferrable: "immediate" }); t.integer("d").unique({ useConstraint: false });`,
  ),
  foreign: create(
    `t.bigInteger("account_id"); t.foreign("account_id").references("id").inTable("accounts").onDelete("CASCADE").onUpdate("RESTRICT");`,
  ),
  "foreign, named": create(
    `t.bigInteger("a"); t.foreign("a", "a_fk").references("accounts.id").deferrable("deferred");`,
  ),
  "foreign, of two columns": create(
    `t.text("region"); t.text("email"); t.foreign(["region", "email"]).references(["region", "email"]).inTable("accounts");`,
  ),
  "foreign on a changed table": alter(
    `t.foreign(["region", "email"], "both").references(["region", "email"]).on("accounts").onDelete("SET NULL");`,
  ),
  "column.references": create(
    `t.bigInteger("a").references("id").inTable("accounts"); t.bigInteger("b").notNullable().references("accounts.id").withKeyName("b_fk").onDelete("cascade"); t.integer("c").references("id").inTable("orders").deferrable("immediate");`,
  ),
  "column.references on a changed table": alter(
    `t.bigInteger("payer_id").unsigned().references("id").inTable("accounts").index();`,
  ),
  check: create(`t.integer("a"); t.check("?? > ?", ["a", 1]); t.check("a < 10", {}, "small");`),
  "column checks": create(
    `t.integer("a").checkPositive(); t.integer("b").checkNegative("neg"); t.text("c").checkIn(["x", "it's"]); t.text("d").checkNotIn(["y"], "not_y"); t.integer("e").checkBetween([1, 5]); t.integer("f").checkBetween([[1, 2], [5, 6]], "two"); t.text("g").checkLength(">=", 3); t.text("h").checkRegex("^[a-z]+$");`,
  ),
  dropColumn: alter(`t.dropColumn("note");`),
  dropColumns: alter(`t.dropColumns("note", "email");`),
  renameColumn: alter(`t.renameColumn("note", "remark");`),
  "setNullable and dropNullable": alter(`t.setNullable("code"); t.dropNullable("note");`),
  dropForeign: alter(`t.dropForeign("account_id");`),
  "dropForeign, named": alter(`t.dropForeign(["account_id"], "orders_account_id_foreign");`),
  dropForeignIfExists: alter(`t.dropForeignIfExists("none");`),
  dropUnique: alter(`t.dropUnique(["code"]);`),
  "dropUnique, named": alter(`t.dropUnique(["code"], "orders_code_unique");`),
  dropUniqueIfExists: alter(`t.dropUniqueIfExists(["none"]);`),
  dropPrimary: alter(`t.dropPrimary();`),
  "dropPrimary, named": alter(`t.dropPrimary("orders_pkey");`),
  dropPrimaryIfExists: alter(`t.dropPrimaryIfExists("none");`),
  dropIndex: alter(`t.dropIndex("note");`),
  "dropIndex, named": alter(`t.dropIndex([], "orders_note_index");`),
  dropTimestamps: alter(`t.dropTimestamps();`),
  dropChecks: alter(`t.dropChecks("positive");`),
  inherits: create(`t.text("b"); t.inherits("old");`),
  "column.collate": create(`t.text("a").collate("C");`),
  "column.defaultTo": create(
    `t.text("a").defaultTo("x"); t.integer("b").defaultTo(5); t.decimal("c").defaultTo(1.5); t.timestamp("d").defaultTo(knex.fn.now()); t.timestamp("e").defaultTo(knex.raw("now() + interval '1 day'")); t.text("f").defaultTo(null); t.timestamp("g").defaultTo(knex.fn.now(3)); t.text("h").defaultTo("it's");`,
  ),
  "column.notNullable and nullable": create(
    `t.text("a").notNullable(); t.text("b").nullable(); t.text("c").notNullable().nullable();`,
  ),
  "column.first and after are MySQL's": alter(`t.text("extra").first(); t.text("more").after("note");`),
  "column.alter": alter(`t.string("code", 40).alter();`),
  "column.alter with its attributes": alter(`t.text("code").notNullable().defaultTo("y").alter();`),
  "column.alter, only the default": alter(
    `t.string("code").defaultTo("z").alter({ alterNullable: false, alterType: false });`,
  ),
  "column.alter, only the type": alter(`t.text("code").alter({ alterNullable: false });`),
  "column.alter, only NOT NULL": alter(`t.text("note").notNullable().alter({ alterType: false });`),
  "column.alter of several": alter(`t.date("updated_at").alter(); t.text("note").nullable().alter(); t.text("fresh");`),
  "everything at once keeps no order": alter(
    `t.dropColumn("note"); t.text("a").index(); t.renameColumn("email", "mail"); t.unique(["region"]); t.integer("b").notNullable().defaultTo(0); t.dropForeign("account_id"); t.string("code").alter();`,
  ),
  "a builder function that is async": `await knex.schema.createTable("t", async (t) => { t.increments(); });`,
  "a function with this": `await knex.schema.createTable("t", function () { this.increments(); this.string("a"); });`,

  raw: `await knex.raw("ALTER TABLE orders ADD COLUMN extra text");`,
  "raw with bindings": `await knex.raw("ALTER TABLE ?? ADD COLUMN ?? text", ["orders", "extra"]);`,
  "raw with values": `await knex.raw("UPDATE orders SET note = ?, total = ? WHERE code = ?", ["x", 5, "y"]);`,
  "raw with names": `await knex.raw("UPDATE :table: SET note = :note", { table: "orders", note: "x" });`,
  "raw of several statements": `await knex.raw("CREATE TABLE a (id int); CREATE TABLE b (id int);");`,
  insert: `await knex("orders").insert({ code: "a", total: 5, note: null });`,
  "insert of several": `await knex("orders").insert([{ code: "a" }, { code: "b", note: "x" }]);`,
  "insert returning": `await knex("accounts").insert({ email: "x" }).returning("id");`,
  "insert on conflict": `await knex("orders").insert({ code: "a", note: "x" }).onConflict("code").merge();`,
  "insert on conflict, ignored": `await knex("orders").insert({ code: "a" }).onConflict(["code"]).ignore();`,
  batchInsert: `await knex.batchInsert("accounts", [{ email: "a" }, { email: "b" }], 1);`,
  update: `await knex("orders").update({ note: "x" });`,
  "update where": `await knex("orders").where({ code: "a", total: 5 }).update({ note: "x", total: null });`,
  "update of one column": `await knex("orders").where("id", ">", 5).whereNull("note").update("note", "x");`,
  "update with raw": `await knex("orders").update({ note: knex.raw("upper(code)"), updated_at: knex.fn.now() });`,
  "update with ref": `await knex("orders").update({ note: knex.ref("code") });`,
  whereIn: `await knex("orders").whereIn("code", ["a", "b"]).update({ note: "x" });`,
  "whereNot and orWhere": `await knex("orders").whereNot("code", "a").orWhere("total", "<", 3).whereNotNull("note").del();`,
  whereRaw: `await knex("orders").whereRaw("length(code) > ?", [3]).del();`,
  "where of a function": `await knex("orders").where((q) => q.where("code", "a").orWhereNull("note")).del();`,
  del: `await knex("orders").where("id", 1).del();`,
  delete: `await knex("orders").delete();`,
  truncate: `await knex("old").truncate();`,
  increment: `await knex("orders").where("id", 1).increment("total", 2);`,
  decrement: `await knex("orders").decrement("total");`,
  "insert of a select": `await knex("old").insert(knex("orders").select("id"));`,
  "with a schema": `await knex("items").withSchema("app").update({ name: "x" });`,
  "from and into": `await knex.from("orders").del(); await knex.insert({ code: "q" }).into("orders");`,
  table: `await knex.table("orders").where("id", 3).del();`,
  "a transaction inside": `await knex.transaction(async (trx) => { await trx.schema.dropTable("old"); await trx("orders").del(); });`,
  transacting: `await knex.transaction(async (trx) => { await knex("orders").transacting(trx).update({ note: "x" }); });`,
};
