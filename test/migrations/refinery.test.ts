import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const CARGO = {
  "Cargo.toml": '[dependencies]\nrefinery = { version = "0.8", features = ["tokio-postgres"] }\n',
  "Cargo.lock": '[[package]]\nname = "refinery"\nversion = "0.8.16"\n',
};

const at = (name: string): string => `migrations/${name}`;

const FILES = {
  ...CARGO,
  [at("V1__init.sql")]: "",
  [at("V10__ten.sql")]: "",
  [at("V09__nine.sql")]: "",
  [at("U11__anytime.sql")]: "",
  [at("2025/V20__later.sql")]: "",
  [at("V12__code.rs")]: "",
  [at("V13_one_underscore.sql")]: "",
  [at("V14__with-hyphen.sql")]: "",
  [at("mod.rs")]: "",
};

describe("which files", () => {
  it("runs them in the order of their versions, in folders inside too", () => {
    const { folder, tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(folder).toBe("migrations");
    expect(tool).toMatchObject({ name: "refinery", version: "0.8.16", transaction: "per-file", checksums: true });
    expect(tool.outOfOrder?.does).toBe("refuses");
    expect(because).toBe("because Cargo.toml names it");
    expect(files).toEqual([
      at("V1__init.sql"),
      at("V09__nine.sql"),
      at("V10__ten.sql"),
      at("U11__anytime.sql"),
      at("2025/V20__later.sql"),
    ]);
    expect([...(facts ?? [])].map(([, { version, outOfOrder }]) => [version, outOfOrder?.does])).toEqual([
      ["1", undefined],
      ["9", undefined],
      ["10", undefined],
      ["11", "runs"],
      ["20", undefined],
    ]);
    expect(leftOut).toEqual([
      {
        file: at("V13_one_underscore.sql"),
        reason: "is not named V<version>__<name>.sql, so refinery does not run it",
      },
      { file: at("V14__with-hyphen.sql"), reason: "is not named V<version>__<name>.sql, so refinery does not run it" },
    ]);
  });

  it("takes folders that hold only folders for one", () => {
    const { folder, files } = onlySource({
      ...CARGO,
      "db/migrations/b/V1__x.sql": "",
      "db/migrations/a/V2__y.sql": "",
    });
    expect([folder, files]).toEqual(["db/migrations", ["db/migrations/b/V1__x.sql", "db/migrations/a/V2__y.sql"]]);
  });

  it("takes folders of a system each for themselves", () => {
    const files = { ...CARGO, "migrations/postgres/V1__x.sql": "", "migrations/sqlite/V1__x.sql": "" };
    expect(onlySource(files).folder).toBe("migrations/postgres");
    expect(detected(files).leftOut).toEqual([
      { file: "migrations/sqlite", reason: "holds migrations for SQLite; only PostgreSQL is checked" },
    ]);
  });

  it("leaves out other systems, by the driver", () => {
    const sqlite = CARGO["Cargo.toml"].replace("tokio-postgres", "rusqlite-bundled");
    expect(detected({ "Cargo.toml": sqlite, [at("V1__a.sql")]: "" })).toMatchObject({
      databases: [],
      leftOut: [{ file: "migrations", reason: "holds migrations for SQLite; only PostgreSQL is checked" }],
    });
  });

  it("leaves such names alone where the crate is not used", () => {
    const tools = detected({ "Cargo.toml": "[package]\n", [at("V1__a.sql")]: "" }).databases.map(
      ({ sources }) => sources[0]?.tool.name,
    );
    expect(tools).not.toContain("refinery");
  });
});

it("runs every file in a transaction, and has no way out", () => {
  const source = onlySource(FILES);
  expect(
    statementsOf(source, at("V1__init.sql"), "-- no-transaction\nDROP TABLE a;\n-- down migration\nDROP TABLE b;"),
  ).toEqual(["tool: DROP TABLE a", "tool: DROP TABLE b"]);
  expect(source.tool.outsideTransaction).toBeUndefined();
  expect(source.tool.withoutOutside).toMatch(
    /^refinery runs every migration in a transaction and has no way out of it\. /,
  );
});
