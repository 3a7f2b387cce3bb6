import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { Git, repositoryState } from "../../src/change/git.js";
import { Releases, type ReleaseSearch } from "../../src/change/releases.js";
import { temporaryFolder, TemporaryRepository } from "./temporary-repository.js";

function found(search: ReleaseSearch | undefined): unknown {
  return search && "release" in search ? search.release.tag : search;
}

function newest(root: string, base: string, pattern = "v*", until?: number): unknown {
  const state = repositoryState(root);
  const releases = new Releases(new Git(state.root), state, pattern);
  return found(releases.newestFor(base, until === undefined ? {} : { until }));
}

describe("the newest release that a base builds on", () => {
  it("is the last one that it contains, by version and not by name", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.git("tag", "v1.9.0");
    repository.commit("two", { "2.sql": "2" });
    // With a message: a tag object, whose commit counts.
    repository.git("tag", "-a", "-m", "the tenth", "v1.10.0");
    repository.commit("three", { "3.sql": "3" });
    const state = repositoryState(repository.root);
    const search = new Releases(new Git(state.root), state, "v*").newestFor("main");
    if (!("release" in search)) throw new TypeError("There is a release.");
    const { release } = search;
    expect(release.tag).toBe("v1.10.0");
    expect(release.commit).toBe(repository.git("rev-parse", "main~1"));
    expect(release.tree.files()).toEqual(["1.sql", "2.sql"]);
    expect(release.changed()).toEqual([{ file: "3.sql", status: "added" }]);
  });

  it("tells renamed files from new ones", () => {
    const repository = new TemporaryRepository({ "1.sql": "one", "2.sql": "two" });
    repository.git("tag", "v1");
    repository.git("mv", "1.sql", "first.sql");
    repository.git("mv", "2.sql", "second.sql");
    repository.commit("renamed", { "second.sql": "two, and more" });
    const source = gitChangeSource({ root: repository.root, base: "main" });
    const search = source.findRelease?.("v*");
    expect(search && "release" in search && search.release.changed()).toEqual([
      { file: "2.sql", status: "deleted" },
      { file: "first.sql", status: "renamed", previousFile: "1.sql" },
      { file: "second.sql", status: "added" },
    ]);
  });

  it("leaves pre-releases out, unless the pattern names them", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.git("tag", "v1.0.0");
    repository.commit("two");
    repository.git("tag", "v2.0.0-rc.1");
    repository.commit("three");
    expect(newest(repository.root, "main")).toBe("v1.0.0");
    expect(newest(repository.root, "main", "v*-rc.*")).toBe("v2.0.0-rc.1");
  });

  it("is the one that no other contains, whatever its number", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.git("tag", "v2021.12.1");
    repository.commit("another way to count");
    repository.git("tag", "v1.0.0");
    repository.commit("three");
    expect(newest(repository.root, "main")).toBe("v1.0.0");
  });

  it("is the highest version where an older line was merged back", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.branch("old");
    repository.git("checkout", "-q", "main");
    repository.commit("two", { "2.sql": "2" });
    repository.git("tag", "v2.0.0");
    repository.git("checkout", "-q", "old");
    repository.commit("mended", { "1.sql": "one" });
    repository.git("tag", "v1.9.5");
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "-m", "merge", "old");
    expect(newest(repository.root, "main")).toBe("v2.0.0");
    expect(newest(repository.root, "old")).toBe("v1.9.5");
  });

  it("may stand on a branch of its own, which left the base after the last one that is in it", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.git("tag", "v1.0.0");
    repository.commit("two", { "2.sql": "2" });
    repository.branch("release-2");
    repository.commit("version 2");
    repository.git("tag", "v2.0.0");
    repository.git("checkout", "-q", "main");
    repository.commit("three", { "3.sql": "3" });
    expect(newest(repository.root, "main")).toBe("v2.0.0");
    // What it contains as a whole has shipped with it.
    expect(newest(repository.root, "main~2")).toBe("v2.0.0");
  });

  it("is not one of an older line, though it is younger", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.now = "2026-01-01T00:00:00Z";
    repository.branch("release-1");
    repository.git("checkout", "-q", "main");
    repository.commit("two", { "2.sql": "2" });
    repository.git("tag", "v2.0.0");
    repository.git("checkout", "-q", "release-1");
    repository.now = "2026-02-01T00:00:00Z";
    repository.commit("mended");
    repository.git("tag", "v1.0.1");
    // A number that is higher, and no part of this line either.
    repository.commit("an experiment");
    repository.git("tag", "v9.0.0");
    expect(newest(repository.root, "main")).toBe("v2.0.0");
  });

  it("is, of equal numbers, the younger one", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.branch("hotfix");
    repository.now = "2026-01-02T00:00:00Z";
    repository.commit("mended");
    repository.git("tag", "v1.0.0-hotfix.1");
    repository.git("checkout", "-q", "main");
    repository.now = "2026-01-01T00:00:00Z";
    repository.commit("two", { "2.sql": "2" });
    repository.git("tag", "v1.0.0");
    repository.git("merge", "-q", "-m", "merge", "hotfix");
    expect(newest(repository.root, "main")).toBe("v1.0.0-hotfix.1");
  });

  it("is, for a base of the past, one that there was by then", () => {
    const repository = new TemporaryRepository();
    repository.now = "2026-01-01T00:00:00Z";
    repository.commit("one", { "1.sql": "1" });
    repository.git("tag", "v1.0.0");
    repository.now = "2026-02-01T00:00:00Z";
    repository.commit("two", { "2.sql": "2" });
    repository.now = "2026-03-01T00:00:00Z";
    repository.commit("three", { "3.sql": "3" });
    // It contains the base; what was merged into it then had not shipped.
    repository.git("tag", "v2.0.0");
    const then = Date.parse("2026-02-15T00:00:00Z") / 1000;
    expect(newest(repository.root, "main~1", "v*", then)).toBe("v1.0.0");
    expect(newest(repository.root, "main~1")).toBe("v2.0.0");
    // Nothing had shipped before the first one. That a pattern without any tag will have one, nobody can tell.
    const start = Date.parse("2025-12-31T00:00:00Z") / 1000;
    expect(newest(repository.root, "main~3", "v*", start)).toEqual({ first: "v1.0.0" });
    expect(newest(repository.root, "main~3", "w*", start)).toEqual({ none: "No tag matches `w*`" });
  });
});

