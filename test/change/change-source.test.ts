import { execFileSync } from "node:child_process";
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderChangeSource, gitChangeSource } from "../../src/change/change-source.js";
import { Git } from "../../src/change/git.js";
import { GitTree } from "../../src/change/git-tree.js";
import { temporaryFolder, TemporaryRepository } from "./temporary-repository.js";

/** A clone as actions/checkout makes it. */
function clone(origin: TemporaryRepository, ...options: readonly string[]): string {
  const folder = join(temporaryFolder(), "checkout");
  execFileSync("git", ["clone", "-q", ...options, `file://${origin.root}`, folder], { stdio: "ignore" });
  return folder;
}

/** `main` has moved on since `work` left it; the merge of both is what GitHub checks out for a pull request. */
function pullRequest(): TemporaryRepository {
  const repository = new TemporaryRepository({ "kept.sql": "1", "edited.sql": "1" });
  repository.branch("work");
  repository.commit("work", { "added.sql": "1", "edited.sql": "2" });
  repository.git("checkout", "-q", "main");
  repository.commit("meanwhile", { "meanwhile.sql": "1" });
  repository.branch("merge");
  repository.git("merge", "-q", "--no-ff", "-m", "merge", "work");
  return repository;
}

const CHANGED = [
  { file: "added.sql", status: "added" },
  { file: "edited.sql", status: "modified" },
];

