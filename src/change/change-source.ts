/** Base, head and what differs between them, before anybody asks which of the files are migrations. */
import { realpathSync } from "node:fs";
import type { Incompleteness } from "../model/report.js";
import type { Tree } from "../model/tree.js";
import {
  addedBy,
  changedFiles,
  defaultBranch,
  Git,
  GitError,
  isAncestor,
  lacksContents,
  mergeBase,
  repositoryState,
  resolveCommit,
} from "./git.js";
import type { ChangedFile, GitOptions, NamedCommit, RepositoryState } from "./git.js";
import { GitTree, type ObjectTexts } from "./git-tree.js";
import { releaseFinder, type ReleaseSearch } from "./releases.js";
import { WorkingTree } from "./working-tree.js";

export type { ChangedFile } from "./git.js";

export interface ChangeSide {
  readonly label: string;
  readonly commit?: string;
  readonly tree: Tree;
}

export interface ChangeSource {
  readonly root: string;
  /** Absent where there is nothing to compare with, or where it could not be read: then `incomplete` says why. */
  readonly base?: ChangeSide;
  readonly head: ChangeSide;
  /** The commit that head was compared with: together with `changed` it says what head holds. */
  readonly comparedWith?: string;
  /** What differs between base (or the merge base with it) and head. */
  readonly changed: readonly ChangedFile[];
  readonly incomplete: readonly Incompleteness[];
  /**
   * The newest release that base builds on.
   * @param pattern A glob that its tag matches.
   */
  readonly findRelease?: (pattern: string) => ReleaseSearch;
  /** The text with which a file of base was merged; undefined where the history at hand does not tell. Absent: no history. */
  readonly mergedText?: (file: string) => string | undefined;
  /** Whether a file of base was merged behind another one; undefined where the history at hand does not tell. */
  readonly mergedBehind?: (file: string, other: string) => boolean | undefined;
}

/** Another pull request, as a change of the same base. */
export interface OtherPullRequest {
  readonly number: number;
  readonly source: ChangeSource;
}

export interface GitChangeOptions extends GitOptions {
  /** Any folder of the repository. */
  readonly root: string;
  /** A revision. Absent: the default branch. */
  readonly base?: string;
  /** A revision. Absent: the working tree. */
  readonly head?: string;
  /** What git has said of the folder already. */
  readonly repository?: RepositoryState;
}

/**
 * Reads the change from git. Files are compared with the merge base of `base` and head; `base.tree` is the tip of
 * `base`, which is what the migrations will meet.
 *
 * Throws a GitError where there is no repository, where head does not exist, and where a base that was asked for does
 * not exist in a complete clone. A base that this checkout merely lacks is `incomplete`.
 */
export function gitChangeSource(options: GitChangeOptions): ChangeSource {
  const repository = options.repository ?? repositoryState(options.root, options);
  const git = new Git(repository.root, options);
  const head = headOf(git, repository, options.head);
  const source = (rest: Partial<ChangeSource>): ChangeSource => ({
    root: repository.root,
    head,
    changed: [],
    incomplete: [],
    ...rest,
  });

  const base = baseOf(git, repository, options.base);
  if (base === undefined) {
    // Before the first commit there is nothing to compare with, and nothing is missing either.
    if (options.base === undefined && head.commit === undefined && repository.head === undefined) return source({});
    return source({ incomplete: [missingBase(options.base, repository)] });
  }
  if (
    [base.commit, ...(head.commit === undefined ? [] : [head.commit])].some((commit) =>
      lacksContents(git, repository, commit),
    )
  ) {
    return source({ incomplete: [PARTIAL_CLONE] });
  }
  const tree = new GitTree(git, base.commit, base.label);
  const headCommit = head.commit ?? repository.head;
  const from = headCommit === undefined ? base.commit : mergeBase(git, base.commit, headCommit);
  if (from === undefined && repository.shallow) {
    return source({ base: { ...base, tree }, incomplete: [missingMergeBase(base.label)] });
  }
  const comparedWith = from ?? base.commit;
  const changed = changedFiles(git, comparedWith, head.commit);
  const complete = head.tree instanceof WorkingTree ? withUntracked(changed, head.tree, tree) : changed;
  const findRelease = releaseFinder(git, repository, base.commit);
  const mergedText = (file: string): string | undefined => mergedTextOf(git, repository, base.commit, file);
  const mergedBehind = (file: string, other: string): boolean | undefined =>
    wasMergedBehind(git, repository, base.commit, [file, other]);
  return source({ base: { ...base, tree }, comparedWith, changed: complete, findRelease, mergedText, mergedBehind });
}

/** The text with which a file of `base` was merged. A shallow clone starts with files that are older. */
export function mergedTextOf(
  git: Git,
  { shallow }: RepositoryState,
  base: string,
  file: string,
  texts?: ObjectTexts,
): string | undefined {
  const commit = shallow ? undefined : addedBy(git, base, file);
  return commit && new GitTree(git, commit, commit, texts).read(file);
}

