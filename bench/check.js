/**
 * `check` over 1,000 SQL files against two other checkers of PostgreSQL migrations, in one run.
 *
 *   node bench/check.js
 *
 * The others are installed into `.cache/peers`; they are no dependencies.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { cpuSeconds, printTable } from "./measure.js";
import { migrations } from "./migrations.js";

const project = fileURLToPath(new URL("..", import.meta.url));
const peers = join(project, ".cache", "peers");
const runs = 9;
const node = findNode24() ?? process.execPath;

if (!existsSync(join(peers, "node_modules"))) {
  const packages = ["squawk-cli@2.66.0", "@flvmnt/pgfence@0.1.5"];
  mkdirSync(peers, { recursive: true });
  execFileSync("npm", ["install", "--prefix", peers, "--no-save", "--no-audit", "--no-fund", ...packages], {
    stdio: "inherit",
  });
}

const cwd = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));
try {
  mkdirSync(join(cwd, "migrations"));
  for (const { name, sql } of migrations(1000)) writeFileSync(join(cwd, "migrations", name), sql);
  const files = readdirSync(join(cwd, "migrations")).map((name) => `migrations/${name}`);
  const package_ = (/** @type {string} */ path) => join(peers, "node_modules", path);
  const contestants = /** @type {const} */ ([
    ["migration-safety check", [node, join(project, "dist/cli.cjs"), "check", "--format", "json", ...files]],
    ["pgfence 0.1.5", [node, package_(".bin/pgfence"), "analyze", "--format", "sql", "--output", "json", ...files]],
    ["squawk 2.66.0 (native)", [node, package_(".bin/squawk"), "--reporter", "json", ...files]],
  ]);
  const rows = contestants.map(([name, command]) => [name, cpuSeconds(command, { runs, cwd }).toFixed(2)]);
  console.log(
    `${files.length} SQL files, Node ${execFileSync(node, ["-v"], { encoding: "utf8" }).trim()}, median of ${runs}\n`,
  );
  printTable(["", "CPU s"], rows);
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
