import { describe, expect, it } from "vitest";
import { detected, type Files, npmLock, onlySource } from "./open-tool.js";

const UP = "module.exports = { up: (queryInterface) => queryInterface.dropTable('old') };\n";
const manifest = (...packages: readonly string[]): Files => ({
  "package.json": JSON.stringify({ dependencies: Object.fromEntries(packages.map((name) => [name, "6"])) }),
});
const PROJECT: Files = manifest("sequelize", "pg");

describe("Sequelize's migrations are found", () => {
  it("by the dependency, the names of the files and what stands in them", () => {
    const source = onlySource({
      ...PROJECT,
      ...npmLock("sequelize", "6.37.8"),
      "server/migrations/20240201000000-b.ts": UP,
      "server/migrations/20240101000000-a.js": UP,
      "server/migrations/20240101000000-a.d.ts": "export {};",
      "server/migrations/helper.js": UP,
    });
    expect(source.tool).toMatchObject({
      name: "sequelize",
      label: "Sequelize",
      version: "6.37.8",
      transaction: "per-statement",
    });
    expect(source.files).toEqual(["server/migrations/20240101000000-a.js", "server/migrations/20240201000000-b.ts"]);
  });

  it("by .sequelizerc, whatever they are called", () => {
    const source = onlySource({
      ...PROJECT,
      "api/.sequelizerc":
        "const path = require('path');\nmodule.exports = { 'migrations-path': path.resolve(__dirname, 'src', 'changes') };\n",
      "api/src/changes/second.js": UP,
      "api/src/changes/first.js": UP,
    });
    expect(source).toMatchObject({
      folder: "api/src/changes",
      because: "because api/.sequelizerc names it",
      files: ["api/src/changes/first.js", "api/src/changes/second.js"],
    });
  });

  it.each([
    ["without the dependency", { ...manifest("pg"), "migrations/1-a.js": UP }],
    ["where nothing in them is Sequelize's", { ...PROJECT, "migrations/1-a.js": "exports.up = (db) => db.run();\n" }],
    ["in a test", { ...PROJECT, "test/migrations/1-a.js": UP }],
  ])("not %s", (_, files) => {
    expect(detected(files).databases.flatMap(({ sources }) => sources)).toEqual([]);
  });
});
