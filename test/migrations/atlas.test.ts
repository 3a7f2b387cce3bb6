import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { parseMigration } from "../../src/change/parse-migration.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import type { DatabaseSetting } from "../../src/model/configuration.js";
import { byFile, type Files } from "./tool-fixture.js";

function detect(files: Files, databases: Readonly<Record<string, DatabaseSetting>> = {}) {
  return detectMigrations(memoryTree(new Map(Object.entries(files)), "head"), databases);
}

function open(files: Files): MigrationSource {
  const { databases } = detect(files);
  expect(databases.map(({ sources }) => sources.map(({ tool }) => tool.name))).toEqual([["atlas"]]);
  return databases[0]?.sources[0] as MigrationSource;
}

const sum = (...names: readonly string[]) =>
  [
    "h1:cD9kOv5VDRLrKVZ0pM4CxAlhH6mgE8PQLpUeuIMKDcs=",
    ...names.map((name) => `${name} h1:SrFyOe0eg5WnE96GH3TtAt6046sfrOK4YKZYBlYr1SA=`),
  ]
    .map((line) => `${line}\n`)
    .join("");
const hcl = (migration: string, rest = 'dev = "docker://postgres/16/dev?search_path=public"') =>
  `# the pipeline's\nenv "ci" {\n  ${rest}\n  migration {\n    ${migration}\n  }\n}\n`;

describe("which folders, in which order", () => {
  it("knows a folder by atlas.sum, and sorts by bytes", () => {
    const source = open({
      "db/migrations/atlas.sum": sum("10_c.sql", "20240102030405.sql", "9_b.sql"),
      "db/migrations/9_b.sql": "",
      "db/migrations/10_c.sql": "",
      "db/migrations/20240102030405.sql": "",
      "db/migrations/old/1_a.sql": "",
    });
    expect(source.because).toBe("because db/migrations/atlas.sum is there");
    expect(source.files).toEqual([
      "db/migrations/10_c.sql",
      "db/migrations/20240102030405.sql",
      "db/migrations/9_b.sql",
    ]);
    expect([...(source.facts?.values() ?? [])]).toEqual([
      { version: "10" },
      { version: "20240102030405" },
      { version: "9" },
    ]);
    expect(source.leftOut).toEqual([]);
  });

  it.each([
    ["beside it", "db/atlas.hcl", 'dir = "file://migrations"', "db/migrations"],
    ["from the root", "ops/atlas.hcl", 'dir = "file://db/sql?format=atlas"', "db/sql"],
    ["above it", "ops/atlas.hcl", 'dir = "file://../db/sql"\n format = atlas', "db/sql"],
    ["by a local", "atlas.hcl", 'dir = "file://${local.where}/sql"', "db/sql"],
  ])("follows atlas.hcl to the directory %s", (_, config, migration, folder) => {
    const source = open({
      [config]: `locals {\n  where = "db"\n}\n${hcl(migration)}`,
      [`${folder}/1_a.sql`]: "",
    });
    expect(source.folder).toBe(folder);
    expect(source.because).toBe(`because ${config} names it`);
  });

  it("leaves another system out", () => {
    const { databases, leftOut } = detect({
      "atlas.hcl": hcl('dir = "file://migrations"', 'dev = "docker://mysql/8/dev"'),
      "migrations/1_a.sql": "",
    });
    expect(databases).toEqual([]);
    expect(byFile(leftOut, "")).toEqual({ migrations: "holds migrations for MySQL; only PostgreSQL is checked" });
  });

  it("is PostgreSQL's where one environment is", () => {
    const source = open({
      "atlas.hcl": `env "local" {\n  dev = "sqlite://?mode=memory"\n}\n${hcl('dir = "file://migrations"')}`,
      "migrations/1_a.sql": "",
    });
    expect(source.dialect).toBe("PostgreSQL");
  });

  it("leaves folders to the tools whose format they have", () => {
    const goose = "-- +goose Up\nSELECT 1;\n";
    for (const [name, text] of [
      ["1_a.up.sql", "SELECT 1;"],
      ["V1__a.sql", "SELECT 1;"],
      ["1_a.sql", goose],
    ] as const) {
      const { databases } = detect({ "db/migrations/atlas.sum": sum(name), [`db/migrations/${name}`]: text });
      expect(databases.flatMap(({ sources }) => sources.map(({ tool }) => tool.name))).not.toContain("atlas");
    }
  });

  it("reads such a folder by that format where the configuration says that Atlas runs it", () => {
    const setting: DatabaseSetting = {
      migrations: [{ path: "migrations", tool: "atlas" }],
      code: [],
      session: {},
    };
    const text = "-- +goose Up\nCREATE TABLE a ();\n-- +goose Down\nDROP TABLE a;\n";
    const { databases } = detect(
      { "atlas.hcl": hcl('dir = "file://migrations"\n    format = goose'), "migrations/1_a.sql": text },
      { main: setting },
    );
    const source = databases[0]?.sources[0];
    expect(source?.tool.name).toBe("atlas");
    expect(source?.read?.(text, "migrations/1_a.sql").sql).not.toContain("DROP");
  });

  it("says which files atlas.sum and the folder do not share", () => {
    const source = open({
      "migrations/atlas.sum": sum("1_a.sql", "2_gone.sql"),
      "migrations/1_a.sql": "",
      "migrations/3_new.sql": "",
      "migrations/4_ignored.sql": "-- atlas:sum ignore\n\nSELECT 1;",
    });
    expect(source.leftOut).toEqual([
      {
        file: "migrations/atlas.sum",
        reason: "has no line for 3_new.sql, so Atlas refuses to run until `atlas migrate hash` has written it anew",
      },
      {
        file: "migrations/atlas.sum",
        reason:
          "has a line for 2_gone.sql, which does not exist, so Atlas refuses to run until `atlas migrate hash` has written it anew",
      },
    ]);
    expect(source.files).toContain("migrations/3_new.sql");
  });

  it.each([
    ["", "refuses"],
    ["exec_order = LINEAR", "refuses"],
    ["exec_order = LINEAR_SKIP", "skips"],
    ['exec_order = "non-linear"', "runs"],
    ["exec_order = NON_LINEAR", "runs"],
  ])("out of order, with %j: %s", (setting, does) => {
    const { tool } = open({ "atlas.hcl": hcl(`dir = "file://migrations"\n    ${setting}`), "migrations/1_a.sql": "" });
    expect(tool.outOfOrder?.does).toBe(does);
  });

  it.each([
    ["atlas migrate apply --env prod", "per-file", "refuses"],
    ["atlas migrate apply --tx-mode all --exec-order=non-linear", "all-pending", "runs"],
    ["atlas migrate apply --tx-mode=none --exec-order linear-skip", "per-statement", "skips"],
  ])("follows what a script says: %s", (command, transaction, does) => {
    const { tool } = open({
      Makefile: `migrate:\n\t${command}\n`,
      "db/migrations/atlas.sum": sum("1_a.sql"),
      "db/migrations/1_a.sql": "",
    });
    expect([tool.transaction, tool.outOfOrder?.does]).toEqual([transaction, does]);
  });

  it("survives files that hold anything", () => {
    for (const text of ["", "migration {", 'migration { dir = "file://', "{}}{", "\u0000 h1:"]) {
      expect(() => detect({ "atlas.hcl": text, "m/atlas.sum": text, "m/1_a.sql": text })).not.toThrow();
    }
  });
});

