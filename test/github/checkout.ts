/** A repository on a server with a pull request, and checkouts of it as actions/checkout makes them. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { QUICK_GIT } from "../change/quick-git.js";

/** Path → content; undefined deletes. A link's target, and a submodule's commit, are what git holds of these. */
export type Files = Readonly<
  Record<string, string | undefined | { readonly link: string } | { readonly submodule: string }>
>;

export interface Served {
  /** The repository, with a working tree. */
  readonly git: string;
  readonly base: string;
  /** The last commit of the pull request's branch. */
  readonly head: string;
  /** The merge of the two: what a run of a pull request checks out. */
  readonly merge: string;
  readonly changedFiles: number;
  /** A new checkout of a commit, with as many commits of history. */
  checkout(commit: string, depth: number): string;
  /** Writes files into the repository's working tree. */
  write(files: Files): void;
  /** A commit of a branch of its own that changes files of base. */
  commit(files: Files): string;
  remove(): void;
}

function git(folder: string, ...args: string[]): string {
  return run(folder, "git", args);
}

/** Several commands in one child: starting one from a process as large as a test's costs more than git does. */
function shell(folder: string, commands: readonly string[], ...args: string[]): string {
  return run(folder, "sh", ["-c", commands.join(" && "), "sh", ...args]);
}

function run(folder: string, program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 1e8,
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      ...QUICK_GIT,
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@example.test",
      GIT_AUTHOR_DATE: "2026-01-01T00:00:00Z",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@example.test",
      GIT_COMMITTER_DATE: "2026-01-01T00:00:00Z",
    },
  }).trim();
}

const INIT = "git init --quiet --initial-branch=main --template=";

/**
 * Serves a repository whose main branch has `base`, and a pull request that makes `change` of it.
 * @param released What there was before `base`, tagged v1.0.0.
 */
export function serve(base: Files, change: Files, released?: Files): Served {
  const folder = mkdtempSync(join(tmpdir(), "served-"));
  const origin = join(folder, "origin");
  mkdirSync(origin);
  shell(origin, [INIT, "git config uploadpack.allowAnySHA1InWant true"]);
  if (released !== undefined) {
    write(origin, released);
    commitAll(origin, "version 1");
    git(origin, "tag", "-a", "-m", "version 1", "v1.0.0");
  }
  write(origin, base);
  const baseCommit = commitAll(origin, "base");
  git(origin, "checkout", "--quiet", "-b", "change");
  write(origin, change);
  const head = commitAll(origin, "change");
  const merge = shell(
    origin,
    [
      "git checkout --quiet main",
      "git merge --quiet --no-ff -m merge change",
      "git update-ref refs/pull/7/merge HEAD",
      "git rev-parse HEAD",
      'git reset --quiet --hard "$1"',
    ],
    baseCommit,
  );
  let checkouts = 0;
  return {
    git: origin,
    base: baseCommit,
    head,
    merge,
    changedFiles: Object.keys(change).length,
    checkout(commit, depth) {
      const target = join(folder, `checkout-${String((checkouts += 1))}`);
      mkdirSync(target);
      shell(
        target,
        [
          INIT,
          'git remote add origin "$1"',
          'git fetch --quiet --no-tags --depth="$2" origin "$3"',
          'git checkout --quiet --detach "$3"',
        ],
        `file://${origin}`,
        String(depth),
        commit,
      );
      return target;
    },
    write: (files) => write(origin, files),
    commit(files) {
      git(origin, "checkout", "--quiet", "--detach", baseCommit);
      write(origin, files);
      const commit = commitAll(origin, "another change");
      git(origin, "checkout", "--quiet", "main");
      return commit;
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function write(folder: string, files: Files): void {
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file);
    if (content === undefined) {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    if (typeof content === "string") writeFileSync(path, content);
    else if ("link" in content) symlinkSync(content.link, path);
    else git(folder, "update-index", "--add", "--cacheinfo", `160000,${content.submodule},${file}`);
  }
}

function commitAll(folder: string, message: string): string {
  // A submodule that nobody has checked out is no folder here, and would count as deleted.
  const add = 'git add --all -- . ":(exclude)vendor"';
  return shell(folder, [add, 'git commit --quiet --allow-empty -m "$1"', "git rev-parse HEAD"], message);
}
