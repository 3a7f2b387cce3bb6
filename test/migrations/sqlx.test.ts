import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const cargo = (version: string, features: string): Record<string, string> => ({
  "Cargo.toml": `[package]\nname = "shop"\n\n[dependencies]\nsqlx = { version = "${version}", features = [${features}] }\n`,
  "Cargo.lock": `version = 4\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n\n[[package]]\nname = "sqlx"\nversion = "${version}"\n\n[[package]]\nname = "sqlx-core"\nversion = "9.9.9"\n`,
});

const at = (name: string): string => `migrations/${name}`;

const FILES = {
  ...cargo("0.8.6", '"runtime-tokio", "postgres"'),
  [at("1_init.sql")]: "",
  [at("10_ten.up.sql")]: "",
  [at("10_ten.down.sql")]: "",
  [at("0009_nine.sql")]: "",
  [at("20240102030405_later.sql")]: "",
  [at("README.md")]: "",
};

describe("which files", () => {
  it("takes a runner of the project's own, which goes by names, at its word", () => {
    const files = {
      ...cargo("0.7.4", '"runtime-tokio", "postgres"'),
      [at("1_a.up.sql")]: "",
      [at("2_b_autocommit.up.sql")]: "",
    };
    expect([...(onlySource(files).transactions ?? [])]).toEqual([]);
    const runner = { "src/db/migrator.rs": 'pub const AUTOCOMMIT_SUFFIX: &str = "autocommit";\n' };
    expect([...(onlySource({ ...files, ...runner }).transactions ?? [])]).toEqual([
      [at("2_b_autocommit.up.sql"), "per-statement"],
    ]);
  });

  it("takes the project's code at its word that a missing migration is passed over", () => {
    const runner = (file: string, given: string): Record<string, string> => ({
      [file]: `sqlx::migrate!("./migrations")\n  .set_ignore_missing(${given})\n  .run(&pool)\n`,
    });
    expect(onlySource({ ...FILES, ...runner("src/main.rs", "true") }).tool.ignoresMissing).toBe(true);
    expect(onlySource({ ...FILES, ...runner("src/main.rs", "false") }).tool).not.toHaveProperty("ignoresMissing");
    expect(onlySource({ ...FILES, ...runner("tests/all.rs", "true") }).tool).not.toHaveProperty("ignoresMissing");
  });

  it("runs them in the order of their versions, as numbers", () => {
    const { tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "sqlx", version: "0.8.6", transaction: "per-file", checksums: true });
    expect(tool.outOfOrder?.does).toBe("runs");
    expect(tool.duplicate?.does).toBe("refuses");
    expect(because).toBe("because Cargo.toml names it");
    expect(files).toEqual([at("1_init.sql"), at("0009_nine.sql"), at("10_ten.up.sql"), at("20240102030405_later.sql")]);
    expect([...(facts ?? [])].map(([, { version }]) => version)).toEqual(["1", "9", "10", "20240102030405"]);
    expect(leftOut).toEqual([]);
  });

  it("says what is not a migration, and what keeps sqlx from running any", () => {
    expect(onlySource({ ...FILES, [at("notes.sql")]: "", [at("add_table.sql")]: "" }).leftOut).toEqual([
      {
        file: at("add_table.sql"),
        reason: "has no number before its first underscore, so sqlx refuses the whole folder",
      },
      { file: at("notes.sql"), reason: "is not named <version>_<description>.sql, so sqlx does not run it" },
    ]);
  });

  it("finds the folder that sqlx.toml names", () => {
    const files = { ...cargo("0.9.0", '"postgres"'), "db/steps/1_a.sql": "", "sql/1_report.sql": "" };
    expect(detected(files).databases[0]?.sources[0]?.tool.name).toBe("sql");
    const { folder, tool, because } = onlySource({
      ...cargo("0.9.0", '"postgres"'),
      "sqlx.toml": '[migrate]\nmigrations-dir = "./db/steps/"\n',
      "db/steps/1_a.sql": "",
    });
    expect({ folder, tool: tool.name, because }).toEqual({
      folder: "db/steps",
      tool: "sqlx",
      because: "because sqlx.toml names it",
    });
  });

  it("finds the folder that the crate's code names", () => {
    const { folder, tool, because } = onlySource({
      "api/Cargo.toml": cargo("0.8.6", '"postgres"')["Cargo.toml"] ?? "",
      "api/src/db.rs": 'pub static MIGRATOR: Migrator =\n    sqlx::migrate!("../db/steps");\n',
      "api/README.md": 'migrate!("../sql")',
      "db/steps/1_a.sql": "",
      "sql/1_report.sql": "SELECT 1",
      "sql/customers.sql": "SELECT 2",
    });
    expect({ folder, tool: tool.name, because }).toEqual({
      folder: "db/steps",
      tool: "sqlx",
      because: "because api/src/db.rs:2 names it",
    });
  });

  it("finds the crate in a workspace, with the features of both", () => {
    const files = {
      "Cargo.toml":
        '[workspace]\nmembers = ["api"]\n\n[workspace.dependencies]\nsqlx = { version = "0.8", features = ["sqlite"] }\n',
      "api/Cargo.toml": "[dependencies]\nsqlx.workspace = true\n",
      "api/migrations/1_a.sql": "",
    };
    expect(detected(files)).toMatchObject({
      databases: [],
      leftOut: [{ file: "api/migrations", reason: "holds migrations for SQLite; only PostgreSQL is checked" }],
    });
    const postgres = { ...files, "api/Cargo.toml": '[dependencies.db]\npackage = "sqlx"\nfeatures = ["postgres"]\n' };
    expect(onlySource(postgres)).toMatchObject({
      tool: { name: "sqlx" },
      because: "because api/Cargo.toml names it",
    });
  });

  it.each([
    ["a crate beside the folder", { "api/Cargo.toml": cargo("0.8.0", '"postgres"')["Cargo.toml"] ?? "" }, "sqlx"],
    ["a crate that only comes along", { "Cargo.toml": "[dependencies]\nsqlx-adapter = '1'\n" }, "sql"],
    ["a manifest that is no TOML", { "Cargo.toml": "[dependencies\nsqlx = '0.8'\n" }, "sql"],
  ])("%s", (_, files, tool) => {
    expect(onlySource({ ...files, [at("1_a.sql")]: "" }).tool.name).toBe(tool);
  });
});

