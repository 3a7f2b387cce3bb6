/**
 * What a branch has merged, newest first. Each commit of its first-parent line is a merge, as a merge commit or squashed,
 * and is read as the pull request that it was: base is its first parent, head the commit itself.
 */
import type { Tree } from "../model/tree.js";
import {
  mergedTextOf,
  wasMergedBehind,
  type ChangedFile,
  type ChangeSide,
  type ChangeSource,
} from "./change-source.js";
import {
  changedFiles,
  countFirstParents,
  currentBranch,
  defaultBranch,
  firstParentCommits,
  Git,
  GitError,
  hasParent,
  hasWorkingTree,
  repositoryState,
  resolveCommit,
} from "./git.js";
import type { Commit, GitOptions, NamedCommit, RepositoryState } from "./git.js";
import { GitTree } from "./git-tree.js";
import type { ObjectTexts } from "./git-tree.js";
import { memoryTree } from "./overlay-tree.js";
import { Releases, type ReleaseSearch } from "./releases.js";
import { WorkingTree } from "./working-tree.js";

/** Every tool's SQL. */
const SQL_FILES = ":(icase,glob)**/*.sql";

/** Where tools that run programs have them, as a rule; a folder has been called otherwise before it got its name. */
const MIGRATION_FOLDERS = ":(icase,glob)**/*migrat*/**";

/** How many commits are listed in one go; most that touch SQL touch a migration. */
const BATCH = 100;

export interface Merge {
  readonly commit: string;
  /** Absent for the first commit of all. */
  readonly parent?: string;
  /** In ISO 8601. */
  readonly date: string;
  /** The title of the pull request, where the commit tells it; else the commit's subject. */
  readonly title: string;
}

export interface MergeHistoryOptions extends GitOptions {
  /** Any folder of the repository, which may be a bare one. */
  readonly root: string;
  /** The branch, or any revision. Default: the default branch, and where the clone has none, the commit checked out. */
  readonly branch?: string;
  /** Contents that the trees of all merges share. Default: each tree keeps its own. */
  readonly texts?: ObjectTexts;
}

/** The first-parent line of a branch. Throws a GitError where there is no repository, or no such branch. */
export class MergeHistory {
  readonly root: string;
  readonly branch: NamedCommit;
  /** What is checked out, or the branch's tip in a bare repository: the configuration is read there. */
  readonly current: ChangeSide;
  readonly #git: Git;
  readonly #texts: ObjectTexts | undefined;
  readonly #repository: RepositoryState;
  readonly #releases = new Map<string, Releases>();

