import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import type { DatabaseSetting } from "../../src/model/configuration.js";
import { byFile, type Files } from "./tool-fixture.js";

const RESOURCES = "src/main/resources";
const CHANGELOG = `${RESOURCES}/db/changelog`;
const HEADER = "--liquibase formatted sql\n\n";
const SQL = `${HEADER}--changeset ann:1\nSELECT 1;\n`;

function detect(files: Files, databases: Readonly<Record<string, DatabaseSetting>> = {}) {
  return detectMigrations(memoryTree(new Map(Object.entries(files)), "head"), databases);
}

function open(files: Files): MigrationSource {
  const { databases } = detect(files);
  expect(databases.map(({ sources }) => sources.map(({ tool }) => tool.name))).toEqual([["liquibase"]]);
  return databases[0]?.sources[0] as MigrationSource;
}

const xml = (...entries: readonly string[]) =>
  '<?xml version="1.0" encoding="UTF-8"?>\n<databaseChangeLog\n    xmlns="http://www.liquibase.org/xml/ns/dbchangelog"\n' +
  `    xsi:schemaLocation="x y">\n${entries.join("\n")}\n</databaseChangeLog>\n`;

describe("changelogs", () => {
  it("follows YAML in its order, folders by their paths", () => {
    const source = open({
      [`${CHANGELOG}/db.changelog-master.yaml`]:
        "databaseChangeLog:\n" +
        "  - include:\n      file: db/changelog/base.sql\n" +
        "  - includeAll:\n      path: classpath:/db/changelog/changes/\n" +
        "  - include: { file: late/10.sql, relativeToChangelogFile: true }\n",
      [`${CHANGELOG}/base.sql`]: SQL,
      [`${CHANGELOG}/changes/9.sql`]: SQL,
      [`${CHANGELOG}/changes/10.sql`]: SQL,
      [`${CHANGELOG}/changes/2024/b.xml`]: xml('<include file="x/c.sql" relativeToChangelogFile="true"/>'),
      [`${CHANGELOG}/changes/2024/x/c.sql`]: SQL,
      [`${CHANGELOG}/changes/notes.md`]: "",
      [`${CHANGELOG}/late/10.sql`]: SQL,
      [`${CHANGELOG}/late/forgotten.sql`]: SQL,
      [`${CHANGELOG}/late/10_rollback.sql`]: SQL,
    });
    expect(source.folder).toBe(CHANGELOG);
    expect(source.because).toBe(`because ${CHANGELOG}/db.changelog-master.yaml is a changelog`);
    expect(source.files.map((file) => file.slice(CHANGELOG.length + 1))).toEqual([
      "base.sql",
      "changes/10.sql",
      "changes/2024/x/c.sql",
      "changes/9.sql",
      "late/10.sql",
    ]);
    expect(byFile(source.leftOut, CHANGELOG)).toEqual({
      "late/forgotten.sql": "is in no changelog, so Liquibase does not run it",
    });
  });

  it.each([
    ["liquibase.properties", "changeLogFile=db/root.xml\nurl=jdbc:postgresql://db/shop\n"],
    ["liquibase.properties", "liquibase.command.changelogFile: db/root.xml\n"],
    [
      `${RESOURCES}/application.yml`,
      "spring:\n  liquibase:\n    enabled: true\n    change-log: classpath:db/root.xml\n",
    ],
    [`${RESOURCES}/application.properties`, "quarkus.liquibase.change-log=db/root.xml\n"],
    ["pom.xml", "<configuration><changeLogFile>db/root.xml</changeLogFile></configuration>"],
    ["build.gradle", "liquibase { activities { main { changelogFile 'db/root.xml' } } }"],
  ])("starts at the changelog that %s names", (config, text) => {
    const root = config.startsWith("src") ? `${RESOURCES}/db` : "db";
    const source = open({
      [config]: text,
      [`${root}/root.xml`]: xml('<include relativeToChangelogFile="true" file="liquibase/a.sql"></include>'),
      [`${root}/liquibase/a.sql`]: SQL,
    });
    expect(source.because).toBe(`because ${config} names ${root}/root.xml`);
    expect(source.files).toEqual([`${root}/liquibase/a.sql`]);
  });

  it("reads JSON, and a root that is SQL itself", () => {
    expect(
      open({
        "db/changelog.json": '{"databaseChangeLog": [{"include": {"file": "a.sql", "relativeToChangelogFile": true}}]}',
        "db/a.sql": SQL,
      }).files,
    ).toEqual(["db/a.sql"]);
    expect(open({ "db/changelog.sql": `\n${SQL}` }).files).toEqual(["db/changelog.sql"]);
  });

  it("does not follow a changelog in circles, nor start at one that another includes", () => {
    const source = open({
      "db/changelog.xml": xml('<include file="db/master.xml"/>', '<includeAll path="db/"/>'),
      "db/master.xml": xml('<include file="db/changelog.xml"/>', '<include file="db/a.sql"/>'),
      "db/a.sql": SQL,
    });
    expect(source.files).toEqual(["db/a.sql"]);
  });

  it("says what is not SQL, by changeset, and what is not there", () => {
    const source = open({
      "db/changelog.xml": xml(
        '<changeSet author="ann" id="1"><addColumn tableName="a"><column name="b" type="int"/></addColumn><rollback/></changeSet>',
        '<!-- <changeSet author="ann" id="0"><dropTable tableName="a"/></changeSet> -->',
        '<changeSet author="ann" id="2" dbms="mysql"><dropTable tableName="a"/></changeSet>',
        '<changeSet author="ann" id="3" dbms="h2, postgresql"><comment>x</comment><sql><![CDATA[ SELECT 1 < 2 ]]></sql></changeSet>',
        '<include file="gone.sql"/>',
        '<include file="db/a.sql"/>',
      ),
      "db/a.sql": SQL,
    });
    expect(source.leftOut).toEqual([
      { file: "db/changelog.xml", reason: "includes gone.sql, which is not here" },
      { file: "db/changelog.xml", reason: "has 2 changesets with changes in XML (addColumn, sql), which are not read" },
    ]);
    expect([...(source.unread ?? [])]).toEqual([
      [
        "db/changelog.xml ann:1",
        {
          file: "db/changelog.xml",
          reason: "the changeset ann:1 is written as changes in XML (addColumn), which are not read",
        },
      ],
      [
        "db/changelog.xml ann:3",
        {
          file: "db/changelog.xml",
          reason: "the changeset ann:3 is written as changes in XML (sql), which are not read",
        },
      ],
    ]);
  });

  it("says it once for a changelog and all that it includes, as Dropwizard's migrations.xml", () => {
    const { databases, leftOut } = detect({
      [`${RESOURCES}/migrations.xml`]: xml(
        '<include file="migrations/001.yaml"/>',
        '<include file="migrations/002.xml"/>',
      ),
      [`${RESOURCES}/migrations/001.yaml`]:
        "databaseChangeLog:\n- changeSet: {id: 1, author: ann, changes: [{createTable: {tableName: a}}]}\n",
      [`${RESOURCES}/migrations/002.xml`]: xml('<changeSet author="ann" id="2"><dropTable tableName="a"/></changeSet>'),
    });
    expect(databases).toEqual([]);
    expect(leftOut).toEqual([
      {
        file: `${RESOURCES}/migrations.xml`,
        reason:
          "has, with what it includes, 2 changesets with changes in YAML and XML (createTable, dropTable), which are not read",
      },
    ]);
  });

  it("runs files of sqlFile changes as their changeset says", () => {
    const source = open({
      "db/changelog.yaml":
        "databaseChangeLog:\n" +
        "- changeSet:\n    id: 1\n    author: ann\n    changes:\n    - sqlFile: {path: one.sql, relativeToChangelogFile: true}\n" +
        "- changeSet:\n    id: 2\n    author: ann\n    runInTransaction: false\n    changes:\n    - sqlFile:\n        path: db/two.sql\n" +
        "- changeSet:\n    id: 3\n    author: ann\n    runInTransaction: false\n    changes:\n    - sqlFile: {path: db/three.sql, splitStatements: false}\n" +
        "- changeSet: {id: 4, author: ann, dbms: '!postgresql', changes: [{sqlFile: {path: db/four.sql}}]}\n",
      "db/one.sql": "",
      "db/two.sql": "",
      "db/three.sql": "",
      "db/four.sql": "",
    });
    expect([...(source.transactions ?? [])]).toEqual([
      ["db/one.sql", "per-file"],
      ["db/two.sql", "per-statement"],
      ["db/three.sql", "single-send"],
    ]);
  });

  it("leaves another system out, by the URL beside the changelog", () => {
    const { databases, leftOut } = detect({
      "liquibase.properties": "changeLogFile=db/changelog.xml\nurl=jdbc:mariadb://db/shop\n",
      "db/changelog.xml": xml('<include file="db/a.sql"/>'),
      "db/a.sql": SQL,
    });
    expect(databases).toEqual([]);
    expect(byFile(leftOut, "")).toEqual({ db: "holds migrations for MariaDB; only PostgreSQL is checked" });
  });

  it("reads a configured folder without a changelog", () => {
    const { databases } = detect(
      { "sql/b.sql": SQL, "sql/a.sql": SQL },
      { main: { migrations: [{ path: "sql", tool: "liquibase" }], code: [], session: {} } },
    );
    expect(databases[0]?.sources[0]?.files).toEqual(["sql/a.sql", "sql/b.sql"]);
  });

  it("takes a change log of releases for what it is, and survives files that hold anything", () => {
    expect(detect({ "changelog.json": '{"1.0.0": "first"}', "changelog.xml": "<rss/>" }).databases).toEqual([]);
    for (const text of [
      "databaseChangeLog",
      "databaseChangeLog: [",
      "<databaseChangeLog><a",
      "databaseChangeLog:\n - 1\n - {}",
    ]) {
      for (const name of ["changelog.xml", "changelog.yaml", "changelog.json"]) {
        expect(() => detect({ [name]: text, "a.sql": SQL })).not.toThrow();
      }
    }
  });
});

