import { describe, expect, it } from "vitest";
import { checkChange } from "../../src/check/check.js";
import { changeOf, detected, inForce, npmLock, onlySource, statementsOf } from "./open-tool.js";
import { startPGlite } from "../postgres/start-pglite.js";

const CONFIG = 'project_id = "shop"\n\n[db]\nport = 54322\nmajor_version = 15\n\n[db.migrations]\nenabled = true\n';

const FILES = {
  "supabase/config.toml": CONFIG,
  "supabase/seed.sql": "",
  "supabase/roles.sql": "",
  "supabase/schemas/orders.sql": "",
  "supabase/functions/hello/index.ts": "",
  "supabase/migrations/20240301000000_c.sql": "",
  "supabase/migrations/20240201000000_b.sql": "",
  "supabase/migrations/9_early.sql": "",
  "supabase/migrations/10_late.sql": "",
  "supabase/migrations/notes.sql": "",
  "supabase/migrations/20240201000000.sql": "",
  "supabase/migrations/README.md": "",
};

const at = (name: string): string => `supabase/migrations/${name}`;

describe("which files", () => {
  it("runs them in the order of their bytes, and says which it does not run", () => {
    const { tool, files, facts, leftOut, because } = onlySource(FILES);
    expect(tool).toMatchObject({ name: "supabase", label: "Supabase", transaction: "per-file", checksums: false });
    expect(because).toBe("because supabase/config.toml stands beside it");
    expect(files).toEqual([
      at("10_late.sql"),
      at("20240201000000_b.sql"),
      at("20240301000000_c.sql"),
      at("9_early.sql"),
    ]);
    expect([...(facts ?? [])]).toEqual([
      [at("10_late.sql"), { version: "10" }],
      [at("20240201000000_b.sql"), { version: "20240201000000" }],
      [at("20240301000000_c.sql"), { version: "20240301000000" }],
      [at("9_early.sql"), { version: "9" }],
    ]);
    expect(leftOut).toEqual([
      {
        file: at("20240201000000.sql"),
        reason: "is not named <digits>_<name>.sql, so Supabase does not run it",
      },
      { file: at("notes.sql"), reason: "is not named <digits>_<name>.sql, so Supabase does not run it" },
    ]);
  });

  it("passes over the first file where it is the init of an early version", () => {
    const early = { [at("20210101000000_init.sql")]: "", [at("20220101000000_init.sql")]: "" };
    const { files, leftOut } = onlySource(early);
    expect(files).toEqual([at("20220101000000_init.sql")]);
    expect(leftOut).toEqual([
      {
        file: at("20210101000000_init.sql"),
        reason: "is the init file of an early version of the Supabase CLI, which is not run",
      },
    ]);
  });

  it.each([
    ["the CLI's names without its configuration", { [at("20240101000000_a.sql")]: "" }, "supabase"],
    ["names of somebody's own", { [at("0001_a.sql")]: "" }, "sql"],
    [
      "names of somebody's own beside the configuration",
      { "supabase/config.toml": "", [at("1_a.sql")]: "" },
      "supabase",
    ],
    [
      "a project below the root",
      { "apps/shop/supabase/config.toml": "", "apps/shop/supabase/migrations/1_a.sql": "" },
      "supabase",
    ],
    [
      "migrations that the configuration turns off",
      { "supabase/config.toml": "[db.migrations]\nenabled = false", [at("20240101000000_a.sql")]: "" },
      "sql",
    ],
    [
      "another part that is turned off",
      { "supabase/config.toml": "[db.seed]\nenabled = false # x", [at("20240101000000_a.sql")]: "" },
      "supabase",
    ],
    ["14 digits elsewhere", { "db/migrations/20240101000000_a.sql": "" }, "sql"],
    [
      "Drizzle, which writes there too",
      {
        "supabase/config.toml": "",
        "supabase/migrations/meta/_journal.json": '{"dialect":"postgresql","entries":[{"tag":"20240101000000_a"}]}',
        [at("20240101000000_a.sql")]: "",
      },
      "drizzle",
    ],
  ] as const)("%s: %s", (_, files, tool) => {
    expect(detected(files).databases.flatMap(({ sources }) => sources.map((source) => source.tool.name))).toEqual([
      tool,
    ]);
  });
});

