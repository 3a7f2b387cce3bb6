/** Which files of each side may name what is looked for: those that have its name. */
import type { Side } from "../model/reference.js";
import type { Tree } from "../model/tree.js";
import { literalGlob } from "../text/glob.js";
import { checkTime } from "../text/out-of-time.js";
import { NOT_APPLICATION_CODE } from "./application-files.js";
import { escapeRegExp } from "./escapes.js";
import type { Sought } from "./sought.js";

/** The code of a change. */
export interface CodeSides {
  /** Absent where there is none to compare with. */
  readonly base?: Tree;
  /** What has shipped, where that is not base. */
  readonly release?: { readonly tag: string; readonly tree: Tree };
  readonly head: Tree;
  /** Globs of what is no application code: the migrations. */
  readonly exclude: readonly string[];
  /** Folders with application code; absent or empty: all of the tree. */
  readonly code?: readonly string[];
  /** Globs of the only files that matter. Absent: all. */
  readonly only?: readonly string[];
}

/** More paths than these take git longer to compare with than the files take it to search. */
const MAX_PATHS = 1000;

/** The tree of one side. Of what head has just as well, its contents are head's. */
export class SideTree {
  readonly #files = new Map<WordSearch, readonly string[]>();
  #own: readonly string[] | undefined;

  constructor(
    readonly side: Side,
    readonly tree: Tree,
    readonly sides: CodeSides,
    /** Absent for head itself. */
    readonly head?: SideTree,
    /** The tag, where it is a released version. */
    readonly release?: string,
  ) {}

  read(file: string): string | undefined {
    return this.isHeads(file) ? this.head?.read(file) : this.tree.read(file);
  }

  /** The files of application code that have one of the words. Those of head are not searched again. */
  filesWith(search: WordSearch): readonly string[] {
    let files = this.#files.get(search);
    if (files === undefined) {
      files = this.#search(search);
      this.#files.set(search, files);
      const toRead = this.head === undefined ? files : files.filter((file) => !this.isHeads(file));
      this.tree.prefetch?.(toRead);
    }
    return files;
  }

  #search(search: WordSearch): readonly string[] {
    if (search.words.length === 0) return [];
    const { exclude, only } = this.sides;
    const { head } = this;
    const grep = (paths = only): readonly string[] => {
      const without = [...exclude, ...NOT_APPLICATION_CODE];
      const files =
        this.tree.filesWith?.(search.words, without, paths) ??
        new Set(this.tree.grep(search.words, without, paths).map(({ file }) => file));
      return [...files].filter((file) => this.#isCode(file));
    };
    if (head === undefined) return grep();
    this.#own ??= this.tree.files().filter((file) => !this.isHeads(file));
    const shared = head.filesWith(search).filter((file) => this.isHeads(file));
    if (this.#own.length === 0) return shared;
    const few = only === undefined && this.#own.length <= MAX_PATHS;
    const own = grep(few ? this.#own.map(literalGlob) : only);
    return [...shared, ...own.filter((file) => !this.isHeads(file))];
  }

  /** Whether head has the very same file. */
  isHeads(file: string): boolean {
    if (this.head === undefined) return false;
    const id = this.tree.contentId?.(file);
    return id !== undefined && id === this.head.tree.contentId?.(file);
  }

  #isCode(file: string): boolean {
    const { code } = this.sides;
    if (code === undefined || code.length === 0) return true;
    return code.some((folder) => {
      const path = folder.replace(/^\.\//, "").replace(/\/+$/, "");
      return path === "" || path === "." || file === path || file.startsWith(`${path}/`);
    });
  }
}

/** What a search found in a text. */
interface Named {
  readonly text: string;
  /** In how many lines each word is. */
  readonly lines: ReadonlyMap<string, number>;
  /** The keys of the targets whose names these are. */
  readonly keys: readonly string[];
}

/** Looks for words, in each text once although several sides have it. */
export class WordSearch {
  readonly #pattern: RegExp;
  readonly #named = new Map<string, Named>();

  constructor(
    readonly words: readonly string[],
    readonly sought: Sought,
  ) {
    // Letters beyond ASCII are letters, too.
    const letter = "[\\w$\\u00c0-\\u1fff\\u2c00-\\ud7ff]";
    this.#pattern = new RegExp(`(?<!${letter})(?:${words.map(escapeRegExp).join("|")})(?!${letter})`, "g");
  }

  in(file: string, text: string): Named {
    let named = this.#named.get(file);
    if (named?.text !== text) this.#named.set(file, (named = this.#read(text)));
    return named;
  }

  #read(text: string): Named {
    const seen = new Map<string, { lines: number; end: number }>();
    const pattern = this.#pattern;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const [word] = match;
      let known = seen.get(word);
      if (known === undefined) seen.set(word, (known = { lines: 0, end: 0 }));
      if (match.index < known.end) continue;
      const end = text.indexOf("\n", match.index);
      known.lines++;
      known.end = end < 0 ? text.length : end;
    }
    const lines = new Map(Array.from(seen, ([word, { lines }]) => [word, lines]));
    const targets = new Set(Array.from(lines.keys()).flatMap((word) => this.sought.foundAs(word)));
    return { text, lines, keys: Array.from(targets, ({ key }) => key) };
  }
}

/** The files of one side that have a name in them. */
export class CandidateFiles {
  readonly #lines = new Map<string, number>();
  readonly #files = new Map<string, Set<string>>();

  constructor(readonly tree: SideTree) {}

  /** The keys of the targets whose names each file has. */
  get files(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.#files;
  }

  /** In how many lines one of the names is. */
  lines(names: Iterable<string>): number {
    let lines = 0;
    for (const name of names) lines = Math.max(lines, this.#lines.get(name) ?? 0);
    return lines;
  }

  add(search: WordSearch): void {
    for (const file of this.tree.filesWith(search)) {
      checkTime();
      const text = this.tree.read(file);
      if (text === undefined) continue;
      const { lines, keys } = search.in(file, text);
      for (const [word, count] of lines) this.#lines.set(word, (this.#lines.get(word) ?? 0) + count);
      this.#addKeys(file, keys);
    }
  }

  #addKeys(file: string, keys: readonly string[]): void {
    if (keys.length === 0) return;
    const known = this.#files.get(file);
    if (known === undefined) this.#files.set(file, new Set(keys));
    else for (const key of keys) known.add(key);
  }
}
