/** Kysely itself, and the calls of its schema module. */
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { kysely } from "../../../src/migrations/kysely.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedKysely: RecordedTool = {
  tool: kysely,
  file: "migrations/2026-01-01_change.ts",
  repository: { "package.json": '{ "dependencies": { "kysely": "^0.29.0" } }' },
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email text, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total numeric, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE VIEW open_orders AS SELECT id FROM orders;
    CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders;
    CREATE UNIQUE INDEX totals_id ON totals (id);
    CREATE SCHEMA app;
    CREATE TYPE kind AS ENUM ('a', 'b');
    CREATE TABLE old (id int);
  `,
  migration: (body) =>
    `import { Kysely, sql } from "kysely";\n\nexport async function up(db: Kysely<any>): Promise<void> {\n${body}\n}\n`,
  connect({ url }) {
    const library = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: url, max: 1 }) }),
    });
    return {
      async run(source) {
        const { up } = loadProgram<{ up: (db: Kysely<unknown>) => Promise<void> }>(source);
        // As its migrator does.
        await library.transaction().execute((transaction) => up(transaction));
      },
      close: () => library.destroy(),
    };
  },
};

const create = (rest: string): string => `await db.schema.createTable("t")${rest}.execute();`;
const alter = (rest: string): string => `await db.schema.alterTable("orders")${rest}.execute();`;

/** By what is called; everything of SchemaModule and its builders that becomes SQL, and the queries of migrations. */
export const kyselyFixtures: Fixtures = {
  createTable: create(
    `.addColumn("id", "serial", (c) => c.primaryKey()).addColumn("name", "varchar(40)", (c) => c.notNull().defaultTo("it's"))`,
  ),
  "createTable with types": create(
    `.addColumn("a", "text").addColumn("b", "integer").addColumn("c", "bigint").addColumn("d", "numeric(10, 2)").addColumn("e", "boolean").addColumn("f", "timestamptz").addColumn("g", "timestamp(3)").addColumn("h", "jsonb").addColumn("i", "uuid").addColumn("j", sql\`text[]\`).addColumn("k", "double precision").addColumn("l", "char(2)").addColumn("m", "bytea").addColumn("n", "date").addColumn("o", "time").addColumn("p", "real").addColumn("q", "int8").addColumn("r", "float8").addColumn("s", "decimal").addColumn("t", "bigserial")`,
  ),
  "createTable if it is not there": create(`.ifNotExists().addColumn("id", "int4")`),
  "createTable, temporary": create(`.temporary().addColumn("id", "int4").onCommit("drop")`),
  "createTable as": create(`.as(db.selectFrom("orders").select(["id", "code"]))`),
  "createTable with modifyFront and modifyEnd": create(
    `.modifyFront(sql\`unlogged\`).addColumn("id", "int4").modifyEnd(sql\`with (fillfactor = 70)\`)`,
  ),
  "createTable with constraints": create(
    `.addColumn("a", "int4").addColumn("b", "bigint").addPrimaryKeyConstraint("t_pk", ["a", "b"]).addUniqueConstraint("t_u", ["a"], (u) => u.nullsNotDistinct()).addCheckConstraint("t_c", sql\`a > 0\`).addForeignKeyConstraint("t_f", ["b"], "accounts", ["id"], (f) => f.onDelete("cascade").onUpdate("set null").deferrable().initiallyDeferred())`,
  ),
  "createTable with deferrable constraints": create(
    `.addColumn("a", "int4").addColumn("b", "bigint").addPrimaryKeyConstraint("t_pk", ["a"], (p) => p.deferrable().initiallyImmediate()).addUniqueConstraint("t_u", ["b"], (u) => u.notDeferrable())`,
  ),
  "column.identity": create(
    `.addColumn("a", "bigint", (c) => c.generatedAlwaysAsIdentity().primaryKey()).addColumn("b", "int4", (c) => c.generatedByDefaultAsIdentity())`,
  ),
  "column.references": create(
    `.addColumn("a", "bigint", (c) => c.references("accounts.id").onDelete("set null").onUpdate("cascade").notNull())`,
  ),
  "column.unique and check": create(
    `.addColumn("a", "int4", (c) => c.unique().check(sql\`a > 1\`)).addColumn("b", "text", (c) => c.unique().nullsNotDistinct())`,
  ),
  "column.defaultTo": create(
    `.addColumn("a", "timestamptz", (c) => c.defaultTo(sql\`now()\`)).addColumn("b", "int4", (c) => c.defaultTo(5)).addColumn("c", "boolean", (c) => c.defaultTo(false)).addColumn("d", "text", (c) => c.defaultTo(null)).addColumn("e", "jsonb", (c) => c.defaultTo("{}")).addColumn("f", "text", (c) => c.defaultTo(sql.lit("x")))`,
  ),
  "column.generatedAlwaysAs": create(
    `.addColumn("a", "int4").addColumn("b", "int4", (c) => c.generatedAlwaysAs(sql\`a * 2\`).stored())`,
  ),
  "column.modifyFront and modifyEnd": create(`.addColumn("a", "text", (c) => c.modifyEnd(sql\`collate "C"\`))`),
  "createTable in a schema": `await db.schema.withSchema("app").createTable("t").addColumn("id", "int4").execute(); await db.schema.createTable("app.u").addColumn("id", "int4").execute();`,
  $call: create(`.$call((b) => b.addColumn("a", "int4"))`),
  dropTable: `await db.schema.dropTable("old").execute();`,
  "dropTable if it exists": `await db.schema.dropTable("none").ifExists().cascade().execute();`,
  "alterTable.addColumn": alter(`.addColumn("a", "text")`),
  "alterTable, a chain": alter(
    `.addColumn("a", "text", (c) => c.notNull().defaultTo("")).dropColumn("note").alterColumn("code", (c) => c.setDataType("text"))`,
  ),
  "alterTable.addColumn if it is not there": alter(`.addColumn("a", "text", (c) => c.ifNotExists())`),
  "alterTable.dropColumn": alter(`.dropColumn("note")`),
  "alterTable.renameColumn": alter(`.renameColumn("note", "remark")`),
  "alterTable.alterColumn, a type": alter(
    `.alterColumn("total", (c) => c.setDataType(sql\`bigint using total::bigint\`))`,
  ),
  "alterTable.alterColumn, defaults": alter(
    `.alterColumn("code", (c) => c.setDefault("y")).alterColumn("note", (c) => c.dropDefault())`,
  ),
  "alterTable.alterColumn, NOT NULL": alter(
    `.alterColumn("note", (c) => c.setNotNull()).alterColumn("code", (c) => c.dropNotNull())`,
  ),
  "alterTable.modifyColumn, which is MySQL's": { up: alter(`.modifyColumn("note", "varchar(9)")`), refused: "42601" },
  "alterTable.addUniqueConstraint": alter(`.addUniqueConstraint("u", ["code", "note"])`),
  "alterTable.addUniqueConstraint, deferrable": alter(
    `.addUniqueConstraint("u", ["code"], (u) => u.deferrable().initiallyDeferred())`,
  ),
  "alterTable.addCheckConstraint": alter(`.addCheckConstraint("few", sql\`total < 9\`)`),
  "alterTable.addForeignKeyConstraint": alter(
    `.addForeignKeyConstraint("fk", ["account_id"], "accounts", ["id"]).onDelete("cascade").onUpdate("no action")`,
  ),
  "alterTable.addForeignKeyConstraint by a function": alter(
    `.addForeignKeyConstraint("fk", ["account_id"], "accounts", ["id"], (f) => f.onDelete("set null"))`,
  ),
  "alterTable.addForeignKeyConstraint, deferrable": alter(
    `.addForeignKeyConstraint("fk", ["account_id"], "accounts", ["id"]).deferrable().initiallyImmediate()`,
  ),
  "alterTable.addPrimaryKeyConstraint": `await db.schema.alterTable("old").addPrimaryKeyConstraint("old_pk", ["id"]).execute();`,
  "alterTable.dropConstraint": alter(`.dropConstraint("positive").ifExists().cascade()`),
  "alterTable.dropConstraint, restrict": alter(`.dropConstraint("positive").restrict()`),
  "alterTable.renameConstraint": alter(`.renameConstraint("positive", "more")`),
  "alterTable.renameTo": `await db.schema.alterTable("old").renameTo("older").execute();`,
  "alterTable.setSchema": `await db.schema.alterTable("old").setSchema("app").execute();`,
  "alterTable.addIndex, which is MySQL's": { up: alter(`.addIndex("i").column("code")`), refused: "42704" },
  "alterTable.dropIndex, which is MySQL's": { up: alter(`.dropIndex("orders_note_index")`), refused: "42601" },
  createIndex: `await db.schema.createIndex("i").on("orders").column("code").execute();`,
  "createIndex with options": `await db.schema.createIndex("i").ifNotExists().unique().nullsNotDistinct().on("orders").using("btree").columns(["code", "note desc"]).where("total", "is not", null).execute();`,
  "createIndex of an expression": `await db.schema.createIndex("i").on("orders").expression(sql\`lower(note)\`).execute();`,
  "createIndex, where of SQL": `await db.schema.createIndex("i").on("orders").column("code").where(sql.ref("total"), ">", 5).execute();`,
  dropIndex: `await db.schema.dropIndex("orders_note_index").execute();`,
  "dropIndex with options": `await db.schema.dropIndex("orders_note_index").ifExists().cascade().execute();`,
  createSchema: `await db.schema.createSchema("s").ifNotExists().execute();`,
  dropSchema: `await db.schema.dropSchema("app").ifExists().cascade().execute();`,
  createView: `await db.schema.createView("v").orReplace().columns(["a"]).as(db.selectFrom("orders").select("id")).execute();`,
  "createView, temporary": `await db.schema.createView("v").temporary().as(db.selectFrom("orders").selectAll()).execute();`,
  "createView, materialized": `await db.schema.createView("m").materialized().ifNotExists().as(db.selectFrom("orders").select(["id", "code as c"]).where("note", "=", "x")).execute();`,
  "createView of SQL": `await db.schema.createView("v").as(sql\`select 1 as a\`).execute();`,
  refreshMaterializedView: `await db.schema.refreshMaterializedView("totals").execute();`,
  "refreshMaterializedView, concurrently": `await db.schema.refreshMaterializedView("totals").concurrently().execute();`,
  "refreshMaterializedView with data": `await db.schema.refreshMaterializedView("totals").withData().execute();`,
  "refreshMaterializedView with no data": `await db.schema.refreshMaterializedView("totals").withNoData().execute();`,
  dropView: `await db.schema.dropView("open_orders").execute();`,
  "dropView, materialized": `await db.schema.dropView("totals").materialized().ifExists().cascade().execute();`,
  createType: `await db.schema.createType("mood").asEnum(["sad", "it's ok"]).execute();`,
  dropType: `await db.schema.dropType("kind").ifExists().execute();`,
  sql: `await sql\`ALTER TABLE orders ADD COLUMN a text\`.execute(db);`,
  "sql with values": `const note = "x"; await sql\`UPDATE orders SET note = \${note} WHERE id = \${5}\`.execute(db);`,
  "sql with names": `await sql\`ALTER TABLE \${sql.table("orders")} ADD COLUMN \${sql.ref("a")} \${sql.raw("text")} DEFAULT \${sql.lit("x")}\`.execute(db);`,
  "sql with id and join": `await sql\`CREATE INDEX \${sql.id("i")} ON orders (\${sql.join([sql.ref("code"), sql.ref("note")])})\`.execute(db);`,
  insertInto: `await db.insertInto("orders").values({ code: "a", total: 5, note: null }).execute();`,
  "insertInto, several": `await db.insertInto("orders").values([{ code: "a" }, { code: "b" }]).onConflict((c) => c.column("id").doNothing()).execute();`,
  updateTable: `await db.updateTable("orders").set({ note: "x" }).where("code", "=", "a").where("total", "is", null).execute();`,
  "updateTable with SQL": `await db.updateTable("orders").set({ note: sql\`upper(code)\` }).execute();`,
  "updateTable with ref": `await db.updateTable("orders").set((eb) => ({ note: eb.ref("code") })).execute();`,
  "updateTable in": `await db.updateTable("orders").set("note", "x").where("code", "in", ["a", "b"]).execute();`,
  deleteFrom: `await db.deleteFrom("orders").where("id", ">", 5).execute();`,
  "deleteFrom, all": `await db.deleteFrom("old").execute();`,
};