  constructor(options: MergeHistoryOptions) {
    const bare = !hasWorkingTree(options.root, options);
    const repository = repositoryState(options.root, { ...options, bare });
    this.root = repository.root;
    this.#git = new Git(repository.root, options);
    this.#texts = options.texts;
    this.#repository = repository;
    this.branch = branchOf(this.#git, { ...repository, bare }, options.branch);
    this.current = bare
      ? { label: this.branch.label, commit: this.branch.commit, tree: this.#tree(this.branch.commit) }
      : workingTree(repository.root, this.#git);
  }

  /**
   * Merges that touch what may be a migration, newest first. Ends at the first commit, or where a shallow clone ends.
   * @param folders Folders that have migrations, whatever they are called.
   */
  *touchingMigrations(folders: readonly string[] = []): Generator<Merge> {
    const literal = folders.filter((folder) => folder !== "").map((folder) => `:(literal)${folder}`);
    const paths = [SQL_FILES, MIGRATION_FOLDERS, ...literal];
    for (let from: string | undefined = this.branch.commit; from !== undefined;) {
      const commits = firstParentCommits(this.#git, from, paths, BATCH);
      for (const commit of commits) {
        if (commit.firstParent === undefined && this.#isCutOff(commit.commit)) return;
        yield mergeOf(commit);
      }
      from = commits.length < BATCH ? undefined : commits.at(-1)?.firstParent;
    }
  }

  /** How many commits the branch has, back to one of its merges or, without one, all that the clone holds. */
  countCommits(until?: Merge): number {
    return countFirstParents(this.#git, this.branch.commit, until?.commit);
  }

  /** Whether the clone holds only the newer part of the branch. */
  get isShallow(): boolean {
    return this.#repository.shallow;
  }

  /** A merge as the pull request that it was. Contents that a partial clone lacks are files that cannot be read. */
  source({ commit, parent, date }: Merge): ChangeSource {
    const side = (of: string): ChangeSide => ({ label: of.slice(0, 12), commit: of, tree: this.#tree(of) });
    const head = side(commit);
    const nothing = memoryTree(new Map(), "nothing");
    return {
      root: this.root,
      base: parent === undefined ? { label: nothing.label, tree: nothing } : side(parent),
      head,
      ...(parent !== undefined && { comparedWith: parent }),
      changed: parent === undefined ? allAdded(head.tree) : this.#changedFiles(parent, commit),
      incomplete: [],
      ...(parent !== undefined && {
        findRelease: (pattern) => this.#releaseAt({ commit, parent, date }, pattern),
        mergedText: (file) => mergedTextOf(this.#git, this.#repository, parent, file, this.#texts),
        mergedBehind: (file, other) => wasMergedBehind(this.#git, this.#repository, parent, [file, other]),
      }),
    };
  }

  /** The newest of the releases that there were when a merge was made. */
  #releaseAt(
    { commit, parent, date }: Pick<Merge, "commit" | "date"> & { readonly parent: string },
    pattern: string,
  ): ReleaseSearch {
    let releases = this.#releases.get(pattern);
    if (releases === undefined) {
      this.#releases.set(pattern, (releases = new Releases(this.#git, this.#repository, pattern)));
    }
    const until = Date.parse(date) / 1000;
    return releases.newestFor(parent, { until, except: commit, ...(this.#texts && { texts: this.#texts }) });
  }

  #changedFiles(parent: string, commit: string): readonly ChangedFile[] {
    try {
      return changedFiles(this.#git, parent, commit);
    } catch (error) {
      // To find similar files git reads contents, which a partial clone may lack.
      if (error instanceof GitError) return changedFiles(this.#git, parent, commit, "exact");
      throw error;
    }
  }

  #isCutOff(commit: string): boolean {
    return this.#repository.shallow && hasParent(this.#git, commit);
  }

  #tree(commit: string): Tree {
    return new GitTree(this.#git, commit, commit.slice(0, 12), this.#texts);
  }
}

function branchOf(
  git: Git,
  { bare, head }: { readonly bare: boolean; readonly head?: string },
  asked: string | undefined,
): NamedCommit {
  if (asked !== undefined) {
    const commit = resolveCommit(git, asked);
    if (commit === undefined) throw new GitError("unknown-revision", `There is no revision ${asked} in this clone.`);
    return { label: asked, commit };
  }
  // HEAD of a bare repository is its default branch.
  const found = bare ? undefined : defaultBranch(git);
  if (found !== undefined) return found;
  if (head === undefined) throw new GitError("unknown-revision", "The repository has no commit yet.");
  return { label: currentBranch(git) ?? "HEAD", commit: head };
}

function workingTree(root: string, git: Git): ChangeSide {
  const tree = new WorkingTree(root, git);
  return { label: tree.label, tree };
}

function allAdded(tree: Tree): readonly ChangedFile[] {
  return tree.files().map((file) => ({ file, status: "added" }));
}

function mergeOf({ commit, firstParent, date, subject, body }: Commit): Merge {
  return { commit, ...(firstParent && { parent: firstParent }), date, title: titleOf(subject, body) };
}

/** A merge commit made on GitHub names the branch in its subject, and the pull request's title in its body. */
function titleOf(subject: string, body: string): string {
  const number = /^Merge pull request (#\d+) from /.exec(subject)?.[1];
  const title = number === undefined ? undefined : body.split("\n").find((line) => line.trim() !== "");
  return title === undefined ? subject : `${title.trim()} (${String(number)})`;
}
