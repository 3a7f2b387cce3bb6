/** The release that runs where a change is going to: the newest one that base builds on. */
import type { Incompleteness } from "../model/report.js";
import type { Tree } from "../model/tree.js";
import { changedFiles, independentCommits, isAncestor, lacksContents, listTags, mergeBase } from "./git.js";
import type { ChangedFile, Git, RepositoryState, Tag } from "./git.js";
import { GitTree, type ObjectTexts } from "./git-tree.js";
import { type ReleaseTags, releaseTags } from "./release-tags.js";

export interface Release {
  readonly tag: string;
  readonly commit: string;
  readonly tree: Tree;
  /** What base has otherwise; a file whose contents changed together with its name is one deleted and one added. */
  changed(): readonly ChangedFile[];
}

/**
 * `first`: there was none yet, and that tag was to be the first one: nothing had shipped. `none` and `incomplete` say why
 * there is no answer.
 */
export type ReleaseSearch =
  | { readonly release: Release }
  | { readonly first: string }
  | { readonly none: string }
  | { readonly incomplete: Incompleteness };

export interface ReleaseOptions {
  /** Only tags whose commit is as old or older, in seconds since 1970: those that there were when base was new. */
  readonly until?: number;
  /** A commit whose tags came after it: that of the merge which is judged. */
  readonly except?: string;
  readonly texts?: ObjectTexts;
}

/** More tags than these are not compared with each other; the newest count. */
const COMPARED = 100;

/** The tags of a repository that match a pattern, seen from one branch. */
export class Releases {
  readonly #git: Git;
  readonly #repository: RepositoryState;
  readonly #pattern: string;
  readonly #names: ReleaseTags;
  #tags: readonly Tag[] | undefined;
  /** By how many tags there were. One line of history has one answer until there is another tag. */
  readonly #newest = new Map<number, { readonly tag: Tag | "unknown" | undefined }>();

  constructor(git: Git, repository: RepositoryState, pattern: string) {
    this.#git = git;
    this.#repository = repository;
    this.#pattern = pattern;
    this.#names = releaseTags(pattern);
  }

