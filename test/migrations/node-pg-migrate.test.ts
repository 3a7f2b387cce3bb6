import { describe, expect, it } from "vitest";
import { changeOf, detected, npmLock, onlySource, statementsOf } from "./open-tool.js";

const manifest = (migrate: string): string =>
  JSON.stringify({ scripts: { migrate }, dependencies: { "node-pg-migrate": "^8.0.0" } });

const SECTIONS = "-- Up Migration\nCREATE TABLE a (id int);\n\n-- Down Migration\nDROP TABLE a;\n";

const FILES = {
  "package.json": manifest("node-pg-migrate -j sql up"),
  ...npmLock("node-pg-migrate", "8.0.3"),
  "migrations/1700000000000_b.sql": SECTIONS,
  "migrations/20200513070724505_a.sql": SECTIONS,
  "migrations/9_first.sql": SECTIONS,
  "migrations/10_second.sql": SECTIONS,
  "migrations/10_second-more.sql": SECTIONS,
  "migrations/11_third.down.sql": "DROP TABLE a;",
  "migrations/notes.sql": "",
};

describe("which files", () => {
  it("orders by the number, of which 17 digits are a date, then by the name without its punctuation", () => {
    const { tool, files, leftOut, because } = onlySource(FILES);
    expect(tool).toMatchObject({
      name: "node-pg-migrate",
      version: "8.0.3",
      transaction: "all-pending",
      checksums: false,
    });
    expect(tool.assumption).toBeUndefined();
    expect(because).toBe("because package.json has node-pg-migrate");
    expect(files).toEqual([
      "migrations/9_first.sql",
      "migrations/10_second-more.sql",
      "migrations/10_second.sql",
      "migrations/20200513070724505_a.sql",
      "migrations/1700000000000_b.sql",
    ]);
    expect(leftOut).toEqual([
      { file: "migrations/notes.sql", reason: "does not start with a number, so node-pg-migrate refuses to run" },
    ]);
  });

  it.each([
    [
      "a folder that a script names",
      { "package.json": manifest("node-pg-migrate -m ./db/changes up"), "db/changes/1_a.sql": "" },
      "node-pg-migrate",
    ],
    [
      "its sections in another folder",
      { "package.json": manifest("x"), "db/changes/1_a.sql": SECTIONS },
      "node-pg-migrate",
    ],
    ["a project that does not have it", { "package.json": "{}", "migrations/1_a.sql": SECTIONS }, "sql"],
  ] as const)("%s: %s", (_, files, tool) => {
    expect(detected(files).databases.flatMap(({ sources }) => sources.map((source) => source.tool.name))).toEqual([
      tool,
    ]);
  });

  it("leaves a folder of somebody else's alone", () => {
    expect(detected({ "package.json": manifest("x"), "reports/1_a.sql": "SELECT 1;" }).databases).toEqual([]);
  });
});

describe("transactions and the order", () => {
  it.each([
    ["node-pg-migrate up", "all-pending", "refuses"],
    ["DATABASE_URL=x node-pg-migrate --no-single-transaction up", "per-file", "refuses"],
    ["node-pg-migrate up --single-transaction=false --no-check-order", "per-file", "runs"],
  ] as const)("%s: %s, %s", (script, transaction, does) => {
    const { tool } = onlySource({ ...FILES, "package.json": manifest(script) });
    expect(tool.transaction).toBe(transaction);
    expect(tool.outOfOrder?.does).toBe(does);
  });

  it("says what it assumes where no script runs it", () => {
    expect(onlySource({ ...FILES, "package.json": manifest("node migrate.js") }).tool).toMatchObject({
      transaction: "all-pending",
      assumption:
        "No script of package.json says with which options node-pg-migrate runs. Those of its command line are assumed: all pending migrations in one transaction, and a check of their order.",
    });
  });
});

describe("sections", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), "migrations/9_first.sql", text);

  it("reads the way up, whichever comes first", () => {
    expect(run(SECTIONS)).toEqual(["tool: CREATE TABLE a (id int)"]);
    expect(run("---- down migration\r\nDROP TABLE a;\r\n-- UP  MIGRATION\r\nCREATE TABLE a ();\r\n")).toEqual([
      "tool: CREATE TABLE a ()",
    ]);
    expect(run("SELECT 1;\n-- Up Migration\nCREATE TABLE a ();")).toEqual(["tool: CREATE TABLE a ()"]);
  });

  it("is the whole file where nothing marks the way up, as it is for the tool", () => {
    expect(run("CREATE TABLE a ();\n-- Down Migration\nDROP TABLE a;")).toEqual([
      "tool: CREATE TABLE a ()",
      "tool: DROP TABLE a",
    ]);
  });
});

describe("migrations in JavaScript and TypeScript", () => {
  const TYPESCRIPT =
    "import type { MigrationBuilder } from 'node-pg-migrate';\nexport function up(pgm: MigrationBuilder) { pgm.sql('SELECT 1'); }\n";
  const OUTSIDE =
    "exports.up = (pgm) => { pgm.noTransaction(); pgm.createIndex('orders', 'note', { concurrently: true }); };\n";

  it("are found by what they import, where another package brings the tool along", () => {
    const source = onlySource({ "package.json": "{}", "db/changes/1700000000000_a.ts": TYPESCRIPT });
    expect(source).toMatchObject({ folder: "db/changes", because: "because its files import node-pg-migrate" });
  });

  it("end the one transaction with pgm.noTransaction()", () => {
    const at = (number: number): string => `migrations/170000000000${String(number)}_x.js`;
    const plain = "exports.up = (pgm) => { pgm.sql('SELECT 1'); };\n";
    const base = { "package.json": '{ "dependencies": { "node-pg-migrate": "9" } }', [at(0)]: plain };
    const change = changeOf(base, { [at(1)]: plain, [at(2)]: OUTSIDE, [at(3)]: plain, [at(4)]: plain });
    const added = change.databases[0]?.migrations.filter(({ status }) => status === "added") ?? [];
    expect(added.flatMap(({ statements }) => statements.map(({ transaction }) => transaction.group))).toEqual([
      "all pending in migrations",
      undefined,
      "all pending in migrations, part 2",
      "all pending in migrations, part 2",
    ]);
  });
});
