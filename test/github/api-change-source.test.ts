import { afterEach, describe, expect, it } from "vitest";
import { addedLinesOf } from "../../src/change/added-lines.js";
import { gitChangeSource } from "../../src/change/change-source.js";
import { apiChangeSource } from "../../src/github/api-change-source.js";
import { GitHubApi, type ListedFile } from "../../src/github/api.js";
import { serve, type Files, type Served } from "./checkout.js";

let served: Served;
afterEach(() => served.remove());

/** The API's answers, read from the repository itself. */
class LocalApi extends GitHubApi {
  constructor(
    readonly files: readonly ListedFile[],
    readonly before: Files,
  ) {
    super({ token: "", repository: { owner: "acme", name: "shop" } });
  }
  override pullRequestFiles(): Promise<ListedFile[]> {
    return Promise.resolve([...this.files]);
  }
  override contents(file: string): Promise<Buffer | undefined> {
    const text = this.before[file];
    return Promise.resolve(typeof text === "string" ? Buffer.from(text) : undefined);
  }
}

const BASE: Files = {
  "kept.sql": "SELECT 1;\n",
  "edited.sql": "SELECT 1;\nSELECT 2;\nSELECT 1;\n",
  "old-name.sql": "SELECT 3;\n-- long enough to be found again\n",
  "gone.sql": "SELECT 4;\n",
};
const CHANGE: Files = {
  "edited.sql": "SELECT 2;\nSELECT 5;\nSELECT 1;\nSELECT 1;\nSELECT 1;\n",
  "old-name.sql": undefined,
  "new-name.sql": "SELECT 3;\n-- long enough to be found again\n",
  "gone.sql": undefined,
  "new.sql": "SELECT 6;\n",
};
const LISTED: readonly ListedFile[] = [
  { file: "edited.sql", status: "modified" },
  { file: "new-name.sql", status: "renamed", previousFile: "old-name.sql" },
  { file: "gone.sql", status: "removed" },
  { file: "new.sql", status: "added" },
];

function shallow() {
  served = serve(BASE, CHANGE);
  const source = gitChangeSource({ root: served.checkout(served.merge, 1), base: "HEAD^1", head: "HEAD" });
  expect(source.base).toBeUndefined();
  return source;
}

function completed(files: readonly ListedFile[], before: Files = BASE, changedFiles = files.length) {
  const wanted = { kind: "merge", number: 7, changedFiles, commit: "c".repeat(40) } as const;
  return apiChangeSource(new LocalApi(files, before), shallow(), wanted, "main");
}

describe("apiChangeSource", () => {
  it("gives the same two sides as a deeper checkout", async () => {
    const source = await completed(LISTED);
    const deep = gitChangeSource({ root: served.checkout(served.merge, 2), base: "HEAD^1", head: "HEAD" });
    expect(source.incomplete).toEqual([]);
    expect([...source.changed].sort((one, other) => (one.file < other.file ? -1 : 1))).toEqual(
      [...deep.changed].sort((one, other) => (one.file < other.file ? -1 : 1)),
    );
    expect([...source.base!.tree.files()].sort()).toEqual(Object.keys(BASE).sort());
    for (const file of Object.keys(BASE)) {
      expect(source.base!.tree.read(file), file).toBe(BASE[file]);
      expect(source.base!.tree.read(file), file).toBe(deep.base!.tree.read(file));
    }
    expect(source.base!.tree.has("new.sql")).toBe(false);
    expect(source.head.tree.read("new.sql")).toBe("SELECT 6;\n");
  });

  it("is incomplete where the list or a file is cut off, naming the setting", async () => {
    const fix = "Set `fetch-depth: 2` on actions/checkout.";
    const cut = await completed(LISTED, BASE, 5);
    expect(cut.base).toBeUndefined();
    expect(cut.incomplete).toEqual([
      { reason: expect.stringContaining("GitHub lists 4 files of this change, at most 3000, and it has 5."), fix },
    ]);
    served.remove();
    const { "gone.sql": _, ...rest } = BASE;
    const unread = await completed(LISTED, rest);
    expect(unread.incomplete).toEqual([
      { reason: expect.stringContaining("does not give the contents of gone.sql at main."), fix },
    ]);
    served.remove();
    const many = Array.from({ length: 301 }, (_, index): ListedFile => ({
      file: `${String(index)}.sql`,
      status: "modified",
    }));
    expect((await completed(many)).incomplete).toEqual([
      { reason: expect.stringContaining("301 files of the base would have to be read"), fix },
    ]);
  });
});

describe("addedLinesOf", () => {
  it("knows the lines that base has not, and the files outside the change", async () => {
    const added = addedLinesOf(await completed(LISTED));
    const lines = (file: string): number[] | undefined => {
      const isAdded = added(file);
      return isAdded && [1, 2, 3, 4, 5].filter(isAdded);
    };
    expect(lines("kept.sql")).toBeUndefined();
    expect(lines("edited.sql")).toEqual([2, 5]);
    expect(added("new.sql")!(1)).toBe(true);
    expect([1, 2].filter(added("new-name.sql")!)).toEqual([]);
  });
});
