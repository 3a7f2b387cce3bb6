import { describe, expect, it } from "vitest";
import { isMadeByChange, leavesOverload, removedBy } from "../../src/change/names.js";
import type { PlacedOperation } from "../../src/model/migration.js";
import { targetKey } from "../../src/references/find-references.js";
import { memoryChange, type Surroundings } from "../rules/memory-change.js";
import { unknownRunner } from "../rules/tools.js";

/** The first operation of the linted migration, with its database. */
function first(sql: string, surroundings: Surroundings = {}) {
  const { change } = memoryChange("/repo", sql, surroundings);
  const database = change.databases[0]!;
  const migration = database.migrations.at(-1)!;
  const statement = migration.statements[0]!;
  const placed: PlacedOperation = { operation: statement.statement.operations[0]!, statement, migration };
  return { database, placed };
}

describe("what an operation takes away from code", () => {
  it.each([
    ["ALTER TABLE t DROP COLUMN a", "public.t.a"],
    ["ALTER TABLE app.t RENAME COLUMN a TO b", "app.t.a"],
    ["DROP TABLE t", "public.t"],
    ["DROP MATERIALIZED VIEW app.v", "app.v"],
    ["ALTER VIEW v RENAME TO w", "public.v"],
    ["ALTER TABLE t SET SCHEMA app", "public.t"],
    ["DROP SEQUENCE s", "sequence public.s"],
    ["ALTER SEQUENCE s RENAME TO r", "sequence public.s"],
    ["DROP FUNCTION app.f(int)", "function app.f"],
    ["ALTER PROCEDURE f RENAME TO g", "function public.f"],
    ["ALTER AGGREGATE f(int) SET SCHEMA app", "function public.f"],
    ["DROP TYPE e", "type public.e"],
    ["ALTER DOMAIN d RENAME TO e", "type public.d"],
    ["ALTER TYPE e SET SCHEMA app", "type public.e"],
    ["DROP SCHEMA app", "schema app.app"],
    ["ALTER SCHEMA app RENAME TO shop", "schema app.app"],
    ["DROP INDEX i", undefined],
    ["ALTER INDEX i RENAME TO j", undefined],
    ["ALTER TABLE t RENAME CONSTRAINT a TO b", undefined],
    ["TRUNCATE t", undefined],
  ])("%s: %s", (sql, key) => {
    const target = removedBy(first(sql).placed);
    expect(target && targetKey(target)).toBe(key);
  });
});

describe("a name that the same transaction gives to something else stays", () => {
  const history = ["CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t;"];
  it.each<[sql: string, stays: boolean]>([
    ["ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t RENAME COLUMN b TO a", true],
    ["ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t ADD COLUMN a int", true],
    ["ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE u ADD COLUMN a int", false],
    ["DO $$ BEGIN ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t ADD COLUMN a int; END $$", true],
    ["DO $$ BEGIN ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE u ADD COLUMN a int; END $$", false],
    ["ALTER TABLE t RENAME COLUMN a TO c; ALTER TABLE t ADD COLUMN a int GENERATED ALWAYS AS (c) STORED", false],
    ["ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a text", false],
    ["ALTER TABLE t RENAME TO u; CREATE TABLE t (a int)", true],
    ["ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT * FROM u", true],
    ["ALTER TABLE t RENAME TO u; CREATE VIEW t AS SELECT a FROM u LIMIT 1", false],
    ["ALTER TABLE t RENAME TO u; CREATE MATERIALIZED VIEW t AS SELECT a FROM u", false],
    ["ALTER TABLE t RENAME TO u; CREATE VIEW app.t AS SELECT a FROM u", false],
    ["ALTER TABLE t SET SCHEMA app; ALTER TABLE app.u SET SCHEMA public; ALTER TABLE u RENAME TO t", true],
    ["DROP VIEW v; CREATE VIEW v AS SELECT count(*) FROM t", true],
    ["DROP VIEW IF EXISTS w; CREATE VIEW w AS SELECT count(*) FROM t", true],
    ["DROP VIEW v; CREATE MATERIALIZED VIEW v AS SELECT a FROM t", true],
    ["DROP TYPE e; CREATE TYPE e AS (a int)", true],
    ["ALTER TYPE e RENAME TO e_old; ALTER TYPE e_new RENAME TO e", true],
    ["ALTER TYPE e SET SCHEMA app; CREATE DOMAIN e AS int", true],
    ["DROP FUNCTION f; ALTER FUNCTION g RENAME TO f", true],
    ["DROP FUNCTION f; CREATE TABLE f (a int)", false],
    ["DROP SEQUENCE s; CREATE SEQUENCE s", true],
    ["ALTER SCHEMA app RENAME TO old; ALTER SCHEMA new RENAME TO app", true],
    ["DROP SCHEMA app CASCADE; CREATE SCHEMA app", true],
  ])("%s: %s", (sql, stays) => {
    expect(removedBy(first(sql, { history }).placed) === undefined).toBe(stays);
  });

  it("not behind its COMMIT", () => {
    const { database } = first("BEGIN; DROP VIEW v; COMMIT; CREATE VIEW v AS SELECT 1", { tool: unknownRunner });
    const migration = database.migrations[0]!;
    const statement = migration.statements[1]!;
    const placed = { operation: statement.statement.operations[0]!, statement, migration };
    expect(removedBy(placed)).toEqual({ table: { schema: "public", name: "v" } });
  });
});

describe("what the change itself made is nobody's yet", () => {
  const made = "CREATE TYPE e AS ENUM ('a'); CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';";
  it.each<[why: string, sql: string, surroundings: Surroundings, ownFileOnly: boolean, made: boolean]>([
    ["an earlier file", "DROP TYPE e", { pending: [made] }, false, true],
    ["an earlier file, where each is its own change", "DROP TYPE e", { pending: [made] }, true, false],
    ["history", "DROP FUNCTION f", { history: [made] }, false, false],
    ["under another name", "DROP FUNCTION g", { pending: [`${made} ALTER FUNCTION f() RENAME TO g;`] }, false, true],
    ["a relation: its catalog knows", "DROP TABLE e", { pending: ["CREATE TABLE e (a int);"] }, false, false],
  ])("%s", (_, sql, surroundings, ownFileOnly, expected) => {
    const { database, placed } = first(sql, surroundings);
    expect(isMadeByChange(database, placed, ownFileOnly)).toBe(expected);
  });
});

describe("an overload stays", () => {
  const f = (argument: string): string => `CREATE FUNCTION f(${argument}) RETURNS int LANGUAGE sql AS 'SELECT 1';`;
  it.each<[sql: string, history: readonly string[], stays: boolean]>([
    ["DROP FUNCTION f(int)", [f("int")], false],
    ["DROP FUNCTION f(int)", [f("int"), f("a text")], true],
    ["DROP FUNCTION f(integer)", [f("a int"), f("text"), "DROP FUNCTION f(text);"], false],
    ["DROP FUNCTION f(int)", [f("int"), f("int").replace("CREATE", "CREATE OR REPLACE")], false],
    ["DROP FUNCTION f", [f("int")], false],
    ["DROP FUNCTION f(int)", [], false],
    ["ALTER FUNCTION f(int) RENAME TO g", [f("int")], false],
    ["ALTER FUNCTION f(int) RENAME TO g", [f("int"), f("text")], true],
    ["DROP TABLE f", [f("int"), f("text")], false],
  ])("%s after %s: %s", (sql, history, stays) => {
    const { database, placed } = first(sql, { history });
    expect(leavesOverload(database, placed)).toBe(stays);
  });
});
