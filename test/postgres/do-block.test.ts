import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { partsOfDoBlock } from "../../src/postgres/do-block.js";
import { UNKNOWN_NAME } from "../../src/postgres/folded-text.js";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { startPGlite } from "./start-pglite.js";

/** Blocks, with the operations that they run, each with what stands at its place. */
const blocks: Readonly<Record<string, readonly [sql: string, ...operations: readonly string[]]>> = {
  "what Drizzle writes for a type": [
    "DO $$ BEGIN\n CREATE TYPE \"public\".\"status\" AS ENUM('new', 'paid');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;",
    "CreateEnum: CREATE TYPE \"public\".\"status\" AS ENUM('new', 'paid')",
  ],
  "what Drizzle writes for a foreign key": [
    'DO $$ BEGIN\n ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action;\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;',
    'AddConstraint: ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action',
  ],
  "another tag, and lower case": [
    "do $b$ begin alter table orders add column note text; end; $b$ language plpgsql;",
    "AddColumn: alter table orders add column note text",
  ],
  "a comment with the same text": [
    "DO $$\nBEGIN\n  -- ALTER TABLE orders ADD COLUMN other text;\n  ALTER TABLE orders ADD COLUMN other text; -- done\nEXCEPTION WHEN duplicate_column OR undefined_table THEN RAISE NOTICE 'there; already';\nEND\n$$;",
    "AddColumn: ALTER TABLE orders ADD COLUMN other text",
  ],
  "a condition, with each of its branches": [
    "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM accounts) THEN ALTER TABLE orders ADD COLUMN a text; ELSIF false THEN DROP TABLE IF EXISTS gone; ELSE CREATE TABLE IF NOT EXISTS made (id int); END IF; END $$;",
    "AddColumn: ALTER TABLE orders ADD COLUMN a text",
    "DropRelation: DROP TABLE IF EXISTS gone",
    "CreateTable: CREATE TABLE IF NOT EXISTS made (id int)",
  ],
  "several statements, the same one twice": [
    "DO $$ BEGIN UPDATE orders SET id = 1; CREATE TABLE first (id int); UPDATE orders SET id = 1; END $$;",
    "Update: UPDATE orders SET id = 1",
    "CreateTable: CREATE TABLE first (id int)",
    "Update: UPDATE orders SET id = 1",
  ],
  "several clauses": [
    "DO $$ DECLARE n int := 1; BEGIN ALTER TABLE orders ADD COLUMN b text, DROP COLUMN IF EXISTS c; END $$;",
    "AddColumn: ADD COLUMN b text",
    "DropColumn: DROP COLUMN IF EXISTS c",
  ],
  "EXECUTE of a text": [
    "DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD COLUMN c1 text'; EXECUTE $x$DROP TABLE IF EXISTS it$x$; END $$;",
    "AddColumn: ALTER TABLE orders ADD COLUMN c1 text",
    "DropRelation: DROP TABLE IF EXISTS it",
  ],
  "EXECUTE of a text that is put together of literals": [
    "DO $$ BEGIN EXECUTE format('DROP TABLE IF EXISTS %I', 'Old'); EXECUTE 'COMMENT ON TABLE orders IS ''what''' || quote_literal('x') USING 1; END $$;",
    "DropRelation: format('DROP TABLE IF EXISTS %I', 'Old')",
    "Comment: 'COMMENT ON TABLE orders IS ''what''' || quote_literal('x')",
  ],
  "EXECUTE of a text that is only known when it runs": [
    "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename AS name FROM pg_tables WHERE tablename = 'orders' LOOP EXECUTE format('ANALYZE %I', r.name); END LOOP; UPDATE orders SET id = 2; END $$;",
    "DoBlock: format('ANALYZE %I', r.name)",
    "Update: UPDATE orders SET id = 2",
  ],
  "roles whose names are only known when it runs": [
    "DO $$ DECLARE role text := current_user; BEGIN EXECUTE 'GRANT SELECT ON orders TO ' || role; EXECUTE format('ALTER TABLE orders OWNER TO %I', role); EXECUTE 'COMMENT ON TABLE ' || quote_ident('orders') || ' IS ' || quote_literal(role); END $$;",
    "Grant: 'GRANT SELECT ON orders TO ' || role",
    "ChangeOwner: format('ALTER TABLE orders OWNER TO %I', role)",
    "Comment: 'COMMENT ON TABLE ' || quote_ident('orders') || ' IS ' || quote_literal(role)",
  ],
  "roles and databases, which are no part of the schema": [
    "DO $$ DECLARE role text := coalesce(current_setting('app.role', true), 'guest'); BEGIN EXECUTE 'CREATE ROLE ' || role || ' NOLOGIN'; EXECUTE 'GRANT ' || role || ' TO postgres'; EXECUTE format('GRANT CONNECT ON DATABASE %I TO guest', current_database()); END $$;",
    "OtherStatement: 'CREATE ROLE ' || role || ' NOLOGIN'",
    "OtherStatement: 'GRANT ' || role || ' TO postgres'",
    "OtherStatement: format('GRANT CONNECT ON DATABASE %I TO guest', current_database())",
  ],
  "a table whose name is only known when it runs": [
    "DO $$ DECLARE t text := lower('ORDERS'); BEGIN EXECUTE format('GRANT SELECT ON %I TO postgres', t); END $$;",
    "DoBlock: format('GRANT SELECT ON %I TO postgres', t)",
  ],
  "queries of a table whose name is only known when it runs": [
    "DO $$ DECLARE t text := lower('ORDERS'); n int; BEGIN EXECUTE 'SELECT count(*) FROM ' || t INTO n; EXECUTE format('SELECT count(*) FROM orders WHERE %I IS NULL', lower('ID')) INTO n; EXECUTE 'SELECT ' || t || '.id FROM orders FOR UPDATE'; EXECUTE 'SELECT id FROM ' || t || ' FOR UPDATE'; EXECUTE 'SELECT ' || lower('NOW') || '()' INTO t; END $$;",
    "Select: 'SELECT count(*) FROM ' || t",
    "Select: format('SELECT count(*) FROM orders WHERE %I IS NULL', lower('ID'))",
    "Select: 'SELECT ' || t || '.id FROM orders FOR UPDATE'",
    "DoBlock: 'SELECT id FROM ' || t || ' FOR UPDATE'",
    "DoBlock: 'SELECT ' || lower('NOW') || '()'",
  ],
  "queries whose result goes into a variable": [
    "DO $$ DECLARE n int; BEGIN\n  SELECT count(*) INTO n FROM orders;\n  INSERT INTO orders VALUES (1)\n    RETURNING id INTO n;\n  PERFORM pg_sleep(0);\n  DELETE FROM orders WHERE id = n;\nEND $$;",
    "Select: SELECT count(*) INTO n FROM orders",
    "Insert: INSERT INTO orders VALUES (1)\n    RETURNING id",
    "Select: PERFORM pg_sleep(0)",
    "Delete: DELETE FROM orders WHERE id = n",
  ],
  "a handler, a nested block and a loop": [
    "DO $$ BEGIN BEGIN CREATE TABLE d (id int); END; WHILE false LOOP DROP TABLE d; END LOOP; EXCEPTION WHEN duplicate_table THEN ALTER TABLE d ADD COLUMN e text; END $$;",
    "CreateTable: CREATE TABLE d (id int)",
    "DropRelation: DROP TABLE d",
    "AddColumn: ALTER TABLE d ADD COLUMN e text",
  ],
  "a check": [
    "DO $$ BEGIN IF false THEN RAISE EXCEPTION 'no'; END IF; END $$;",
    "OtherStatement: DO $$ BEGIN IF false THEN RAISE EXCEPTION 'no'; END IF; END $$",
  ],
  nothing: ["DO $$ BEGIN END $$;", "OtherStatement: DO $$ BEGIN END $$"],
  "a body in single quotes": [
    "DO LANGUAGE 'plpgsql' 'BEGIN\n CREATE TYPE g AS ENUM (''it''''s'', ''b'');\n CREATE TABLE h (id int); -- don''t\n EXECUTE ''DROP TABLE h''; EXCEPTION WHEN duplicate_object THEN NULL; END';",
    "CreateEnum: CREATE TYPE g AS ENUM (''it''''s'', ''b'')",
    "CreateTable: CREATE TABLE h (id int)",
    "DropRelation: EXECUTE ''DROP TABLE h''",
  ],
  "a body with escapes": [
    "DO E'BEGIN\\n CREATE TABLE i (id int); END';",
    "CreateTable: BEGIN\\n CREATE TABLE i (id int)",
  ],
};

