/** What operations say that PostgreSQL can be asked about. */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../src/postgres/parse-sql.js";
import { refusedInTransaction } from "../../src/postgres/refused-in-transaction.js";
import { Replay } from "../../src/postgres/replay.js";
import { startPGlite } from "./start-pglite.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite();
  await database.exec('create table base (a int, b text, c jsonb); create schema "S"');
});
afterAll(() => database.close());

describe("refused inside a transaction block", () => {
  test.each([
    "alter system set work_mem = '1MB'",
    "create database d",
    "drop database if exists d",
    "create tablespace ts location '/nowhere'",
    "drop tablespace if exists ts",
    "alter database postgres set tablespace pg_default",
    "alter database postgres with connection limit 5",
    "alter database postgres set work_mem = '1MB'",
    "alter role current_user set work_mem = '1MB'",
    "commit prepared 'x'",
    "rollback prepared 'x'",
    "discard all",
    "discard plans",
    "create publication p for all tables",
    "comment on table base is 'x'",
    "create statistics st on a, b from base",
    "create extension if not exists plpgsql",
    "create role r",
    "grant select on base to public",
  ])("%s", async (sql) => {
    const [statement] = parseSql(sql).statements;
    if (statement === undefined) throw new Error("expected a statement");
    const { catalog: before } = new Replay({ postgres: 18 });
    const said = statement.operations.some(
      (operation) => refusedInTransaction(operation, { before, statement, postgres: 18 }) !== undefined,
    );
    await database.exec("begin");
    const code = await database.exec(sql).then(
      () => undefined,
      (error: unknown) => (error as { code?: string }).code,
    );
    await database.exec("rollback");
    expect(code === "25001").toBe(said);
  });
});

describe("a view that is said to be updatable is", () => {
  test.each([
    ["select a, b as c from base where a > 1 order by a", true],
    ["select * from public.base as x", true],
    ["select distinct a from base", false],
    ["select a from base group by a", false],
    ["select a from base limit 1", false],
    ["with x as (select 1) select a from base", false],
    ["select a from base union all select a from base", false],
    ["select x.a from base x, base y", false],
    ["select a from (select * from base) x", false],
    ["select count(*) from base", false],
    // PostgreSQL looks at the function; here every one is taken for an aggregate.
    ["select a, lower(b) as b from base", undefined],
  ])("%s: %s", async (query, updatable) => {
    const [operation] = parseSql(`create view v as ${query}`).statements.flatMap(({ operations }) => operations);
    await database.exec(`drop view if exists v; create view v as ${query}`);
    const { rows } = await database.query<{ is: string }>(
      "select is_updatable as is from information_schema.views where table_name = 'v'",
    );
    expect(rows[0]?.is === "YES").toBe(updatable ?? true);
    expect(operation?.type === "CreateView" && operation.updatable === true).toBe(updatable ?? false);
  });
});

describe("types", () => {
  test.each([
    "int",
    "smallint",
    "bigint",
    "real",
    "double precision",
    "float(20)",
    "decimal(10, 2)",
    "numeric(5)",
    "char",
    "char(3)",
    '"char"',
    "character varying",
    "varchar(20)",
    "nchar(2)",
    "text",
    "boolean",
    "bit(3)",
    "bit varying(5)",
    "timestamp",
    "timestamp(3)",
    "timestamp with time zone",
    "time(2) with time zone",
    "date",
    "interval",
    "jsonb",
    "uuid",
    "bytea",
    "pg_catalog.int4",
    "inet",
    "xml",
    "money",
    "name",
    "int[]",
    "varchar(5)[]",
  ])("the name of %s is the one in pg_type", async (sql) => {
    const [operation] = parseSql(`alter table base add column x ${sql}`).statements[0]?.operations ?? [];
    if (operation?.type !== "AddColumn") throw new Error("expected AddColumn");
    const { type } = operation.column;
    await database.exec(`begin; alter table base add column x ${sql}`);
    const { rows } = await database.query<{ typname: string; typschema: string; attndims: number }>(
      `select coalesce(e.typname, t.typname) typname, n.nspname typschema, a.attndims
       from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
       join pg_namespace n on n.oid = t.typnamespace
       where a.attrelid = 'base'::regclass and a.attname = 'x'`,
    );
    await database.exec("rollback");
    expect(type).toMatchObject({ name: rows[0]?.typname, arrayDimensions: rows[0]?.attndims });
    expect(type.schema).toBeUndefined();
  });
});

describe("the default name of an index", () => {
  test.each([
    "(a)",
    "(a, b)",
    "(lower(b))",
    "(lower(b), lower(c::text), upper(b))",
    "((a + 1))",
    "((a + 1), (a + 2))",
    "((c ->> 'x'))",
    "(((c ->> 'x')::int))",
    "((b::varchar(3)))",
    "(coalesce(a, 1), nullif(a, 2), greatest(a, 3), least(a, 4))",
    '((b collate "C"))',
    "((case when a > 0 then 1 else a end))",
    "((case when a > 0 then 1 end))",
    "((array[a]))",
    "((a is null))",
    "(a, b) include (c)",
    "(pg_catalog.lower(b) text_pattern_ops desc)",
    "((not (a > 1)))",
    "((('x' || b)::name))",
    "((row(a, b) is null))",
  ])("on base %s", async (keys) => {
    const sql = `create index on base ${keys}`;
    const [operation] = parseSql(sql).statements[0]?.operations ?? [];
    if (operation?.type !== "CreateIndex") throw new Error("expected CreateIndex");
    await database.exec(`begin; ${sql}`);
    const { rows } = await database.query<{ name: string }>(
      "select relname name from pg_class join pg_index on indexrelid = oid where indrelid = 'base'::regclass",
    );
    await database.exec("rollback");
    expect(["base", ...(operation.nameColumns ?? []), "idx"].join("_")).toBe(rows[0]?.name);
  });
});

describe("names", () => {
  test.each(['"S"."T x"', "BASE2", `"${"é".repeat(40)}"`, "x".repeat(80), 'U&"d\\0061t\\+000061"', '"a""b"'])(
    "%s is what PostgreSQL makes of it",
    async (name) => {
      const [operation] = parseSql(`create table ${name} (a int)`).statements[0]?.operations ?? [];
      if (operation?.type !== "CreateTable") throw new Error("expected CreateTable");
      await database.exec(`begin; create table ${name} (a int)`);
      const { rows } = await database.query<{ name: string; schema: string }>(
        `select relname name, nspname schema from pg_class c join pg_namespace n on n.oid = relnamespace
         where relkind = 'r' and nspname !~ '^pg_|information_schema' and relname <> 'base'`,
      );
      await database.exec("rollback");
      expect(rows).toEqual([{ name: operation.table.name, schema: operation.table.schema ?? "public" }]);
    },
  );
});
