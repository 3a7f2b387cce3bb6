/** A change as its two sides hold it: what differs is found by comparing their files. */
import type { ChangedFile, ChangeSource } from "../../src/change/change-source.js";
import { memoryTree } from "../../src/change/overlay-tree.js";

export type Files = Readonly<Record<string, string>>;

/**
 * @param added What head has besides base, or with another text.
 * @param deleted Files of base that head has no more.
 */
export function memorySource(base: Files, added: Files, deleted: readonly string[] = []): ChangeSource {
  const head = new Map(Object.entries({ ...base, ...added }));
  for (const file of deleted) head.delete(file);
  return {
    root: "/repository",
    base: { label: "main", tree: memoryTree(new Map(Object.entries(base)), "main") },
    head: { label: "the working tree", tree: memoryTree(head, "the working tree") },
    changed: [
      ...Object.keys(added).map((file): ChangedFile => ({ file, status: file in base ? "modified" : "added" })),
      ...deleted.map((file): ChangedFile => ({ file, status: "deleted" })),
    ],
    incomplete: [],
  };
}