function quoted(text: string): string {
  return text.replace(/[()]/g, "\\$&");
}

const BEFORE = "SELECT 'é';\n";

const operationsOf = (sql: string) => parseSql(BEFORE + sql).statements[1]?.operations ?? [];

describe("a DO block", () => {
  it.each(Object.entries(blocks))("is the statements that it runs: %s", (_, [sql, ...expected]) => {
    const text = BEFORE + sql;
    const found = operationsOf(sql).map(({ type, range }) => `${type}: ${text.slice(...range)}`);
    expect(found).toEqual(expected);
    expect(parseSql(text).statements[1]?.sql).toBe(sql.slice(0, -1));
  });

  it("counts its statements, and keeps their anchors", () => {
    const sql = "DO $$ BEGIN ALTER TABLE orders ADD a int, ADD b int; CREATE INDEX i ON orders (id); END $$;";
    const operations = operationsOf(sql);
    expect(operations.map(({ inBlock }) => inBlock)).toEqual([0, 0, 1]);
    const index = operations[2];
    const anchor = index?.type === "CreateIndex" ? index.anchors.afterIndexKeyword : undefined;
    expect((BEFORE + sql).slice(0, anchor)).toMatch(/CREATE INDEX$/);
  });

  it("does not do twice what a condition or a handler decides about", () => {
    const tolerant = (sql: string): readonly unknown[] =>
      operationsOf(sql).map((operation) => ("ifNotExists" in operation ? operation.ifNotExists : undefined));
    const add = "ALTER TABLE orders ADD COLUMN a int;";
    expect(tolerant(`DO $$ BEGIN ${add} END $$;`)).toEqual([false]);
    expect(tolerant(`DO $$ BEGIN IF true THEN ${add} END IF; END $$;`)).toEqual([true]);
    expect(tolerant(`DO $$ BEGIN ${add} EXCEPTION WHEN duplicate_column THEN NULL; END $$;`)).toEqual([true]);
  });

  it("says which of its parts are not known, and why", () => {
    expect(operationsOf("DO $$ BEGIN EXECUTE (SELECT 'x'); END $$;")).toMatchObject([
      { type: "DoBlock", reason: "EXECUTE runs a statement that is only put together at run time" },
    ]);
    expect(operationsOf("DO $$ BEGIN EXECUTE 'ALTER TABL x'; END $$;")).toMatchObject([
      {
        type: "DoBlock",
        reason: 'PostgreSQL\'s grammar refuses what it runs: syntax error at or near "TABL"',
      },
    ]);
    expect(operationsOf("DO $$ this is not PL/pgSQL $$;")).toMatchObject([{ type: "DoBlock" }]);
    expect(operationsOf("DO $$ x $$ LANGUAGE plperl;")).toMatchObject([{ type: "DoBlock", language: "plperl" }]);
  });

  it("reads placeholders in its body as names, as those outside of one", () => {
    const text =
      "DO $$ BEGIN ALTER TABLE {{ .Schema }}.orders ADD a int; DROP TABLE IF EXISTS ${OLD}; END $$;\n" +
      "DROP TABLE {{ .Schema }}.gone;\nDO $$ BEGIN DROP VIEW {{ .Schema }}.v; END $$;";
    const read = (sql: string): unknown =>
      parseSql(sql).statements.map(({ range, operations }) => ({
        statement: sql.slice(...range).split(";", 1)[0],
        operations: operations.map((operation) => `${operation.type}: ${sql.slice(...operation.range)}`),
      }));
    const [block, ...others] = [
      {
        statement: "DO $$ BEGIN ALTER TABLE {{ .Schema }}.orders ADD a int",
        operations: [
          "AddColumn: ALTER TABLE {{ .Schema }}.orders ADD a int",
          "DropRelation: DROP TABLE IF EXISTS ${OLD}",
        ],
      },
      {
        statement: "DROP TABLE {{ .Schema }}.gone",
        operations: ["DropRelation: DROP TABLE {{ .Schema }}.gone"],
      },
      {
        statement: "DO $$ BEGIN DROP VIEW {{ .Schema }}.v",
        operations: ["DropRelation: DROP VIEW {{ .Schema }}.v"],
      },
    ];
    expect(read(text)).toEqual([block, ...others]);
    expect(read(text.split("\n", 1)[0] ?? "")).toEqual([block]);
    expect(operationsOf("DO $$ BEGIN EXECUTE 'DROP TABLE IF EXISTS {{ .Schema }}.orders'; END $$;")).toMatchObject([
      { type: "DropRelation", relation: { schema: "schema", name: "orders" } },
    ]);
    expect(operationsOf("DO $$ BEGIN ALTER TABLE {{ .Schema }}.orders ADD a int; END $$;")).toMatchObject([
      { type: "AddColumn", table: { schema: "schema", name: "orders" }, inBlock: 0 },
    ]);
  });

  it("reads what CONCURRENTLY would do, which PostgreSQL refuses there", () => {
    expect(operationsOf("DO $$ BEGIN CREATE INDEX CONCURRENTLY ON orders (id); END $$;")).toMatchObject([
      { type: "CreateIndex", concurrently: true, inBlock: 0 },
    ]);
  });
});

