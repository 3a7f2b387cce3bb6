/**
 * Writes what the pull requests of `test/scenarios/pull-requests/` show now into their `expected/`, and prints what
 * that changes. Read it before you commit it.
 *
 *   npm run scenarios:update [-- NAME…]
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const folder = "test/scenarios/pull-requests";
const names = process.argv.slice(2);

/** @param {string} command @param {readonly string[]} args @param {NodeJS.ProcessEnv} [env] */
function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: project, stdio: "inherit", env }).status;
}

const only = names.length > 0 ? ["--testNamePattern", ` (${names.join("|")}): `] : [];
const vitest = ["vitest", "run", "--project", "scenarios", "test/scenarios/pull-requests.test.ts", ...only];
process.exitCode = run("npx", vitest, { ...process.env, UPDATE_SCENARIOS: "1" }) ?? 1;
run("git", ["--no-pager", "diff", "--", folder]);
run("git", ["--no-pager", "ls-files", "--others", "--exclude-standard", "--", `${folder}/*/expected`]);
