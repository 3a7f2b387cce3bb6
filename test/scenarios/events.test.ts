/** What no folder can hold: histories that move, submodules, and names that not every file system has. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import type { RunResult } from "../github/runner.js";
import { BASE, event, FAILED, FINDING, repository, run, served, start, UNSAFE } from "./action.js";

function reportOf({ outputs }: RunResult): Report {
  return JSON.parse(outputs["report"]!) as Report;
}

function git(...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", ...args], {
    cwd: served.git,
    encoding: "utf8",
  }).trim();
}

/** The base branch moves on; returns its commit. */
function baseMoves(): string {
  git("checkout", "--quiet", "main");
  served.write({ "migrations/000_later.sql": "CREATE INDEX other_idx ON orders (id);\n" });
  git("add", "--all");
  git("commit", "--quiet", "-m", "later");
  return git("rev-parse", "HEAD");
}

/** Merges a commit into what another one is, as GitHub does for a pull request. */
function mergeOf(into: string, other: string): string {
  git("checkout", "--quiet", "--detach", into);
  git("merge", "--quiet", "--no-ff", "-m", "merge", other);
  return git("rev-parse", "HEAD");
}

describe("a pull request", () => {
  it("is compared with where its base is now, not with where it left it", async () => {
    await start(BASE, UNSAFE);
    const merge = mergeOf(baseMoves(), "change");
    const result = await run({ workspace: served.checkout(merge, 2) });
    // The other index is the base's, and none of this pull request's business.
    expect(result.annotations).toEqual([FINDING, FAILED]);
    const alone = await run({ workspace: served.checkout(merge, 1) });
    expect(alone.annotations).toEqual([FINDING, FAILED]);
  });

  it("whose branch has merged its base in between has its own changes only", async () => {
    await start(BASE, UNSAFE);
    const moved = baseMoves();
    const head = mergeOf("change", moved);
    const result = await run({ workspace: served.checkout(mergeOf(moved, head), 2), event: event({ head }) });
    expect(result.annotations).toEqual([FINDING, FAILED]);
  });

  it("with a submodule is judged without it", async () => {
    await start(BASE, { ...UNSAFE, vendor: { submodule: "1".repeat(40) } });
    expect((await run()).annotations).toEqual([FINDING, FAILED]);
    expect((await run({ depth: 1 })).annotations).toEqual([FINDING, FAILED]);
  });

  it("may have files of any name", async () => {
    const names = ["a b", 'a"b', "a'b", "ä", "日本", "-x", "#1", "a\\b", "a%20b", "a\tb", "a\nb", "a,b:c"];
    const files = Object.fromEntries(
      names.map((name, index) => [
        `migrations/${String(index + 100)}_${name}.sql`,
        `CREATE INDEX i${String(index)} ON orders (account_id);\n`,
      ]),
    );
    await start(BASE, files);
    const deep = await run();
    const shallow = await run({ depth: 1 });
    for (const result of [deep, shallow]) {
      expect(result.outputs["errors"]).toBe(String(names.length));
      expect(reportOf(result).findings.map(({ file }) => file)).toEqual(Object.keys(files));
    }
  });
});

describe("a schedule", () => {
  it("judges the checked out branch against the default branch, or what the workflow names", async () => {
    await start(BASE, UNSAFE);
    const scheduled = { name: "schedule", payload: { repository: { full_name: repository, default_branch: "main" } } };
    const workspace = served.checkout(served.head, 1);
    expect((await run({ workspace, event: scheduled })).annotations).toEqual([FINDING, FAILED]);
    const against = await run({ workspace, event: scheduled, inputs: { base: served.head } });
    expect(against).toMatchObject({ conclusion: "success", outputs: { migrations: "0" } });
  });
});
