import { describe, expect, it } from "vitest";
import { withoutHandlers } from "../../src/postgres/tolerant-block.js";

describe("a block around statements", () => {
  it.each([
    [
      "DO $$ BEGIN CREATE TYPE t AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;",
      "CREATE TYPE t AS ENUM ('a'); ",
    ],
    [
      "do $b$\nbegin\n  alter table a drop column if exists b;\n  alter table a add c int;\nend;\n$b$",
      "alter table a drop column if exists b;\n  alter table a add c int;\n",
    ],
    [
      "DO $$ BEGIN DROP TABLE a; EXCEPTION WHEN undefined_table OR SQLSTATE '2BP01' THEN NULL; WHEN OTHERS THEN RAISE WARNING 'no %', 'a'; END $$",
      "DROP TABLE a; ",
    ],
  ])("is those statements: %s", (sql, inside) => {
    expect(withoutHandlers(sql)).toBe(inside);
  });

  it.each([
    "DROP TABLE a",
    "DO $$ BEGIN IF EXISTS (SELECT 1) THEN DROP TABLE a; END IF; END $$",
    "DO $$ BEGIN DROP TABLE a; EXCEPTION WHEN OTHERS THEN DROP TABLE b; END $$",
    "DO $$ BEGIN DROP TABLE a; EXCEPTION WHEN OTHERS THEN NULL; DROP TABLE b; END $$",
    "DO $$ BEGIN DROP TABLE a; EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION 'no'; END $$",
    "DO $$ BEGIN DROP TABLE a; EXCEPTION WHEN OTHERS THEN RAISE; END $$",
    "DO $$ DECLARE n int; BEGIN DROP TABLE a; END $$",
    "DO $$ BEGIN EXECUTE 'DROP TABLE a'; END $$",
    "DO $$ BEGIN BEGIN DROP TABLE a; END; END $$",
    "DO 'BEGIN DROP TABLE a; END'",
    "DO $$ BEGIN END $$ LANGUAGE plperl",
  ])("is more than that: %s", (sql) => {
    expect(withoutHandlers(sql)).toBe(sql);
  });
});