describe("what runs, and how", () => {
  const text = "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON a (b);\n";
  const run = (files: Record<string, string>, sql: string): readonly string[] =>
    statementsOf(onlySource(files), at("1_init.sql"), sql);

  it("runs a file in a transaction, or as one query", () => {
    expect(run(FILES, "DROP TABLE b;\nDROP TABLE c;\n-- migrate:down\nDROP TABLE d;")).toEqual([
      "tool: DROP TABLE b",
      "tool: DROP TABLE c",
      "tool: DROP TABLE d",
    ]);
    expect(run(FILES, text)).toEqual(["outside: CREATE INDEX CONCURRENTLY i ON a (b)"]);
    expect(run(FILES, `${text}DROP TABLE c;`)).toEqual([
      "send: CREATE INDEX CONCURRENTLY i ON a (b)",
      "send: DROP TABLE c",
    ]);
    expect(run(FILES, `\n${text}`)).toEqual(["tool: CREATE INDEX CONCURRENTLY i ON a (b)"]);
  });

  it("has no way out before 0.8", () => {
    const old = { ...FILES, ...cargo("0.7.4", '"postgres"') };
    expect(run(old, text)).toEqual(["tool: CREATE INDEX CONCURRENTLY i ON a (b)"]);
    expect(onlySource(old).tool.outsideTransaction).toBeUndefined();
    expect(onlySource(old).tool.withoutOutside).toMatch(
      /^Before version 0\.8 sqlx runs every migration in a transaction\. /,
    );
  });
});
