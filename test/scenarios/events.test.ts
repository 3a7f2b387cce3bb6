/** What a pull request can be beside "one more migration", and the events that are none. */
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import type { Files } from "../github/checkout.js";
import { GITHUB_ACTIONS } from "../github/fake-github.js";
import type { RunResult } from "../github/runner.js";
import {
  BASE,
  event,
  FAILED,
  FINDING,
  github,
  MARKER,
  NUMBER,
  repository,
  run,
  SAFE,
  served,
  start,
  UNSAFE,
} from "./action.js";

function reportOf({ outputs }: RunResult): Report {
  return JSON.parse(outputs["report"]!) as Report;
}

function git(...args: string[]): string {
  return execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", ...args], {
    cwd: served.git,
    encoding: "utf8",
  }).trim();
}

/** A commit with other files on a branch of the served repository; returns it and its merge into main. */
function onTop(branch: string, files: Files, message = "more"): { head: string; merge: string } {
  git("checkout", "--quiet", branch);
  served.write(files);
  git("add", "--all");
  git("commit", "--quiet", "-m", message);
  const head = git("rev-parse", "HEAD");
  git("checkout", "--quiet", "--detach", "main");
  if (branch !== "main") git("merge", "--quiet", "--no-ff", "-m", "merge", "change");
  return { head, merge: git("rev-parse", "HEAD") };
}

