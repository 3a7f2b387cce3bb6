import { describe, expect, it } from "vitest";
import { editOf, isSame } from "../../src/change/edited-statements.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { readFormattedSql } from "../../src/migrations/liquibase/sql.js";

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
