import { describe, expect, it } from "vitest";
import { changeOf, detected, type Files, npmLock, onlySource } from "./open-tool.js";

const UP = "exports.up = (knex) => knex.raw('SELECT 1');\n";
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "1"])) }),
});
const PROJECT: Files = manifest("knex", "pg");

describe("Knex's migrations are found", () => {
  it("by the dependency, the names of the files and what stands in them", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("knex", "3.1.0"),
      "db/migrations/20240201000000_b.ts":
        "import type { Knex } from 'knex';\nexport async function up(knex: Knex) {}\n",
      "db/migrations/20240101000000_a.js": UP,
      "db/migrations/20240101000000_a.d.ts": "export {};",
      "db/migrations/helper.js": UP,
    });
    expect(source.tool).toMatchObject({ name: "knex", label: "Knex", version: "3.1.0", transaction: "all-pending" });
    expect(source.files).toEqual(["db/migrations/20240101000000_a.js", "db/migrations/20240201000000_b.ts"]);
  });

  it("by the knexfile, whatever they are called", () => {
    const source = onlySource({
      ...PROJECT,
      "server/knexfile.js":
        "const path = require('path');\nconst common = { client: 'pg', migrations: { directory: path.join(__dirname, 'src', 'changes') } };\n" +
        "module.exports = { development: common, production: { ...common, pool: { max: 5 } }, test: { ...common, client: 'better-sqlite3' } };\n",
      "server/src/changes/first.ts": UP,
      "server/src/changes/second.ts": UP,
    });
    expect(source).toMatchObject({
      folder: "server/src/changes",
      because: "because server/knexfile.js names it",
      files: ["server/src/changes/first.ts", "server/src/changes/second.ts"],
    });
  });

  it.each([
    ["all of them by name", "", ["a/1.js", "b/2.js", "a/3.js"]],
    ["folder by folder", ", sortDirsSeparately: true", ["a/1.js", "a/3.js", "b/2.js"]],
  ])("in several folders, %s", (_, setting, files) => {
    const knexfile = `export default { client: "pg", migrations: { directory: ["./a", "./b"]${setting} } };`;
    const source = onlySource({ ...PROJECT, "knexfile.ts": knexfile, "a/1.js": UP, "a/3.js": UP, "b/2.js": UP });
    expect(source.files).toEqual(files);
  });

  it("in the order of versions, where a source of the project's own has those for names", () => {
    const at = (version: string): string => `migrations/${version}.js`;
    const source = onlySource({ ...PROJECT, [at("2.10.0")]: UP, [at("2.9.0")]: UP, [at("2.9.0-beta.2")]: UP });
    expect(source.files).toEqual([at("2.9.0-beta.2"), at("2.9.0"), at("2.10.0")]);
  });

  it.each([
    [
      "for another system by the folder",
      { ...PROJECT, "db/migrations-sqlite/1_a.js": UP },
      "db/migrations-sqlite",
      "SQLite",
    ],
    [
      "for another system by the driver",
      { ...manifest("knex", "mysql2"), "migrations/1_a.js": UP },
      "migrations",
      "MySQL",
    ],
    [
      "for another system by the knexfile",
      {
        ...manifest("knex"),
        "knexfile.js": "module.exports = { client: 'mysql2', migrations: {} };",
        "migrations/1_a.js": UP,
      },
      "migrations",
      "MySQL",
    ],
  ])("and left out %s", (_, files, folder, dialect) => {
    expect(detected(files)).toMatchObject({
      databases: [],
      leftOut: [{ file: folder, reason: `holds migrations for ${dialect}; only PostgreSQL is checked` }],
    });
  });

  it("for PostgreSQL, where there is a driver for it beside the knexfile's", () => {
    const source = onlySource({
      ...manifest("knex", "mysql2", "pg"),
      "knexfile.js": "module.exports = { client: 'mysql2', migrations: {} };",
      "migrations/1_a.js": UP,
    });
    expect(source.folder).toBe("migrations");
  });

  it.each([
    ["without the dependency", { "migrations/1_a.js": UP }],
    ["that are tests", { ...PROJECT, "tests/migrations/1_a.js": UP }],
    ["that are something else", { ...PROJECT, "migrations/1_a.js": "export const rows = [];" }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases).toEqual([]);
  });
});

describe("the way out of the transaction", () => {
  it.each([
    [
      "of modules",
      ".ts",
      "import type { Knex } from 'knex';\nexport async function up(knex: Knex) {}\n",
      "export const config",
    ],
    ["of CommonJS", ".js", UP, "exports.config"],
    [
      "of CommonJS in one object",
      ".cjs",
      "module.exports = { up: (knex) => knex.raw('SELECT 1') };\n",
      "module.exports.config",
    ],
  ])("is an export %s", (_, extension, text, config) => {
    const { tool } = onlySource({ ...PROJECT, [`migrations/20240101000000_a${extension}`]: text });
    expect(tool.outsideTransaction).toBe(`in a migration of its own with \`${config} = { transaction: false }\``);
  });
});

describe("the transaction of Knex's migrations", () => {
  const at = (name: string): string => `migrations/2024${name}.js`;
  const transactionsOf = (files: Files, base: Files = { ...PROJECT, [at("0101_a")]: UP }) =>
    changeOf(base, files).databases.flatMap(({ migrations }) =>
      migrations
        .filter(({ status }) => status === "added")
        .flatMap(({ statements }) =>
          statements.map(({ transaction }) => transaction.group ?? transaction.inTransaction),
        ),
    );
  const outside = `${UP}exports.config = { transaction: false };\n`;

  it("is one for all that are pending", () => {
    expect(transactionsOf({ [at("0201_b")]: UP, [at("0301_c")]: UP })).toEqual([
      "all pending in migrations",
      "all pending in migrations",
    ]);
  });

  it("is one for each, as soon as one of them runs outside", () => {
    expect(transactionsOf({ [at("0201_b")]: UP, [at("0301_c")]: outside, [at("0401_d")]: UP })).toEqual([
      `${at("0201_b")}#1`,
      false,
      `${at("0401_d")}#1`,
    ]);
  });

  it("is none where the knexfile says so, and the file does not say otherwise", () => {
    const knexfile = "module.exports = { client: 'pg', migrations: { disableTransactions: true } };";
    const base = { ...PROJECT, "knexfile.js": knexfile, [at("0101_a")]: UP };
    const inside = `${UP}exports.config = { transaction: true };\n`;
    expect(transactionsOf({ [at("0201_b")]: UP, [at("0301_c")]: inside }, base)).toEqual([false, `${at("0301_c")}#1`]);
  });

  it.each<[string, string, readonly (string | false)[]]>([
    [
      "one for each by knex-migrate, which does not ask the file",
      "knex-migrate up",
      [`${at("0201_b")}#1`, `${at("0301_c")}#1`],
    ],
    ["none by knex-migrate --raw", "knex-migrate --raw up", [false, false]],
  ])("is %s", (_, migrate, expected) => {
    const manifest = JSON.stringify({
      scripts: { migrate },
      dependencies: { knex: "3", "knex-migrate": "1", pg: "8" },
    });
    const base = { "package.json": manifest, [at("0101_a")]: UP };
    expect(transactionsOf({ [at("0201_b")]: UP, [at("0301_c")]: outside }, base)).toEqual(expected);
  });
});
