import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const GO_MOD = `module example.com/shop

go 1.25

require (
	github.com/jackc/pgx/v5 v5.7.5
	github.com/pressly/goose/v3 v3.27.3
	github.com/mattn/go-sqlite3 v1.14.0 // indirect
)
`;

const UP = "-- +goose Up\nSELECT 1;\n\n-- +goose Down\nSELECT 2;\n";
const at = (name: string): string => `internal/db/sql/${name}`;

const FILES = {
  "go.mod": GO_MOD,
  [at("00001_init.sql")]: UP,
  [at("00010_ten.sql")]: UP,
  [at("00009_nine.sql")]: UP,
  [at("20240102030405_later.sql")]: UP,
  [at("2_two.sql")]: UP,
  [at("00000_zero.sql")]: UP,
  [at("seed.sql")]: "",
  [at("20240102030406_names.go")]: "package sql\n",
  [at("migrations.go")]: "package sql\n",
};

describe("which files", () => {
  it("runs them in the order of their versions, as numbers", () => {
    const { folder, tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(folder).toBe("internal/db/sql");
    expect(because).toBe("because its files have `-- +goose Up`");
    expect(tool).toMatchObject({ name: "goose", version: "3.27.3", transaction: "per-file", checksums: false });
    expect(tool.outOfOrder?.does).toBe("refuses");
    expect(tool.duplicate?.does).toBe("refuses");
    expect(files).toEqual([
      at("00001_init.sql"),
      at("2_two.sql"),
      at("00009_nine.sql"),
      at("00010_ten.sql"),
      at("20240102030405_later.sql"),
    ]);
    expect([...(facts ?? [])].map(([, { version }]) => version)).toEqual(["1", "2", "9", "10", "20240102030405"]);
    expect(leftOut).toEqual([
      { file: at("00000_zero.sql"), reason: "is not named <version>_<name>.sql, so goose does not run it" },
      { file: at("seed.sql"), reason: "is not named <version>_<name>.sql, so goose does not run it" },
    ]);
  });

  it.each([
    ["a folder of any name, by its annotations", { "schema/001_a.sql": UP }, ["goose"]],
    ["annotations in any case", { "schema/001_a.sql": "--+GOOSE up\nSELECT 1;" }, ["goose"]],
    ["a licence above them", { "schema/001_a.sql": `-- Copyright\n\n${UP}` }, ["goose"]],
    ["a history that starts with a Go migration", { "schema/002_a.sql": UP, "schema/001_a.go": "" }, ["goose"]],
    ["the module without annotations", { "go.mod": GO_MOD, "migrations/001_a.sql": "SELECT 1;" }, ["sql"]],
    ["fixtures of tests", { "internal/testdata/001_a.sql": UP }, []],
  ] as const)("%s", (_, files, tools) => {
    expect(detected(files).databases.flatMap(({ sources }) => sources.map(({ tool }) => tool.name))).toEqual(tools);
  });

  it.each([
    ["a folder's name", { "db/mysql/001_a.sql": UP }, "db/mysql", "MySQL"],
    ["its SQL", { "db/001_a.sql": `${UP}CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);` }, "db", "SQLite"],
    [
      "the only driver of the project",
      { "go.mod": "module m\n\nrequire modernc.org/sqlite v1.30.0\n", "db/001_a.sql": UP },
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
  ["a command", { Makefile: "up:\n\tgoose -dir sql postgres up -allow-missing\n" }, "Makefile"],
  ["code", { "db/up.go": "package db\n\nvar _ = goose.Up(d, dir, goose.WithAllowMissing())\n" }, "db/up.go:3"],
  ["code with a provider", { "db/up.go": "goose.WithAllowOutofOrder(true)," }, "db/up.go:1"],
])("runs missing migrations where %s allows them", (_, files, where) => {
  expect(onlySource({ ...FILES, ...files }).tool.outOfOrder).toEqual({
    does: "runs",
    says: `goose runs it, because ${where} allows missing migrations.`,
  });
});

it("refuses missing migrations that only a test, a document or another module allows", () => {
  const files = {
    "internal/go.mod": GO_MOD,
    "other/go.mod": GO_MOD,
    "other/up.go": "goose.WithAllowMissing()",
    "db/up_test.go": "goose.WithAllowMissing()",
    "vendor/x/goose.go": "func WithAllowMissing() OptionsFunc {",
    "README.md": "goose up -allow-missing, WithAllowMissing()",
    "db/other.go": "goose.WithAllowOutofOrder(false)",
  };
  expect(onlySource({ ...FILES, ...files }).tool.outOfOrder?.does).toBe("refuses");
});

describe("what runs, and how", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), at("2_two.sql"), text);

  it("runs what is up, in one transaction", () => {
    expect(run("-- +goose Up\nCREATE TABLE a (b int);\nDROP TABLE c;\n-- +goose Down\nDROP TABLE a;\n")).toEqual([
      "tool: CREATE TABLE a (b int)",
      "tool: DROP TABLE c",
    ]);
    expect(run("-- +goose Up\r\nDROP TABLE c;\r\n-- +goose down\r\nDROP TABLE a;\r\n")).toEqual(["tool: DROP TABLE c"]);
    expect(run("-- +goose Up\nDROP TABLE c;\n  --   +goose Down\nDROP TABLE a;")).toEqual(["tool: DROP TABLE c"]);
    expect(run("-- +goose Up\n-- +goose Down\nDROP TABLE a;")).toEqual([]);
  });

  it("sends statement by statement without a transaction", () => {
    expect(
      run("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON a (b);\nDROP TABLE c;\n"),
    ).toEqual(["outside: CREATE INDEX CONCURRENTLY i ON a (b)", "outside: DROP TABLE c"]);
    expect(run("-- +goose Up\nDROP TABLE c;\n-- +goose Down\nDROP TABLE a;\n-- +goose no transaction\n")).toEqual([
      "outside: DROP TABLE c",
    ]);
  });

  it("sends what stands between StatementBegin and StatementEnd as one query", () => {
    const block =
      "-- +goose StatementBegin\nCREATE INDEX CONCURRENTLY i ON a (b);\nDROP TABLE c;\n-- +goose StatementEnd\n";
    expect(run(`-- +goose Up\n${block}`)).toEqual(["tool: CREATE INDEX CONCURRENTLY i ON a (b)", "tool: DROP TABLE c"]);
    const alone = "-- +goose NO TRANSACTION\n-- +goose Up\n";
    expect(run(`${alone}DROP TABLE d;\n${block}DROP TABLE e;\n-- +goose Down\n${block}`)).toEqual([
      "outside: DROP TABLE d",
      "send: CREATE INDEX CONCURRENTLY i ON a (b)",
      "send: DROP TABLE c",
      "outside: DROP TABLE e",
    ]);
    expect(
      run(
        `${alone}-- +goose StatementBegin\nCREATE INDEX CONCURRENTLY i ON a (b);\n-- +goose StatementEnd\n` +
          "-- +goose StatementBegin\nDROP TABLE c;\n-- +goose StatementEnd",
      ),
    ).toEqual(["outside: CREATE INDEX CONCURRENTLY i ON a (b)", "outside: DROP TABLE c"]);
  });

  it("reads variables of the environment as names, where they are turned on", () => {
    const text =
      "-- +goose Up\n-- +goose ENVSUB ON\nCREATE TABLE $SCHEMA.a (b int);\nGRANT SELECT ON a TO ${READER};\n" +
      "-- +goose ENVSUB OFF\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ SELECT 1 $body$;\n";
    expect(run(text)).toEqual([
      "tool: CREATE TABLE $SCHEMA.a (b int)",
      "tool: GRANT SELECT ON a TO ${READER}",
      "tool: CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $body$ SELECT 1 $body$",
    ]);
  });
});
