import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  changedFiles,
  defaultBranch,
  Git,
  GitError,
  grepWords,
  listTree,
  listWorkingTree,
  mergeBase,
  readObjects,
  repositoryState,
  resolveCommit,
} from "../../src/change/git.js";
import { temporaryFolder, TemporaryRepository } from "./temporary-repository.js";

const HOSTILE = [
  "a\nb.sql",
  'quote"d.sql',
  "back\\slash.sql",
  "-x.sql",
  ":(glob)*.sql",
  "tab\there.sql",
  "ünïcödé 🐘.sql",
  "? H 100644 sneaky.sql",
  "H 100644 0000000000000000000000000000000000000000 0\tfake.sql",
  `${"n".repeat(240)}.sql`,
  `${"d".repeat(150)}/${"e".repeat(150)}.sql`,
];

const hostileFiles = (text: string) => Object.fromEntries(HOSTILE.map((file) => [file, `${text} ${file}\n`]));
const sorted = (files: Iterable<string>) => [...files].sort();

describe("repositoryState", () => {
  it("finds root, git directory and head from a folder inside", () => {
    const repository = new TemporaryRepository({ "a/b/c.txt": "x" });
    expect(repositoryState(join(repository.root, "a/b"))).toEqual({
      root: repository.root,
      gitDirectory: join(repository.root, ".git"),
      shallow: false,
      head: repository.git("rev-parse", "HEAD"),
    });
  });

  it("has no head before the first commit", () => {
    const repository = new TemporaryRepository();
    expect(repositoryState(repository.root)).toEqual({
      root: repository.root,
      gitDirectory: join(repository.root, ".git"),
      shallow: false,
    });
  });

  it("says that a folder is no repository", () => {
    const folder = temporaryFolder();
    expect(() => repositoryState(folder)).toThrow(
      expect.objectContaining({ kind: "not-a-repository", message: `${folder} is not in a git repository.` }),
    );
  });

  it("says that a folder does not exist", () => {
    const folder = join(temporaryFolder(), "gone");
    expect(() => repositoryState(folder)).toThrow(
      expect.objectContaining({ kind: "not-a-repository", message: `There is no folder ${folder}.` }),
    );
  });

  it("says that git is missing", () => {
    const folder = temporaryFolder();
    const path = process.env["PATH"];
    process.env["PATH"] = folder;
    try {
      expect(() => repositoryState(folder)).toThrow(expect.objectContaining({ kind: "no-git" }));
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("is not led astray by the variables of a git hook", () => {
    const one = new TemporaryRepository({ "one.txt": "x" });
    const other = new TemporaryRepository({ "other.txt": "x" });
    process.env["GIT_DIR"] = join(other.root, ".git");
    try {
      expect(repositoryState(one.root).root).toBe(one.root);
      expect(listWorkingTree(new Git(one.root)).map(({ file }) => file)).toEqual(["one.txt"]);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });
});

describe("revisions", () => {
  it.each(["-h", "--all", "", "main\n", "a\0b"])("refuses %j", (revision) => {
    const git = new Git(new TemporaryRepository({ "a.txt": "x" }).root);
    for (const ask of [
      () => resolveCommit(git, revision),
      () => mergeBase(git, "main", revision),
      () => changedFiles(git, revision),
      () => changedFiles(git, "main", revision),
      () => listTree(git, revision),
      () => readObjects(git, [revision]),
      () => grepWords(git, ["a"], { exclude: [] }, revision),
    ]) {
      expect(ask).toThrow(GitError);
    }
  });

  it("resolves commits, tags and branches, and nothing else", () => {
    const repository = new TemporaryRepository({ "a.txt": "x" });
    repository.git("tag", "-a", "v1", "-m", "v1");
    const git = new Git(repository.root);
    const head = repository.git("rev-parse", "HEAD");
    expect(resolveCommit(git, "main")).toBe(head);
    expect(resolveCommit(git, "v1")).toBe(head);
    expect(resolveCommit(git, "HEAD^1")).toBeUndefined();
    expect(resolveCommit(git, "HEAD^{tree}")).toBeUndefined();
    expect(resolveCommit(git, "nowhere")).toBeUndefined();
    expect(resolveCommit(git, "a b'c")).toBeUndefined();
  });

  it("takes the remote's default branch before the usual names", () => {
    const upstream = new TemporaryRepository({ "a.txt": "x" });
    const clone = new TemporaryRepository({ "b.txt": "x" });
    expect(defaultBranch(new Git(clone.root))?.label).toBe("main");
    clone.git("remote", "add", "origin", upstream.root);
    clone.git("fetch", "-q", "origin");
    expect(defaultBranch(new Git(clone.root))).toEqual({
      label: "origin/main",
      commit: upstream.git("rev-parse", "HEAD"),
    });
    upstream.branch("trunk");
    upstream.commit("more");
    clone.git("fetch", "-q", "origin");
    clone.git("remote", "set-head", "origin", "trunk");
    expect(defaultBranch(new Git(clone.root))).toEqual({
      label: "origin/trunk",
      commit: upstream.git("rev-parse", "HEAD"),
    });
  });

  it("finds a merge base, or none", () => {
    const repository = new TemporaryRepository({ "a.txt": "x" });
    const start = repository.git("rev-parse", "HEAD");
    repository.branch("work");
    repository.commit("on work", { "b.txt": "x" });
    repository.git("checkout", "-q", "main");
    repository.commit("on main", { "c.txt": "x" });
    repository.git("checkout", "-q", "--orphan", "other");
    repository.commit("unrelated");
    const git = new Git(repository.root);
    expect(mergeBase(git, "main", "work")).toBe(start);
    expect(mergeBase(git, "main", "other")).toBeUndefined();
  });
});

describe("changedFiles", () => {
  it("lists added, modified, deleted and renamed files between two commits", () => {
    const long = "one\ntwo\nthree\nfour\nfive\nsix\n";
    const repository = new TemporaryRepository({
      "kept.sql": "x",
      "edited.sql": "x",
      "gone.sql": "x",
      "old.sql": long,
    });
    repository.branch("work");
    repository.git("mv", "old.sql", "new.sql");
    repository.remove("gone.sql");
    repository.commit("work", { "edited.sql": "y", "added.sql": "z" });
    expect(changedFiles(new Git(repository.root), "main", "work")).toEqual([
      { file: "added.sql", status: "added" },
      { file: "edited.sql", status: "modified" },
      { file: "gone.sql", status: "deleted" },
      { file: "new.sql", status: "renamed", previousFile: "old.sql" },
    ]);
  });

  it("compares with the working tree, whatever the user's diff settings say", () => {
    const repository = new TemporaryRepository({ "a.sql": "x\n", "b.sql": "y\n" });
    repository.git("config", "diff.external", "false");
    repository.git("config", "diff.noprefix", "true");
    repository.git("config", "color.ui", "always");
    repository.git("config", "diff.renames", "false");
    repository.git("mv", "a.sql", "c.sql");
    repository.write({ "b.sql": "z\n" });
    expect(changedFiles(new Git(repository.root), "HEAD")).toEqual([
      { file: "b.sql", status: "modified" },
      { file: "c.sql", status: "renamed", previousFile: "a.sql" },
    ]);
  });

  it("reads hostile names", () => {
    const repository = new TemporaryRepository({ "start.txt": "x" });
    repository.branch("work");
    repository.commit("work", hostileFiles("added"));
    const git = new Git(repository.root);
    expect(sorted(changedFiles(git, "main", "work").map(({ file }) => file))).toEqual(sorted(HOSTILE));
    expect(sorted(changedFiles(git, "main").map(({ file }) => file))).toEqual(sorted(HOSTILE));
  });
});

describe("listings and contents", () => {
  it("lists hostile names on both sides and reads their contents at once", () => {
    const repository = new TemporaryRepository(hostileFiles("tracked"));
    repository.write({ "new\nfile.sql": "untracked" });
    const git = new Git(repository.root);
    const tree = listTree(git, "HEAD");
    expect(sorted(tree.map(({ file }) => file))).toEqual(sorted(HOSTILE));
    const contents = readObjects(
      git,
      tree.map(({ object }) => object),
    );
    expect(contents.map(String)).toEqual(tree.map(({ file }) => `tracked ${file}\n`));

    const working = listWorkingTree(git);
    expect(sorted(working.filter(({ tracked }) => tracked).map(({ file }) => file))).toEqual(sorted(HOSTILE));
    expect(working.filter(({ tracked }) => !tracked).map(({ file }) => file)).toEqual(["new\nfile.sql"]);
  });

  it("tells symbolic links and submodules from files, and leaves out what git ignores", () => {
    const inner = new TemporaryRepository({ "inner.txt": "x" });
    const repository = new TemporaryRepository({ "real.sql": "x", ".gitignore": "ignored/\n" });
    symlinkSync("real.sql", join(repository.root, "link.sql"));
    repository.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", inner.root, "sub");
    repository.commit("links");
    repository.write({ "ignored/a.sql": "x" });
    const git = new Git(repository.root);
    const kinds = (entries: readonly { file: string; kind: string }[]) =>
      Object.fromEntries(entries.map(({ file, kind }) => [file, kind]));
    const expected = {
      ".gitignore": "file",
      ".gitmodules": "file",
      "link.sql": "symbolic link",
      "real.sql": "file",
      sub: "submodule",
    };
    expect(kinds(listTree(git, "HEAD"))).toEqual(expected);
    expect(kinds(listWorkingTree(git))).toEqual(expected);
  });

  it("lists an unmerged file once", () => {
    const repository = new TemporaryRepository({ "a.sql": "one\n" });
    repository.branch("work");
    repository.commit("work", { "a.sql": "two\n" });
    repository.git("checkout", "-q", "main");
    repository.commit("main", { "a.sql": "three\n" });
    expect(() => repository.git("merge", "work")).toThrow();
    expect(listWorkingTree(new Git(repository.root)).map(({ file }) => file)).toEqual(["a.sql"]);
  });

  it("answers undefined for an object that is not there", () => {
    const repository = new TemporaryRepository({ "a.sql": "one\n" });
    const git = new Git(repository.root);
    const object = repository.git("rev-parse", "HEAD:a.sql");
    expect(readObjects(git, ["0".repeat(40), object, "f".repeat(40)]).map((bytes) => bytes?.toString())).toEqual([
      undefined,
      "one\n",
      undefined,
    ]);
  });
});

describe("grepWords", () => {
  const files = {
    "src/a.ts": "select legacy_ref\nno\nlegacy_reference\nlegacy_ref again\n",
    "src/b.ts": "a.b+c\n",
    "db/migrations/1.sql": "legacy_ref",
    "binary.bin": "\0legacy_ref",
    "strange\nname:1.ts": "legacy_ref",
  };

  it("finds whole words in a commit and in the working tree, with untracked files", () => {
    const repository = new TemporaryRepository(files);
    repository.write({ "src/new.ts": "x legacy_ref y" });
    const git = new Git(repository.root);
    const tracked = [
      { file: "src/a.ts", line: 1, text: "select legacy_ref" },
      { file: "src/a.ts", line: 4, text: "legacy_ref again" },
      { file: "strange\nname:1.ts", line: 1, text: "legacy_ref" },
    ];
    expect(
      grepWords(git, ["legacy_ref"], { exclude: ["db/migrations/**"] }, repository.git("rev-parse", "HEAD")),
    ).toEqual(tracked);
    expect(grepWords(git, ["legacy_ref"], { exclude: ["db/migrations/**"] })).toEqual([
      ...tracked.slice(0, 2),
      { file: "src/new.ts", line: 1, text: "x legacy_ref y" },
      tracked[2],
    ]);
  });

  it("takes words literally, also those that look like options or patterns", () => {
    const git = new Git(new TemporaryRepository(files).root);
    expect(grepWords(git, ["a.b+c", "-e", "--help", ".*"], { exclude: [] })).toEqual([
      { file: "src/b.ts", line: 1, text: "a.b+c" },
    ]);
    // Enough for more than one pattern.
    const many = Array.from({ length: 5000 }, (_, index) => `column_${String(index)}`);
    expect(grepWords(git, [...many, "a.b+c", ...many], { exclude: [] })).toEqual([
      { file: "src/b.ts", line: 1, text: "a.b+c" },
    ]);
    expect(grepWords(git, [], { exclude: [] })).toEqual([]);
    expect(grepWords(git, ["nothing_like_it"], { exclude: [] })).toEqual([]);
  });
});

it("runs no program that the repository names", () => {
  const repository = new TemporaryRepository({ "a.sql": "one\n" });
  const script = join(repository.root, ".git", "run-me");
  const proof = join(repository.root, ".git", "it-ran");
  writeFileSync(script, `#!/bin/sh\ntouch '${proof}'\n`);
  chmodSync(script, 0o755);
  for (const key of ["core.fsmonitor", "diff.external", "core.pager", "pager.grep", "pager.diff", "core.editor"]) {
    repository.git("config", key, script);
  }
  mkdirSync(join(repository.root, ".git/hooks"));
  writeFileSync(join(repository.root, ".git/hooks/post-index-change"), `#!/bin/sh\ntouch '${proof}'\n`, {
    mode: 0o755,
  });
  repository.write({ "a.sql": "two\n", "b.sql": "three\n" });
  const git = new Git(repository.root);
  changedFiles(git, "HEAD");
  listWorkingTree(git);
  listTree(git, "HEAD");
  grepWords(git, ["two"], { exclude: [] });
  expect(existsSync(proof)).toBe(false);
});
