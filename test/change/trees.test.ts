import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Git } from "../../src/change/git.js";
import { GitTree } from "../../src/change/git-tree.js";
import { memoryTree, OverlayTree } from "../../src/change/overlay-tree.js";
import { MAX_TEXT_BYTES } from "../../src/change/text-file.js";
import { searchWords } from "../../src/change/word-search.js";
import { WorkingTree } from "../../src/change/working-tree.js";
import type { Tree } from "../../src/model/tree.js";
import { temporaryFolder, TemporaryRepository } from "./temporary-repository.js";

const UTF16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("SELECT 1", "utf16le")]);
const UTF16_BIG = Buffer.from([0xfe, 0xff, 0, 65]);
const LATIN1 = Buffer.from("-- größer", "latin1");

const FILES = {
  "plain.sql": "SELECT 1;\n",
  "bom.sql": "\uFEFFSELECT 1;",
  "utf16.sql": UTF16,
  "utf16-big.sql": UTF16_BIG,
  "latin1.sql": LATIN1,
  "empty.sql": "",
  "deep/er/🐘.sql": "legacy_ref\n",
};

/** The same files as each kind of tree. */
const TREES: Readonly<Record<string, () => Tree>> = {
  GitTree: () => {
    const { root } = new TemporaryRepository(FILES);
    return new GitTree(new Git(root), "HEAD", "main");
  },
  WorkingTree: () => {
    const { root } = new TemporaryRepository(FILES);
    return new WorkingTree(root, new Git(root));
  },
  "WorkingTree outside a repository": () => {
    const repository = new TemporaryRepository(FILES);
    rmSync(join(repository.root, ".git"), { recursive: true });
    return new WorkingTree(repository.root);
  },
};

describe.each(Object.entries(TREES))("%s", (_, make) => {
  it("lists and reads files, each by its exact name", () => {
    const tree = make();
    expect([...tree.files()].sort()).toEqual(Object.keys(FILES).sort());
    tree.prefetch?.(["plain.sql", "not there", "bom.sql"]);
    expect(tree.read("plain.sql")).toBe("SELECT 1;\n");
    expect(tree.read("bom.sql")).toBe("\uFEFFSELECT 1;");
    expect(tree.read("empty.sql")).toBe("");
    expect(tree.read("deep/er/🐘.sql")).toBe("legacy_ref\n");
    for (const absent of [
      "not there",
      "deep",
      "deep/er",
      "",
      "/plain.sql",
      "./plain.sql",
      "deep/../plain.sql",
      "PLAIN.sql\0",
    ]) {
      expect([absent, tree.has(absent), tree.read(absent), tree.whyUnreadable?.(absent)]).toEqual([
        absent,
        false,
        undefined,
        undefined,
      ]);
    }
  });

  it("says why a file that is there has no text", () => {
    const tree = make();
    for (const [file, reason] of [
      ["utf16.sql", "is encoded as UTF-16, little-endian; save it as UTF-8"],
      ["utf16-big.sql", "is encoded as UTF-16, big-endian; save it as UTF-8"],
      ["latin1.sql", "is not valid UTF-8; save it as UTF-8"],
    ] as const) {
      expect(tree.has(file)).toBe(true);
      expect(tree.read(file)).toBeUndefined();
      expect(tree.whyUnreadable?.(file)).toBe(reason);
    }
    expect(tree.whyUnreadable?.("plain.sql")).toBeUndefined();
  });

  it("searches for words", () => {
    const tree = make();
    expect(tree.grep(["legacy_ref", "1"], ["plain.*"])).toEqual([
      ...tree.grep(["1"], []).filter(({ file }) => file === "bom.sql"),
      { file: "deep/er/🐘.sql", line: 1, text: "legacy_ref" },
    ]);
  });
});

describe("WorkingTree", () => {
  it("follows no symbolic link, neither of a file nor of a folder on the way", () => {
    const outside = temporaryFolder();
    writeFileSync(join(outside, "secret.sql"), "SECRET");
    const repository = new TemporaryRepository({ "real/a.sql": "x", "swapped/secret.sql": "x" });
    symlinkSync(join(outside, "secret.sql"), join(repository.root, "link.sql"));
    symlinkSync("real", join(repository.root, "folder"));
    repository.commit("links");
    rmSync(join(repository.root, "swapped"), { recursive: true });
    symlinkSync(outside, join(repository.root, "swapped"));
    const tree = new WorkingTree(repository.root, new Git(repository.root));
    for (const file of ["link.sql", "folder/a.sql", "swapped/secret.sql"]) {
      expect([file, tree.has(file), tree.read(file)]).toEqual([file, false, undefined]);
    }
    expect(tree.notFiles()).toEqual([
      expect.objectContaining({ file: "folder", kind: "symbolic link" }),
      expect.objectContaining({ file: "link.sql", kind: "symbolic link" }),
    ]);
  });

  it("knows that a tracked file is gone, and reads what a sparse checkout leaves out", () => {
    const repository = new TemporaryRepository({ "a/x.sql": "in a", "b/y.sql": "in b", "gone.sql": "x" });
    repository.remove("gone.sql");
    repository.git("sparse-checkout", "set", "a");
    const tree = new WorkingTree(repository.root, new Git(repository.root));
    expect(tree.has("gone.sql")).toBe(false);
    expect(tree.has("b/y.sql")).toBe(true);
    expect(tree.read("b/y.sql")).toBe("in b");
  });

  it("does not read a file of an absurd size", () => {
    const repository = new TemporaryRepository({ "a.sql": "x" });
    writeFileSync(join(repository.root, "big.sql"), Buffer.alloc(MAX_TEXT_BYTES + 1, 32));
    const tree = new WorkingTree(repository.root, new Git(repository.root));
    expect(tree.read("big.sql")).toBeUndefined();
    expect(tree.whyUnreadable("big.sql")).toBe("has 67108865 bytes; files above 67108864 bytes are not read");
  });

  it("walks a folder without git, without other people's code", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "node_modules/x"), { recursive: true });
    writeFileSync(join(folder, "node_modules/x/a.sql"), "x");
    writeFileSync(join(folder, "b.sql"), "x");
    expect(new WorkingTree(folder).files()).toEqual(["b.sql"]);
  });
});

