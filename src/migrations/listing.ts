import type { Tree } from "../model/tree.js";

/** A tree's files by folder, made once for all tools. Folders have no slash at the end; the root is `""`. */
export class Listing {
  readonly #names = new Map<string, string[]>();
  readonly #folders = new Map<string, string[]>();
  readonly #sets = new Map<string, ReadonlySet<string>>();

  constructor(readonly tree: Tree) {
    for (const file of tree.files()) {
      const slash = file.lastIndexOf("/");
      const folder = slash < 0 ? "" : file.slice(0, slash);
      const names = this.#names.get(folder);
      if (names !== undefined) {
        names.push(file.slice(slash + 1));
        continue;
      }
      this.#names.set(folder, [file.slice(slash + 1)]);
      this.#addFolder(folder);
    }
  }

  /** Every folder that holds a file or a folder with one, in no particular order. */
  folders(): Iterable<string> {
    return this.#folders.keys();
  }

  /** The names of the files directly in a folder. */
  filesIn(folder: string): readonly string[] {
    return this.#names.get(folder) ?? [];
  }

  /** The names of the folders directly in a folder. */
  foldersIn(folder: string): readonly string[] {
    return this.#folders.get(folder) ?? [];
  }

  /** Every file in a folder and in those inside it, as a path from the root. */
  *filesUnder(folder: string): Generator<string> {
    for (const name of this.filesIn(folder)) yield join(folder, name);
    for (const name of this.foldersIn(folder)) yield* this.filesUnder(join(folder, name));
  }

  has(folder: string, name: string): boolean {
    let names = this.#sets.get(folder);
    if (names === undefined) this.#sets.set(folder, (names = new Set(this.filesIn(folder))));
    return names.has(name);
  }

  read(file: string): string | undefined {
    return this.tree.read(file);
  }

  #addFolder(folder: string): void {
    if (this.#folders.has(folder)) return;
    this.#folders.set(folder, []);
    if (folder === "") return;
    const parent = parentOf(folder);
    this.#addFolder(parent);
    this.#folders.get(parent)?.push(folder.slice(parent === "" ? 0 : parent.length + 1));
  }
}

/** `a/b` of `a/b/c`; the root's parent is the root. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function join(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** The folder and all those above it, nearest first, the root last. */
export function* upwards(folder: string): Generator<string> {
  for (let at = folder; at !== ""; at = parentOf(at)) yield at;
  yield "";
}

/** Those of the folders that stand in none of the others: a tool that reads folders inside its own has them already. */
export function outermost(folders: Iterable<string>): readonly string[] {
  const all = new Set(folders);
  return [...all].filter((folder) => folder === "" || ![...upwards(parentOf(folder))].some((above) => all.has(above)));
}
