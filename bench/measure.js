/** Measures the processor time of whole processes. Wall time on a shared machine says little; this repeats. */
import { execFileSync } from "node:child_process";

/**
 * Runs a command several times and returns the median of its CPU time, user and system together, in seconds: the whole
 * process and its children, from start to exit.
 * @param {readonly string[]} command
 * @param {{ runs?: number, cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export function cpuSeconds(command, { runs = 11, cwd = process.cwd(), env = process.env } = {}) {
  const times = Array.from({ length: runs }, () => {
    // Bash's own clock: `time` as a program is not on every machine. Exit codes 0 and 1 are verdicts.
    const script = `TIMEFORMAT='%3U %3S'; { time "$@" >/dev/null 2>&1; } 2>&1; [ $? -le 1 ]`;
    const output = execFileSync("bash", ["-c", script, "measure", ...command], { cwd, env, encoding: "utf8" });
    const [user = 0, system = 0] = output.trim().split(" ").map(Number);
    return user + system;
  });
  return median(times);
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.floor(sorted.length / 2)]);
}

/** @param {readonly string[]} header @param {readonly (readonly (string | number)[])[]} rows */
export function printTable(header, rows) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(" | ")} |`;
  console.log([line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n"));
}
