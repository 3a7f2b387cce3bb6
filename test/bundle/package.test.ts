/** The npm package as users get it: packed, in a project that has nothing but what it declares, and ESLint. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";

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
    "dist/smol-toml.cjs",
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

it.each(["eslint", "eslint9"])("has types that a typed configuration accepts, of %s", (eslint) => {
  const root = consumer(eslint);
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

it("runs as npx migration-safety", () => {
  const root = consumer("eslint");
  writeFileSync(join(root, "package.json"), "{}");
  const { bin } = JSON.parse(readFileSync(join(folder, "package/package.json"), "utf8")) as {
    bin: Readonly<Record<string, string>>;
  };
  // What npm install does with `bin`.
  mkdirSync(join(root, "node_modules/.bin"));
  for (const [name, file] of Object.entries(bin)) {
    const program = join(root, "node_modules/migration-safety", file);
    chmodSync(program, 0o755);
    symlinkSync(program, join(root, "node_modules/.bin", name));
  }
  const command = ["--no-install", "migration-safety", "check", "--base", "main", "--format", "json"];
  const { stdout, stderr, status } = spawnSync("npx", command, { cwd: root, encoding: "utf8" });
  expect({ status, verdict: stdout && (JSON.parse(stdout) as Report).verdict, stderr }).toMatchObject({
    status: 1,
    verdict: "unsafe",
  });
});

it("gives out its plugin and its package.json, and nothing of what is inside", () => {
  const root = consumer("eslint");
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  const imported = (name: string) => {
    const script = `import(${JSON.stringify(name)}, ${name.endsWith(".json") ? '{ with: { type: "json" } }' : "{}"}).then(
      (all) => console.log(Object.keys(all.default).includes("configs") || all.default.name),
      ({ code }) => console.log(code),
    );`;
    return spawnSync(process.execPath, ["--no-warnings", "--input-type=module", "--eval", script], {
      cwd: root,
      encoding: "utf8",
    }).stdout.trim();
  };
  expect(imported("migration-safety")).toBe("true");
  expect(imported("migration-safety/package.json")).toBe("migration-safety");
  expect(imported("migration-safety/lib/index.js")).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  expect(imported("migration-safety/dist/cli.cjs")).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
});
