import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const GO_MOD = `module example.com/shop

go 1.25

require (
	github.com/lib/pq v1.10.9
	github.com/rubenv/sql-migrate v1.8.0
)
`;

const UP = "-- +migrate Up\nSELECT 1;\n\n-- +migrate Down\nSELECT 2;\n";
const SETTINGS = `development:
  dialect: sqlite3
  datasource: test.db
  dir: migrations/sqlite
production: &production
  dialect: postgres
  datasource: dbname=shop
  dir: ./db/changes/
  table: applied
staging:
  <<: *production
  datasource: dbname=staging
`;

const at = (name: string): string => `db/changes/${name}`;
const FILES = {
  "go.mod": GO_MOD,
  [at("1_init.sql")]: UP,
  [at("10_ten.sql")]: UP,
  [at("009_nine.sql")]: UP,
  [at("9_again.sql")]: UP,
  [at("20240102030405-later.sql")]: UP,
  [at("last.sql")]: UP,
  [at("README.md")]: "",
};

describe("which files", () => {
  it("runs them by the number at the beginning, then by the name", () => {
    const { folder, tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(folder).toBe("db/changes");
    expect(because).toBe("because its files have `-- +migrate Up`");
    expect(tool).toMatchObject({ name: "sql-migrate", version: "1.8.0", transaction: "per-file", checksums: false });
    expect(tool.outOfOrder?.does).toBe("runs");
    expect(tool).not.toHaveProperty("duplicate");
    expect(tool).not.toHaveProperty("ignoresMissing");
    expect(files).toEqual([
      at("1_init.sql"),
      at("009_nine.sql"),
      at("9_again.sql"),
      at("10_ten.sql"),
      at("20240102030405-later.sql"),
      at("last.sql"),
    ]);
    expect(facts?.get(at("9_again.sql"))).toEqual({ version: "9_again.sql" });
    expect(leftOut).toEqual([]);
  });

  it.each([
    ["a folder of any name, by its markers", { "schema/001_a.sql": UP }, ["sql-migrate schema"]],
    [
      "names without a number, by the settings",
      { "dbconfig.yml": SETTINGS, [at("a.sql")]: UP },
      ["sql-migrate db/changes"],
    ],
    [
      "settings of a part of the repository, and the customary folder",
      { "api/dbconfig.yml": "main:\n  dialect: postgres\n", "api/migrations/a.sql": UP },
      ["sql-migrate api/migrations"],
    ],
    ["settings whose folder has other files", { "dbconfig.yml": SETTINGS, [at("1_a.sql")]: "SELECT 1;" }, []],
    ["settings that are none", { "dbconfig.yml": "- {", "migrations/1_a.sql": "SELECT 1;" }, ["sql migrations"]],
    ["the module without markers", { "go.mod": GO_MOD, "migrations/001_a.sql": "SELECT 1;" }, ["sql migrations"]],
    [
      "markers of another case, which it refuses",
      { "migrations/001_a.sql": "-- +migrate UP\nSELECT 1;" },
      ["sql migrations"],
    ],
    ["goose's", { "migrations/001_a.sql": "-- +goose Up\nSELECT 1;" }, ["goose migrations"]],
  ] as const)("%s", (_, files, expected) => {
    const sources = detected(files).databases.flatMap((database) => database.sources);
    expect(sources.map(({ tool, folder }) => `${tool.name} ${folder}`)).toEqual(expected);
  });

  it("says which settings name the folder", () => {
    expect(onlySource({ ...FILES, "dbconfig.yml": SETTINGS }).because).toBe("because dbconfig.yml names it");
  });

  it.each([
    [
      "the settings",
      { "dbconfig.yml": SETTINGS.replace("postgres", "mysql"), [at("1_a.sql")]: UP },
      "db/changes",
      "MySQL",
    ],
    ["a folder's name", { "db/sqlite/1_a.sql": UP }, "db/sqlite", "SQLite"],
    [
      "the only driver of the project",
      { "go.mod": "module m\n\nrequire github.com/mattn/go-sqlite3 v1.14.0\n", "db/1_a.sql": UP },
      "db",
      "SQLite",
    ],
  ])("leaves out another system's, by %s", (_, files, folder, system) => {
    expect(detected(files)).toMatchObject({
      databases: [],
      leftOut: [{ file: folder, reason: `holds migrations for ${system}; only PostgreSQL is checked` }],
    });
  });
});

it.each([
  ["the settings", { "dbconfig.yml": `${SETTINGS}  ignoreunknown: true\n` }],
  ["code", { "db/up.go": "package db\n\nfunc init() { migrate.SetIgnoreUnknown(true) }\n" }],
  ["code with a set", { "db/up.go": "var set = migrate.MigrationSet{IgnoreUnknown: true}\n" }],
])("goes on where a migration that has run is missing, by %s", (_, files) => {
  expect(onlySource({ ...FILES, ...files }).tool.ignoresMissing).toBe(true);
});

describe("what runs, and how", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), at("1_init.sql"), text);

  it("runs what is up, in one transaction", () => {
    expect(run("-- +migrate Up\nCREATE TABLE a (b int);\nDROP TABLE c;\n-- +migrate Down\nDROP TABLE a;\n")).toEqual([
      "tool: CREATE TABLE a (b int)",
      "tool: DROP TABLE c",
    ]);
    expect(run("-- +migrate Up\r\nDROP TABLE c;\r\n-- +migrate Down\r\nDROP TABLE a;\r\n")).toEqual([
      "tool: DROP TABLE c",
    ]);
  });

  it("reads on where another part is up, and sends nothing of what stands before the first", () => {
    expect(
      run(
        "DROP TABLE a;\n-- +migrate Down\nDROP TABLE b;\n-- +migrate Up\nDROP TABLE c;\n-- +migrate Up\nDROP TABLE d;\n",
      ),
    ).toEqual(["tool: DROP TABLE c", "tool: DROP TABLE d"]);
  });

  it("takes an indented line for a comment", () => {
    expect(run("-- +migrate Up\nDROP TABLE c;\n -- +migrate Down\nDROP TABLE a;\n")).toEqual([
      "tool: DROP TABLE c",
      "tool: DROP TABLE a",
    ]);
  });

  it("sends statement by statement without a transaction, once for all of the file", () => {
    const index = "CREATE INDEX CONCURRENTLY i ON a (b);\n";
    expect(run(`-- +migrate Up notransaction\n${index}DROP TABLE c;\n`)).toEqual([
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
      "outside: DROP TABLE c",
    ]);
    expect(run(`-- +migrate Up\nDROP TABLE c;\n-- +migrate Down\n-- +migrate Up notransaction\n${index}`)).toEqual([
      "outside: DROP TABLE c",
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
    ]);
    expect(run("-- +migrate Up\nDROP TABLE c;\n-- +migrate Down notransaction\nDROP TABLE a;\n")).toEqual([
      "tool: DROP TABLE c",
    ]);
  });

  it("sends what stands between StatementBegin and StatementEnd as one query", () => {
    const block = "-- +migrate StatementBegin\nDROP TABLE c;\nDROP TABLE d;\n-- +migrate StatementEnd\n";
    expect(run(`-- +migrate Up\n${block}`)).toEqual(["tool: DROP TABLE c", "tool: DROP TABLE d"]);
    expect(
      run(`-- +migrate Up notransaction\nDROP TABLE b;\n${block}DROP TABLE e;\n-- +migrate Down\n${block}`),
    ).toEqual(["outside: DROP TABLE b", "send: DROP TABLE c", "send: DROP TABLE d", "outside: DROP TABLE e"]);
  });
});
