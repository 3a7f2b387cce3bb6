import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const UP = "create table a (b int);\n\n---- create above / drop below ----\n\ndrop table a;\n";
const at = (name: string): string => `migrations/${name}`;

const FILES = {
  "go.mod": "module m\n\nrequire github.com/jackc/tern/v2 v2.3.2\n",
  [at("tern.conf")]: '[database]\nhost = {{env "PGHOST"}}\n\n[data]\nprefix = shop\n',
  [at("001_a.sql")]: UP,
  [at("2_b.sql")]: "",
  [at("010_j.sql")]: "",
  ...Object.fromEntries([3, 4, 5, 6, 7, 8, 9].map((number) => [at(`00${String(number)}_x.sql`), ""])),
  [at("notes.sql")]: "",
  [at("shared/001_view.sql")]: "",
};

describe("which files", () => {
  it("runs them by number", () => {
    const { folder, tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(folder).toBe("migrations");
    expect(tool).toMatchObject({ name: "tern", version: "2.3.2", transaction: "per-file", checksums: false });
    expect(tool.outOfOrder?.does).toBe("skips");
    expect(tool.duplicate?.does).toBe("refuses");
    expect(because).toBe("because of migrations/tern.conf");
    expect(files.map((file) => file.slice(11))).toEqual([
      "001_a.sql",
      "2_b.sql",
      "003_x.sql",
      "004_x.sql",
      "005_x.sql",
      "006_x.sql",
      "007_x.sql",
      "008_x.sql",
      "009_x.sql",
      "010_j.sql",
    ]);
    expect(facts?.get(at("001_a.sql"))).toEqual({ version: "1" });
    expect(leftOut).toEqual([
      { file: at("notes.sql"), reason: "is not named <number>_<name>.sql, so tern does not run it" },
    ]);
  });

  it("says which number is missing", () => {
    const { [at("004_x.sql")]: _, ...files } = FILES;
    expect(onlySource(files).leftOut).toContainEqual({
      file: "migrations",
      reason: "has no migration 4, so tern refuses to run",
    });
  });

  it.each([
    [
      "the separator alone",
      { "sql/001_a.sql": UP },
      "tern",
      "because its files have `---- create above / drop below ----`",
    ],
    ["tern.conf beside the folder", { "tern.conf": "", "migrations/001_a.sql": "" }, "tern", "because of tern.conf"],
    ["neither", { "migrations/001_a.sql": "" }, "sql", "because of the numbers in the names of its files"],
  ])("is found by %s", (_, files, tool, because) => {
    const source = onlySource(files);
    expect([source.tool.name, source.because]).toEqual([tool, because]);
  });

  it("takes no folder beside tern.conf that is not called migrations", () => {
    expect(detected({ "tern.conf": "", "reports/001_a.sql": "" }).databases).toEqual([]);
  });
});

describe("what runs, and how", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), at("2_b.sql"), text);

  it("runs what stands above the separator, in one transaction", () => {
    expect(run(`${UP}\ndrop table z;`)).toEqual(["tool: create table a (b int)"]);
    expect(run("drop table a;\ndrop table b;\n")).toEqual(["tool: drop table a", "tool: drop table b"]);
  });

  it("sends statement by statement without one", () => {
    const alone = "create index concurrently i on a (b);\n---- tern: disable-tx ----\ndrop table c;\n";
    expect(run(alone)).toEqual(["outside: create index concurrently i on a (b)", "outside: drop table c"]);
    expect(run(alone.replaceAll("\n", "\r\n"))[0]).toBe("tool: create index concurrently i on a (b)");
    expect(run(`drop table a;\n${UP}---- tern: disable-tx ----\n`)).toEqual([
      "tool: drop table a",
      "tool: create table a (b int)",
    ]);
  });

  it("reads values of the configuration as names", () => {
    expect(run("create table {{.prefix}}_config (id int);\n{{ if .x }}\ndrop table b;\n{{ end }}")).toEqual([
      "tool: create table {{.prefix}}_config (id int)",
      "tool: drop table b",
    ]);
  });
});
