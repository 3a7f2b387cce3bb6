/**
 * Replays the whole history of repositories and prints the tables of docs/evaluation.md.
 *
 *   node scripts/evaluate.js [--cli dist/cli.cjs] [--save FOLDER] [--last N|all] OWNER/NAME=PATH[=RELEASED]…
 *
 * `RELEASED` is the pattern of the tags by which the project ships, as it would configure `deploy.released`.
 * `--save` keeps each replay as OWNER+NAME.json; those that are there already are not run again.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { median, printTable } from "../bench/measure.js";

/**
 * @typedef {import("../src/model/replay.js").Replay} Replay
 * @typedef {import("../src/model/finding.js").Finding} Finding
 * @typedef {object} Evaluated
 * @property {string} name
 * @property {string | undefined} released
 * @property {Replay} replay
 * @property {number} seconds
 */

/** @type {readonly (readonly [kind: string, is: (findings: readonly Finding[]) => boolean])[]} The first that holds. */
const KINDS = [
  ["nothing", (findings) => findings.length === 0],
  ["an edit of a merged migration, nothing else", (findings) => findings.every(isEdit)],
  ["warnings only", (findings) => findings.every(({ severity }) => severity === "warning")],
  [
    "errors about what waits, and no other error",
    (findings) => findings.every((one) => one.severity === "warning" || one.harm === "blocks" || isEdit(one)),
  ],
  ["an error about what fails, breaks or is lost", () => true],
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cli: { type: "string", default: "dist/cli.cjs" },
    save: { type: "string" },
    last: { type: "string", default: "all" },
  },
});

const folder = values.save ?? mkdtempSync(join(tmpdir(), "migration-safety-evaluation-"));
mkdirSync(folder, { recursive: true });
try {
  /** @type {Evaluated[]} */
  const evaluated = [];
  for (const argument of positionals) {
    const [name = "", path = "", released] = argument.split("=");
    evaluated.push(evaluate(name, path, released, join(folder, `${name.replace("/", "+")}.json`)));
    console.error(`${name}: ${String(evaluated.at(-1)?.seconds.toFixed(1))} s`);
  }
  printRepositories(evaluated);
  console.log("");
  printTotals(evaluated);
  console.log("");
  printKinds(evaluated);
  console.log("");
  printRules(evaluated);
} finally {
  if (values.save === undefined) rmSync(folder, { recursive: true });
}

/**
 * @param {string} name
 * @param {string} path
 * @param {string | undefined} released
 * @param {string} file
 * @returns {Evaluated}
 */
function evaluate(name, path, released, file) {
  if (!existsSync(file)) {
    // Bash's own clock counts the git commands, too.
    const script = `TIMEFORMAT='%3U %3S'; { time "$@" >"$OUT" 2>/dev/null; } 2>&1`;
    const command = [process.execPath, resolve(values.cli), "replay", "--format", "json", "--last", values.last];
    if (released !== undefined) command.push("--released", released);
    const printed = execFileSync("bash", ["-c", script, "evaluate", ...command], {
      cwd: path,
      env: { ...process.env, OUT: `${file}.part` },
      encoding: "utf8",
    });
    const [user = 0, system = 0] = printed.trim().split(" ").map(Number);
    const replay = /** @type {Replay} */ (JSON.parse(readFileSync(`${file}.part`, "utf8")));
    writeFileSync(file, JSON.stringify({ seconds: user + system, replay }));
    rmSync(`${file}.part`);
  }
  return {
    name,
    released,
    .../** @type {Pick<Evaluated, "replay" | "seconds">} */ (JSON.parse(readFileSync(file, "utf8"))),
  };
}

/** @param {readonly Evaluated[]} evaluated */
function printRepositories(evaluated) {
  printTable(
    [
      "repository",
      "tools",
      "released",
      "at",
      "commits",
      "merges",
      "statements",
      "unparsed",
      "analysed",
      "median",
      "silent",
      "with errors",
      "failed",
      "CPU s",
    ],
    evaluated.map(({ name, released, replay: { databases, branch, looked, totals }, seconds }) => [
      name,
      toolsOf(databases),
      released === undefined ? "" : `\`${released}\``,
      `\`${branch.commit.slice(0, 9)}\``,
      looked.commits,
      totals.merges,
      totals.statements,
      totals.unparsed,
      percent(totals.analysed, totals.statements - totals.unparsed),
      totals.findings.median,
      percent(totals.silent, totals.merges - totals.failed),
      percent(totals.withErrors, totals.merges - totals.failed),
      totals.failed,
      seconds.toFixed(1),
    ]),
  );
}