describe("a pull request in a checkout", () => {
  it("of two commits is compared with the merge's first parent", () => {
    const root = clone(pullRequest(), "--depth=2", "--branch=merge");
    const source = gitChangeSource({ root, base: "HEAD^1", head: "HEAD" });
    expect(source.incomplete).toEqual([]);
    expect(source.changed).toEqual(CHANGED);
    expect(source.base?.label).toBe("HEAD^1");
    expect(source.base?.tree.files()).toEqual(["edited.sql", "kept.sql", "meanwhile.sql"]);
    expect(source.base?.tree.read("edited.sql")).toBe("1");
    expect(source.head.tree.read("edited.sql")).toBe("2");
    expect(source.head.commit).toMatch(/^[0-9a-f]{40}$/);
  });

  it("of one commit is incomplete, and says which setting mends it", () => {
    const root = clone(pullRequest(), "--depth=1", "--branch=merge");
    const source = gitChangeSource({ root, base: "HEAD^1", head: "HEAD" });
    expect(source.base).toBeUndefined();
    expect(source.changed).toEqual([]);
    expect(source.incomplete).toEqual([
      {
        reason:
          "The checkout holds a single commit, so the base of this pull request cannot be read and it is not known " +
          "which migrations are new.",
        fix: "Set `fetch-depth: 2` on actions/checkout.",
      },
    ]);
  });

  it("without the commit that the event names is incomplete, too", () => {
    const root = clone(pullRequest(), "--depth=1", "--branch=merge");
    const commit = "1234567890123456789012345678901234567890";
    expect(gitChangeSource({ root, base: commit }).incomplete).toEqual([
      {
        reason: `The base ${commit} is not in this clone, so it is not known which migrations are new.`,
        fix: "Set `fetch-depth: 0` on actions/checkout.",
      },
    ]);
  });

  it("that ends before the branch left its base is incomplete", () => {
    const origin = pullRequest();
    origin.git("checkout", "-q", "main");
    const root = clone(origin, "--depth=1", "--no-single-branch", "--branch=work");
    const source = gitChangeSource({ root });
    expect(source.base?.label).toBe("origin/main");
    expect(source.changed).toEqual([]);
    expect(source.incomplete).toEqual([
      {
        reason:
          "The clone is shallow and ends before the commit where this branch left origin/main, so it is not known " +
          "which migrations are new.",
        fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow`.",
      },
    ]);
  });
});

describe("a branch in a working tree", () => {
  it("is compared with where it left the default branch, order judged at the branch's tip", () => {
    const repository = pullRequest();
    repository.git("checkout", "-q", "work");
    repository.write({ "untracked\nfile.sql": "1", "edited.sql": "3" });
    const source = gitChangeSource({ root: repository.root });
    expect(source.base?.label).toBe("main");
    expect(source.base?.tree.has("meanwhile.sql")).toBe(true);
    expect(source.changed).toEqual([...CHANGED, { file: "untracked\nfile.sql", status: "added" }]);
    expect(source.head.label).toBe("the working tree");
    expect(source.head.commit).toBeUndefined();
    expect(source.head.tree.read("edited.sql")).toBe("3");
  });

  it("shows what is not committed on the default branch itself", () => {
    const repository = new TemporaryRepository({ "a.sql": "1" });
    repository.write({ "b.sql": "2" });
    repository.remove("a.sql");
    expect(gitChangeSource({ root: repository.root }).changed).toEqual([
      { file: "a.sql", status: "deleted" },
      { file: "b.sql", status: "added" },
    ]);
  });

  it("finds the repository from a folder inside", () => {
    const repository = new TemporaryRepository({ "a/b.sql": "1" });
    expect(gitChangeSource({ root: join(repository.root, "a") }).root).toBe(repository.root);
  });

  it("has nothing to be compared with before the first commit, and nothing is missing", () => {
    const repository = new TemporaryRepository();
    repository.write({ "a.sql": "1" });
    const source = gitChangeSource({ root: repository.root });
    expect(source).toMatchObject({ changed: [], incomplete: [] });
    expect(source.base).toBeUndefined();
    expect(source.head.tree.files()).toEqual(["a.sql"]);
  });

  it("is incomplete where no default branch is known", () => {
    const repository = new TemporaryRepository({ "a.sql": "1" });
    repository.git("branch", "-m", "trunk");
    expect(gitChangeSource({ root: repository.root }).incomplete).toEqual([
      {
        reason: "The default branch is not in this clone, so it is not known which migrations are new.",
        fix: "Run `git fetch origin main`, or name the base: `migration-safety check --base REF`.",
      },
    ]);
  });

  it.each([
    ["typo", "There is no revision typo in this clone."],
    [
      "origin/main",
      "There is no revision origin/main in this clone. If it is a branch of origin: git fetch origin main",
    ],
    ["--upload-pack=x", '"--upload-pack=x" is not a revision.'],
  ])("refuses the base %s", (base, message) => {
    const repository = new TemporaryRepository({ "a.sql": "1" });
    expect(() => gitChangeSource({ root: repository.root, base })).toThrow(
      expect.objectContaining({ kind: "unknown-revision", message }),
    );
  });

  it("compares unrelated histories with the tip itself", () => {
    const repository = new TemporaryRepository({ "a.sql": "1" });
    repository.git("checkout", "-q", "--orphan", "other");
    repository.commit("other", { "b.sql": "1" });
    expect(gitChangeSource({ root: repository.root }).changed).toEqual([{ file: "b.sql", status: "added" }]);
  });
});

describe("a partial clone", () => {
  it("is incomplete where contents are missing, and nothing is fetched", () => {
    const origin = new TemporaryRepository({ "a.sql": "1\n" });
    origin.git("config", "uploadpack.allowFilter", "true");
    origin.commit("more", { "a.sql": "2\n", "b.sql": "legacy\n" });
    const root = clone(origin, "--filter=blob:none");
    renameSync(origin.root, `${origin.root}-away`);
    try {
      const source = gitChangeSource({ root, base: "HEAD^1", head: "HEAD" });
      expect(source.base).toBeUndefined();
      expect(source.incomplete).toEqual([
        {
          reason: "The clone is partial and lacks contents of files, so the change cannot be read.",
          fix: "Remove `filter` from actions/checkout, or run `git fetch --refetch --no-filter`.",
        },
      ]);
      const tree = new GitTree(new Git(root), "HEAD^1", "base");
      expect([tree.read("a.sql"), tree.whyUnreadable("a.sql")]).toEqual([
        undefined,
        "is missing from this clone, which is a partial one",
      ]);
    } finally {
      renameSync(`${origin.root}-away`, origin.root);
    }
  });

  it("is as good as any other where nothing is missing", () => {
    const origin = new TemporaryRepository({ "a.sql": "1\n" });
    origin.git("config", "uploadpack.allowFilter", "true");
    const root = clone(origin, "--filter=blob:none");
    const source = gitChangeSource({ root, base: "HEAD" });
    expect(source.incomplete).toEqual([]);
    expect(source.base?.tree.read("a.sql")).toBe("1\n");
  });
});

describe("folderChangeSource", () => {
  it("takes a folder outside a repository as it is", () => {
    const repository = new TemporaryRepository({ "a.sql": "1", "node_modules/x/b.sql": "1" });
    rmSync(join(repository.root, ".git"), { recursive: true });
    const source = folderChangeSource(repository.root);
    expect(source).toMatchObject({ root: repository.root, changed: [], incomplete: [] });
    expect(source.head.tree.files()).toEqual(["a.sql"]);
  });

  it("takes a repository's working tree without a base", () => {
    const repository = new TemporaryRepository({ "a/b.sql": "1" });
    const source = folderChangeSource(join(repository.root, "a"));
    expect(source).toMatchObject({ root: repository.root, changed: [], incomplete: [] });
    expect(source.base).toBeUndefined();
  });
});
