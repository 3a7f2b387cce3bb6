/** Base and head of a run, from the event, the checkout and, where the checkout lacks base, GitHub's API. */
import { gitChangeSource, type ChangeSource } from "../change/change-source.js";
import { Git, repositoryState } from "../change/git.js";
import { memoryTree } from "../change/overlay-tree.js";
import { apiChangeSource, type ApiBase } from "./api-change-source.js";
import type { GitHubApi } from "./api.js";
import type { Event, PullRequest } from "./event.js";

/** A container job runs as another user than the checkout's owner; our git calls run nothing of the repository's. */
const GIT = { trustOwner: true } as const;

export interface ChangeOptions {
  readonly event: Event;
  /** The checkout. */
  readonly root: string;
  /** The input of that name. */
  readonly base?: string;
  /** Absent without a token. */
  readonly api?: GitHubApi;
}

interface Wanted {
  /** A revision of the checkout. Absent: the default branch as git knows it. */
  readonly revision?: string;
  /** What people call it; absent: as git does. */
  readonly label?: string;
  /** How to ask the API for it. */
  readonly api?: ApiBase;
}

/** Reads the change that the event is about. Throws a GitError where the checkout is no repository. */
export async function readChange({ event, root, base, api }: ChangeOptions): Promise<ChangeSource> {
  const repository = repositoryState(root, GIT);
  const head = repository.head ?? "HEAD";
  if (base === undefined && isFirstPush(event)) return firstPush(root);
  const wanted =
    base === undefined ? wantedOf(event, headParents(repository.root), head) : { revision: base, label: base };
  const { revision, label } = wanted;
  const read = gitChangeSource({
    root,
    repository,
    head: "HEAD",
    ...(revision !== undefined && { base: revision }),
    ...GIT,
  });
  const source = { ...read, head: { ...read.head, label: headLabel(event) } };
  if (source.incomplete.length > 0 && wanted.api && api) {
    return apiChangeSource(api, source, wanted.api, label ?? "the default branch");
  }
  return { ...source, ...(source.base && { base: { ...source.base, label: label ?? source.base.label } }) };
}

function headLabel({ trigger }: Event): string {
  return trigger.kind === "pull request" ? `pull request ${String(trigger.pullRequest.number)}` : "the checkout";
}

function wantedOf({ trigger, defaultBranch }: Event, parents: readonly string[], head: string): Wanted {
  switch (trigger.kind) {
    case "pull request":
      return wantedOfPullRequest(trigger.pullRequest, parents, head);
    case "merge group":
      return { revision: trigger.base, label: trigger.branch, api: comparison(trigger.base, head) };
    case "push":
      if (trigger.before === undefined) return wantedOfBranch(defaultBranch, head);
      return {
        revision: trigger.before,
        label: `${trigger.branch} before the push`,
        api: comparison(trigger.before, head),
      };
    case "workflow run":
    case "other":
      return wantedOfBranch(defaultBranch, head);
  }
}

function wantedOfBranch(branch: string | undefined, head: string): Wanted {
  if (branch === undefined) return {};
  return { revision: `refs/remotes/origin/${branch}`, label: branch, api: comparison(branch, head) };
}

function isFirstPush({ trigger, defaultBranch }: Event): boolean {
  return trigger.kind === "push" && trigger.before === undefined && trigger.branch === defaultBranch;
}

/** The push that creates the default branch: everything is new. */
function firstPush(root: string): ChangeSource {
  const { findRelease: _, ...source } = gitChangeSource({ root, head: "HEAD", base: "HEAD", ...GIT });
  const label = "nothing";
  return {
    ...source,
    head: { ...source.head, label: "the checkout" },
    base: { label, tree: memoryTree(new Map(), label) },
    changed: source.head.tree.files().map((file) => ({ file, status: "added" })),
  };
}

function comparison(base: string, head: string): ApiBase {
  return { kind: "comparison", base, head };
}

/**
 * actions/checkout takes the merge of the pull request into its base, whose first parent is that base. Where the
 * workflow asks for another commit, the base of the event is compared with it.
 */
function wantedOfPullRequest(pullRequest: PullRequest, parents: readonly string[], head: string): Wanted {
  const { base, number, changedFiles } = pullRequest;
  const [first, second] = parents;
  if (first !== undefined && second === pullRequest.head.commit) {
    return { revision: "HEAD^1", label: base.branch, api: { kind: "merge", number, changedFiles, commit: first } };
  }
  return { revision: base.commit, label: base.branch, api: comparison(base.commit, head) };
}

/** The parents that HEAD names, also where a shallow clone does not hold them. */
function headParents(root: string): string[] {
  const commit = new Git(root, GIT).run(["cat-file", "commit", "HEAD"]).toString("utf8");
  const headers = commit.slice(0, commit.indexOf("\n\n"));
  return Array.from(headers.matchAll(/^parent ([0-9a-f]+)$/gm), ([, parent]) => parent!);
}