/** @param {Replay["databases"]} databases */
function toolsOf(databases) {
  return [...new Set(databases.flatMap(({ tools }) => tools.map(({ name }) => name)))].join(", ");
}

/** @param {readonly Evaluated[]} evaluated */
function printTotals(evaluated) {
  const merges = evaluated.flatMap(({ replay }) => replay.merges).filter(({ failure }) => failure === undefined);
  const sum = (/** @type {(totals: Replay["totals"]) => number} */ of) =>
    evaluated.reduce((total, { replay }) => total + of(replay.totals), 0);
  const parsed = sum(({ statements }) => statements) - sum(({ unparsed }) => unparsed);
  const silent = merges.filter(({ findings }) => findings.length === 0);
  // Which of the merged migrations had been released by then, a history does not tell.
  const silentButForEdits = merges.filter(({ findings }) =>
    findings.every(({ rule }) => rule === "no-edited-migration"),
  );
  printTable(
    ["all repositories", ""],
    [
      ["repositories", evaluated.length],
      ["commits", evaluated.reduce((total, { replay }) => total + replay.looked.commits, 0)],
      ["merges with migrations", sum((totals) => totals.merges)],
      ["where the check failed", sum((totals) => totals.failed)],
      ["statements", sum((totals) => totals.statements)],
      ["of them that do not parse, or lack their file", sum((totals) => totals.unparsed)],
      [
        "of the others analysed",
        percent(
          sum((totals) => totals.analysed),
          parsed,
        ),
      ],
      ["findings of the median merge", merges.length === 0 ? 0 : median(merges.map(({ findings }) => findings.length))],
      ["merges that are silent", percent(silent.length, merges.length)],
      ["the same, edits of merged migrations aside", percent(silentButForEdits.length, merges.length)],
      [
        "merges with an error",
        percent(
          sum((totals) => totals.withErrors),
          merges.length,
        ),
      ],
      ["CPU seconds", evaluated.reduce((total, { seconds }) => total + seconds, 0).toFixed(0)],
    ],
  );
}

/**
 * What each merge comes to, each counted once.
 * @param {readonly Evaluated[]} evaluated
 */
function printKinds(evaluated) {
  const merges = evaluated.flatMap(({ replay }) => replay.merges).filter(({ failure }) => failure === undefined);
  /** @type {Map<string, number>} */
  const counts = new Map(KINDS.map(([kind]) => [kind, 0]));
  for (const { findings } of merges) {
    const kind = KINDS.find(([, is]) => is(findings))?.[0] ?? "";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  printTable(
    ["what the check says of a merge", "merges", "share"],
    [...counts].map(([kind, count]) => [kind, count, percent(count, merges.length)]),
  );
}

/** @param {Finding} finding */
function isEdit({ rule }) {
  return rule === "no-edited-migration";
}

/** @param {readonly Evaluated[]} evaluated */
function printRules(evaluated) {
  /** @type {Map<string, { findings: number, merges: number, repositories: number }>} */
  const counts = new Map();
  for (const { replay } of evaluated) {
    for (const { rule, severity, findings, merges } of replay.totals.rules) {
      const key = `${rule} | ${severity}`;
      const count = counts.get(key) ?? { findings: 0, merges: 0, repositories: 0 };
      counts.set(key, {
        findings: count.findings + findings,
        merges: count.merges + merges,
        repositories: count.repositories + 1,
      });
    }
  }
  const rows = [...counts].sort(([, a], [, b]) => b.merges - a.merges);
  printTable(
    ["rule", "severity", "findings", "merges", "repositories"],
    rows.map(([key, { findings, merges, repositories }]) => [...key.split(" | "), findings, merges, repositories]),
  );
}

/** @param {number} part @param {number} whole */
function percent(part, whole) {
  if (whole === 0) return "-";
  // Never rounded up to 100 %.
  return part === whole ? "100 %" : `${(Math.floor((part / whole) * 10_000) / 100).toFixed(2)} %`;
}
