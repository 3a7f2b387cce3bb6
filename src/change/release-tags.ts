/** Which tags say what has shipped, and which of two is the newer version. */
import { matcher } from "./overlay-tree.js";

/**
 * How a tag says of itself that it has not shipped: `v2.0.0-rc.1`, `1.0b2`, `3.0.0.M1`, `nightly`. No word of it can be
 * part of a commit's name. Other words behind a version (`-hotfix.1`, `-2`) are of something that ships.
 */
const PRE_RELEASE =
  /(?<![a-z])(?:alpha|beta|rc|pre|preview|prerelease|dev|canary|nightly|next|snapshot|test(?:ing)?|milestone|unstable|experimental|insiders?|edge)(?![a-z])|\d\.\d+\.?[abm]\d+(?![a-z\d])/i;

/** A predicate for the names of tags. */
export interface ReleaseTags {
  /** What every tag that matches starts with. */
  readonly prefix: string;
  readonly matches: (tag: string) => boolean;
  /** Whether a tag that matches is left out, because it names a pre-release and the pattern names none. */
  readonly isPreRelease: (tag: string) => boolean;
  /** Orders by version, the newer one last; 0 where the versions do not tell. */
  readonly compare: (one: string, other: string) => number;
}

/** @param pattern A glob: `v*`, `server-v*`, `release/*`. */
export function releaseTags(pattern: string): ReleaseTags {
  const prefix = /^[^*?[\]{}()!+@\\]*/.exec(pattern)?.[0] ?? "";
  const version = (tag: string): string => (tag.startsWith(prefix) ? tag.slice(prefix.length) : tag);
  const named = PRE_RELEASE.test(pattern);
  return {
    prefix,
    matches: matcher([pattern]),
    isPreRelease: (tag) => !named && PRE_RELEASE.test(version(tag)),
    compare: (one, other) => compareNumbers(numbersOf(version(one)), numbersOf(version(other))),
  };
}

/** The first numbers that stand together: 1, 2 and 3 of `1.2.3-hotfix.4`. What follows them has no common order. */
function numbersOf(version: string): readonly number[] {
  return (/\d+(?:[._]\d+)*/.exec(version)?.[0] ?? "").split(/[._]/).map(Number);
}

/** `1.2` and `1.2.0` are the same. */
function compareNumbers(one: readonly number[], other: readonly number[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