describe("a pull request", () => {
  it.each(["opened", "reopened", "ready_for_review", "labeled", "edited"])(
    "is judged when it is %s",
    async (action) => {
      await start(BASE, UNSAFE);
      const { name, payload } = event();
      expect((await run({ event: { name, payload: { ...(payload as object), action } } })).annotations).toEqual([
        FINDING,
        FAILED,
      ]);
    },
  );

  it("is judged while it is a draft", async () => {
    await start(BASE, UNSAFE);
    const { name, payload } = event();
    const draft = { ...(payload as { pull_request: object }).pull_request, draft: true };
    const result = await run({ event: { name, payload: { ...(payload as object), pull_request: draft } } });
    expect(result.annotations).toEqual([FINDING, FAILED]);
  });

  it("without files, or whose commits undo each other, is nothing to speak of", async () => {
    await start(BASE, {});
    const result = await run();
    expect(result).toMatchObject({
      conclusion: "success",
      annotations: [],
      outputs: { verdict: "safe", migrations: "0" },
    });
    expect(github.comments).toEqual([]);
  });

  it("that reverts its migration clears its comment", async () => {
    await start(BASE, UNSAFE);
    github.addComment(NUMBER, GITHUB_ACTIONS, `${MARKER}\nof an earlier commit`);
    const { head, merge } = onTop("change", { [FINDING.file]: undefined }, "Revert");
    const result = await run({ workspace: served.checkout(merge, 2), event: event({ head, changedFiles: 0 }) });
    expect(result).toMatchObject({ conclusion: "success", annotations: [] });
    expect(github.comments[0]!.body).toContain("All clear");
  });

  it("that renames a migration which was merged is told what that does", async () => {
    const sql = BASE["migrations/001_orders.sql"]!;
    await start(BASE, { "migrations/001_orders.sql": undefined, "migrations/001_all_orders.sql": sql });
    const result = await run();
    expect(result.annotations.map(({ title }) => title)).toContain("no-edited-migration");
  });

  it("is compared with where its base is now, not with where it left it", async () => {
    await start(BASE, UNSAFE);
    const moved = onTop("main", { "migrations/000_later.sql": "CREATE INDEX other_idx ON orders (id);\n" });
    git("checkout", "--quiet", "--detach", moved.head);
    git("merge", "--quiet", "--no-ff", "-m", "merge", "change");
    const merge = git("rev-parse", "HEAD");
    const result = await run({ workspace: served.checkout(merge, 2) });
    // The other index is the base's, and none of this pull request's business.
    expect(result.annotations).toEqual([FINDING, FAILED]);
    const alone = await run({ workspace: served.checkout(merge, 1) });
    expect(alone.annotations).toEqual([FINDING, FAILED]);
  });

  it("whose branch has merged its base in between has its own changes only", async () => {
    await start(BASE, UNSAFE);
    const moved = onTop("main", { "migrations/000_later.sql": "CREATE INDEX other_idx ON orders (id);\n" });
    git("checkout", "--quiet", "change");
    git("merge", "--quiet", "--no-ff", "-m", "merge main", moved.head);
    const head = git("rev-parse", "HEAD");
    git("checkout", "--quiet", "--detach", moved.head);
    git("merge", "--quiet", "--no-ff", "-m", "merge", head);
    const result = await run({ workspace: served.checkout(git("rev-parse", "HEAD"), 2), event: event({ head }) });
    expect(result.annotations).toEqual([FINDING, FAILED]);
  });

  it("with migrations that are links, submodules or pointers of Git LFS says that it did not read them", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
    await start(BASE, {
      ...UNSAFE,
      "migrations/003_link.sql": { link: "/etc/passwd" },
      "migrations/004_inside.sql": { link: "001_orders.sql" },
      "migrations/005_large.sql": pointer,
      vendor: { submodule: "1".repeat(40) },
    });
    const result = await run();
    expect(result.annotations).toContainEqual(FINDING);
    const { coverage, unknowns } = reportOf(result);
    expect(coverage.leftOut).toEqual([
      { file: "migrations/003_link.sql", reason: expect.stringContaining("symbolic link") },
      { file: "migrations/004_inside.sql", reason: expect.stringContaining("symbolic link") },
    ]);
    expect(unknowns).toEqual([
      {
        file: "migrations/005_large.sql",
        line: 1,
        reason: expect.stringContaining("is a pointer of Git LFS, and its contents are not in git"),
      },
    ]);
    expect(result.stdout + result.summary!).not.toContain("root:");
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

describe("several databases", () => {
  it("share one comment, which says what belongs to which", async () => {
    const table = (name: string): string => `CREATE TABLE ${name} (id bigint PRIMARY KEY, a bigint);\n`;
    const index = (name: string): string => `CREATE INDEX ${name}_idx ON ${name} (a);\n`;
    const config =
      "databases:\n  shop: { migrations: [{ path: shop/migrations, tool: sql }] }\n" +
      "  billing: { migrations: [{ path: billing/migrations, tool: sql }] }\n";
    await start(
      {
        "shop/migrations/001.sql": table("orders"),
        "billing/migrations/001.sql": table("orders"),
        ".github/migration-safety.yml": config,
      },
      { "shop/migrations/002.sql": index("orders"), "billing/migrations/002.sql": index("orders") },
    );
    const result = await run();
    expect(result.outputs).toMatchObject({ errors: "2", migrations: "2" });
    expect(github.comments).toHaveLength(1);
    const { body } = github.comments[0]!;
    for (const name of ["shop", "billing"]) {
      expect(body).toContain(`<code>${name}/migrations/002.sql:1</code>`);
      expect(body).toContain(`- ${name}: PostgreSQL 14`);
    }
    // One statement, two databases: two boxes, ticked apart.
    const boxes = body.match(/<!-- step:[0-9a-f]{12} /g)!;
    expect(new Set(boxes).size).toBe(boxes.length);
    expect(boxes).toHaveLength(2);
  });
});

describe("workflow_dispatch and schedule", () => {
  it.each(["workflow_dispatch", "schedule"])(
    "judge the checked out branch against the default branch (%s)",
    async (name) => {
      await start(BASE, UNSAFE);
      const payload = { repository: { full_name: repository, default_branch: "main" } };
      const workspace = served.checkout(served.head, 1);
      const result = await run({ workspace, event: { name, payload } });
      expect(result.annotations).toEqual([FINDING, FAILED]);
      expect(github.comments).toEqual([]);
      const against = await run({ workspace, event: { name, payload }, inputs: { base: served.head } });
      expect(against).toMatchObject({ conclusion: "success", outputs: { migrations: "0" } });
    },
  );
});

describe("a checkout without credentials", () => {
  it("is read with the token that the Action has, also where the base is not in it", async () => {
    await start(BASE, SAFE);
    const result = await run({ depth: 1 });
    expect(result).toMatchObject({ conclusion: "success", outputs: { verdict: "safe", migrations: "1" } });
  });
});
