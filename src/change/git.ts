/**
 * Everything the project asks git. Each call is one short-lived process: it costs milliseconds, so callers ask for
 * lists and not for single files. Nothing here writes to the repository, runs a hook or goes to the network.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type GitErrorKind =
  "no-git" | "not-a-repository" | "dubious-ownership" | "unknown-revision" | "missing-object" | "failed";

/** A git command that could not answer. The message is a sentence for the reader. */
export class GitError extends Error {
  override readonly name = "GitError";
  constructor(
    readonly kind: GitErrorKind,
    message: string,
  ) {
    super(message);
  }
}

export interface GitOptions {
  /**
   * Read a repository that another user owns, as in a container job. Git refuses that by default, because the
   * repository's own configuration may name programs to run.
   */
  readonly trustOwner?: boolean;
}

/** Variables with which git tells a hook where its repository is; they would redirect every command of ours. */
const REDIRECTING = [
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_CEILING_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_CONFIG",
  "GIT_CONFIG_PARAMETERS",
  "GIT_DIR",
  "GIT_EXTERNAL_DIFF",
  "GIT_GLOB_PATHSPECS",
  "GIT_GRAFT_FILE",
  "GIT_ICASE_PATHSPECS",
  "GIT_IMPLICIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_LITERAL_PATHSPECS",
  "GIT_NAMESPACE",
  "GIT_NOGLOB_PATHSPECS",
  "GIT_OBJECT_DIRECTORY",
  "GIT_PREFIX",
  "GIT_REPLACE_REF_BASE",
  "GIT_SHALLOW_FILE",
  "GIT_WORK_TREE",
];

const GLOBAL_ARGUMENTS = [
  "--no-pager",
  "--no-replace-objects",
  "-c",
  "core.quotepath=off",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "submodule.recurse=false",
];

function environment(root: string, options: GitOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const name of REDIRECTING) delete env[name];
  env["LC_ALL"] = "C";
  env["GIT_TERMINAL_PROMPT"] = "0";
  env["GIT_OPTIONAL_LOCKS"] = "0";
  // In a partial clone git fetches what is missing; we have no network but the API that the Action was given.
  env["GIT_NO_LAZY_FETCH"] = "1";
  env["GIT_ALLOW_PROTOCOL"] = "none";
  if (options.trustOwner === true) {
    const count = Number.parseInt(env["GIT_CONFIG_COUNT"] ?? "0", 10) || 0;
    env["GIT_CONFIG_COUNT"] = String(count + 1);
    env[`GIT_CONFIG_KEY_${count}`] = "safe.directory";
    env[`GIT_CONFIG_VALUE_${count}`] = "*";
  }
  return env;
}

/** Largest output of one command, in bytes. A listing of a million files is about 100 MB. */
const MAX_OUTPUT = 1 << 29;

function failure(stderr: string, command: string, root: string): GitError {
  const first = stderr.replace(/^(fatal|error): /, "").split("\n")[0] ?? "";
  if (stderr.includes("dubious ownership")) {
    return new GitError(
      "dubious-ownership",
      `Another user owns the repository in ${root}, so git refuses to read it. ` +
        `If you trust it: git config --global --add safe.directory '${root}'`,
    );
  }
  if (stderr.includes("not a git repository")) {
    return new GitError("not-a-repository", `${root} is not in a git repository.`);
  }
  if (/transport '.*' not allowed|could not fetch|lazy fetching disabled|missing blob|unable to read/.test(stderr)) {
    return new GitError(
      "missing-object",
      "The clone is partial and lacks file contents that the check reads. Clone without a filter, " +
        "or fetch the rest with: git fetch --refetch --no-filter",
    );
  }
  return new GitError("failed", `git ${command} failed: ${first || "no message"}`);
}

/** One repository, read through git's command line. */
export class Git {
  readonly #env: NodeJS.ProcessEnv;

  constructor(
    readonly root: string,
    options: GitOptions = {},
  ) {
    this.#env = environment(root, options);
  }

  /**
   * Runs one command and returns what it printed.
   * `accept` lists exit codes other than 0 that are an answer and not a failure.
   */
  run(args: readonly string[], options: { input?: string; accept?: readonly number[] } = {}): Buffer {
    const result = spawnSync("git", [...GLOBAL_ARGUMENTS, ...args], {
      cwd: this.root,
      env: this.#env,
      maxBuffer: MAX_OUTPUT,
      windowsHide: true,
      ...(options.input === undefined ? { stdio: ["ignore", "pipe", "pipe"] } : { input: options.input }),
    });
    if (result.error !== undefined) {
      const code = (result.error as NodeJS.ErrnoException).code;
      if (code === "ENOENT") throw missingProgramOrFolder(this.root);
      throw new GitError("failed", `git ${args[0] ?? ""} failed: ${result.error.message}`);
    }
    if (result.status === 0 || options.accept?.includes(result.status ?? -1) === true) return result.stdout;
    throw failure(result.stderr.toString("utf8"), args[0] ?? "", this.root);
  }
}

