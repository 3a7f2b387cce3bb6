import { createRequire } from "node:module";
import type { Tree, WordHit } from "../model/tree.js";
import { searchWords } from "./word-search.js";

const require = createRequire(import.meta.url);

/** A tree with some files replaced, added, or removed (`undefined`). */
export class OverlayTree implements Tree {
  #files: readonly string[] | undefined;

  constructor(
    readonly under: Tree,
    readonly over: ReadonlyMap<string, string | undefined>,
    readonly label: string,
  ) {}

  files(): readonly string[] {
    if (this.#files === undefined) {
      const files = this.under.files().filter((file) => !this.over.has(file));
      for (const [file, text] of this.over) if (text !== undefined) files.push(file);
      this.#files = files;
    }
    return this.#files;
  }

  has(file: string): boolean {
    return this.over.has(file) ? this.over.get(file) !== undefined : this.under.has(file);
  }

  read(file: string): string | undefined {
    return this.over.has(file) ? this.over.get(file) : this.under.read(file);
  }

  whyUnreadable(file: string): string | undefined {
    return this.over.has(file) ? undefined : this.under.whyUnreadable?.(file);
  }

  notFiles(): readonly { file: string; kind: string }[] {
    return (this.under.notFiles?.() ?? []).filter(({ file }) => !this.over.has(file));
  }

  prefetch(files: readonly string[]): void {
    this.under.prefetch?.(files.filter((file) => !this.over.has(file)));
  }

  grep(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly WordHit[] {
    const hits = this.under.grep(words, exclude, only).filter(({ file }) => !this.over.has(file));
    return [...hits, ...this.#grepOver(words, exclude, only)];
  }

  filesWith(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly string[] {
    const { under } = this;
    const files = under.filesWith?.(words, exclude, only) ?? under.grep(words, exclude, only).map(({ file }) => file);
    const over = this.#grepOver(words, exclude, only).map(({ file }) => file);
    return [...new Set([...files.filter((file) => !this.over.has(file)), ...over])];
  }

  contentId(file: string): string | undefined {
    return this.over.has(file) ? undefined : this.under.contentId?.(file);
  }

  #grepOver(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly WordHit[] {
    const excluded = notSearched(exclude, only);
    const texts: [string, string][] = [];
    for (const [file, text] of this.over) if (text !== undefined && !excluded(file)) texts.push([file, text]);
    return searchWords(texts, words);
  }
}

const EMPTY_TREE: Tree = {
  label: "nothing",
  files: () => [],
  has: () => false,
  read: () => undefined,
  grep: () => [],
};

/** A tree that is held in memory. */
export function memoryTree(files: ReadonlyMap<string, string>, label: string): Tree {
  return new OverlayTree(EMPTY_TREE, files, label);
}

const GLOB = /^\.\/|[\\*?[\]{}()!+@|]/;

/** Matches the files that a search leaves out. */
export function notSearched(exclude: readonly string[], only?: readonly string[]): (file: string) => boolean {
  const excluded = matcher(exclude);
  if (only === undefined) return excluded;
  const included = matcher(only);
  return (file) => excluded(file) || !included(file);
}

/** Matches paths against glob patterns as git's `glob` pathspecs do: `**` crosses folders, dots are not special. */
export function matcher(patterns: readonly string[]): (file: string) => boolean {
  // A list of a thousand files is looked up, not tried one by one.
  const paths = new Set(patterns.filter((pattern) => !GLOB.test(pattern)));
  const globs = patterns.filter((pattern) => GLOB.test(pattern));
  if (globs.length === 0) return (file) => paths.has(file);
  const picomatch = require("picomatch") as typeof import("picomatch");
  const matchesGlob = picomatch(globs, { dot: true, nonegate: true });
  return (file) => paths.has(file) || matchesGlob(file);
}
