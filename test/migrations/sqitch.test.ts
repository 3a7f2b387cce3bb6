import { describe, expect, it } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import { detectMigrations } from "../../src/migrations/detect.js";
import type { MigrationSource } from "../../src/migrations/tool.js";
import { byFile, type Files } from "./tool-fixture.js";

function detect(files: Files) {
  return detectMigrations(memoryTree(new Map(Object.entries(files)), "head"));
}

function open(files: Files): MigrationSource {
  const { databases } = detect(files);
  expect(databases.map(({ sources }) => sources.map(({ tool }) => tool.name))).toEqual([["sqitch"]]);
  return databases[0]?.sources[0] as MigrationSource;
}

const CONF = '[core]\n\tengine = pg\n\t# top_dir = .\n[engine "pg"]\n\tclient = psql\n';
const PLAN = "%syntax-version=1.0.0\n%project=shop\n%uri=https://example.com/shop/\n\n";
const line = (text: string) =>
  `${text} 2024-01-02T03:04:05Z A. Person <person@example.com> # note, [not] a dependency\n`;
const plan = (...lines: readonly string[]) => PLAN + lines.map(line).join("");
const scripts = (...names: readonly string[]): Files =>
  Object.fromEntries(
    names.flatMap((name) => ["deploy", "revert", "verify"].map((folder) => [`${folder}/${name}.sql`, "SELECT 1;\n"])),
  );

describe("the plan", () => {
  it("gives the order; revert and verify are never read", () => {
    const source = open({
      "sqitch.conf": CONF,
      "sqitch.plan": plan("users", "@v1.0.0", "schema/orders [users @v1.0.0]", "index_10 [users !legacy]", "index_9"),
      ...scripts("index_10", "index_9", "schema/orders", "users"),
    });
    expect(source.folder).toBe("deploy");
    expect(source.because).toBe("because sqitch.conf names it");
    expect(source.files).toEqual([
      "deploy/users.sql",
      "deploy/schema/orders.sql",
      "deploy/index_10.sql",
      "deploy/index_9.sql",
    ]);
    expect(source.leftOut).toEqual([]);
  });

  it("leaves what undoes and verifies to no other tool", () => {
    const source = open({
      "db/sqitch.conf": CONF,
      "db/sqitch.plan": plan("migrations/001_users"),
      "db/deploy/migrations/001_users.sql": "",
      "db/revert/migrations/001_users.sql": "",
      "db/verify/migrations/001_users.sql": "",
    });
    expect(source.files).toEqual(["db/deploy/migrations/001_users.sql"]);
  });

  it("runs a reworked change in both of its places", () => {
    const source = open({
      "sqitch.conf": CONF,
      "sqitch.plan": plan(
        "report",
        "users",
        "@v1",
        "@v1.1",
        "report [report@v1]",
        "@v2",
        "orders",
        "report [report@v2]",
      ),
      ...scripts("report@v1.1", "report@v2", "report", "users", "orders"),
    });
    expect(source.files).toEqual([
      "deploy/report@v1.1.sql",
      "deploy/users.sql",
      "deploy/report@v2.sql",
      "deploy/orders.sql",
      "deploy/report.sql",
    ]);
    expect([...(source.facts?.values() ?? [])].map(({ version }) => version)).toEqual([
      "report",
      "users",
      "report (2)",
      "orders",
      "report (3)",
    ]);
  });

  it("says what the plan and the folder do not agree on", () => {
    const source = open({
      "sqitch.conf": CONF,
      "sqitch.plan": plan("users", "roles [missing users]", "gone", "users", "orders [shop:x later]", "later"),
      ...scripts("users", "roles", "orders", "later", "forgotten"),
    });
    expect(source.files).toEqual(["deploy/users.sql", "deploy/roles.sql", "deploy/orders.sql", "deploy/later.sql"]);
    expect(source.leftOut).toEqual([
      { file: "sqitch.plan", reason: "has users twice without a tag between, so Sqitch refuses it" },
      { file: "sqitch.plan", reason: "has orders before later, which it requires, so Sqitch refuses it" },
      { file: "deploy/gone.sql", reason: "is in sqitch.plan but does not exist, so Sqitch cannot deploy it" },
      { file: "deploy/forgotten.sql", reason: "is not in sqitch.plan, so Sqitch does not run it" },
    ]);
  });
});

describe("configuration", () => {
  it("follows top_dir, deploy_dir, plan_file and extension, of an engine before those of core", () => {
    const source = open({
      "sqitch.conf":
        '[core]\n  engine = pg\n  top_dir = ./db\n  extension = sql ; as usual\n[engine "pg"]\n  deploy_dir = "db/up"\n  plan_file = db/pg.plan\n  extension = psql\n',
      "db/pg.plan": plan("users"),
      "db/up/users.psql": "",
    });
    expect(source.folder).toBe("db/up");
    expect(source.files).toEqual(["db/up/users.psql"]);
  });

  it("takes each engine's own folder, and leaves other systems out", () => {
    const { databases, leftOut } = detect({
      "sqitch.conf": '[core]\n  engine = pg\n[engine "pg"]\n  top_dir = pg\n[engine "sqlite"]\n  top_dir = sqlite\n',
      "pg/sqitch.plan": plan("users"),
      "pg/deploy/users.sql": "",
      "sqlite/sqitch.plan": plan("users"),
      "sqlite/deploy/users.sql": "",
    });
    expect(databases.flatMap(({ sources }) => sources.map(({ folder }) => folder))).toEqual(["pg/deploy"]);
    expect(leftOut).toEqual([
      { file: "sqlite/deploy", reason: "holds migrations for SQLite; only PostgreSQL is checked" },
    ]);
  });

  it("knows a system that only a target names", () => {
    const { databases, leftOut } = detect({
      "sqitch.conf": '[target "warehouse"]\n  uri = db:vertica://warehouse.example.com/\n  top_dir = warehouse\n',
      "warehouse/sqitch.plan": plan("facts"),
      "warehouse/deploy/facts.sql": "",
    });
    expect(databases).toEqual([]);
    expect(byFile(leftOut, "")).toEqual({
      "warehouse/deploy": "holds migrations for Vertica; only PostgreSQL is checked",
    });
  });

  it("reads a plan without configuration, and several projects", () => {
    const { databases } = detect({
      "a/sqitch.plan": plan("users"),
      "a/deploy/users.sql": "",
      "b/sqitch.conf": CONF,
      "b/sqitch.plan": plan("orders"),
      "b/deploy/orders.sql": "",
    });
    expect(databases.map(({ name, sources }) => [name, sources[0]?.files, sources[0]?.because])).toEqual([
      ["a/deploy", ["a/deploy/users.sql"], "because a/sqitch.plan names it"],
      ["b/deploy", ["b/deploy/orders.sql"], "because b/sqitch.conf names it"],
    ]);
  });

  it("survives files that hold anything", () => {
    for (const text of ["", "[", "\u0000", '[engine "pg', "=\n[]\n@\n+ [a\n"]) {
      expect(() => detect({ "sqitch.conf": text, "sqitch.plan": text, "deploy/a.sql": "" })).not.toThrow();
    }
  });
});

it("opens no transaction of its own, and does not compare scripts", () => {
  const { tool } = open({ "sqitch.conf": CONF, "sqitch.plan": plan("users"), ...scripts("users") });
  expect(tool).toMatchObject({ transaction: "per-statement", checksums: false, outOfOrder: { does: "refuses" } });
});
