/** One word found in a file of a tree. */
export interface WordHit {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/**
 * The files of one side of a change, read as data. Paths are relative to the repository's root, with `/`.
 * Symbolic links and submodules are not in it. All calls are synchronous: ESLint's rules are.
 */
export interface Tree {
  /** What a person calls it: `main`, `the working tree`, `refs/pull/7/merge`. */
  readonly label: string;
  /** Every file that git tracks (and, in a working tree, that it does not ignore). */
  files(): readonly string[];
  has(file: string): boolean;
  /** The file's text, its byte order mark included; undefined where there is none, or where it is not valid UTF-8 text. */
  read(file: string): string | undefined;
  /** Why `read` has no text for a file that is there, as a sentence without its subject and final stop. */
  whyUnreadable?(file: string): string | undefined;
  /** Entries that are no files: symbolic links, submodules. */
  notFiles?(): readonly { readonly file: string; readonly kind: string }[];
  /** Says which files will be read soon, so that they can be fetched in one go. */
  prefetch?(files: readonly string[]): void;
  /**
   * Whole-word, case-sensitive search for any of the words in text files.
   * `exclude` and `only` hold glob patterns that git understands; without `only` all files are searched.
   */
  grep(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly WordHit[];
  /** The files in which `grep` finds something: cheaper, where only that is asked. Absent: `grep` itself says it. */
  filesWith?(words: readonly string[], exclude: readonly string[], only?: readonly string[]): readonly string[];
  /** What names a file's contents, the same in all trees of a repository; undefined where that is not known. */
  contentId?(file: string): string | undefined;
}
