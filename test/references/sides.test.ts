/** What is searched and read of the two sides of the code: head once, of base what differs. */
import { expect, test } from "vitest";
import { memoryTree } from "../../src/change/overlay-tree.js";
import type { ReferenceTarget } from "../../src/model/reference.js";
import type { Tree } from "../../src/model/tree.js";
import { findReferences, targetKey } from "../../src/references/find-references.js";

const column = (name: string): ReferenceTarget => ({ table: { schema: "public", name: "orders" }, column: name });
const select = (name: string): string => `export const q = "SELECT ${name} FROM orders";\n`;

/** A tree that writes down what it is asked. Contents of the same text have the same id, as in git. */
class Observed implements Tree {
  readonly label = "observed";
  readonly read: (file: string) => string | undefined;
  readonly reads: string[] = [];
  readonly searches: { readonly words: readonly string[]; readonly only?: readonly string[] | undefined }[] = [];
  readonly #tree: Tree;

  constructor(texts: Readonly<Record<string, string>>) {
    this.#tree = memoryTree(new Map(Object.entries(texts)), "observed");
    this.read = (file) => {
      this.reads.push(file);
      return this.#tree.read(file);
    };
  }

  files(): readonly string[] {
    return this.#tree.files();
  }

  has(file: string): boolean {
    return this.#tree.has(file);
  }

  contentId(file: string): string | undefined {
    return this.#tree.read(file);
  }

  grep(words: readonly string[], exclude: readonly string[], only?: readonly string[]): ReturnType<Tree["grep"]> {
    this.searches.push({ words, only });
    return this.#tree.grep(words, exclude, only);
  }
}

const SHARED = {
  "src/a.ts": select("legacy_ref"),
  "src/b.ts": select("note"),
  "src/none.ts": "export const nothing = 1;\n",
};

test("one search of head for all names, and one of base in the files that differ", () => {
  const head = new Observed({ ...SHARED, "src/changed.ts": select("id") });
  const base = new Observed({ ...SHARED, "src/changed.ts": select("legacy_ref"), "src/gone.ts": select("note") });
  const found = findReferences([column("legacy_ref"), column("note")], { head, base, exclude: [] });
  const places = [...found].map(
    ([key, uses]) => `${key}: ${uses.map(({ side, file }) => `${side} ${file}`).join(", ")}`,
  );
  expect(places).toEqual([
    `${targetKey(column("legacy_ref"))}: head src/a.ts, base src/a.ts, base src/changed.ts`,
    `${targetKey(column("note"))}: head src/b.ts, base src/b.ts, base src/gone.ts`,
  ]);
  expect(head.searches).toHaveLength(1);
  expect(head.searches[0]?.words).toEqual(expect.arrayContaining(["legacy_ref", "note"]));
  expect(base.searches).toEqual([{ words: head.searches[0]?.words, only: ["src/changed.ts", "src/gone.ts"] }]);
});

test("a file without any of the names is not read, and one that both sides have not at base", () => {
  const head = new Observed({ ...SHARED, "src/changed.ts": select("id") });
  const base = new Observed({ ...SHARED, "src/changed.ts": select("legacy_ref") });
  findReferences([column("legacy_ref")], { head, base, exclude: [] });
  expect(new Set(head.reads)).toEqual(new Set(["src/a.ts"]));
  expect(new Set(base.reads)).toEqual(new Set(["src/changed.ts"]));
});

test("sides that are the same are searched once", () => {
  const [head, base] = [new Observed(SHARED), new Observed(SHARED)];
  const found = findReferences([column("note")], { head, base, exclude: [] });
  expect(found.get(targetKey(column("note")))?.map(({ side }) => side)).toEqual(["head", "base"]);
  expect([base.searches, base.reads]).toEqual([[], []]);
});
