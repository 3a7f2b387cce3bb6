import type { Tree, WordHit } from "../model/tree.js";
import { grepWords, listTree, readObjects } from "./git.js";
import type { Git, TreeEntry } from "./git.js";
import { decode } from "./text-file.js";
import type { TextFile } from "./text-file.js";

/** The tree of a commit. */
export class GitTree implements Tree {
  #entries: ReadonlyMap<string, TreeEntry> | undefined;
  #files: readonly string[] | undefined;
  readonly #texts = new Map<string, TextFile>();

  constructor(
    readonly git: Git,
    readonly commit: string,
    readonly label: string,
  ) {}

  files(): readonly string[] {
    return (this.#files ??= [...this.#list().values()].filter(({ kind }) => kind === "file").map(({ file }) => file));
  }

  has(file: string): boolean {
    return this.#list().get(file)?.kind === "file";
  }

  read(file: string): string | undefined {
    const found = this.#load(file);
    return found !== undefined && "text" in found ? found.text : undefined;
  }

  whyUnreadable(file: string): string | undefined {
    const found = this.#load(file);
    return found !== undefined && "reason" in found ? found.reason : undefined;
  }

  notFiles(): readonly { file: string; kind: string }[] {
    return [...this.#list().values()].filter(({ kind }) => kind !== "file");
  }

  prefetch(files: readonly string[]): void {
    const wanted: TreeEntry[] = [];
    for (const file of files) {
      const entry = this.#list().get(file);
      if (entry?.kind === "file" && !this.#texts.has(file)) wanted.push(entry);
    }
    const contents = readObjects(
      this.git,
      wanted.map(({ object }) => object),
    );
    for (const [index, { file }] of wanted.entries()) {
      const bytes = contents[index];
      this.#texts.set(
        file,
        bytes === undefined ? { reason: "is missing from this clone, which is a partial one" } : decode(bytes),
      );
    }
  }

  grep(words: readonly string[], exclude: readonly string[]): readonly WordHit[] {
    return grepWords(this.git, words, exclude, this.commit);
  }

  #list(): ReadonlyMap<string, TreeEntry> {
    return (this.#entries ??= new Map(listTree(this.git, this.commit).map((entry) => [entry.file, entry])));
  }

  #load(file: string): TextFile | undefined {
    if (!this.has(file)) return undefined;
    if (!this.#texts.has(file)) this.prefetch([file]);
    return this.#texts.get(file);
  }
}
