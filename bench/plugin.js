/**
 * What it costs to import the ESLint plugin in a repository of 5,000 files, and to ask it for a configuration.
 *
 *   npm run build && node bench/plugin.js
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { median, printTable } from "./measure.js";
import { migrations } from "./migrations.js";

const plugin = pathToFileURL(fileURLToPath(new URL("../lib/index.js", import.meta.url))).href;
const node = findNode24() ?? process.execPath;
const runs = 11;

/** Prints the CPU time of the import and of the first look at a configuration, in milliseconds. */
const measured = `
  const spent = (since) => { const { user, system } = process.cpuUsage(since); return (user + system) / 1000; };
  let start = process.cpuUsage();
  const { default: plugin } = await import(${JSON.stringify(plugin)});
  const imported = spent(start);
  start = process.cpuUsage();
  void plugin.configs.recommended.length;
  console.log(imported, spent(start));
`;

const cwd = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));
try {
  const history = [...migrations(200)];
  mkdirSync(join(cwd, "db/migrations"), { recursive: true });
  for (const { name, sql } of history) writeFileSync(join(cwd, "db/migrations", name), sql);
  for (let folder = 0; folder < 48; folder++) {
    mkdirSync(join(cwd, "src", `part-${folder}`), { recursive: true });
    for (let file = 0; file < 100; file++) {
      writeFileSync(join(cwd, "src", `part-${folder}`, `file-${file}.ts`), `export const value = ${file};\\n`);
    }
  }
  const git = (/** @type {string[]} */ ...args) => execFileSync("git", args, { cwd, stdio: "ignore" });
  git("init", "--quiet");
  git("add", ".");
  git("-c", "user.name=A Person", "-c", "user.email=person@example.org", "commit", "--quiet", "-m", "history");

  const times = Array.from({ length: runs }, () =>
    execFileSync(node, ["--input-type=module", "--eval", measured], { cwd, encoding: "utf8" })
      .trim()
      .split(" ")
      .map(Number),
  );
  const column = (/** @type {number} */ index) => median(times.map((time) => time[index] ?? NaN)).toFixed(0);
  console.log(`${history.length + 4800} files, median of ${runs}\n`);
  printTable(
    ["", "CPU ms"],
    [
      ["import the plugin", column(0)],
      ["its recommended configuration", column(1)],
    ],
  );
} finally {
  rmSync(cwd, { recursive: true, force: true });
}
