import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { QUICK_GIT } from "./quick-git.js";

/** An empty folder that disappears with the test. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "migration-safety-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const COMMIT = `git add -A && git commit -q --allow-empty -m "$1" && git rev-parse HEAD`;

/**
 * A real git repository on disk, with `main` as its branch. What takes several commands is one child, a shell: starting
 * a process from one as large as a test's costs more than git does.
 */
export class TemporaryRepository {
  readonly root = temporaryFolder();
  /** When commits are made from here on, as git reads it. Absent: now. */
  now?: string;

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    const empty = Object.keys(files).length === 0;
    const init = "git init -q -b main --template=";
    this.write(files);
    this.#run("sh", "-c", empty ? init : `${init} && ${COMMIT}`, "sh", "start");
  }

  git(...args: readonly string[]): string {
    return this.#run("git", ...args);
  }

  #run(program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, {
      cwd: this.root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        ...QUICK_GIT,
        GIT_AUTHOR_NAME: "A. Person",
        GIT_AUTHOR_EMAIL: "person@example.com",
        GIT_COMMITTER_NAME: "A. Person",
        GIT_COMMITTER_EMAIL: "person@example.com",
        ...(this.now !== undefined && { GIT_COMMITTER_DATE: this.now }),
      },
    }).trim();
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): void {
    for (const [file, contents] of Object.entries(files)) {
      mkdirSync(dirname(join(this.root, file)), { recursive: true });
      writeFileSync(join(this.root, file), contents);
    }
  }

  remove(...files: readonly string[]): void {
    for (const file of files) rmSync(join(this.root, file));
  }

  /** Writes files, commits everything, and returns the commit. */
  commit(message: string, files: Readonly<Record<string, string | Uint8Array>> = {}): string {
    this.write(files);
    return this.#run("sh", "-c", COMMIT, "sh", message);
  }

  /** A new branch at a revision, checked out. */
  branch(name: string, at = "HEAD"): void {
    this.git("checkout", "-q", "-b", name, at);
  }
}
