import { describe, expect, it } from "vitest";
import { editOf, isSame } from "../../src/change/edited-statements.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { readFormattedSql } from "../../src/migrations/liquibase/sql.js";
import { knexProgram } from "../rules/tools.js";

describe("a file that its tool remembers as a whole", () => {
  it.each([
    ["the same", "SELECT 1; SELECT 2;", "SELECT 1; SELECT 2;", [0, 1], true],
    ["formatted, and commented", "SELECT a FROM b;", "-- all\nselect  a\nfrom b /* now */;", [0], true],
    ["one more in between", "SELECT 1; SELECT 2;", "SELECT 1; SELECT 3; SELECT 2;", [0, 2], false],
    ["one less", "SELECT 1; SELECT 2;", "SELECT 2;", [0], false],
    ["another order", "SELECT 1; SELECT 2;", "SELECT 2; SELECT 1;", [0, 1], true],
    ["one of two that are the same", "SELECT 1;", "SELECT 1; SELECT 1;", [0], false],
    ["a constant in another case", "SELECT 'a';", "SELECT 'A';", [], false],
    ["nothing before", "", "SELECT 1;", [], false],
  ])("%s", (_, was, is, unchanged, same) => {
    const [before, now] = [parseMigration(was, "1.sql"), parseMigration(is, "1.sql")];
    const edit = editOf(before, now);
    expect([...edit.unchanged]).toEqual(unchanged);
    expect(edit).not.toHaveProperty("editedParts");
    expect(isSame(edit, before.sql, now.sql)).toBe(same);
  });
});

describe("a DO block that is edited", () => {
  it("keeps the statements that a block of the file had before", () => {
    const block = (...statements: string[]): string => `DO $$ BEGIN ${statements.join("; ")}; END $$;`;
    const one = "ALTER TABLE a ADD COLUMN x int";
    const two = "ALTER TABLE b ADD COLUMN x int, DROP COLUMN y";
    const before = parseMigration(`SELECT 1; ${block(one, "CREATE INDEX ON a (x)", two)}`, "1.sql");
    const now = parseMigration(
      block("create index on a (x)", "CREATE INDEX ON b (x)", two.replace("y", "z"), one, one),
      "1.sql",
    );
    const { kept, unchanged } = editOf(before, now);
    expect(unchanged.size).toBe(0);
    expect([...(kept ?? [])].map(({ range }) => now.sql.text.slice(...range))).toEqual([
      "create index on a (x)",
      "ADD COLUMN x int",
      one,
    ]);
    expect(editOf(before, before)).not.toHaveProperty("kept");
  });
});

describe("what an edit is to a database that has run the migration", () => {
  const GOOSE = "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n";
  it.each([
    ["the same bytes", GOOSE, GOOSE, "none"],
    ["its down", GOOSE, GOOSE.replace("DROP TABLE", "DROP TABLE IF EXISTS"), "same"],
    ["how it copes", "DROP INDEX i;", "DROP INDEX IF EXISTS i;", "same"],
    ["where an extension goes anyway", "CREATE EXTENSION ltree;", "CREATE EXTENSION ltree SCHEMA public;", "same"],
    ["where it would not go", "CREATE EXTENSION ltree;", "CREATE EXTENSION ltree SCHEMA app;", "other"],
    ["another type", GOOSE, GOOSE.replace("int", "bigint"), "other"],
    ["another order", "SELECT 1; SELECT 2;", "SELECT 2; SELECT 1;", "other"],
    ["an error of grammar, mended", "CREATE TABLE a (id int,);", "CREATE TABLE a (id int);", "mended"],
    ["an error of grammar behind what runs", "SELECT 1; SELEC 2;", "SELECT 1;", "mended"],
    ["an error of grammar, made", "SELECT 1;", "SELEC 1;", "other"],
  ])("%s", (_, was, is, effect) => {
    const { edit, unchanged } = editOf(parseMigration(was, "1.sql"), parseMigration(is, "1.sql"));
    expect(edit).toEqual({ before: was, effect });
    if (effect === "mended") expect(unchanged.size).toBe(0);
  });

  it.each([
    ["a new spelling of the same", 'await knex.schema.dropTable("a");', "return knex.schema.dropTable('a');", "same"],
    ["another table", 'await knex.schema.dropTable("a");', 'await knex.schema.dropTable("b");', "other"],
    [
      "the values of rows, which only a run knows",
      'await knex("a").insert({ b: one() });',
      'await knex("a").insert({ b: two() });',
      "other",
    ],
  ])("of a program: %s", (_, was, is, effect) => {
    const read = (body: string): ReturnType<typeof parseMigration> =>
      parseMigration(`exports.up = async (knex) => {\n  ${body}\n};\n`, "1.js", undefined, {
        evaluate: knexProgram!,
        files: { has: () => false, read: () => undefined },
      });
    expect(editOf(read(was), read(is)).edit.effect).toBe(effect);
  });
});

describe("a file whose parts its tool remembers", () => {
  const HEADER = "--liquibase formatted sql\n";
  const TABLE = "--changeset ann:1\nCREATE TABLE orders (id bigint);\nCREATE TABLE items (id bigint);\n";
  const VIEW =
    "--changeset ann:view runOnChange:true\nCREATE VIEW v AS SELECT id FROM orders;\nGRANT SELECT ON v TO app;\n";
  const INDEX = "--changeset bob:2\nCREATE INDEX i ON orders (id);\n";

  it.each([
    ["a new part runs", TABLE, TABLE + INDEX, [0, 1], []],
    ["a new part before it runs, too", TABLE, INDEX + TABLE, [1, 2], []],
    ["an edited part", TABLE + INDEX, TABLE.replace("(id", "(id int, ref") + INDEX, [1, 2], ["ann:1"]],
    ["a part that says less", TABLE, TABLE.replace(/CREATE TABLE items.*\n/, ""), [0], ["ann:1"]],
    ["a part that is gone", TABLE + INDEX, TABLE, [0, 1], ["bob:2"]],
    [
      "a repeatable part that changed runs again, all of it",
      TABLE + VIEW,
      TABLE + VIEW.replace("id FROM", "* FROM"),
      [0, 1],
      [],
    ],
    ["a repeatable part that did not change", VIEW, `${VIEW}${INDEX}`, [0, 1], []],
  ])("%s", (_, was, is, unchanged, editedParts) => {
    const read = (text: string): ReturnType<typeof parseMigration> =>
      parseMigration(HEADER + text, "1.sql", readFormattedSql);
    const edit = editOf(read(was), read(is));
    expect([...edit.unchanged]).toEqual(unchanged);
    expect(edit.editedParts).toEqual(editedParts);
  });
});