describe("files", () => {
  const source = () =>
    open({ "migrations/atlas.sum": sum("1_a.sql", "2_b.sql"), "migrations/1_a.sql": "", "migrations/2_b.sql": "" });
  const read = (text: string, file = "migrations/2_b.sql") => {
    const { sql, parts } = source().read?.(text, file) ?? { sql: "" };
    expect(sql).toHaveLength(text.length);
    return { sql, mode: parts?.[0]?.transaction };
  };
  const BUILD = "CREATE INDEX CONCURRENTLY a_idx ON a (b);\n";

  it.each([
    [`-- atlas:txmode none\n\n${BUILD}`, "per-statement"],
    [`-- by hand\n-- atlas:nolint destructive\n-- atlas:txmode none\r\n\r\n${BUILD}`, "per-statement"],
    [`-- atlas:txmode file\n\n${BUILD}`, "per-file"],
    // Without the empty line it is the statement's, where it means nothing.
    [`-- atlas:txmode none\n${BUILD}`, undefined],
    [`\n-- atlas:txmode none\n\n${BUILD}`, undefined],
    [`-- atlas:txmode all\n\n${BUILD}`, undefined],
    [BUILD, undefined],
  ])("%j runs %s", (text, mode) => {
    expect(read(text)).toEqual({ sql: text, mode });
    expect(source().tool.transaction).toBe("per-file");
  });

  it("reads the migration of an archive, not its checks nor what undoes it", () => {
    const text =
      "-- atlas:txtar\n\n-- checks.sql --\nSELECT NOT EXISTS (SELECT 1 FROM a);\n" +
      "-- migration.sql --\nDROP TABLE a;\n-- down.sql --\nCREATE TABLE a ();\n";
    const { statements } = parseMigration(text, "migrations/2_b.sql", source().read).sql;
    expect(statements.map(({ sql, range }) => [sql, text.slice(...range)])).toEqual([["DROP TABLE a", "DROP TABLE a"]]);
  });

  it.each([
    ["-- atlas:delimiter \\n\\n\nCREATE TABLE a ();\n\n-- two\nDROP TABLE b\n\nDROP TABLE c\n", 3],
    [
      "-- atlas:delimiter -- end\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; '\n-- end\nDROP TABLE c\n-- end\n",
      2,
    ],
  ])("splits at a delimiter of the file's own: %j", (text, count) => {
    const { statements } = parseMigration(text, "migrations/2_b.sql", source().read).sql;
    expect(statements).toHaveLength(count);
    expect(statements.at(-1)?.sql).toBe("DROP TABLE c");
    expect(text.slice(...(statements.at(-1)?.range ?? [0, 0]))).toBe("DROP TABLE c");
  });

  it("reads a checkpoint only where nothing is before it", () => {
    const checkpoint = "-- atlas:checkpoint\n\nCREATE TABLE a ();\n";
    const files = { "migrations/atlas.sum": sum("1_a.sql", "2_checkpoint.sql", "3_c.sql") };
    const after = open({
      ...files,
      "migrations/1_a.sql": "",
      "migrations/2_checkpoint.sql": checkpoint,
      "migrations/3_c.sql": "",
    });
    expect(after.files).toEqual(["migrations/1_a.sql", "migrations/3_c.sql"]);
    expect(byFile(after.leftOut, "migrations")).toEqual({
      "2_checkpoint.sql": "stands for the migrations before it on a new database; these are read themselves",
    });
    const first = open({ ...files, "migrations/2_checkpoint.sql": checkpoint, "migrations/3_c.sql": "" });
    expect(first.files).toEqual(["migrations/2_checkpoint.sql", "migrations/3_c.sql"]);
    expect(first.facts?.get("migrations/2_checkpoint.sql")).toEqual({ version: "2", kind: "baseline" });
    expect(read(checkpoint).sql.trim()).toBe("");
    expect(read(checkpoint, "migrations/1_a.sql").sql).toBe(checkpoint);
  });
});
