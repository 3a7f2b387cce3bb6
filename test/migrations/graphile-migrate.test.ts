import { describe, expect, it } from "vitest";
import { changeOf, detected, inForce, npmLock, onlySource, statementsOf } from "./open-tool.js";

const migration = (previous: string, hash: string, body: string): string =>
  `--! Previous: ${previous}\n--! Hash: sha1:${hash}\n--! Message: orders\n\n${body}`;

const GMRC = `/*
 * Graphile Migrate configuration.
 */
{
  // "connectionString": "postgres://…",
  "pgSettings": {
    "search_path": "app_public,app_private,public",
    "Lock_Timeout": "3s", // short
    "jit": 0,
  },
  "placeholders": { ":DATABASE_VISITOR": "!ENV" },
  "afterReset": ["!../afterReset.sql"],
}
`;

const FILES = {
  ".gmrc": GMRC,
  ...npmLock("graphile-migrate", "1.4.1"),
  "migrations/afterReset.sql": "",
  "migrations/committed/000002-b.sql": migration("sha1:1", "2", "SELECT 2;\n"),
  "migrations/committed/000001.sql": migration("-", "1", "SELECT 1;\n"),
  "migrations/committed/10.sql": migration("sha1:2", "3", "SELECT 3;\n"),
  "migrations/committed/draft.sql": "",
  "migrations/current.sql": "-- Enter migration here\n",
  "migrations/fixtures/functions/f.sql": "",
};

describe("which files", () => {
  it("runs what is committed, in the order of the numbers' bytes", () => {
    const { folder, tool, files, facts, leftOut, because } = onlySource(FILES);
    expect(folder).toBe("migrations");
    expect(tool).toMatchObject({
      name: "graphile-migrate",
      version: "1.4.1",
      transaction: "per-file",
      checksums: true,
    });
    expect(because).toBe("because the files in migrations/committed start with --! Previous");
    expect(files).toEqual([
      "migrations/committed/000001.sql",
      "migrations/committed/000002-b.sql",
      "migrations/committed/10.sql",
    ]);
    expect([...(facts ?? [])].map(([, { version }]) => version)).toEqual(["000001", "000002", "10"]);
    expect(leftOut).toEqual([
      {
        file: "migrations/committed/draft.sql",
        reason: "is not named <number>-<name>.sql, so graphile-migrate does not run it",
      },
    ]);
  });

  it("says that work in progress is left out, where there is some", () => {
    const reason = "is work in progress, which graphile-migrate migrate does not run";
    expect(detected({ ...FILES, "migrations/current.sql": "-- x\nSELECT 4;" }).leftOut).toContainEqual({
      file: "migrations/current.sql",
      reason,
    });
    const { "migrations/current.sql": _, ...rest } = FILES;
    expect(
      detected({ ...rest, "migrations/current/001-a.sql": "SELECT 4;", "migrations/current/002-b.sql": "--! split" })
        .leftOut,
    ).toContainEqual({ file: "migrations/current/001-a.sql", reason });
  });

  it("is opened by either of its folders, and is not found without its headers", () => {
    for (const path of ["migrations", "migrations/committed"]) {
      const settings = { main: { migrations: [{ path, tool: "graphile-migrate" }], code: [], session: {} } };
      expect(onlySource(FILES, settings).files).toHaveLength(3);
    }
    expect(onlySource({ "migrations/committed/0001.sql": "SELECT 1;" }).tool.name).toBe("sql");
  });
});

describe("transactions", () => {
  const run = (body: string): readonly string[] =>
    statementsOf(onlySource(FILES), "migrations/committed/10.sql", migration("sha1:2", "3", body));

  it("opens one for each file", () => {
    expect(run("ALTER TABLE a ADD b int;\nDROP TABLE c;\n")).toEqual([
      "tool: ALTER TABLE a ADD b int",
      "tool: DROP TABLE c",
    ]);
  });

  it("opens none below --! no-transaction, where a query of several statements is one all the same", () => {
    expect(run("--! no-transaction\nCREATE INDEX CONCURRENTLY i ON a (b);\n")).toEqual([
      "outside: CREATE INDEX CONCURRENTLY i ON a (b)",
    ]);
    expect(run("--! no-transaction\nCREATE INDEX CONCURRENTLY i ON a (b);\nDROP TABLE c;\n")).toEqual([
      "send: CREATE INDEX CONCURRENTLY i ON a (b)",
      "send: DROP TABLE c",
    ]);
    expect(run("-- a comment first\n--! no-transaction\nDROP TABLE c;\n")).toEqual(["tool: DROP TABLE c"]);
  });
});

describe("pgSettings", () => {
  it.each([
    [".gmrc", GMRC],
    [
      ".gmrc.js",
      `module.exports = { pgSettings: { lock_timeout: "3s", jit: 0, search_path: "app_public,app_private,public", x: process.env.X } };`,
    ],
    [
      ".gmrc.cjs",
      `/** @type {import("graphile-migrate").Settings} */\nexports.default = { pgSettings: { "search_path": "app_public,app_private,public", lock_timeout: \`3s\`, jit: 0 } };`,
    ],
  ])("are in force: %s", (name, text) => {
    const { ".gmrc": _, ...rest } = FILES;
    const { session } = onlySource({ ...rest, [name]: text });
    expect(Object.fromEntries(session ?? [])).toEqual({
      search_path: "app_public,app_private,public",
      lock_timeout: "3s",
      jit: "0",
    });
  });

  it("are what a migration starts with", () => {
    const added = { "migrations/committed/000011-x.sql": migration("sha1:3", "4", "ALTER TABLE a ADD b int;\n") };
    expect(inForce(changeOf(FILES, added), "lock_timeout")).toEqual(["3s"]);
  });

  it.each(["{", "", "module.exports = load();", '{"pgSettings": 3}'])("are unknown where the file holds %j", (text) => {
    expect(onlySource({ ...FILES, ".gmrc": text }).session).toEqual(new Map());
  });
});
