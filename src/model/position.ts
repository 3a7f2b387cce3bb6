/** Places in text. One home for the units, because PostgreSQL, ESLint and GitHub each count differently. */

/**
 * `[start, end)` in UTF-16 code units of a file's text after a byte order mark was removed.
 * JavaScript's own string offsets; PostgreSQL's byte offsets are converted once, in `postgres/`.
 */
export type Range = readonly [start: number, end: number];

/** A stretch of a file; lines and columns are 1-based and count UTF-16 code units, the end is exclusive. */
export interface Place {
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}