describe("OverlayTree", () => {
  const under = memoryTree(
    new Map([
      ["kept.ts", "legacy_ref"],
      ["changed.ts", "legacy_ref"],
      ["removed.ts", "legacy_ref"],
    ]),
    "head",
  );
  const tree = new OverlayTree(
    under,
    new Map([
      ["changed.ts", "no\nnow legacy_ref\n"],
      ["removed.ts", undefined],
      ["added.ts", "legacy_ref"],
      ["docs/added.md", "legacy_ref"],
    ]),
    "base",
  );

  it("replaces, adds and removes", () => {
    expect(tree.files()).toEqual(["kept.ts", "changed.ts", "added.ts", "docs/added.md"]);
    expect(tree.read("kept.ts")).toBe("legacy_ref");
    expect(tree.read("changed.ts")).toBe("no\nnow legacy_ref\n");
    expect(tree.has("removed.ts")).toBe(false);
    expect(tree.read("removed.ts")).toBeUndefined();
    expect(tree.has("added.ts")).toBe(true);
  });

  it("searches what it shows", () => {
    expect(tree.grep(["legacy_ref"], ["docs/**"])).toEqual([
      { file: "kept.ts", line: 1, text: "legacy_ref" },
      { file: "changed.ts", line: 2, text: "now legacy_ref" },
      { file: "added.ts", line: 1, text: "legacy_ref" },
    ]);
  });
});

it("searches certain files only, in every kind of tree", () => {
  const files = { "a.go": "needle\n", "b/c.go": "needle\n", "b/d.go": "needle\n", "b/e.md": "needle\n" };
  const repository = new TemporaryRepository(files);
  const git = new Git(repository.root);
  const trees = [
    new GitTree(git, "HEAD", "main"),
    new WorkingTree(repository.root, git),
    new WorkingTree(repository.root),
    memoryTree(new Map(Object.entries(files)), "memory"),
  ];
  for (const tree of trees) {
    const found = (only?: readonly string[]): string[] =>
      tree.grep(["needle"], ["**/d.go"], only).map(({ file }) => file);
    expect(found(["**/*.go"])).toEqual(["a.go", "b/c.go"]);
    expect(found(["b/*"])).toEqual(["b/c.go", "b/e.md"]);
    expect(found()).toEqual(["a.go", "b/c.go", "b/e.md"]);
    expect(tree.filesWith?.(["needle"], ["**/d.go"], ["**/*.go"])).toEqual(["a.go", "b/c.go"]);
    expect(tree.filesWith?.(["needle"], ["**/d.go"])).toEqual(["a.go", "b/c.go", "b/e.md"]);
  }
});

it("names contents alike in every tree of a repository that has them", () => {
  const repository = new TemporaryRepository({ "kept.ts": "1", "changed.ts": "1", "replaced.ts": "1" });
  writeFileSync(join(repository.root, "changed.ts"), "2");
  writeFileSync(join(repository.root, "new.ts"), "1");
  const git = new Git(repository.root);
  const head = new GitTree(git, "HEAD", "main");
  const tree = new OverlayTree(new WorkingTree(repository.root, git), new Map([["replaced.ts", "3"]]), "the editor");
  expect(head.contentId("kept.ts")).toMatch(/^[0-9a-f]{40}$/);
  expect(tree.contentId("kept.ts")).toBe(head.contentId("kept.ts"));
  expect(["changed.ts", "replaced.ts", "new.ts", "absent.ts"].map((file) => tree.contentId(file))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(new WorkingTree(repository.root).contentId("kept.ts")).toBeUndefined();
});

describe("searchWords", () => {
  it("finds what git grep finds", () => {
    const text = [
      "legacy_ref legacy_ref",
      "xlegacy_ref",
      "legacy_refs",
      "über.legacy_ref",
      "é legacy_refé",
      "$legacy_ref$",
      "LEGACY_REF",
      "a.b+c",
      "",
      "user-id",
      "last legacy_ref",
    ].join("\n");
    const repository = new TemporaryRepository({
      "a.txt": text,
      "crlf.txt": "one\r\nlegacy_ref\r\n",
      "nul.txt": "legacy_ref\0",
    });
    const words = ["legacy_ref", "a.b+c", "user-id", "user"];
    const files = ["a.txt", "crlf.txt", "nul.txt"];
    const git = new GitTree(new Git(repository.root), "HEAD", "main");
    const ours = searchWords(
      files.map((file) => [file, git.read(file) ?? ""] as const),
      words,
    );
    expect(ours.length).toBeGreaterThan(5);
    expect(ours).toEqual(git.grep(words, []));
  });

  it("finds a long line once, however often it has the word", () => {
    expect(searchWords([["a", "legacy_ref ".repeat(200_000)]], ["legacy_ref"])).toHaveLength(1);
  });
});
