/** The npm package as users get it: packed, in a project that has nothing but what it declares, and ESLint. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const project = join(import.meta.dirname, "../..");
const { dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};

let folder: string;
let files: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "migration-safety-package-"));
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
  const [packed] = JSON.parse(execFileSync("npm", pack, { cwd: project, encoding: "utf8" })) as {
    filename: string;
    files: { path: string }[];
  }[];
  files = packed!.files.map(({ path }) => path).sort();
  execFileSync("tar", ["-xzf", packed!.filename], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A project with the package and this ESLint (`eslint` or `eslint9` of our own), and a migration to complain about. */
function consumer(eslint: string): string {
  const root = mkdtempSync(join(folder, "consumer-"));
  const links = { ...Object.fromEntries(Object.keys(dependencies).map((name) => [name, name])), eslint };
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(dirname(join(root, "node_modules", name)), { recursive: true });
    symlinkSync(join(project, "node_modules", target), join(root, "node_modules", name));
  }
  execFileSync("cp", ["-r", join(folder, "package"), join(root, "node_modules/migration-safety")]);
  mkdirSync(join(root, "db/migrations"), { recursive: true });
  writeFileSync(join(root, "db/migrations/0001_orders.sql"), "CREATE TABLE orders (id bigint PRIMARY KEY);\n");
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "ignore" });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "db");
  git("-c", "user.name=A Person", "-c", "user.email=person@example.org", "commit", "--quiet", "-m", "base");
  writeFileSync(join(root, "db/migrations/0002_index.sql"), "CREATE INDEX orders_id_idx ON orders (id);\n");
  return root;
}

it("contains the plugin, the command line and their documentation", () => {
  expect(files.filter((file) => !file.startsWith("docs/"))).toStrictEqual([
    "LICENSE",
    "README.md",
    "dist/babel-parser.cjs",
    "dist/cli.cjs",
    "dist/eslint.cjs",
    "dist/libpg-query.wasm",
    "dist/licenses.txt",
    "dist/pgsql-ast-parser.cjs",
    "dist/yaml.cjs",
    "lib/index.d.ts",
    "lib/index.js",
    "package.json",
  ]);
  expect(files).toContain("docs/rules/no-blocking-index-build.md");
});

const configs = {
  "eslint.config.js": `import { defineConfig } from "eslint/config";
import migrationSafety from "migration-safety";
export default defineConfig([migrationSafety.configs.recommended]);
`,
  "eslint.config.cjs": `const { defineConfig } = require("eslint/config");
const migrationSafety = require("migration-safety");
module.exports = defineConfig([migrationSafety.configs.recommended]);
`,
};

describe("the package", () => {
  const node = process.execPath;
  it.each([
    ["eslint", "eslint.config.js"],
    ["eslint", "eslint.config.cjs"],
    ["eslint9", "eslint.config.js"],
    ["eslint9", "eslint.config.cjs"],
  ] as const)("%s runs it from %s", (eslint, config) => {
    const root = consumer(eslint);
    writeFileSync(join(root, "package.json"), config.endsWith(".js") ? '{ "type": "module" }' : "{}");
    writeFileSync(join(root, config), configs[config]);
    const { stdout, stderr, status } = spawnSync(
      node,
      [join(root, "node_modules/eslint/bin/eslint.js"), "--format", "json", "db"],
      { cwd: root, encoding: "utf8" },
    );
    expect(stderr).toBe("");
    const results = JSON.parse(stdout) as { filePath: string; messages: { ruleId: string; line: number }[] }[];
    const found = results.flatMap(({ filePath, messages }) =>
      messages.map(({ ruleId, line }) => `${filePath.slice(root.length + 1)}:${String(line)} ${ruleId}`),
    );
    expect(found).toStrictEqual([
      "db/migrations/0002_index.sql:1 migration-safety/no-blocking-index-build",
      "db/migrations/0002_index.sql:1 migration-safety/require-lock-timeout",
    ]);
    expect(status).toBe(1);
  });
});

it("has types that a typed configuration accepts", () => {
  const root = consumer("eslint");
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  writeFileSync(join(root, "eslint.config.ts"), configs["eslint.config.js"]);
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"];
  const tsc = join(project, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, "eslint.config.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stdout).toBe("");
});
