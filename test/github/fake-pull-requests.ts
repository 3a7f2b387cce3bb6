/** Pull requests, their reviews and the events of their labels, as GitHub's API describes them. */
import examples from "@octokit/webhooks-examples" with { type: "json" };

export interface PullRequest {
  /** The tip of the base branch, and the last commit of the pull request's. */
  readonly base: string;
  readonly head: string;
  /** Default: `change`. */
  readonly branch?: string;
  /** The full name of the fork that it comes from. */
  readonly fork?: string;
  readonly state?: "open" | "closed";
  readonly body?: string;
  /** The login of who opened it. */
  readonly author?: string;
  /** Each with the login of who set it. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ReviewComment {
  readonly id: number;
  readonly pullRequest: number;
  readonly account: { readonly login: string; readonly type: "Bot" | "User" };
  readonly path: string;
  readonly line: number;
  readonly startLine?: number;
  readonly commit: string;
  readonly body: string;
  readonly inReplyTo?: number;
}

/** What a request for a review says of one comment. */
export interface DraftComment {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: string;
  readonly start_line?: number;
  readonly start_side?: string;
}

interface Example {
  readonly pull_request: Record<string, unknown> & {
    base: { repo: Record<string, unknown> };
    head: { repo: Record<string, unknown> };
  };
}

/** GitHub's own example of a pull request, with what a test says of it. */
export function pullRequestBody(number: number, pullRequest: PullRequest, repository: string): unknown {
  const { base, head, branch = "change", fork, state = "open", body = "", author, labels = {} } = pullRequest;
  const found = (examples as unknown as { name: string; examples: Example[] }[]).find(
    ({ name }) => name === "pull_request",
  );
  const example = structuredClone(found!.examples[0]!.pull_request);
  const owner = (full: string): string => full.split("/")[0]!;
  return {
    ...example,
    auto_merge: null,
    ...(author !== undefined && { user: { ...(example.user as object), login: author } }),
    number,
    state,
    body,
    labels: Object.keys(labels).map((name) => labelBody(name)),
    base: {
      ...example.base,
      sha: base,
      ref: "main",
      label: `${owner(repository)}:main`,
      repo: { ...example.base.repo, full_name: repository },
    },
    head: {
      ...example.head,
      sha: head,
      ref: branch,
      label: `${owner(fork ?? repository)}:${branch}`,
      repo: { ...example.head.repo, full_name: fork ?? repository, fork: fork !== undefined },
    },
  };
}

function labelBody(name: string): unknown {
  return {
    id: 1,
    node_id: "1",
    url: "https://api.github.com/labels/1",
    name,
    description: "",
    color: "ff0000",
    default: false,
  };
}

export function labelEvents(labels: Readonly<Record<string, string>>, account: (login: string) => unknown): unknown[] {
  return Object.entries(labels).map(([name, login], index) => ({
    id: index + 1,
    node_id: String(index),
    url: "https://api.github.com/events/1",
    actor: account(login),
    event: "labeled",
    commit_id: null,
    commit_url: null,
    created_at: "2026-01-01T00:00:00Z",
    performed_via_github_app: null,
    label: { name, color: "ff0000" },
  }));
}

/**
 * Why GitHub refuses a comment of a review: a line that is in none of the file's hunks, or lines of two hunks. A review
 * with one such comment is refused whole.
 */
export function draftProblem(draft: DraftComment, patch: string | undefined): string | undefined {
  if (draft.line === undefined) return "line is missing";
  if (patch === undefined) return `${draft.path} is not part of the diff`;
  const start = draft.start_line ?? draft.line;
  if (draft.start_line !== undefined && draft.start_line >= draft.line) return "start_line must precede line";
  const inside = hunksOf(patch).some(([from, to]) => from <= start && draft.line! <= to);
  return inside ? undefined : `${draft.path}:${String(draft.line)} must be part of the diff`;
}

/** First and last line of each hunk on the right-hand side. */
function hunksOf(patch: string): [number, number][] {
  return Array.from(patch.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm), ([, from, count = "1"]) => [
    Number(from),
    Number(from) + Number(count) - 1,
  ]);
}

export function reviewCommentBody(comment: ReviewComment, account: unknown, api: string): unknown {
  const { id, pullRequest, path, line, startLine, commit, body, inReplyTo } = comment;
  const url = `${api}/pulls/comments/${String(id)}`;
  return {
    id,
    node_id: String(id),
    url,
    pull_request_review_id: 1,
    diff_hunk: "@@ -0,0 +1 @@",
    path,
    commit_id: commit,
    original_commit_id: commit,
    user: account,
    body,
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    html_url: url,
    pull_request_url: `${api}/pulls/${String(pullRequest)}`,
    author_association: "NONE",
    _links: { self: { href: url }, html: { href: url }, pull_request: { href: url } },
    line,
    side: "RIGHT",
    ...(startLine !== undefined && { start_line: startLine, start_side: "RIGHT" }),
    ...(inReplyTo !== undefined && { in_reply_to_id: inReplyTo }),
  };
}

export function reviewBody(body: string, commit: string, account: unknown, url: string): unknown {
  return {
    id: 1,
    node_id: "1",
    user: account,
    body,
    state: "COMMENTED",
    html_url: url,
    pull_request_url: url,
    _links: { html: { href: url }, pull_request: { href: url } },
    commit_id: commit,
    author_association: "NONE",
  };
}
