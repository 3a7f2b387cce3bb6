import { lstatSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { join } from "node:path";
import type { Tree, WordHit } from "../model/tree.js";
import { grepFiles, grepWords, listWorkingTree, modifiedFiles, readObjects } from "./git.js";
import type { Git, WorkingEntry } from "./git.js";
import { notSearched } from "./overlay-tree.js";
import { decode, MAX_TEXT_BYTES, tooLarge } from "./text-file.js";
import type { TextFile } from "./text-file.js";
import { searchWords } from "./word-search.js";

/** Folders that hold other people's code, for a folder where git cannot say what is ignored. */
const NOT_OURS = new Set([".git", "node_modules"]);

/** Files of a folder outside a repository that are looked at, so that a home directory does not hang the check. */
const MAX_WALKED_FILES = 200_000;

/** The files on disk. Symbolic links are never followed, neither as files nor as folders on the way to one. */
export class WorkingTree implements Tree {
  readonly label = "the working tree";
  #entries: ReadonlyMap<string, WorkingEntry> | undefined;
  #files: readonly string[] | undefined;
  #modified: ReadonlySet<string> | undefined;
  readonly #realRoot: string;
  readonly #folders = new Map<string, boolean>();
  readonly #sizes = new Map<string, number | undefined>();
  readonly #texts = new Map<string, TextFile>();

  /** `git` is absent for a folder outside a repository. */
  constructor(
    readonly root: string,
    readonly git?: Git,
  ) {
    this.#realRoot = realpathSync(root);
  }

  files(): readonly string[] {
    return (this.#files ??= [...this.#list().values()].filter(({ kind }) => kind === "file").map(({ file }) => file));
  }

  has(file: string): boolean {
    return this.#size(file) !== undefined || this.#sparse(file) !== undefined;
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

  /** Files that git does not track yet. */
  untracked(): readonly string[] {
    return [...this.#list().values()]
      .filter(({ kind, tracked }) => kind === "file" && !tracked)
      .map(({ file }) => file);
  }

  grep(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly WordHit[] {
    if (this.git !== undefined) return grepWords(this.git, words, { exclude, only });
    const excluded = notSearched(exclude, only);
    return searchWords(this.#readable(excluded), words);
  }

  filesWith(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly string[] {
    if (this.git !== undefined) return grepFiles(this.git, words, { exclude, only });
    return [...new Set(this.grep(words, exclude, only).map(({ file }) => file))];
  }

  contentId(file: string): string | undefined {
    if (this.git === undefined) return undefined;
    this.#modified ??= new Set(modifiedFiles(this.git));
    return this.#modified.has(file) ? undefined : this.#list().get(file)?.object;
  }

  *#readable(excluded: (file: string) => boolean): Generator<[string, string]> {
    for (const file of this.files()) {
      const text = excluded(file) ? undefined : this.read(file);
      if (text !== undefined) yield [file, text];
    }
  }

  #load(file: string): TextFile | undefined {
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const size = this.#size(file);
    let found: TextFile | undefined;
    if (size === undefined) {
      const object = this.#sparse(file);
      const bytes = object === undefined || this.git === undefined ? undefined : readObjects(this.git, [object])[0];
      if (bytes === undefined) return undefined;
      found = decode(bytes);
    } else if (size > MAX_TEXT_BYTES) {
      found = { reason: tooLarge(size) };
    } else {
      try {
        found = decode(readFileSync(`${this.root}/${file}`));
      } catch (error) {
        found = { reason: `cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown error"}` };
      }
    }
    this.#texts.set(file, found);
    return found;
  }

  /** In bytes; undefined for whatever is no regular file inside the root. */
  #size(file: string): number | undefined {
    let size = this.#sizes.get(file);
    if (size === undefined && !this.#sizes.has(file)) {
      const inside = isInside(file) && this.#folderIsOurs(file);
      const stat = inside ? lstatSync(`${this.root}/${file}`, { throwIfNoEntry: false }) : undefined;
      size = stat?.isFile() === true ? stat.size : undefined;
      this.#sizes.set(file, size);
    }
    return size;
  }

  #folderIsOurs(file: string): boolean {
    const slash = file.lastIndexOf("/");
    if (slash < 0) return true;
    const folder = file.slice(0, slash);
    let ours = this.#folders.get(folder);
    if (ours === undefined) {
      try {
        ours = realpathSync(join(this.root, folder)) === join(this.#realRoot, folder);
      } catch {
        ours = false;
      }
      this.#folders.set(folder, ours);
    }
    return ours;
  }

  #sparse(file: string): string | undefined {
    if (this.git === undefined) return undefined;
    const entry = this.#list().get(file);
    return entry?.sparse === true && entry.kind === "file" ? entry.object : undefined;
  }

  #list(): ReadonlyMap<string, WorkingEntry> {
    if (this.#entries === undefined) {
      const entries = this.git === undefined ? walk(this.root) : listWorkingTree(this.git);
      this.#entries = new Map(entries.map((entry) => [entry.file, entry]));
    }
    return this.#entries;
  }
}

function isInside(file: string): boolean {
  return file !== "" && !file.startsWith("/") && !file.includes("\0") && !/(^|\/)\.\.?(\/|$)/.test(file);
}

function walk(root: string): WorkingEntry[] {
  const entries: WorkingEntry[] = [];
  const folders = [""];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    let children;
    try {
      children = readdirSync(join(root, folder), { withFileTypes: true });
    } catch {
      continue;
    }
    for (const child of children) {
      const file = folder + child.name;
      if (child.isDirectory()) {
        if (!NOT_OURS.has(child.name)) folders.push(`${file}/`);
      } else if (child.isFile() || child.isSymbolicLink()) {
        const kind = child.isFile() ? "file" : "symbolic link";
        entries.push({ file, kind, tracked: true, sparse: false });
        if (entries.length >= MAX_WALKED_FILES) return entries;
      }
    }
  }
  return entries.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
}