  /** The newest release that a commit builds on. */
  newestFor(base: string, options: ReleaseOptions = {}): ReleaseSearch {
    const tag = this.#newestTag(base, options);
    if (tag === undefined) return this.#repository.shallow ? SHALLOW : (this.#first(options) ?? this.#none());
    if (tag === "unknown") return SHALLOW;
    if (lacksContents(this.#git, this.#repository, tag.commit)) return PARTIAL;
    return {
      release: {
        tag: tag.name,
        commit: tag.commit,
        tree: new GitTree(this.#git, tag.commit, tag.name, options.texts),
        changed: () => this.#changedSince(tag.commit, base),
      },
    };
  }

  /** What base has otherwise. A file that only the release's own branch has got was not deleted. */
  #changedSince(tag: string, base: string): readonly ChangedFile[] {
    const files = changedFiles(this.#git, tag, base, "exact");
    const left = mergeBase(this.#git, tag, base);
    if (left === undefined || left === tag) return files;
    const shared = new GitTree(this.#git, left, left);
    return files.filter(({ file, status }) => status !== "deleted" || shared.has(file));
  }

  #newestTag(base: string, options: ReleaseOptions): Tag | "unknown" | undefined {
    const tags = this.#releases(options);
    if (tags.length === 0) return undefined;
    let newest = this.#newest.get(tags.length);
    if (newest === undefined) this.#newest.set(tags.length, (newest = { tag: this.#choose(base, tags) }));
    return newest.tag;
  }

  /**
   * Of the tags that base contains those that no other of them contains, and of those the highest version. A release
   * that was made on a branch of its own is not contained; it counts where that branch left base later.
   */
  #choose(base: string, tags: readonly Tag[]): Tag | "unknown" | undefined {
    const within = new Set(listTags(this.#git, base).map(({ name }) => name));
    const contained = this.#highest(this.#independent(tags.filter(({ name }) => within.has(name))));
    const apart = this.#highest(
      tags.filter(({ name, date, commit }) => {
        if (within.has(name) || commit === contained?.commit) return false;
        return contained === undefined || (date >= contained.date && this.#names.compare(name, contained.name) >= 0);
      }),
    );
    if (apart === undefined) return contained;
    const left = mergeBase(this.#git, apart.commit, base);
    if (left === undefined) return this.#repository.shallow ? "unknown" : contained;
    return contained === undefined || isAncestor(this.#git, contained.commit, left) ? apart : contained;
  }

  #releases({ until = Infinity, except }: ReleaseOptions): readonly Tag[] {
    return this.#all().filter(
      ({ name, date, commit }) => date <= until && commit !== except && !this.#names.isPreRelease(name),
    );
  }

  /** Newest first. */
  #all(): readonly Tag[] {
    return (this.#tags ??= listTags(this.#git).filter(({ name }) => this.#names.matches(name)));
  }

  #independent(tags: readonly Tag[]): readonly Tag[] {
    const newest = tags.slice(0, COMPARED);
    if (newest.length < 2) return newest;
    const commits = new Set(independentCommits(this.#git, [...new Set(newest.map(({ commit }) => commit))]));
    return newest.filter(({ commit }) => commits.has(commit));
  }

  /** The highest version; of equal ones the newest. */
  #highest(tags: readonly Tag[]): Tag | undefined {
    return tags.reduce<Tag | undefined>(
      (best, tag) =>
        best === undefined || (this.#names.compare(tag.name, best.name) || tag.date - best.date) > 0 ? tag : best,
      undefined,
    );
  }

  /**
   * The release that all others came after, where it is younger than a moment of the past. Of today nobody can tell that
   * there will be one: a pattern without a tag may have a slip of the pen in it.
   */
  #first({ until, except }: ReleaseOptions): ReleaseSearch | undefined {
    const oldest = this.#releases({}).at(-1);
    if (until === undefined || oldest === undefined) return undefined;
    return oldest.date > until || oldest.commit === except ? { first: oldest.name } : undefined;
  }

  #none(): ReleaseSearch {
    const tags = this.#all();
    if (tags.every(({ name }) => this.#names.isPreRelease(name))) return noRelease(this.#pattern, tags[0]?.name);
    return { none: `No tag that matches \`${this.#pattern}\` shares history with the base` };
  }
}

/** The release of one base, asked for at most once a pattern. */
export function releaseFinder(
  git: Git,
  repository: RepositoryState,
  base: string,
  options?: ReleaseOptions,
): (pattern: string) => ReleaseSearch {
  const found = new Map<string, ReleaseSearch>();
  return (pattern) => {
    let search = found.get(pattern);
    if (search === undefined) {
      found.set(pattern, (search = new Releases(git, repository, pattern).newestFor(base, options)));
    }
    return search;
  };
}

/** @param preRelease A tag that matches, where there is one. */
export function noRelease(pattern: string, preRelease: string | undefined): ReleaseSearch {
  if (preRelease === undefined) return { none: `No tag matches \`${pattern}\`` };
  return { none: `Only pre-releases match \`${pattern}\`, such as ${preRelease}, and the pattern names none` };
}

/** @param reason Why the checkout's git does not tell, or what else was tried, as a sentence. */
export function unknownRelease(reason: string): ReleaseSearch {
  return {
    incomplete: {
      reason: `It is not known which release the base builds on, and so not what has shipped. ${reason}`,
      fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow --tags`.",
    },
  };
}

const SHALLOW = unknownRelease("The clone is shallow.");

const PARTIAL: ReleaseSearch = {
  incomplete: {
    reason: "The clone is partial and lacks contents of the newest release, so it is not known what has shipped.",
    fix: "Remove `filter` from actions/checkout, or run `git fetch --refetch --no-filter`.",
  },
};
