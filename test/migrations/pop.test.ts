import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const GO_MOD = "module m\n\nrequire (\n\tgithub.com/gobuffalo/pop/v6 v6.1.1\n\tgithub.com/lib/pq v1.10.0\n)\n";
const ORY = "module m\n\nrequire (\n\tgithub.com/ory/pop/v6 v6.4.1\n\tgithub.com/ory/x v0.0.729\n)\n";
const at = (name: string): string => `migrations/${name}`;

const FILES = {
  "go.mod": GO_MOD,
  "database.yml": "development:\n  dialect: postgres\n",
  [at("20240102030405_b.up.sql")]: "",
  [at("20240102030405_b.down.sql")]: "",
  [at("20240102030404_a.up.sql")]: "",
  [at("9_nine.up.sql")]: "",
  [at("10_ten.up.sql")]: "",
  [at("20240103000000_c.postgres.up.sql")]: "",
  [at("20240103000000_c.up.sql")]: "",
  [at("20240103000000_c.mysql.up.sql")]: "",
  [at("20240104000000_d.sqlite3.up.sql")]: "",
  [at("20240105000000_e.mysql.up.sql")]: "",
  [at("20240106000000_f.up.fizz")]: "",
  [at("20240106000000_f.down.fizz")]: "",
  [at("later/20240107000000_g.up.sql")]: "",
  [at("schema.sql")]: "",
};

describe("which files", () => {
  it("runs them in the order of the bytes of their versions, PostgreSQL's own before those for all", () => {
    const { tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "pop", label: "pop", version: "6.1.1", transaction: "per-file" });
    expect(tool.outOfOrder?.does).toBe("runs");
    expect(tool.duplicate?.does).toBe("skips");
    expect(because).toBe("because go.mod names it");
    expect(files).toEqual([
      at("10_ten.up.sql"),
      at("20240102030404_a.up.sql"),
      at("20240102030405_b.up.sql"),
      at("20240103000000_c.postgres.up.sql"),
      at("later/20240107000000_g.up.sql"),
      at("9_nine.up.sql"),
    ]);
    expect(facts?.get(at("20240103000000_c.postgres.up.sql"))).toEqual({ version: "20240103000000" });
    expect(leftOut).toEqual([
      { file: at("schema.sql"), reason: "is not named <version>_<name>.up.sql, so pop does not run it" },
      { file: "migrations", reason: "holds 2 migrations for MySQL; only PostgreSQL is checked" },
      { file: "migrations", reason: "holds a migration for SQLite; only PostgreSQL is checked" },
      { file: at("20240103000000_c.up.sql"), reason: "has a variant for PostgreSQL, which pop runs instead" },
    ]);
  });

  it("belongs to golang-migrate or to nobody where pop only comes along", () => {
    const names = { [at("1_a.up.sql")]: "" };
    const indirect = GO_MOD.replace("v6.1.1", "v6.1.1 // indirect");
    expect(onlySource({ ...names, "go.mod": indirect }).tool.name).toBe("sql");
    const migrate = indirect.replace("lib/pq v1.10.0", "golang-migrate/migrate/v4 v4.18.1");
    expect(onlySource({ ...names, "go.mod": migrate }).tool.name).toBe("golang-migrate");
  });

  it("is found by soda's settings, not by those of Rails", () => {
    const names = { "db/migrations/1_a.up.sql": "", "db/migrations/1_a.down.sql": "" };
    const soda = (dialect: string) => ({ ...names, "db/database.yml": `development:\n  dialect: "${dialect}"\n` });
    const source = onlySource(soda("postgres"));
    expect([source.tool.name, source.because]).toEqual(["pop", "because db/database.yml names it"]);
    expect(detected(soda("sqlite3")).leftOut).toEqual([
      { file: "db/migrations", reason: "holds migrations for SQLite; only PostgreSQL is checked" },
    ]);
    const rails = { ...names, "db/database.yml": "development:\n  adapter: postgresql\n" };
    expect(onlySource(rails).tool.name).toBe("sql");
  });

  it("leaves out a folder of another system", () => {
    expect(detected({ "go.mod": GO_MOD, "db/mysql/1_a.up.sql": "" }).leftOut).toEqual([
      { file: "db/mysql", reason: "holds migrations for MySQL; only PostgreSQL is checked" },
    ]);
  });
});

describe("what runs, and how", () => {
  const sql = "CREATE INDEX CONCURRENTLY i ON a (b);\n";

  it("runs every file in a transaction", () => {
    const source = onlySource(FILES);
    expect(statementsOf(source, at("9_nine.up.sql"), `${sql}DROP TABLE {{ .Namespace }}.b;`)).toEqual([
      "tool: CREATE INDEX CONCURRENTLY i ON a (b)",
      "tool: DROP TABLE {{ .Namespace }}.b",
    ]);
    expect(source.tool.outsideTransaction).toBeUndefined();
    expect(source.tool.withoutOutside).toMatch(
      /^pop runs every migration in a transaction and has no way out of it\. /,
    );
  });

  it("commits as it goes in Ory's popx, where the name says so", () => {
    const files = {
      "go.mod": ORY,
      [at("1_a.autocommit.up.sql")]: "",
      [at("1_a.autocommit.down.sql")]: "",
      [at("2_b.postgres.autocommit.up.sql")]: "",
      [at("2_b.cockroach.autocommit.up.sql")]: "",
      [at("3_c.up.sql")]: "",
    };
    const source = onlySource(files);
    expect(source.tool.label).toBe("popx");
    expect(source.files).toEqual([at("1_a.autocommit.up.sql"), at("2_b.postgres.autocommit.up.sql"), at("3_c.up.sql")]);
    expect(statementsOf(source, at("1_a.autocommit.up.sql"), sql)).toEqual([
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
    ]);
    expect(statementsOf(source, at("2_b.postgres.autocommit.up.sql"), `${sql}DROP TABLE c;`)).toEqual([
      "send: CREATE INDEX CONCURRENTLY i ON a (b)",
      "send: DROP TABLE c",
    ]);
    expect(statementsOf(source, at("3_c.up.sql"), sql)).toEqual(["tool: CREATE INDEX CONCURRENTLY i ON a (b)"]);
  });
});
