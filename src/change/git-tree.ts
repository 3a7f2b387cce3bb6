import type { Tree, WordHit } from "../model/tree.js";
import { GitError, grepFiles, grepWords, listTree, missingObjects, readObjects } from "./git.js";
import type { Git, TreeEntry } from "./git.js";
import { decode } from "./text-file.js";
import type { TextFile } from "./text-file.js";

/** Contents by the name of their object, which says what they are: trees of one repository may share them. */
export interface ObjectTexts {
  get(object: string): TextFile | undefined;
  set(object: string, text: TextFile): unknown;
}

/** The tree of a commit. */
export class GitTree implements Tree {
  #entries: ReadonlyMap<string, TreeEntry> | undefined;
  #files: readonly string[] | undefined;

  constructor(
    readonly git: Git,
    readonly commit: string,
    readonly label: string,
    readonly texts: ObjectTexts = new Map(),
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
    const wanted: string[] = [];
    for (const file of files) {
      const entry = this.#list().get(file);
      if (entry?.kind === "file" && this.texts.get(entry.object) === undefined) wanted.push(entry.object);
    }
    for (const [object, bytes] of this.#contents(wanted)) {
      this.texts.set(
        object,
        bytes === undefined ? { reason: "is missing from this clone, which is a partial one" } : decode(bytes),
      );
    }
  }

  #contents(objects: readonly string[]): ReadonlyMap<string, Buffer | undefined> {
    let there = objects;
    let contents: readonly (Buffer | undefined)[];
    try {
      contents = readObjects(this.git, there);
    } catch (error) {
      if (!(error instanceof GitError) || error.kind !== "missing-object") throw error;
      // Git stops at the first object that a partial clone lacks.
      const missing = missingObjects(this.git, this.commit);
      there = objects.filter((object) => !missing.has(object));
      contents = readObjects(this.git, there);
    }
    const found = new Map<string, Buffer | undefined>(objects.map((object) => [object, undefined]));
    for (const [index, object] of there.entries()) found.set(object, contents[index]);
    return found;
  }

  grep(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly WordHit[] {
    return grepWords(this.git, words, { exclude, only }, this.commit);
  }

  filesWith(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly string[] {
    return grepFiles(this.git, words, { exclude, only }, this.commit);
  }

  contentId(file: string): string | undefined {
    return this.#list().get(file)?.object;
  }

  #list(): ReadonlyMap<string, TreeEntry> {
    return (this.#entries ??= new Map(listTree(this.git, this.commit).map((entry) => [entry.file, entry])));
  }

  #load(file: string): TextFile | undefined {
    const entry = this.#list().get(file);
    if (entry?.kind !== "file") return undefined;
    const text = this.texts.get(entry.object);
    if (text !== undefined) return text;
    this.prefetch([file]);
    return this.texts.get(entry.object);
  }
}