describe("no release", () => {
  it("where no tag matches, where only pre-releases do, or where history is another", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    expect(newest(repository.root, "main")).toEqual({ none: "No tag matches `v*`" });
    repository.git("tag", "v1.0.0-rc.1");
    expect(newest(repository.root, "main")).toEqual({
      none: "Only pre-releases match `v*`, such as v1.0.0-rc.1, and the pattern names none",
    });
    repository.git("checkout", "-q", "--orphan", "other");
    repository.commit("another start");
    repository.git("tag", "v2");
    expect(newest(repository.root, "main")).toEqual({ none: "No tag that matches `v*` shares history with the base" });
    // A tag of what is no commit is no release.
    repository.git("tag", "w1", repository.git("rev-parse", "main^{tree}"));
    expect(newest(repository.root, "main", "w*")).toEqual({ none: "No tag matches `w*`" });
  });

  it("is not known in a shallow clone, which has no tags or lacks what lies between", () => {
    const repository = new TemporaryRepository({ "1.sql": "1" });
    repository.git("tag", "v1.0.0");
    repository.branch("release-2");
    repository.commit("version 2");
    repository.git("tag", "v2.0.0");
    repository.git("checkout", "-q", "main");
    for (const number of ["2", "3", "4"]) repository.commit(number, { [`${number}.sql`]: number });
    const folder = join(temporaryFolder(), "checkout");
    const git = (...args: string[]): unknown => execFileSync("git", args, { stdio: "ignore", cwd: folder });
    execFileSync("git", ["clone", "-q", "--depth=2", `file://${repository.root}`, folder], { stdio: "ignore" });
    const incomplete = {
      incomplete: {
        reason: "It is not known which release the base builds on, and so not what has shipped. The clone is shallow.",
        fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow --tags`.",
      },
    };
    expect(newest(folder, "HEAD")).toEqual(incomplete);
    git("fetch", "-q", "--depth=1", "origin", "tag", "v2.0.0");
    expect(newest(folder, "HEAD")).toEqual(incomplete);
    git("fetch", "-q", "--unshallow", "--tags");
    git("fetch", "-q", "--tags");
    expect(newest(folder, "HEAD")).toBe("v2.0.0");
  });
});
