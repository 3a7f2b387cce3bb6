/** The projects of `examples/` that show one situation each, and what `plan` says of their pull requests. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/command-line/run.js";

export const EXAMPLES = ["add-column", "drop-column", "rename-column", "constraints"] as const;

/** The same in every run, so that the commits are. */
const COMMITTER = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((who) => [
    [`GIT_${who}_NAME`, "example"],
    [`GIT_${who}_EMAIL`, "example@example.com"],
    [`GIT_${who}_DATE`, "2026-11-23T12:00:00Z"],
  ]),
);

/** What an example's pull request shows, in Markdown. */
export function commentOf(name: string): string {
  const root = mkdtempSync(join(tmpdir(), "migration-safety-example-"));
  const git = (...args: readonly string[]): unknown =>
    execFileSync("git", args, { cwd: root, env: { ...process.env, ...COMMITTER } });
  const commit = (side: "base" | "pull-request"): void => {
    cpSync(join("examples", name, side), root, { recursive: true });
    git("add", "--all");
    git("commit", "--quiet", "--message", side);
  };
  try {
    git("init", "--quiet", "--initial-branch", "main");
    commit("base");
    git("checkout", "--quiet", "-b", "pull-request");
    commit("pull-request");
    let out = "";
    run(["plan", "--base", "main", "--head", "pull-request", "--format", "markdown"], {
      cwd: root,
      env: {},
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (out += text) },
      version: "0.0.0",
    });
    // How long ago something was depends on the day.
    return out.replace(/ &#40;\d+ days ago&#41;/, "");
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