export function wasMergedBehind(
  git: Git,
  { shallow }: RepositoryState,
  base: string,
  [file, other]: readonly [string, string],
): boolean | undefined {
  const [later, earlier] = shallow ? [] : [addedBy(git, base, file), addedBy(git, base, other)];
  if (later === undefined || earlier === undefined) return undefined;
  return later !== earlier && isAncestor(git, earlier, later);
}

/** Files that git does not track yet are added; with the contents of a deleted one they are that file, renamed. */
function withUntracked(changed: readonly ChangedFile[], head: WorkingTree, base: Tree): readonly ChangedFile[] {
  const known = new Set(changed.map(({ file }) => file));
  const untracked = head.untracked().filter((file) => !known.has(file));
  if (untracked.length === 0) return changed;
  const deleted = changed.filter(({ file, status }) => status === "deleted" && isSql(file));
  const byText = new Map(deleted.map(({ file }) => [base.read(file), file]));
  byText.delete(undefined);
  const renamed = new Set<string>();
  const added = untracked.map((file): ChangedFile => {
    const previousFile = byText.size > 0 && isSql(file) ? byText.get(head.read(file)) : undefined;
    if (previousFile === undefined || renamed.has(previousFile)) return { file, status: "added" };
    renamed.add(previousFile);
    return { file, status: "renamed", previousFile };
  });
  return [...changed.filter(({ file }) => !renamed.has(file)), ...added];
}

function isSql(file: string): boolean {
  return /\.sql$/i.test(file);
}

/** A folder outside a repository, or a check of files by themselves: there is no base, and none is missing. */
export function folderChangeSource(folder: string, options: GitOptions = {}): ChangeSource {
  try {
    const { root } = repositoryState(folder, options);
    const tree = new WorkingTree(root, new Git(root, options));
    return { root, head: { label: tree.label, tree }, changed: [], incomplete: [] };
  } catch (error) {
    if (!(error instanceof GitError) || (error.kind !== "not-a-repository" && error.kind !== "no-git")) throw error;
    const root = realpathSync(folder);
    const tree = new WorkingTree(root);
    return { root, head: { label: tree.label, tree }, changed: [], incomplete: [] };
  }
}

function headOf(git: Git, repository: RepositoryState, revision: string | undefined): ChangeSide {
  if (revision === undefined) {
    const tree = new WorkingTree(repository.root, git);
    return { label: tree.label, tree };
  }
  const commit = revision === "HEAD" ? repository.head : resolveCommit(git, revision);
  if (commit === undefined) throw new GitError("unknown-revision", `There is no revision ${revision} in this clone.`);
  return { label: revision, commit, tree: new GitTree(git, commit, revision) };
}

function baseOf(git: Git, repository: RepositoryState, revision: string | undefined): NamedCommit | undefined {
  if (revision === undefined) return defaultBranch(git);
  const commit = resolveCommit(git, revision);
  if (commit !== undefined) return { label: revision, commit };
  if (repository.shallow || /^[0-9a-f]{40,64}$/.test(revision)) return undefined;
  const remote = /^([^/]+)\/(.+)$/.exec(revision);
  const hint = remote === null ? "" : ` If it is a branch of ${remote[1]}: git fetch ${remote[1]} ${remote[2]}`;
  throw new GitError("unknown-revision", `There is no revision ${revision} in this clone.${hint}`);
}

function missingBase(revision: string | undefined, repository: RepositoryState): Incompleteness {
  if (revision === undefined) {
    return {
      reason: "The default branch is not in this clone, so it is not known which migrations are new.",
      fix: repository.shallow
        ? "Set `fetch-depth: 0` on actions/checkout, or run `git fetch origin main`."
        : "Run `git fetch origin main`, or name the base: `migration-safety check --base REF`.",
    };
  }
  if (/^HEAD(\^1?|~1?)$/.test(revision)) {
    return {
      reason:
        "The checkout holds a single commit, so the base of this pull request cannot be read and it is not known " +
        "which migrations are new.",
      fix: "Set `fetch-depth: 2` on actions/checkout.",
    };
  }
  return {
    reason: `The base ${revision} is not in this clone, so it is not known which migrations are new.`,
    fix: "Set `fetch-depth: 0` on actions/checkout.",
  };
}

const PARTIAL_CLONE: Incompleteness = {
  reason: "The clone is partial and lacks contents of files, so the change cannot be read.",
  fix: "Remove `filter` from actions/checkout, or run `git fetch --refetch --no-filter`.",
};

function missingMergeBase(label: string): Incompleteness {
  return {
    reason: `The clone is shallow and ends before the commit where this branch left ${label}, so it is not known which migrations are new.`,
    fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow`.",
  };
}
