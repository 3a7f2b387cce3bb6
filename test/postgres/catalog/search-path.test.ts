/** Where names without a schema end up, here and in PostgreSQL. */
import type { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseSql } from "../../../src/postgres/parse-sql.js";
import { Replay } from "../../../src/postgres/replay.js";
import { startPGlite } from "../start-pglite.js";

let database: PGlite;
beforeAll(async () => {
  database = await startPGlite();
});
afterAll(() => database.close());

const START = "CREATE SCHEMA app; CREATE SCHEMA other; CREATE TABLE app.t (id int); CREATE TABLE public.t (id int);";
const makes = (name: string, body: string, options = ""): string =>
  `CREATE FUNCTION ${name}() RETURNS void LANGUAGE plpgsql ${options} AS $$ BEGIN ${body} END $$;`;

/** The columns of tables, by their qualified names. */
function replayed(sql: string): Readonly<Record<string, string>> {
  const replay = new Replay({ postgres: 18 });
  for (const statement of parseSql(START).statements) replay.apply(statement, 0);
  for (const statement of parseSql(sql).statements) replay.apply(statement, 1);
  return Object.fromEntries(
    [...replay.catalog.tables()].map(({ schema, name, columns }) => [`${schema}.${name}`, [...columns.keys()].join()]),
  );
}

describe("names are those of PostgreSQL", () => {
  test.each([
    ["SET", "SET search_path = app, public; CREATE TABLE a (id int); ALTER TABLE t ADD x int;"],
    ["what is gone is passed over", "DROP SCHEMA other; SET search_path = other, app; CREATE TABLE a (id int);"],
    ["RESET", "SET search_path = app; RESET search_path; CREATE TABLE a (id int); ALTER TABLE t ADD x int;"],
    [
      "SET LOCAL, until the end of its transaction",
      "BEGIN; SET LOCAL search_path = app; CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int); ALTER TABLE t ADD x int;",
    ],
    [
      "SET LOCAL over SET",
      "SET search_path = other; BEGIN; SET LOCAL search_path = app; CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);",
    ],
    [
      "SET behind SET LOCAL stays",
      "BEGIN; SET LOCAL search_path = app; SET search_path = other; COMMIT; CREATE TABLE b (id int);",
    ],
    [
      "set_config",
      "SELECT set_config('search_path', 'app,public', false); CREATE TABLE a (id int); ALTER TABLE t ADD x int;",
    ],
    [
      "set_config of a transaction",
      "BEGIN; SELECT set_config('search_path', 'app', true); CREATE TABLE a (id int); COMMIT; CREATE TABLE b (id int);",
    ],
    [
      "the caller's, in a function without one of its own",
      `${makes("f", "CREATE TABLE a (id int); ALTER TABLE t ADD x int;")} SET search_path = app, public; SELECT f();`,
    ],
    [
      "a function's own, while it runs",
      `${makes("f", "CREATE TABLE a (id int); ALTER TABLE t ADD x int;", "SET search_path = app")} SELECT f(); CREATE TABLE b (id int);`,
    ],
    [
      "that of ALTER FUNCTION",
      `${makes("f", "CREATE TABLE a (id int);")} ALTER FUNCTION f() SET search_path = app, pg_temp; SELECT f(); CREATE TABLE b (id int);`,
    ],
    [
      "and its RESET",
      `${makes("f", "CREATE TABLE a (id int);", "SET search_path TO app")} ALTER FUNCTION f() RESET search_path; SELECT f();`,
    ],
    [
      "of functions that call each other",
      `${makes("public.g", "CREATE TABLE c (id int);", "SET search_path = other")} ${makes("f", "CREATE TABLE a (id int); PERFORM public.g(); CREATE TABLE b (id int);", "SET search_path = app")} SET search_path = public; SELECT f(); CREATE TABLE d (id int);`,
    ],
    ["a DO block", "DO $$ BEGIN SET search_path = app; CREATE TABLE a (id int); END $$; CREATE TABLE b (id int);"],
  ])("%s", async (_, sql) => {
    await database.exec(`
      RESET ALL; DROP SCHEMA IF EXISTS app, other CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${START}`);
    for (const statement of parseSql(sql).statements) await database.exec(statement.sql);
    const { rows } = await database.query<{ name: string; columns: string }>(`
      SELECT t.table_schema || '.' || t.table_name AS name,
        (SELECT string_agg(column_name, ',' ORDER BY ordinal_position) FROM information_schema.columns c
         WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name) AS columns
      FROM information_schema.tables t WHERE t.table_schema IN ('app', 'other', 'public')`);
    expect(replayed(sql)).toEqual(Object.fromEntries(rows.map(({ name, columns }) => [name, columns])));
  });
});

describe("what is not known", () => {
  const completeAfter = (sql: string): boolean => {
    const replay = new Replay({ postgres: 18 });
    for (const statement of parseSql(START).statements) replay.apply(statement, 0);
    for (const statement of parseSql(sql).statements) replay.apply(statement, 1);
    return replay.catalog.complete;
  };

  test("a path that is put together at run time leaves nothing that is known not to be there", () => {
    expect(completeAfter("SELECT set_config('search_path', 'app', false)")).toBe(true);
    expect(completeAfter("SELECT set_config('search_path', 'app,' || current_user, false)")).toBe(false);
  });

  test("the path of a connection is that of the settings; one that is stored may be in force, or not", () => {
    const tables = (certain: boolean): unknown => {
      const replay = new Replay({ postgres: 18 });
      for (const statement of parseSql(START).statements) replay.apply(statement, 0);
      replay.connect("app", certain);
      for (const statement of parseSql("CREATE TABLE a (id int); RESET search_path; CREATE TABLE b ()").statements) {
        replay.apply(statement, 1);
      }
      const { catalog } = replay;
      return [
        catalog.table({ schema: "app", name: "a" })?.name,
        catalog.table({ name: "b" })?.schema,
        catalog.complete,
      ];
    };
    expect(tables(true)).toEqual(["a", "app", true]);
    expect(tables(false)).toEqual(["a", "app", false]);
  });
});
