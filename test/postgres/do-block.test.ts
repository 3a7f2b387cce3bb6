import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";

/** Blocks that only wrap a statement, with the operation that they are. */
const wrapping = [
  [
    "CreateEnum",
    "DO $$ BEGIN\n CREATE TYPE \"public\".\"status\" AS ENUM('new', 'paid');\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;",
  ],
  [
    "AddConstraint",
    'DO $$ BEGIN\n ALTER TABLE "orders" ADD CONSTRAINT "fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action;\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;',
  ],
  ["AddColumn", "do $b$ begin alter table orders add column note text; end; $b$ language plpgsql;"],
  [
    "AddColumn",
    "DO $$\nBEGIN\n  -- only once\n  ALTER TABLE orders ADD COLUMN other text; -- done\nEXCEPTION WHEN duplicate_column OR undefined_table THEN RAISE NOTICE 'there; already';\nEND\n$$;",
  ],
] as const;

/** Blocks whose effect takes more than reading one statement. */
const others = {
  "a condition": "DO $$ BEGIN IF true THEN ALTER TABLE orders ADD COLUMN a text; END IF; END $$;",
  "two statements": "DO $$ BEGIN CREATE TABLE a (id int); CREATE TABLE b (id int); END $$;",
  "a variable": "DO $$ DECLARE n int; BEGIN ALTER TABLE orders ADD COLUMN b text; END $$;",
  "dynamic SQL": "DO $$ BEGIN EXECUTE 'ALTER TABLE orders ADD COLUMN c text'; END $$;",
  "a query": "DO $$ BEGIN PERFORM 1; END $$;",
  "a handler that does something":
    "DO $$ BEGIN CREATE TABLE c (id int); EXCEPTION WHEN duplicate_table THEN ALTER TABLE c ADD COLUMN d text; END $$;",
  "a nested block": "DO $$ BEGIN BEGIN CREATE TABLE d (id int); END; END $$;",
  "a body in single quotes": "DO 'BEGIN CREATE TABLE e (id int); END';",
  nothing: "DO $$ BEGIN END $$;",
};

describe("a DO block", () => {
  it.each(wrapping)("is the statement that it wraps: %s", (type, sql) => {
    const [statement] = parseSql(`SELECT 'é';\n${sql}`).statements.slice(1);
    expect(statement?.operations.map((operation) => operation.type)).toEqual([type]);
    expect(statement?.sql).toBe(sql.slice(0, -1));
  });

  it("has the operation where it stands", () => {
    const sql = "SELECT 'é';\nDO $$ BEGIN\n  CREATE INDEX i ON orders (id);\nEND $$;";
    const [operation] = parseSql(sql).statements[1]?.operations ?? [];
    expect(operation?.type).toBe("CreateIndex");
    expect(sql.slice(...(operation?.range ?? [0, 0]))).toBe("CREATE INDEX i ON orders (id)");
    const anchor = operation?.type === "CreateIndex" ? operation.anchors.afterIndexKeyword : undefined;
    expect(sql.slice(0, anchor)).toMatch(/CREATE INDEX$/);
  });

  it.each(Object.entries(others))("stays one with %s", (_, sql) => {
    expect(parseSql(sql).statements.map(({ operations }) => operations.map(({ type }) => type))).toEqual([["DoBlock"]]);
  });
});

it("stays a block where PostgreSQL refuses the statement in one", () => {
  const sql = "DO $$ BEGIN CREATE INDEX CONCURRENTLY ON orders (id); END $$;";
  expect(parseSql(sql).statements[0]?.operations[0]?.type).toBe("DoBlock");
});

describe("PostgreSQL", () => {
  let postgres: PGlite;
  beforeAll(async () => {
    postgres = await PGlite.create();
    await postgres.exec("CREATE TABLE accounts (id int PRIMARY KEY); CREATE TABLE orders (id int, account_id int);");
  });
  afterAll(() => postgres.close());

  it("runs them all", async () => {
    for (const sql of [...wrapping.map(([, sql]) => sql), ...Object.values(others)]) await postgres.exec(sql);
  });
});