/** Loops over rows that stand in them, with the ALTER TABLEs that they run in turn, each said once. */
const loops: Readonly<Record<string, readonly [sql: string, ...statements: readonly string[]]>> = {
  "FOR over VALUES, with a query of each": [
    `DO $$
DECLARE
  col record;
  missing bigint;
BEGIN
  FOR col IN SELECT * FROM (VALUES ('a', 'a_set'), ('b', 'b_set')) AS t (name, test) LOOP
    EXECUTE format('SELECT count(*) FROM loops WHERE %I IS NULL', col.name) INTO missing;
    IF missing > 0 THEN RAISE EXCEPTION '% is empty', col.name; END IF;
    EXECUTE format('ALTER TABLE loops ALTER COLUMN %I SET NOT NULL', col.name);
    EXECUTE format('ALTER TABLE loops DROP CONSTRAINT IF EXISTS %I', col.test);
  END LOOP;
END $$;`,
    "ALTER TABLE loops ALTER COLUMN a SET NOT NULL",
    "ALTER TABLE loops DROP CONSTRAINT IF EXISTS a_set",
    "ALTER TABLE loops ALTER COLUMN b SET NOT NULL",
    "ALTER TABLE loops DROP CONSTRAINT IF EXISTS b_set",
  ],
  "FOREACH over an array with a name": [
    "DO $$ DECLARE t text; names text[] := ARRAY['c', 'd']; BEGIN FOREACH t IN ARRAY names LOOP EXECUTE format('ALTER TABLE loops ADD COLUMN %I int', t); ALTER TABLE loops SET (fillfactor = 90); END LOOP; END $$;",
    "ALTER TABLE loops ADD COLUMN c int",
    "ALTER TABLE loops SET (fillfactor = 90)",
    "ALTER TABLE loops ADD COLUMN d int",
  ],
  "numbers, and a loop in a loop": [
    "DO $$ DECLARE t text; BEGIN FOR i IN 1..2 LOOP FOR t IN SELECT unnest('{x,y}'::text[]) LOOP EXECUTE 'ALTER TABLE loops ADD COLUMN ' || t || i || ' int'; END LOOP; END LOOP; END $$;",
    "ALTER TABLE loops ADD COLUMN x1 int",
    "ALTER TABLE loops ADD COLUMN y1 int",
    "ALTER TABLE loops ADD COLUMN x2 int",
    "ALTER TABLE loops ADD COLUMN y2 int",
  ],
  "a variable that the loop has changed": [
    "DO $$ DECLARE t text; n text := 'u'; BEGIN FOREACH t IN ARRAY ARRAY['1', '2'] LOOP EXECUTE 'ALTER TABLE loops ADD COLUMN ' || n || t || ' int'; n := n || 'v'; END LOOP; END $$;",
    `ALTER TABLE loops ADD COLUMN ${UNKNOWN_NAME}1 int`,
    `ALTER TABLE loops ADD COLUMN ${UNKNOWN_NAME}2 int`,
  ],
  "a variable that FETCH has set": [
    "DO $$ DECLARE n text := 'f'; rows CURSOR FOR SELECT 'g'; BEGIN OPEN rows; FETCH rows INTO n; EXECUTE 'ALTER TABLE loops ADD COLUMN ' || n || ' int'; END $$;",
    `ALTER TABLE loops ADD COLUMN ${UNKNOWN_NAME} int`,
  ],
};

