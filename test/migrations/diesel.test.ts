import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const CARGO = {
  "Cargo.toml": '[dependencies]\ndiesel = { version = "2.2.4", features = [\n  "chrono",\n  "postgres",\n] }\n',
  "Cargo.lock": '[[package]]\nname = "diesel"\nversion = "2.2.4"\n',
};

const at = (name: string): string => `migrations/${name}/up.sql`;

const FILES = {
  ...CARGO,
  "diesel.toml": '[print_schema]\nfile = "src/schema.rs"\n',
  "src/schema.rs": "",
  [at("00000000000000_diesel_initial_setup")]: "",
  "migrations/00000000000000_diesel_initial_setup/down.sql": "",
  [at("2024-01-02-030405_b")]: "",
  [at("2024-01-02-030405-0001_c")]: "",
  [at("20240102030404_a")]: "",
  [at("9_nine")]: "",
  [at("10_ten")]: "",
  "migrations/10_ten/metadata.toml": "run_in_transaction = false\n",
  "migrations/.keep": "",
};

describe("which files", () => {
  it("runs them in the order of their versions, hyphens left out", () => {
    const { tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "diesel", label: "Diesel", version: "2.2.4", checksums: false });
    expect(tool.outOfOrder?.does).toBe("runs");
    expect(tool.duplicate?.does).toBe("skips");
    expect(because).toBe("because it holds 00000000000000_diesel_initial_setup");
    expect([...(facts ?? [])]).toEqual([
      [at("00000000000000_diesel_initial_setup"), { version: "00000000000000" }],
      [at("10_ten"), { version: "10" }],
      [at("20240102030404_a"), { version: "20240102030404" }],
      [at("2024-01-02-030405_b"), { version: "20240102030405" }],
      [at("2024-01-02-030405-0001_c"), { version: "202401020304050001" }],
      [at("9_nine"), { version: "9" }],
    ]);
    expect(files).toEqual([...(facts?.keys() ?? [])]);
    expect(leftOut).toEqual([]);
  });

  it("says what keeps Diesel from running any", () => {
    expect(onlySource({ ...FILES, "migrations/2024_x/down.sql": "" }).leftOut).toEqual([
      { file: "migrations/2024_x", reason: "has no up.sql, so Diesel refuses the whole folder" },
    ]);
  });

  const ONE = { "db/steps/2024-01-01-000000_a/up.sql": "" };
  it.each([
    ["the crate", { ...CARGO, ...ONE }, "diesel", "because Cargo.toml names it"],
    [
      "diesel.toml",
      { ...ONE, "db/diesel.toml": '[migrations_directory]\ndir = "steps"\n' },
      "diesel",
      "because db/diesel.toml names it",
    ],
    [
      "names alone",
      { "migrations/2024-01-01-000000_a/up.sql": "" },
      "sql",
      "because of the numbers in the names of its files",
    ],
    [
      "another folder's diesel.toml",
      { "migrations/1_a/up.sql": "", "db/diesel.toml": '[migrations_directory]\ndir = "/home/me/migrations"\n' },
      "sql",
      "because of the numbers in the names of its files",
    ],
  ])("is found by %s", (_, files, tool, because) => {
    const source = onlySource(files);
    expect([source.tool.name, source.because]).toEqual([tool, because]);
  });

  it("leaves out other systems, by folder or by feature", () => {
    const mysql = { "Cargo.toml": '[dependencies]\ndiesel = { version = "2", features = ["mysql_backend"] }\n' };
    expect(detected({ ...mysql, "migrations/1_a/up.sql": "" })).toMatchObject({
      databases: [],
      leftOut: [{ file: "migrations", reason: "holds migrations for MySQL; only PostgreSQL is checked" }],
    });
    const several = {
      "Cargo.toml": '[features]\nmysql = ["diesel/mysql"]\n\n[dependencies]\ndiesel = "2"\n',
      "migrations/mysql/1_a/up.sql": "",
      "migrations/postgresql/1_a/up.sql": "",
      "migrations/sqlite/1_a/up.sql": "",
    };
    expect(onlySource(several).folder).toBe("migrations/postgresql");
    expect(detected(several).leftOut).toEqual([
      { file: "migrations/mysql", reason: "holds migrations for MySQL; only PostgreSQL is checked" },
      { file: "migrations/sqlite", reason: "holds migrations for SQLite; only PostgreSQL is checked" },
    ]);
  });
});

describe("what runs, and how", () => {
  const sql = "CREATE INDEX CONCURRENTLY i ON a (b);\nDROP TABLE c;\n";
  const inTransaction = ["tool: CREATE INDEX CONCURRENTLY i ON a (b)", "tool: DROP TABLE c"];
  const asOneQuery = ["send: CREATE INDEX CONCURRENTLY i ON a (b)", "send: DROP TABLE c"];

  it.each([
    ["run_in_transaction = false", asOneQuery],
    ["run_in_transaction = true", inTransaction],
    ["# nothing is said", asOneQuery],
    ["run_in_transaction: false", inTransaction],
    ['run_in_transaction = "false"', inTransaction],
  ])("%s", (metadata, statements) => {
    const source = onlySource({ ...FILES, "migrations/10_ten/metadata.toml": metadata });
    expect(statementsOf(source, at("10_ten"), sql)).toEqual(statements);
    expect(statementsOf(source, at("9_nine"), sql)).toEqual(inTransaction);
  });

  it("runs a single statement outside where there is no transaction", () => {
    expect(statementsOf(onlySource(FILES), at("10_ten"), "CREATE INDEX CONCURRENTLY i ON a (b);")).toEqual([
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
    ]);
  });
});
