/**
 * What the search for references costs: in the application of 5,000 files that `application.js` makes, or in a clone
 * with a Prisma schema. Both sides are searched, a commit and an earlier one.
 *
 *   node bench/references.js
 *   node bench/references.js path/to/clone HEAD HEAD~20
 */
import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findNode24 } from "../scripts/node24.js";
import { application } from "./application.js";
import { median, printTable } from "./measure.js";

const project = fileURLToPath(new URL("..", import.meta.url));
const node = findNode24() ?? process.execPath;
const runs = Number(process.env["BENCH_RUNS"] ?? 5);
const program = join(project, ".cache", "bench-references.mjs");
const folder = mkdtempSync(join(tmpdir(), "migration-safety-bench-"));

/** A commit of the application, and one that changes a file of eighty. */
function generated() {
  const git = (/** @type {string[]} */ ...args) =>
    execFileSync("git", ["-c", "user.name=A Person", "-c", "user.email=person@example.org", ...args], {
      cwd: folder,
      stdio: "ignore",
    });
  git("init", "--quiet");
  const files = [...application()];
  for (const [file, text] of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  git("add", ".");
  git("commit", "--quiet", "-m", "The application");
  for (const [index, [file, text]] of files.entries()) {
    if (index % 80 === 0) writeFileSync(join(folder, file), `${text}\n`);
  }
  git("commit", "--quiet", "-a", "-m", "A change");
  git("gc", "--quiet");
  return [folder, "HEAD", "HEAD~1"];
}

/** CPU of the search alone, then of the whole process with git, in seconds. @param {readonly string[]} args */
function measure(args) {
  const times = Array.from({ length: runs }, () => {
    const script = `TIMEFORMAT='%3U %3S'; { time "$@" 2>&3; } 3>&2 2>&1`;
    const output = execFileSync("bash", ["-c", script, "measure", node, program, ...args], { encoding: "utf8" });
    const [search = 0, user = 0, system = 0] = output.trim().split(/\s+/).map(Number);
    return [search, user + system];
  });
  return [0, 1].map((index) => median(times.map((time) => time[index] ?? NaN)).toFixed(2));
}

try {
  await build({
    entryPoints: [join(project, "bench", "references-program.js")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const [clone] = process.argv.slice(2);
  const repository = clone === undefined ? generated() : process.argv.slice(2, 5);
  console.log(`Node ${execFileSync(node, ["-v"], { encoding: "utf8" }).trim()}, median of ${runs}\n`);
  const rows = ["10", "100"].map((names) => [`${names} names`, ...measure([...repository, names])]);
  printTable(["", "CPU s of the search", "of all, with git"], rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(program, { force: true });
}
