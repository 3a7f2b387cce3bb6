import type { WordHit } from "../model/tree.js";

/** How far into a file git looks for a NUL byte to call it binary (buffer_is_binary in git's xdiff-interface.c). */
const BINARY_PROBE = 8000;

/**
 * The same search as `git grep -w -F -I`, for texts that git does not have: unsaved editor buffers, contents that came
 * from an API, folders outside a repository.
 */
export function searchWords(
  files: Iterable<readonly [file: string, text: string]>,
  words: readonly string[],
): WordHit[] {
  const hits: WordHit[] = [];
  if (words.length === 0) return hits;
  const alternatives = [...new Set(words)]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  const pattern = new RegExp(`(?<![A-Za-z0-9_])(?:${alternatives.join("|")})(?![A-Za-z0-9_])`, "g");
  for (const [file, text] of files) {
    const nul = text.indexOf("\0");
    if (nul >= 0 && nul < BINARY_PROBE) continue;
    let line = 1;
    let lineStart = 0;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      for (let next = text.indexOf("\n", lineStart); next >= 0 && next < match.index;) {
        line++;
        lineStart = next + 1;
        next = text.indexOf("\n", lineStart);
      }
      const end = text.indexOf("\n", match.index);
      hits.push({ file, line, text: text.slice(lineStart, end < 0 ? text.length : end) });
      if (end < 0) break;
      pattern.lastIndex = end;
    }
  }
  return hits;
}
