/** TypeORM itself, and the calls of its QueryRunner. */
import { DataSource, type MigrationInterface } from "typeorm";
import { typeorm } from "../../../src/migrations/typeorm.js";
import { loadProgram } from "./load-program.js";
import type { Fixtures, RecordedTool } from "./recorded-tool.js";

export const recordedTypeorm: RecordedTool = {
  tool: typeorm,
  file: "migrations/1767225600000-Change.ts",
  repository: { "package.json": '{ "dependencies": { "typeorm": "^1.1.1" } }' },
  // TypeORM's own table, in which it remembers what PostgreSQL writes otherwise.
  bookkeeping: /"typeorm_metadata"/,
  setup: `
    CREATE TABLE accounts (id bigserial PRIMARY KEY, email character varying, region text, UNIQUE (region, email));
    CREATE TABLE orders (
      id serial PRIMARY KEY, account_id bigint, code varchar(20) NOT NULL DEFAULT 'x', total integer, note text,
      CONSTRAINT positive CHECK (total > 0)
    );
    CREATE INDEX orders_note_index ON orders (note);
    CREATE TABLE lines (order_id int, place point, CONSTRAINT lines_order FOREIGN KEY (order_id) REFERENCES orders);
    CREATE INDEX lines_order_id ON lines (order_id);
    CREATE TABLE old (id int NOT NULL);
    CREATE TABLE typeorm_metadata (type varchar NOT NULL, database varchar, schema varchar, "table" varchar, name varchar, value text);
  `,
  migration: (body) =>
    `import { Table, TableCheck, TableColumn, TableExclusion, TableForeignKey, TableIndex, TableUnique, View, type MigrationInterface, type QueryRunner } from "typeorm";\n\nexport class Change1767225600000 implements MigrationInterface {\n  public async up(queryRunner: QueryRunner): Promise<void> {\n${body}\n  }\n\n  public async down(queryRunner: QueryRunner): Promise<void> {}\n}\n`,
  async connect({ url }) {
    const source = new DataSource({ type: "postgres", url, poolSize: 1, entities: [], installExtensions: false });
    await source.initialize();
    return {
      async run(text) {
        const { Change1767225600000: Change } = loadProgram<{ Change1767225600000: new () => MigrationInterface }>(
          text,
        );
        const queryRunner = source.createQueryRunner();
        try {
          await queryRunner.startTransaction();
          await new Change().up(queryRunner);
          await queryRunner.commitTransaction();
        } catch (error) {
          await queryRunner.rollbackTransaction();
          throw error;
        } finally {
          await queryRunner.release();
        }
      },
      close: () => source.destroy(),
    };
  },
};

const table = (options: string, more = ""): string => `await queryRunner.createTable(new Table(${options})${more});`;
const add = (column: string): string => `await queryRunner.addColumn("orders", new TableColumn(${column}));`;
const change = (from: string, to: string): string =>
  `await queryRunner.changeColumn("orders", "${from}", new TableColumn(${to}));`;

/** Tables as TypeORM itself makes and names them, which it then finds in the database. */
const MADE = `await queryRunner.query(\`
  CREATE TYPE "public"."t_kind_enum" AS ENUM('a', 'b');
  CREATE TABLE "t" ("a" SERIAL NOT NULL, "b" integer NOT NULL, "price" numeric(10,2) NOT NULL, "at" timestamp(3) with time zone DEFAULT now(), "kind" "public"."t_kind_enum" NOT NULL DEFAULT 'a', "u" uuid NOT NULL DEFAULT gen_random_uuid(), CONSTRAINT "UQ_02982fe25c4c887d3edbdf0e38d" UNIQUE ("b"), CONSTRAINT "PK_970ba064ef54f72b56cbfb29e36" PRIMARY KEY ("a"), CONSTRAINT "FK_02982fe25c4c887d3edbdf0e38d" FOREIGN KEY ("b") REFERENCES "accounts" ("id"));
  CREATE INDEX "IDX_46fdfbd050737a4ffb29c763fb" ON "t" ("b", "kind");
  CREATE TABLE "lists" ("a" integer NOT NULL, "b" integer NOT NULL, CONSTRAINT "lists_key" PRIMARY KEY ("a", "b"))
\`);`;