function missingProgramOrFolder(root: string): GitError {
  // spawn reports a missing working directory as a missing program.
  const probe = spawnSync("git", ["--version"], { windowsHide: true, stdio: "ignore" });
  return probe.error === undefined
    ? new GitError("not-a-repository", `There is no folder ${root}.`)
    : new GitError("no-git", "git was not found on PATH. The check reads the change through git.");
}

export interface RepositoryState {
  /** The folder with the working tree, as git names it; of a bare repository, the repository itself. */
  readonly root: string;
  readonly gitDirectory: string;
  readonly shallow: boolean;
  /** Absent before the first commit. */
  readonly head?: string;
}

/** Whether a folder stands in a working tree: not so in a bare repository. Throws a GitError outside a repository. */
export function hasWorkingTree(folder: string, options: GitOptions = {}): boolean {
  return new Git(folder, options).run(["rev-parse", "--is-inside-work-tree"]).toString("latin1").trim() === "true";
}

/** Finds the repository that a folder belongs to. Throws a GitError where there is none, or no working tree in it. */
export function repositoryState(
  folder: string,
  options: GitOptions & { readonly bare?: boolean } = {},
): RepositoryState {
  const git = new Git(folder, options);
  const printed = git
    .run(
      [
        "rev-parse",
        "--path-format=absolute",
        ...(options.bare === true ? [] : ["--show-toplevel"]),
        "--absolute-git-dir",
        "--is-shallow-repository",
        "--verify",
        "--quiet",
        "HEAD^{commit}",
      ],
      { accept: [1] },
    )
    .toString("utf8")
    .replace(/\n$/, "")
    .split("\n");
  const shallowAt = printed.findLastIndex((line) => line === "true" || line === "false");
  const head = printed[shallowAt + 1];
  const gitDirectory = printed[shallowAt - 1] ?? "";
  return {
    root: options.bare === true ? gitDirectory : printed.slice(0, shallowAt - 1).join("\n"),
    gitDirectory,
    shallow: printed[shallowAt] === "true",
    ...(head === undefined ? {} : { head }),
  };
}

function refuseOption(revision: string): void {
  if (revision === "" || revision.startsWith("-") || /[\0\n]/.test(revision)) {
    throw new GitError("unknown-revision", `${JSON.stringify(revision)} is not a revision.`);
  }
}

