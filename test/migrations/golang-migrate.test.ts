import { describe, expect, it } from "vitest";
import { detected, onlySource, statementsOf } from "./open-tool.js";

const GO_MOD = `module example.com/shop

require (
	github.com/golang-migrate/migrate/v4 v4.19.1
	github.com/jackc/pgx/v5 v5.7.5
)

require github.com/gobuffalo/pop/v6 v6.1.1 // indirect
`;

const at = (name: string): string => `db/migrations/${name}`;

const FILES = {
  "go.mod": GO_MOD,
  [at("000001_init.up.sql")]: "",
  [at("000001_init.down.sql")]: "",
  [at("10_ten.up.sql")]: "",
  [at("9_nine.up.sql")]: "",
  [at("20240102030405_later.up.sql")]: "",
  [at("11_eleven.sql")]: "",
  [at("up.sql")]: "",
  [at("embed.go")]: "",
};

describe("which files", () => {
  it("runs them in the order of their versions, as numbers", () => {
    const { tool, because, files, facts, leftOut } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "golang-migrate", version: "4.19.1", transaction: "single-send" });
    expect(tool.outOfOrder?.does).toBe("skips");
    expect(tool.duplicate?.does).toBe("refuses");
    expect(because).toBe("because go.mod names it");
    expect(files).toEqual([
      at("000001_init.up.sql"),
      at("9_nine.up.sql"),
      at("10_ten.up.sql"),
      at("20240102030405_later.up.sql"),
    ]);
    expect([...(facts ?? [])].map(([, { version }]) => version)).toEqual(["1", "9", "10", "20240102030405"]);
    const reason = "is not named <version>_<title>.up.sql, so golang-migrate does not run it";
    expect(leftOut).toEqual([
      { file: at("11_eleven.sql"), reason },
      { file: at("up.sql"), reason },
    ]);
  });

  const NAMES = { [at("1_a.up.sql")]: "" };
  it.each([
    ["names alone", NAMES, "sql"],
    ["a module that only comes along", { ...NAMES, "go.mod": GO_MOD.replace("v4.19.1", "v4.19.1 // indirect") }, "sql"],
    [
      "a tool of the module",
      {
        ...NAMES,
        "go.mod":
          "module m\n\ntool (\n\tgithub.com/golang-migrate/migrate/v4/cmd/migrate\n)\n\nrequire (\n\tgithub.com/golang-migrate/migrate/v4 v4.18.0 // indirect\n)\n",
      },
      "golang-migrate",
    ],
    ["a module elsewhere", { ...NAMES, "server/go.mod": GO_MOD }, "golang-migrate"],
    ["a module of another project", { ...NAMES, "db/Cargo.toml": "[package]\n", "server/go.mod": GO_MOD }, "sql"],
    [
      "a command",
      { ...NAMES, Makefile: 'up:\n\tmigrate -path db/migrations -database "$$URL" up\n' },
      "golang-migrate",
    ],
    [
      "an image",
      { ...NAMES, "db/compose.yaml": "services: {m: {image: 'migrate/migrate:v4.17.0'}}" },
      "golang-migrate",
    ],
    ["sqlx's command", { ...NAMES, Makefile: 'up:\n\tsqlx migrate run --source db --database-url "$$URL"\n' }, "sql"],
    ["another command", { ...NAMES, Makefile: "migrate:\n\tnpm run migrate\n" }, "sql"],
  ])("%s", (_, files, tool) => {
    expect(onlySource(files).tool.name).toBe(tool);
  });

  it("says which file names it, and leaves out other systems", () => {
    expect(
      onlySource({ ...NAMES, Makefile: '\tmigrate \\\n\t\t-source=file://db \\\n\t\t-database="$$URL" up' }).because,
    ).toBe("because Makefile names it");
    const sqlite = GO_MOD.replace("jackc/pgx/v5", "mattn/go-sqlite3");
    expect(detected({ ...NAMES, "go.mod": sqlite })).toMatchObject({
      databases: [],
      leftOut: [{ file: "db/migrations", reason: "holds migrations for SQLite; only PostgreSQL is checked" }],
    });
  });
});

it.each([
  ["a command", { Makefile: 'up:\n\tmigrate -database "$$URL?x-multi-statement=true" up\n' }, "Makefile"],
  ["code", { "db/up.go": "postgres.Config{MultiStatementEnabled: true}" }, "db/up.go:1"],
])("sends statement by statement where %s says so", (_, files, where) => {
  const source = onlySource({ ...FILES, ...files });
  expect(source.tool.assumption).toBe(
    `Statements are taken to be sent one by one, because ${where} turns golang-migrate's multi-statement mode on.`,
  );
  expect(statementsOf(source, at("9_nine.up.sql"), "CREATE INDEX CONCURRENTLY i ON a (b);\nDROP TABLE c;")).toEqual([
    "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
    "outside: DROP TABLE c",
  ]);
});

it("sends a file as one query, comments that mean something to other tools included", () => {
  const run = (text: string): readonly string[] => statementsOf(onlySource(FILES), at("9_nine.up.sql"), text);
  expect(run("CREATE INDEX CONCURRENTLY i ON a (b);\n")).toEqual(["outside: CREATE INDEX CONCURRENTLY i ON a (b)"]);
  expect(run("DROP TABLE b;\n-- down migration\nDROP TABLE c;\n")).toEqual([
    "send: DROP TABLE b",
    "send: DROP TABLE c",
  ]);
});