/** By what is called; everything of QueryRunner that sends DDL or DML. */
export const typeormFixtures: Fixtures = {
  query: `await queryRunner.query("DROP TABLE old");`,
  "query with parameters": `await queryRunner.query("UPDATE orders SET note = $1 WHERE id = $2", ["x", 5]);`,
  "query of several statements": `await queryRunner.query("CREATE TABLE a (id int); CREATE TABLE b (id int);");`,
  sql: `await queryRunner.sql\`UPDATE orders SET note = \${"x"} WHERE id > \${3}\`;`,
  createSchema: `await queryRunner.createSchema("s"); await queryRunner.createSchema("s", true);`,
  dropSchema: `await queryRunner.createSchema("s"); await queryRunner.dropSchema("s", true, true);`,
  createTable: table(
    `{ name: "t", columns: [{ name: "id", type: "int", isPrimary: true, isGenerated: true, generationStrategy: "increment" }, { name: "name", type: "varchar" }] }`,
  ),
  "createTable if it is not there": table(
    `{ name: "t", columns: [{ name: "id", type: "bigint", isPrimary: true }] }`,
    ", true",
  ),
  "createTable with types": table(
    `{ name: "t", columns: [{ name: "a", type: "varchar", length: "20" }, { name: "b", type: "decimal", precision: 10, scale: 2, isNullable: true }, { name: "c", type: "timestamp with time zone", default: "now()" }, { name: "d", type: "text", isArray: true }, { name: "e", type: "timestamptz", precision: 3 }, { name: "f", type: "boolean", default: false }, { name: "g", type: "jsonb", default: "'{}'" }, { name: "h", type: "character varying" }, { name: "i", type: "int", default: 0 }, { name: "j", type: "char", length: "2" }] }`,
  ),
  "createTable with identity": table(
    `{ name: "t", columns: [{ name: "id", type: "bigint", isPrimary: true, isGenerated: true, generationStrategy: "identity", generatedIdentity: "ALWAYS" }] }`,
  ),
  "createTable with bigint increment": table(
    `{ name: "t", columns: [{ name: "id", type: "bigint", isPrimary: true, isGenerated: true, generationStrategy: "increment" }] }`,
  ),
  "createTable with uuid, which needs an extension": {
    up: table(
      `{ name: "t", columns: [{ name: "id", type: "uuid", isPrimary: true, isGenerated: true, generationStrategy: "uuid" }] }`,
    ),
    refused: "42883",
  },
  "createTable with uuid by default": table(
    `{ name: "t", columns: [{ name: "id", type: "uuid", isPrimary: true, default: "gen_random_uuid()" }] }`,
  ),
  "createTable with two keys": table(
    `{ name: "t", columns: [{ name: "a", type: "int", isPrimary: true }, { name: "b", type: "int", isPrimary: true }] }`,
  ),
  "createTable with a named key": table(
    `{ name: "t", columns: [{ name: "a", type: "int", isPrimary: true, primaryKeyConstraintName: "t_key" }] }`,
  ),
  "createTable with unique columns": table(
    `{ name: "t", columns: [{ name: "a", type: "int", isUnique: true }], uniques: [{ columnNames: ["a"] }, { name: "named", columnNames: ["a"] }] }`,
  ),
  "createTable with checks": table(
    `{ name: "t", columns: [{ name: "a", type: "int" }], checks: [{ expression: '"a" > 0' }, { name: "small", expression: "a < 9" }] }`,
  ),
  "createTable with exclusions": table(
    `{ name: "t", columns: [{ name: "a", type: "int" }], exclusions: [{ expression: "USING btree (a WITH =)" }] }`,
  ),
  "createTable with indexes": table(
    `{ name: "t", columns: [{ name: "a", type: "int" }, { name: "b", type: "int" }], indices: [{ columnNames: ["a"] }, { name: "ab", columnNames: ["a", "b"], isUnique: true, where: "a > 0" }] }`,
  ),
  "createTable with foreign keys": table(
    `{ name: "t", columns: [{ name: "a", type: "bigint" }], foreignKeys: [{ columnNames: ["a"], referencedTableName: "accounts", referencedColumnNames: ["id"], onDelete: "CASCADE", onUpdate: "NO ACTION" }, { name: "named", columnNames: ["a"], referencedTableName: "accounts", referencedColumnNames: ["id"], deferrable: "INITIALLY DEFERRED" }] }`,
  ),
  "createTable without foreign keys and indexes": table(
    `{ name: "t", columns: [{ name: "a", type: "bigint" }], indices: [{ columnNames: ["a"] }], foreignKeys: [{ columnNames: ["a"], referencedTableName: "accounts", referencedColumnNames: ["id"] }] }`,
    ", false, false, false",
  ),
  "createTable with an enum": table(
    `{ name: "t", columns: [{ name: "kind", type: "enum", enum: ["a", "it's"], default: "'a'" }] }`,
  ),
  "createTable with a named enum": table(
    `{ name: "t", columns: [{ name: "kind", type: "enum", enum: ["a"], enumName: "kinds" }] }`,
  ),
  "createTable with comments": table(
    `{ name: "t", comment: "it's a table", columns: [{ name: "a", type: "int", comment: "a column" }] }`,
  ),
  "createTable with a generated column": table(
    `{ name: "t", columns: [{ name: "a", type: "int" }, { name: "b", type: "int", generatedType: "STORED", asExpression: "a * 2" }] }`,
  ),
  "createTable in a schema": `await queryRunner.createSchema("s"); ${table(`{ name: "s.t", columns: [{ name: "id", type: "int", isPrimary: true }], indices: [{ columnNames: ["id"] }] }`)} ${table(`{ schema: "s", name: "u", columns: [{ name: "id", type: "int" }] }`)}`,
  dropTable: `await queryRunner.dropTable("old");`,
  "dropTable if it exists": `await queryRunner.dropTable("old", true);`,
  "dropTable with its foreign keys and indexes": `await queryRunner.dropTable("lines", true, true, true);`,
  renameTable: `await queryRunner.renameTable("old", "older");`,
  "renameTable with a key": `await queryRunner.renameTable("orders", "purchases");`,
  changeTableComment: `await queryRunner.changeTableComment("orders", "what was bought"); await queryRunner.changeTableComment("orders");`,
  createView: `await queryRunner.createView(new View({ name: "v", expression: "SELECT id FROM orders" }));`,
  "createView, materialized": `await queryRunner.createView(new View({ name: "m", expression: "SELECT id FROM orders", materialized: true }));`,
  dropView: `await queryRunner.createView(new View({ name: "v", expression: "SELECT id FROM orders" }), true); await queryRunner.dropView("v");`,
  addColumn: add(`{ name: "a", type: "varchar" }`),
  "addColumn, nullable": add(`{ name: "a", type: "text", isNullable: true }`),
  "addColumn with a default": add(`{ name: "a", type: "int", default: 5 }`),
  "addColumn, unique": add(`{ name: "a", type: "int", isNullable: true, isUnique: true }`),
  "addColumn, an enum": add(`{ name: "a", type: "enum", enum: ["x", "y"], isNullable: true }`),
  "addColumn with a comment": add(`{ name: "a", type: "int", isNullable: true, comment: "new" }`),
  "addColumn, a list": add(`{ name: "a", type: "int", isArray: true, default: "'{}'" }`),
  "addColumn, generated": add(`{ name: "a", type: "int", generatedType: "STORED", asExpression: "total * 2" }`),
  "addColumn, counting": add(`{ name: "n", type: "int", isGenerated: true, generationStrategy: "increment" }`),
  addColumns: `await queryRunner.addColumns("orders", [new TableColumn({ name: "a", type: "text", isNullable: true }), new TableColumn({ name: "b", type: "int", default: 1 })]);`,
  renameColumn: `await queryRunner.renameColumn("orders", "note", "remark");`,
  "renameColumn with indexes and keys": `await queryRunner.renameColumn("lines", "order_id", "purchase_id");`,
  changeColumn: change("note", `{ name: "note", type: "varchar", isNullable: true }`),
  "changeColumn to NOT NULL": change("note", `{ name: "note", type: "text" }`),
  "changeColumn to nullable": change("total", `{ name: "total", type: "integer", isNullable: true, default: 3 }`),
  "changeColumn, a length": change("code", `{ name: "code", type: "character varying", length: "40", default: "'x'" }`),
  "changeColumn, a default": change(
    "code",
    `{ name: "code", type: "character varying", length: "20", default: "'y'" }`,
  ),
  "changeColumn, no default": change("code", `{ name: "code", type: "character varying", length: "20" }`),
  "changeColumn, its name": change("note", `{ name: "remark", type: "text", isNullable: true }`),
  "changeColumn, unique": change("note", `{ name: "note", type: "text", isNullable: true, isUnique: true }`),
  "changeColumn, a comment": change("note", `{ name: "note", type: "text", isNullable: true, comment: "c" }`),
  "changeColumn of columns": `await queryRunner.changeColumn("orders", new TableColumn({ name: "note", type: "text", isNullable: true }), new TableColumn({ name: "note", type: "text", isNullable: false }));`,
  changeColumns: `await queryRunner.changeColumns("orders", [{ oldColumn: new TableColumn({ name: "note", type: "text", isNullable: true }), newColumn: new TableColumn({ name: "note", type: "int", isNullable: true }) }]);`,
  "changeColumn to a type by another name": change("total", `{ name: "total", type: "int", isNullable: true }`),
  "changeColumn to a list": change("note", `{ name: "note", type: "text", isArray: true, isNullable: true }`),
  "changeColumn, no length": change("code", `{ name: "code", type: "character varying", default: "'x'" }`),
  "changeColumn, a precision": `${MADE} await queryRunner.changeColumn("t", "price", new TableColumn({ name: "price", type: "numeric", precision: 12, scale: 2 }));`,
  "changeColumn, a time's precision": `${MADE} await queryRunner.changeColumn("t", "at", new TableColumn({ name: "at", type: "timestamp with time zone", isNullable: true }));`,
  "changeColumn, no default any more, of a time": `${MADE} await queryRunner.changeColumn("t", "at", new TableColumn({ name: "at", type: "timestamp with time zone", precision: 3, isNullable: true, default: "now()" }));`,
  "changeColumn, more values": `${MADE} await queryRunner.changeColumn("t", "kind", new TableColumn({ name: "kind", type: "enum", enum: ["a", "b", "it's"], default: "'a'" }));`,
  "changeColumn, other values": `${MADE} await queryRunner.changeColumn("t", "kind", new TableColumn({ name: "kind", type: "enum", enum: ["b", "c"], default: "'c'" }));`,
  "changeColumn, fewer values and no default": `${MADE} await queryRunner.changeColumn("t", "kind", new TableColumn({ name: "kind", type: "enum", enum: ["b"] }));`,
  "changeColumn, to an enum of another name": `${MADE} await queryRunner.changeColumn("t", "kind", new TableColumn({ name: "kind", type: "enum", enum: ["a", "b"], enumName: "kinds", default: "'a'" }));`,
  "changeColumn from an enum": `${MADE} await queryRunner.changeColumn("t", "kind", new TableColumn({ name: "kind", type: "text", default: "'a'" }));`,
  "changeColumn, into the key": `${MADE} await queryRunner.changeColumn("t", "b", new TableColumn({ name: "b", type: "integer", isPrimary: true }));`,
  "changeColumn, out of the key": `${MADE} await queryRunner.changeColumn("lists", "b", new TableColumn({ name: "b", type: "integer" }));`,
  "changeColumn, not unique any more": `${MADE} await queryRunner.changeColumn("t", "b", new TableColumn({ name: "b", type: "integer" }));`,
  "changeColumn, counted no more": `${MADE} await queryRunner.changeColumn("t", "a", new TableColumn({ name: "a", type: "integer", isPrimary: true }));`,
  "changeColumn, counted": `${MADE} await queryRunner.changeColumn("t", "b", new TableColumn({ name: "b", type: "integer", isUnique: true, isGenerated: true, generationStrategy: "increment" }));`,
  "changeColumn, a uuid made no more": `${MADE} await queryRunner.changeColumn("t", "u", new TableColumn({ name: "u", type: "uuid" }));`,
  "changeColumn of columns that are alike": `await queryRunner.changeColumn("orders", new TableColumn({ name: "total", type: "int", isNullable: true }), new TableColumn({ name: "total", type: "int", default: 5 }));`,
  "changeColumn of columns, and a clone": `const column = new TableColumn({ name: "total", type: "int", isNullable: true }); const changed = column.clone(); changed.isNullable = false; await queryRunner.changeColumn("orders", column, changed);`,
  "renameColumn with TypeORM's names": `${MADE} await queryRunner.renameColumn("t", "b", "c"); await queryRunner.renameColumn("t", "a", "id"); await queryRunner.renameColumn("t", "kind", "sort");`,
  "renameColumn to a column": `await queryRunner.renameColumn("orders", "note", new TableColumn({ name: "remark", type: "text", isNullable: true }));`,
  "renameTable with TypeORM's names": `${MADE} await queryRunner.renameTable("t", "things");`,
  "dropColumn of TypeORM's": `${MADE} await queryRunner.dropColumn("t", "kind"); await queryRunner.dropColumn("t", "b"); await queryRunner.dropColumn("t", "a"); await queryRunner.dropColumn("lists", "a");`,
  "dropColumn if it exists": `await queryRunner.dropColumn("orders", "note", true);`,
  "addColumn into the key": `${MADE} await queryRunner.addColumn("t", new TableColumn({ name: "region", type: "text", isPrimary: true, isUnique: true }));`,
  "addColumn as the key": `await queryRunner.addColumn("old", new TableColumn({ name: "key", type: "int", isPrimary: true }));`,
  "addColumn, an enum that is there": `await queryRunner.query("CREATE TYPE kinds AS ENUM ('x')"); ${add(`{ name: "a", type: "enum", enum: ["x"], enumName: "kinds", isNullable: true }`)}`,
  "dropTable without its indexes": `await queryRunner.dropTable("lines", false, false, false);`,
  "dropView, materialized": `await queryRunner.createView(new View({ name: "v", expression: "SELECT id FROM orders", materialized: true }), true); await queryRunner.dropView("v");`,
  "createView that is remembered": `await queryRunner.createView(new View({ name: "v", expression: "SELECT id FROM orders" }), true);`,
  "dropPrimaryKey of TypeORM's": `${MADE} await queryRunner.dropPrimaryKey("t");`,
  "updatePrimaryKeys of a table without": `await queryRunner.updatePrimaryKeys("old", [new TableColumn({ name: "id", type: "integer" })]);`,
  dropColumn: `await queryRunner.dropColumn("orders", "note");`,
  "dropColumn in a key": `await queryRunner.dropColumn("lines", "order_id");`,
  dropColumns: `await queryRunner.dropColumns("orders", ["note", "total"]);`,
  createPrimaryKey: `await queryRunner.createPrimaryKey("old", ["id"]); `,
  "createPrimaryKey, named": `await queryRunner.createPrimaryKey("old", ["id"], "old_key");`,
  updatePrimaryKeys: `await queryRunner.updatePrimaryKeys("accounts", [new TableColumn({ name: "email", type: "varchar", isPrimary: true })]);`,
  dropPrimaryKey: `await queryRunner.dropPrimaryKey("accounts", "accounts_pkey");`,
  createUniqueConstraint: `await queryRunner.createUniqueConstraint("orders", new TableUnique({ columnNames: ["code", "note"] }));`,
  "createUniqueConstraint, named": `await queryRunner.createUniqueConstraint("orders", new TableUnique({ name: "one", columnNames: ["code"], deferrable: "INITIALLY IMMEDIATE" }));`,
  createUniqueConstraints: `await queryRunner.createUniqueConstraints("orders", [new TableUnique({ columnNames: ["code"] }), new TableUnique({ columnNames: ["note"] })]);`,
  dropUniqueConstraint: `await queryRunner.dropUniqueConstraint("accounts", "accounts_region_email_key");`,
  dropUniqueConstraints: `await queryRunner.dropUniqueConstraints("accounts", [new TableUnique({ name: "accounts_region_email_key", columnNames: ["region", "email"] })]);`,
  createCheckConstraint: `await queryRunner.createCheckConstraint("orders", new TableCheck({ expression: "total < 9" }));`,
  createCheckConstraints: `await queryRunner.createCheckConstraints("orders", [new TableCheck({ name: "few", expression: "total < 9" })]);`,
  dropCheckConstraint: `await queryRunner.dropCheckConstraint("orders", "positive");`,
  dropCheckConstraints: `await queryRunner.dropCheckConstraints("orders", [new TableCheck({ name: "positive", expression: "total > 0" })]);`,
  createExclusionConstraint: `await queryRunner.createExclusionConstraint("orders", new TableExclusion({ expression: "USING btree (note WITH =)" }));`,
  createExclusionConstraints: `await queryRunner.createExclusionConstraints("orders", [new TableExclusion({ name: "no_two", expression: "USING btree (note WITH =)" })]);`,
  dropExclusionConstraint: `await queryRunner.query("ALTER TABLE orders ADD CONSTRAINT no_two EXCLUDE USING btree (note WITH =)"); await queryRunner.dropExclusionConstraint("orders", "no_two");`,
  dropExclusionConstraints: `await queryRunner.query("ALTER TABLE orders ADD CONSTRAINT no_two EXCLUDE USING btree (note WITH =)"); await queryRunner.dropExclusionConstraints("orders", [new TableExclusion({ name: "no_two", expression: "USING btree (note WITH =)" })]);`,
  createForeignKey: `await queryRunner.createForeignKey("orders", new TableForeignKey({ columnNames: ["account_id"], referencedTableName: "accounts", referencedColumnNames: ["id"], onDelete: "SET NULL" }));`,
  createForeignKeys: `await queryRunner.createForeignKeys("orders", [new TableForeignKey({ name: "fk", columnNames: ["account_id"], referencedTableName: "accounts", referencedColumnNames: ["id"], onUpdate: "CASCADE" })]);`,
  dropForeignKey: `await queryRunner.dropForeignKey("lines", "lines_order");`,
  dropForeignKeys: `await queryRunner.dropForeignKeys("lines", [new TableForeignKey({ name: "lines_order", columnNames: ["order_id"], referencedTableName: "orders", referencedColumnNames: ["id"] })]);`,
  createIndex: `await queryRunner.createIndex("orders", new TableIndex({ columnNames: ["code"] }));`,
  "createIndex with options": `await queryRunner.createIndex("orders", new TableIndex({ name: "both", columnNames: ["code", "note"], isUnique: true, where: "total > 0" }));`,
  "createIndex, concurrently": {
    up: `await queryRunner.createIndex("orders", new TableIndex({ name: "c", columnNames: ["code"], isConcurrent: true }));`,
    refused: "25001",
  },
  "createIndex, spatial": `await queryRunner.createIndex("lines", new TableIndex({ name: "s", columnNames: ["place"], isSpatial: true }));`,
  createIndices: `await queryRunner.createIndices("orders", [new TableIndex({ columnNames: ["code"] }), new TableIndex({ columnNames: ["note"] })]);`,
  dropIndex: `await queryRunner.dropIndex("orders", "orders_note_index");`,
  dropIndices: `await queryRunner.dropIndices("orders", [new TableIndex({ name: "orders_note_index", columnNames: ["note"] })]);`,
  clearTable: `await queryRunner.clearTable("old"); await queryRunner.clearTable("orders", { cascade: true });`,
  "manager.query": `await queryRunner.manager.query("DELETE FROM old");`,
};