/** The commit that a revision names, or undefined where the repository does not have it. */
export function resolveCommit(git: Git, revision: string): string | undefined {
  refuseOption(revision);
  const printed = git
    .run(["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`], { accept: [1, 128] })
    .toString("utf8")
    .trim();
  // Before git 2.43 the separator is printed too.
  const commit = printed.split("\n").at(-1) ?? "";
  return /^[0-9a-f]{40,64}$/.test(commit) ? commit : undefined;
}

export interface NamedCommit {
  readonly label: string;
  readonly commit: string;
}

/** Where the default branch stands: the remote's own word for it, then the usual names. */
export function defaultBranch(git: Git): NamedCommit | undefined {
  const names = [
    "refs/remotes/origin/HEAD",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/heads/main",
    "refs/heads/master",
  ];
  const found = new Map<string, NamedCommit>();
  const listing = git
    .run(["for-each-ref", "--format=%(refname)%00%(symref)%00%(objecttype)%00%(objectname)", "--", ...names])
    .toString("utf8");
  for (const line of listing.split("\n")) {
    const [name, symbolic, type, commit] = line.split("\0");
    if (name === undefined || commit === undefined || type !== "commit") continue;
    const label = (symbolic === undefined || symbolic === "" ? name : symbolic).replace(/^refs\/(remotes|heads)\//, "");
    found.set(name, { label, commit });
  }
  for (const name of names) {
    const commit = found.get(name);
    if (commit !== undefined) return commit;
  }
  return undefined;
}

/** The name of the branch that is checked out; undefined where HEAD is detached. */
export function currentBranch(git: Git): string | undefined {
  const name = git
    .run(["symbolic-ref", "--quiet", "--short", "HEAD"], { accept: [1] })
    .toString("utf8")
    .trim();
  return name === "" ? undefined : name;
}

/** The best common ancestor, or undefined where the history at hand has none. */
export function mergeBase(git: Git, one: string, other: string): string | undefined {
  refuseOption(one);
  refuseOption(other);
  const commit = git
    .run(["merge-base", "--", one, other], { accept: [1] })
    .toString("utf8")
    .trim();
  return commit === "" ? undefined : commit;
}

/** Whether a commit is another one, or one that the other builds on. */
export function isAncestor(git: Git, older: string, newer: string): boolean {
  return mergeBase(git, older, newer) === older;
}

/** Of some commits those that no other of them builds on. */
export function independentCommits(git: Git, commits: readonly string[]): readonly string[] {
  for (const commit of commits) refuseOption(commit);
  return git
    .run(["merge-base", "--independent", "--", ...commits])
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
}

export interface Tag {
  readonly name: string;
  readonly commit: string;
  /** When that was committed, in seconds since 1970. */
  readonly date: number;
}

/**
 * Tags of commits, the newest commit first.
 * @param merged Only those that this commit is, or builds on.
 */
export function listTags(git: Git, merged?: string): readonly Tag[] {
  if (merged !== undefined) refuseOption(merged);
  const fields = ["%(refname:strip=2)", "%(objectname)", "%(committerdate:unix)"];
  // Of a tag with a message the commit that it is for.
  const peeled = ["%(*objectname)", "%(*committerdate:unix)"];
  const listing = git
    .run([
      "for-each-ref",
      `--format=${[...fields, ...peeled].join("%00")}`,
      ...(merged === undefined ? [] : [`--merged=${merged}`]),
      "--",
      "refs/tags",
    ])
    .toString("utf8");
  const tags: Tag[] = [];
  for (const line of listing.split("\n")) {
    const [name = "", object = "", date = "", peeledObject = "", peeledDate = ""] = line.split("\0");
    const [commit, seconds] = peeledDate === "" ? [object, date] : [peeledObject, peeledDate];
    if (seconds !== "") tags.push({ name, commit, date: Number(seconds) });
  }
  return tags.sort((one, other) => other.date - one.date);
}

export interface ChangedFile {
  readonly file: string;
  readonly status: "added" | "modified" | "deleted" | "renamed";
  /** Only with `renamed`. */
  readonly previousFile?: string;
}

/**
 * The files that differ between a commit and another one, or the working tree where `to` is absent.
 * @param renames `exact`: only those that keep their contents, for which git reads no contents. Default: similar ones too.
 */
export function changedFiles(
  git: Git,
  from: string,
  to?: string,
  renames: "similar" | "exact" = "similar",
): readonly ChangedFile[] {
  refuseOption(from);
  if (to !== undefined) refuseOption(to);
  const options = [
    "-z",
    "--name-status",
    renames === "exact" ? "-M100%" : "-M",
    "--no-ext-diff",
    "--no-color",
    "--ignore-submodules=all",
  ];
  // `git diff` and not `diff-index`: only the former looks into files whose time alone changed.
  const args =
    to === undefined
      ? ["diff", ...options, "--no-textconv", from, "--"]
      : ["diff-tree", "-r", ...options, from, to, "--"];
  const fields = git.run(args).toString("utf8").split("\0");
  const changed: ChangedFile[] = [];
  for (let index = 0; index + 1 < fields.length;) {
    const letter = fields[index++]?.[0];
    const file = fields[index++] ?? "";
    if (letter === "R") {
      changed.push({ file: fields[index++] ?? "", status: "renamed", previousFile: file });
    } else if (letter === "C") {
      changed.push({ file: fields[index++] ?? "", status: "added" });
    } else {
      changed.push({ file, status: letter === "A" ? "added" : letter === "D" ? "deleted" : "modified" });
    }
  }
  return changed;
}

export interface Commit {
  readonly commit: string;
  /** Absent where the history at hand starts. */
  readonly firstParent?: string;
  /** The committer's, in ISO 8601. */
  readonly date: string;
  readonly subject: string;
  /** The message without its subject. */
  readonly body: string;
}

/** Commits of the first-parent line from `tip` whose difference to their first parent touches the files, newest first. */
export function firstParentCommits(git: Git, tip: string, paths: readonly string[], limit: number): readonly Commit[] {
  refuseOption(tip);
  const printed = git.run([
    ...["-c", "log.showSignature=false", "-c", "i18n.logOutputEncoding=UTF-8"],
    ...["log", "-z", "-s", "--first-parent", "--no-notes", "--no-mailmap", `--max-count=${String(limit)}`],
    ...["--format=%H%n%P%n%cI%n%s%n%b", "--end-of-options", tip, "--", ...paths],
  ]);
  const commits: Commit[] = [];
  for (const entry of printed.toString("utf8").split("\0")) {
    const [commit, parents, date, subject, ...body] = entry.split("\n");
    if (commit === undefined || parents === undefined || date === undefined || subject === undefined) continue;
    const [firstParent] = parents.split(" ");
    commits.push({ commit, ...(firstParent && { firstParent }), date, subject, body: body.join("\n") });
  }
  return commits;
}

/** The commit by which a file that `tip` has came onto its first-parent line; undefined where the history at hand lacks it. */
export function addedBy(git: Git, tip: string, file: string): string | undefined {
  refuseOption(tip);
  const commit = git
    .run([
      ...["-c", "log.showSignature=false", "log", "-s", "--first-parent", "-m", "--no-renames", "--diff-filter=A"],
      ...["--max-count=1", "--format=%H", "--end-of-options", tip, "--", `:(literal,top)${file}`],
    ])
    .toString("latin1")
    .trim();
  return commit === "" ? undefined : commit;
}

/** How many commits the first-parent line has, from `tip` back to `until`, both counted. */
export function countFirstParents(git: Git, tip: string, until?: string): number {
  refuseOption(tip);
  if (until !== undefined) refuseOption(until);
  const range = until === undefined ? [tip] : [tip, `^${until}`];
  const counted = git.run(["rev-list", "--count", "--first-parent", "--end-of-options", ...range, "--"]);
  return Number(counted.toString("latin1")) + (until === undefined ? 0 : 1);
}

/** Whether a commit has a parent that the clone, a shallow one, does not hold. */
export function hasParent(git: Git, commit: string): boolean {
  return /^parent /m.test(readObjects(git, [commit])[0]?.toString("latin1").split("\n\n")[0] ?? "");
}

/** Whether the clone leaves out file contents that this commit has: a partial one, made with a filter. */
export function lacksContents(git: Git, repository: RepositoryState, commit: string): boolean {
  refuseOption(commit);
  const config = readIfThere(join(repository.gitDirectory, "config")) ?? "";
  if (!/^\s*(?:partialclone\s*=|promisor\s*=\s*true)/im.test(config)) return false;
  return missingObjects(git, commit).size > 0;
}

/** Objects of a commit's tree that a partial clone does not have. */
export function missingObjects(git: Git, commit: string): ReadonlySet<string> {
  refuseOption(commit);
  const listed = git.run(["rev-list", "--objects", "--missing=print", "--no-walk", commit, "--"]).toString("latin1");
  return new Set(Array.from(listed.matchAll(/^\?([0-9a-f]+)$/gm), ([, object = ""]) => object));
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

export type EntryKind = "file" | "symbolic link" | "submodule";

const KIND_OF_MODE: Readonly<Record<string, EntryKind>> = { "120000": "symbolic link", "160000": "submodule" };

export interface TreeEntry {
  readonly file: string;
  readonly kind: EntryKind;
  readonly object: string;
}

/** Every entry of a commit's tree, folders excepted. */
export function listTree(git: Git, commit: string): readonly TreeEntry[] {
  refuseOption(commit);
  const entries: TreeEntry[] = [];
  for (const line of git.run(["ls-tree", "-r", "-z", "--full-tree", commit, "--"]).toString("utf8").split("\0")) {
    // `<mode> <type> <object>\t<file>`
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    entries.push({
      file: line.slice(tab + 1),
      kind: KIND_OF_MODE[line.slice(0, 6)] ?? "file",
      object: line.slice(line.lastIndexOf(" ", tab) + 1, tab),
    });
  }
  return entries;
}

export interface WorkingEntry {
  readonly file: string;
  readonly kind: EntryKind;
  readonly tracked: boolean;
  /** Left out of the working tree by a sparse checkout; its contents are those of `object`. */
  readonly sparse: boolean;
  readonly object?: string;
}

/** Every file that git tracks or does not ignore. Tracked files may be gone from the disk. */
export function listWorkingTree(git: Git): readonly WorkingEntry[] {
  const entries: WorkingEntry[] = [];
  let previous: string | undefined;
  const listing = git.run(["ls-files", "-z", "-t", "-s", "--cached", "--others", "--exclude-standard", "--"]);
  for (const line of listing.toString("utf8").split("\0")) {
    if (line.startsWith("? ")) {
      const file = line.slice(2);
      // A folder with a repository of its own ends in a slash.
      if (!file.endsWith("/")) entries.push({ file, kind: "file", tracked: false, sparse: false });
      continue;
    }
    // `<tag> <mode> <object> <stage>\t<file>`; an unmerged file has up to three stages.
    const tab = line.indexOf("\t");
    if (tab < 0) continue;
    const file = line.slice(tab + 1);
    if (file === previous) continue;
    previous = file;
    const kind = KIND_OF_MODE[line.slice(2, 8)] ?? "file";
    entries.push({ file, kind, tracked: true, sparse: line.startsWith("S"), object: line.slice(9, tab - 2) });
  }
  return entries;
}

/** The contents of many objects, in the order asked for; undefined where the repository lacks one. */
export function readObjects(git: Git, objects: readonly string[]): readonly (Buffer | undefined)[] {
  if (objects.length === 0) return [];
  for (const object of objects) refuseOption(object);
  const output = git.run(["cat-file", "--batch"], { input: `${objects.join("\n")}\n` });
  const contents: (Buffer | undefined)[] = [];
  let at = 0;
  for (let index = 0; index < objects.length; index++) {
    const end = output.indexOf(10, at);
    const header = output.toString("latin1", at, end).split(" ");
    at = end + 1;
    if (header[1] === "missing" || header[2] === undefined) {
      contents.push(undefined);
      continue;
    }
    const size = Number(header[2]);
    contents.push(output.subarray(at, at + size));
    at += size + 1;
  }
  return contents;
}

export interface GrepHit {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/** Longest pattern, in UTF-16 units; Linux takes arguments of 128 KiB at most. */
const MAX_PATTERN = 20_000;

/** Patterns that match any of the words. Git tries one pattern after another on each line, so few are much faster. */
function alternations(words: readonly string[]): readonly string[] {
  const patterns: string[] = [];
  for (const word of words) {
    const escaped = word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const last = patterns.at(-1);
    if (last === undefined || last.length + escaped.length > MAX_PATTERN) patterns.push(escaped);
    else patterns[patterns.length - 1] = `${last}|${escaped}`;
  }
  return patterns.map((pattern) => `(${pattern})`);
}

interface GrepPlaces {
  readonly exclude: readonly string[];
  readonly only?: readonly string[] | undefined;
}

/** Runs `git grep` for whole words in text files of a commit, or of the working tree where `commit` is absent. */
function grep(
  git: Git,
  words: readonly string[],
  { exclude, only }: GrepPlaces,
  commit: string | undefined,
  what: readonly string[],
): string {
  if (commit !== undefined) refuseOption(commit);
  const args = ["grep", "-w", "-z", "-I", "-E", "--full-name", "--no-color", "--no-recurse-submodules", ...what];
  for (const pattern of alternations(words)) args.push("-e", pattern);
  if (commit === undefined) args.push("--untracked");
  else args.push(commit);
  args.push("--", ...(only?.map((pattern) => `:(glob)${pattern}`) ?? ["."]));
  args.push(...exclude.map((pattern) => `:(exclude,glob)${pattern}`));
  return git.run(args, { accept: [1] }).toString("utf8");
}

/**
 * Whole-word search for fixed strings in text files of a commit, or of the working tree where `commit` is absent.
 * `exclude` and `only` hold glob patterns as in a pathspec with `glob` magic; without `only` all files are searched.
 */
export function grepWords(git: Git, words: readonly string[], places: GrepPlaces, commit?: string): readonly GrepHit[] {
  if (words.length === 0) return [];
  const output = grep(git, words, places, commit, ["-n", "--no-column"]);
  const prefix = commit === undefined ? 0 : commit.length + 1;
  const hits: GrepHit[] = [];
  for (let at = 0; at < output.length;) {
    const afterFile = output.indexOf("\0", at);
    const afterLine = output.indexOf("\0", afterFile + 1);
    let end = output.indexOf("\n", afterLine + 1);
    if (end < 0) end = output.length;
    hits.push({
      file: output.slice(at + prefix, afterFile),
      line: Number(output.slice(afterFile + 1, afterLine)),
      text: output.slice(afterLine + 1, end),
    });
    at = end + 1;
  }
  return hits;
}

/** The files in which `grepWords` finds something; git stops at the first word of each. */
export function grepFiles(git: Git, words: readonly string[], places: GrepPlaces, commit?: string): readonly string[] {
  if (words.length === 0) return [];
  const prefix = commit === undefined ? 0 : commit.length + 1;
  const files = grep(git, words, places, commit, ["-l"]).split("\0");
  return files.filter((file) => file !== "").map((file) => file.slice(prefix));
}

/** Tracked files of the working tree that are not what the index says. */
export function modifiedFiles(git: Git): readonly string[] {
  const args = ["diff-files", "-z", "--name-only", "--relative", "--ignore-submodules=all", "--"];
  return git
    .run(args)
    .toString("utf8")
    .split("\0")
    .filter((file) => file !== "");
}
