import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { differences } from "../../scripts/build.js";
import type { Explanation } from "../../src/model/explanation.js";
import type { Report } from "../../src/model/report.js";
import { dist } from "./build.js";

const project = join(import.meta.dirname, "../..");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "migration-safety-alone-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function git(cwd: string, ...args: string[]): void {
  const identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.org", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...identity, ...args], { cwd, stdio: "ignore" });
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

describe("dist/", () => {
  it("holds these files and no other", () => {
    expect(readdirSync(dist).sort()).toStrictEqual([
      "action.cjs",
      "ajv.cjs",
      "babel-parser.cjs",
      "cli.cjs",
      "eslint.cjs",
      "libpg-query.wasm",
      "licenses.txt",
      "pgsql-ast-parser.cjs",
      "smol-toml.cjs",
      "yaml.cjs",
    ]);
  });

  it("has the parser of exactly this libpg-query", () => {
    const sha256 = createHash("sha256")
      .update(readFileSync(join(dist, "libpg-query.wasm")))
      .digest("hex");
    expect(sha256).toBe("378b64e6182f65c71ad5dbd2c31c81e9dfed7d2f2debfb4b51c0d0de8fa2ae36");
  });

  it("comes out the same from another folder, and names neither", () => {
    const copy = join(folder, "elsewhere");
    for (const part of ["src", "rules", "scripts", "package.json", "tsconfig.json"]) {
      cpSync(join(project, part), join(copy, part), { recursive: true });
    }
    symlinkSync(join(project, "node_modules"), join(copy, "node_modules"));
    const build = `await (await import("./scripts/build.js")).buildDist("dist");`;
    execFileSync(process.execPath, ["--input-type=module", "--eval", build], { cwd: copy });
    expect(differences(dist, join(copy, "dist"))).toStrictEqual([]);
    for (const file of readdirSync(dist)) {
      const text = readFileSync(join(dist, file), "latin1");
      expect(text.includes(project), `${file} names the project's folder`).toBe(false);
    }
  });

  it("has the licence of every package inside", () => {
    const licenses = readFileSync(join(dist, "licenses.txt"), "utf8");
    for (const name of ["@actions/core", "@babel/parser", "eslint", "libpg-query", "pgsql-ast-parser", "yaml"]) {
      expect(licenses).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
    }
  });
});

describe("alone in an empty folder", () => {
  const node = process.execPath;
  let alone: string;
  let repository: string;

  beforeAll(() => {
    alone = mkdtempSync(join(folder, "dist-"));
    cpSync(dist, alone, { recursive: true });
    expect(() => createRequire(join(alone, "cli.cjs")).resolve("eslint")).toThrow("Cannot find module 'eslint'");
    repository = mkdtempSync(join(folder, "repository-"));
  });

  const check = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(node, [join(alone, "cli.cjs"), "check", ...args], {
      cwd: repository,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder },
    });
    return { status, stdout, stderr };
  };

  it("checks files", () => {
    write(repository, { "0001_refs.sql": "ALTER TABLE orders ADD COLUMN ref text NOT NULL;\n" });
    const { status, stdout, stderr } = check("--format", "json", "0001_refs.sql");
    expect(stderr).toBe("");
    const report = JSON.parse(stdout) as Report;
    expect(report.findings.map(({ rule, file, line }) => ({ rule, file, line }))).toStrictEqual([
      { rule: "no-not-null-without-default", file: "0001_refs.sql", line: 1 },
    ]);
    expect(status).toBe(1);
  });

  it("explains what a slow writer sends it", () => {
    const pipe = `(echo 'BEGIN; LOCK TABLE'; sleep 0.3; echo 'orders;') | "$0" "$1" explain --format json -`;
    const { status, stdout, stderr } = spawnSync("bash", ["-c", pipe, node, join(alone, "cli.cjs")], {
      cwd: repository,
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect((JSON.parse(stdout) as Explanation).statements.map(({ sql }) => sql)).toEqual([
      "BEGIN",
      "LOCK TABLE\norders",
    ]);
  });

  it("takes it when its reader has read enough", () => {
    const columns = Array.from(
      { length: 5000 },
      (_, index) => `ALTER TABLE orders ADD c${String(index)} text NOT NULL;`,
    );
    write(repository, { "0002_many.sql": columns.join("\n") });
    const pipe = `"$0" "$1" check --format json 0002_many.sql | head -c 20`;
    const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", pipe, node, join(alone, "cli.cjs")], {
      cwd: repository,
      encoding: "utf8",
    });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '{"version":1,"verdic', stderr: "" });
    rmSync(join(repository, "0002_many.sql"));
  });

  it("reads configuration and application code, for which it needs its other parsers", () => {
    git(repository, "init", "--quiet", "--initial-branch=main");
    write(repository, {
      ".github/migration-safety.yml": "postgres: 17\nrules: { require-lock-timeout: off }\n",
      "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, legacy_ref text);\n",
      "src/export.ts": "export const rows = pool.query(`SELECT o.legacy_ref FROM orders AS o`);\n",
    });
    git(repository, "add", "db", "src", ".github");
    git(repository, "commit", "--quiet", "--message=base");
    write(repository, { "db/migrations/0002_drop.sql": "ALTER TABLE orders DROP COLUMN legacy_ref;\n" });
    const { status, stdout, stderr } = check("--base", "main", "--format", "json");
    expect(stderr).toBe("");
    const report = JSON.parse(stdout) as Report;
    expect(report.databases[0]?.postgres.version).toBe(17);
    const [finding, ...others] = report.findings;
    expect(others).toStrictEqual([]);
    expect(finding?.rule).toBe("no-referenced-column-drop");
    expect(finding?.evidence).toContainEqual(
      expect.objectContaining({ side: "head", grade: "certain", file: "src/export.ts", line: 1 }),
    );
    expect(status).toBe(1);
  });
});