describe("a loop", () => {
  it.each(Object.entries(loops))("is what it runs for each of its rows: %s", (_, [sql, ...expected]) => {
    const parts = partsOfDoBlock(sql, [0, sql.length]) ?? [];
    const statements = parts.flatMap((part) => ("sql" in part && part.sql.startsWith("ALTER") ? part.sql : []));
    expect(statements).toEqual(expected);
  });
});

describe("loops in loops", () => {
  it("are followed row by row only as long as their rows are few", () => {
    const loop = (depth: number): string =>
      depth === 0
        ? "EXECUTE 'DROP TABLE t' || i0;"
        : `FOR i${String(depth - 1)} IN 1..90 LOOP ${loop(depth - 1)} END LOOP;`;
    const parts = (sql: string): readonly unknown[] => partsOfDoBlock(sql, [0, sql.length]) ?? [];
    expect(parts(`DO $$ BEGIN ${loop(1)} END $$`)).toHaveLength(90);
    const nested = parts(`DO $$ BEGIN ${loop(6)} END $$`);
    expect(nested.length).toBeGreaterThan(0);
    expect(nested.length).toBeLessThan(1200);
  });
});

describe("PostgreSQL", () => {
  let postgres: PGlite;
  beforeAll(async () => {
    postgres = await startPGlite();
    await postgres.exec("CREATE TABLE loops (a int CONSTRAINT a_set CHECK (a IS NOT NULL), b int);");
    await postgres.exec("CREATE TABLE accounts (id int PRIMARY KEY); CREATE TABLE orders (id int, account_id int);");
  });
  afterAll(() => postgres.close());

  it.each(Object.entries(blocks))("runs it: %s", async (_, [sql]) => {
    await postgres.exec(sql);
  });

  it.each(Object.entries(loops))("runs for each row what is said of it: %s", async (_, [sql, ...said]) => {
    // The context of an event trigger has the text of the statement that fired it.
    await postgres.exec(`
      CREATE TABLE ran (context text);
      CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql AS $f$
        DECLARE context text;
        BEGIN GET DIAGNOSTICS context = PG_CONTEXT; INSERT INTO ran VALUES (context); END $f$;
      CREATE EVENT TRIGGER noting ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION note();`);
    await postgres.exec(sql);
    await postgres.exec("DROP EVENT TRIGGER noting; DROP FUNCTION note();");
    const { rows } = await postgres.query<{ statement: string }>(
      `SELECT substring(context FROM 'SQL statement "(.*?)"\n') AS statement FROM ran`,
    );
    await postgres.exec("DROP TABLE ran");
    const patterns = said.map((statement) => RegExp(`^${quoted(statement).replace(UNKNOWN_NAME, "\\w+")}$`));
    const ran = rows.map(({ statement }) => patterns.findIndex((pattern) => pattern.test(statement)));
    expect([...new Set(ran)]).toEqual(said.map((_, index) => index));
  });

  it("refuses CONCURRENTLY in a block, though no transaction is open", async () => {
    await expect(postgres.exec("DO $$ BEGIN CREATE INDEX CONCURRENTLY ON orders (id); END $$;")).rejects.toMatchObject({
      code: "25001",
    });
  });
});