describe("transactions", () => {
  const run = (version: string | undefined, text: string): readonly string[] => {
    const source = onlySource({ ...FILES, ...(version === undefined ? {} : npmLock("supabase", version)) });
    return statementsOf(source, at("20240301000000_c.sql"), text);
  };
  const mixed =
    "-- orders\nALTER TABLE a ADD b int;\nDROP INDEX CONCURRENTLY i;\nCREATE UNIQUE INDEX CONCURRENTLY i ON a (b);\nALTER TABLE a ADD c int;";

  it("runs what no transaction may hold by itself, as the version does", () => {
    const latest = [
      "tool: ALTER TABLE a ADD b int",
      "outside: DROP INDEX CONCURRENTLY i",
      "outside: CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
      "tool: ALTER TABLE a ADD c int",
    ];
    expect(run("2.116.0", mixed)).toEqual(latest);
    expect(run("3.1.0", mixed)).toEqual(latest);
    expect(run(undefined, mixed)).toEqual(latest);
    expect(run("2.109.1", mixed)).toEqual([
      "tool: ALTER TABLE a ADD b int",
      "tool: DROP INDEX CONCURRENTLY i",
      "outside: CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
      "tool: ALTER TABLE a ADD c int",
    ]);
    expect(run("2.90.0", mixed)).toEqual([
      "tool: ALTER TABLE a ADD b int",
      "tool: DROP INDEX CONCURRENTLY i",
      "tool: CREATE UNIQUE INDEX CONCURRENTLY i ON a (b)",
      "tool: ALTER TABLE a ADD c int",
    ]);
  });

  it("takes one as the first statement of a file in earlier versions", () => {
    const text = "CREATE INDEX CONCURRENTLY i ON a (b);\nCREATE INDEX CONCURRENTLY j ON a (c);";
    expect(run("1.220.0", text)).toEqual([
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
      "tool: CREATE INDEX CONCURRENTLY j ON a (c)",
    ]);
  });

  it("leaves BEGIN and COMMIT to the file, those of a function body aside", () => {
    expect(run(undefined, "BEGIN;\nALTER TABLE a ADD b int;\nCOMMIT;\nALTER TABLE a ADD c int;")).toEqual([
      "file: BEGIN",
      "file: ALTER TABLE a ADD b int",
      "file: COMMIT",
      "outside: ALTER TABLE a ADD c int",
    ]);
    const body = "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; COMMIT; END $$";
    expect(run(undefined, `${body};\nALTER TABLE a ADD b int;`)).toEqual([
      `tool: ${body}`,
      "tool: ALTER TABLE a ADD b int",
    ]);
    expect(run(undefined, "SAVEPOINT s;\nROLLBACK TO SAVEPOINT s;")).toEqual([
      "tool: SAVEPOINT s",
      "tool: ROLLBACK TO SAVEPOINT s",
    ]);
  });

  it("says what it assumes where no lockfile has a version", () => {
    expect(onlySource(FILES).tool.assumption).toBe(
      "No lockfile says which version of the Supabase CLI is installed. Version 2.116 or later is assumed, which runs CREATE INDEX CONCURRENTLY and its kin outside the transaction of the file.",
    );
    expect(onlySource({ ...FILES, ...npmLock("supabase", "2.40.0") }).tool).toMatchObject({
      version: "2.40.0",
      outsideTransaction: "in a migration of its own with that single statement, which is not in a transaction then",
    });
  });
});

it("resets the settings before each file", () => {
  const added = {
    [at("20240401000000_d.sql")]: "SET lock_timeout = '3s';\nALTER TABLE a ADD b int;",
    [at("20240402000000_e.sql")]: "ALTER TABLE a ADD c int;",
  };
  expect(inForce(changeOf(FILES, added), "lock_timeout")).toEqual([undefined, "3s", undefined]);
});

it("has objects that no migration makes: they are in use", () => {
  const change = changeOf(
    { ...FILES, [at("20240101000000_a.sql")]: "CREATE TABLE profiles (id uuid REFERENCES auth.users (id));" },
    { [at("20240401000000_d.sql")]: "CREATE INDEX users_email_idx ON auth.users (email);" },
  );
  expect(checkChange(change).findings.map(({ rule, message }) => [rule, message])).toContainEqual([
    "no-blocking-index-build",
    "Building auth.users_email_idx blocks every INSERT, UPDATE and DELETE on auth.users until it is done. Build it with CREATE INDEX CONCURRENTLY in a migration of its own: Supabase runs it outside the transaction of the file.",
  ]);
});

/** Messages of the extended query protocol for several statements with one Sync, as the CLI sends a file. */
function pipelineOf(statements: readonly string[]): Uint8Array {
  const message = (type: string, body: Buffer): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type, 0);
    head.writeInt32BE(4 + body.length, 1);
    return Buffer.concat([head, body]);
  };
  const each = statements.flatMap((statement) => [
    message("P", Buffer.concat([Buffer.from(`\0${statement}\0`), Buffer.alloc(2)])),
    message("B", Buffer.alloc(8)),
    message("E", Buffer.alloc(5)),
  ]);
  return new Uint8Array(Buffer.concat([...each, message("S", Buffer.alloc(0))]));
}

it("is what PostgreSQL does with a pipeline", async () => {
  const db = await startPGlite();
  await db.exec("CREATE TABLE t (a int)");
  const refused = async (...statements: readonly string[]): Promise<boolean> =>
    Buffer.from(await db.execProtocolRaw(pipelineOf(statements)))
      .toString("latin1")
      .includes("25001");
  expect(await refused("CREATE INDEX CONCURRENTLY a ON t (a)", "INSERT INTO t VALUES (1)")).toBe(false);
  expect(await refused("CREATE INDEX CONCURRENTLY b ON t (a)", "CREATE INDEX CONCURRENTLY c ON t (a)")).toBe(true);
  expect(await refused("INSERT INTO t VALUES (1)", "CREATE INDEX CONCURRENTLY d ON t (a)")).toBe(true);
  await db.close();
});
