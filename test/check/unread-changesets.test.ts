/** Liquibase's changes in XML are not read: what is new among them is unknown, what was there before is not worth a word. */
import { expect, test } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { DEFAULT_CONFIGURATION } from "../../src/change/configuration.js";
import { check } from "../../src/check/check.js";
import { TemporaryRepository } from "../change/temporary-repository.js";

const changelog = (...entries: readonly string[]): string =>
  `<databaseChangeLog>\n${entries.join("\n")}\n</databaseChangeLog>\n`;
const COLUMN = '<changeSet author="ann" id="1"><addColumn tableName="orders"/></changeSet>';
const DROP = '<changeSet author="bo" id="2"><dropTable tableName="orders"/></changeSet>';

test("a new changeset in XML is unknown; one that base has is not, though its file is changed", () => {
  const repository = new TemporaryRepository({ "db/changelog.xml": changelog(COLUMN) });
  repository.branch("work");
  repository.commit("work", {
    "db/changelog.xml": changelog(COLUMN, '<include file="db/a.sql"/>', DROP),
    "db/a.sql": "--liquibase formatted sql\n--changeset ann:3\nCREATE TABLE notes (id bigint PRIMARY KEY);\n",
  });
  const { unknowns, migrations, coverage } = check(gitChangeSource({ root: repository.root }), DEFAULT_CONFIGURATION);
  expect(unknowns).toEqual([
    {
      file: "db/changelog.xml",
      line: 1,
      reason: "the changeset bo:2 is written as changes in XML (dropTable), which are not read",
    },
  ]);
  expect(migrations.map(({ file, status }) => [file, status])).toEqual([["db/a.sql", "added"]]);
  expect(coverage.leftOut).toEqual([
    {
      file: "db/changelog.xml",
      reason: "has 2 changesets with changes in XML (addColumn, dropTable), which are not read",
    },
  ]);
});