describe("formatted SQL", () => {
  const source = () => open({ "db/changelog.sql": SQL });
  const read = (text: string) => {
    const result = source().read?.(text, "db/changelog.sql") ?? { sql: "" };
    expect(result.sql).toHaveLength(text.length);
    const { sql, parts } = parseMigration(text, "db/changelog.sql", source().read);
    return {
      statements: sql.statements.map(({ range }) => text.slice(...range)),
      parts: parts?.map(({ id, transaction, range }) => [id, transaction, text.slice(...range).split("\n")[0]]),
    };
  };

  it("runs each changeset by itself, in a transaction unless it says otherwise", () => {
    const text =
      `${HEADER}--comment of nobody\nSELECT 'before the first';\n` +
      "--changeset ann:1 labels:a context:b\n--comment: note\nCREATE TABLE a (id int);\n--rollback DROP TABLE a;\n" +
      '-- ChangeSet "Bo Li":"add index" runInTransaction:false\nCREATE INDEX CONCURRENTLY i ON a (id);\n' +
      "/* liquibase rollback\nDROP INDEX i;\n*/\n" +
      "--changeset ann:3 splitStatements:false runInTransaction:FALSE\nSELECT 3; SELECT 4;\n";
    expect(read(text)).toEqual({
      statements: ["CREATE TABLE a (id int)", "CREATE INDEX CONCURRENTLY i ON a (id)", "SELECT 3", "SELECT 4"],
      parts: [
        ["ann:1", "per-file", "--changeset ann:1 labels:a context:b"],
        ["Bo Li:add index", "per-statement", '-- ChangeSet "Bo Li":"add index" runInTransaction:false'],
        ["ann:3", "single-send", "--changeset ann:3 splitStatements:false runInTransaction:FALSE"],
      ],
    });
  });

  it.each([
    ["dbms:postgresql", true],
    ["dbms:postgresql,h2", true],
    ["dbms:all", true],
    ["dbms:!oracle", true],
    ["dbms:oracle,mssql", false],
    ["dbms:!postgresql", false],
    ["ignore:true", false],
    ["runOnChange:true", true],
  ])("%s runs: %s", (attribute, runs) => {
    expect(read(`${HEADER}--changeset ann:1 ${attribute}\nSELECT 1;\n`).statements).toEqual(runs ? ["SELECT 1"] : []);
  });

  it("passes over lines that are to be ignored", () => {
    const text =
      `${HEADER}--changeset ann:1\nSELECT 1;\n--ignoreLines:2\nSELECT 2;\nSELECT 3;\nSELECT 4;\n` +
      "--ignoreLines:start\nSELECT 5;\n--changeset ann:2\n--ignoreLines:end\nSELECT 6;\n--ignoreLines:start\nSELECT 7;\n";
    expect(read(text)).toEqual({
      statements: ["SELECT 1", "SELECT 4", "SELECT 6"],
      parts: [["ann:1", "per-file", "--changeset ann:1"]],
    });
  });

  it.each([
    ["", "SELECT 1\n/\nSELECT 2\nGO\r\n"],
    ["endDelimiter:/", "SELECT 1\n/\nSELECT 2\n/\n"],
    ["endDelimiter://", "SELECT 1//\nSELECT 2//\n"],
    ["endDelimiter:\\n\\s*/\\s*\\n|\\n\\s*/\\s*$", "SELECT 1\n / \nSELECT 2\n/"],
    ["endDelimiter:#", "SELECT 1 #\nSELECT 2 #\n"],
    ["endDelimiter:;", "SELECT 1;\nSELECT 2;\n"],
  ])("splits at the delimiter of %j", (attribute, sql) => {
    expect(read(`${HEADER}--changeset ann:1 ${attribute}\n${sql}`).statements.map((text) => text.trim())).toEqual([
      "SELECT 1",
      "SELECT 2",
    ]);
  });
});
