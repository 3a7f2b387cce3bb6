/** Payloads of events: GitHub's own examples, with the commits and repositories of a test. */
import examples from "@octokit/webhooks-examples" with { type: "json" };

export const NO_COMMIT = "0".repeat(40);

export interface TestEvent {
  readonly name: string;
  readonly payload: Payload;
}

/** Only what the tests set; a payload holds much more. */
export interface Payload {
  number?: number;
  before?: string;
  after?: string;
  ref?: string;
  action?: string;
  deleted?: boolean;
  repository: { full_name: string; default_branch: string };
  pull_request?: {
    number: number | string;
    changed_files: number;
    body: string | null;
    labels: { name: string }[];
    base: { sha: string; ref: string; repo: { full_name: string } };
    head: { sha: string; ref: string; repo: { full_name: string; fork: boolean } | null };
  };
  workflow_run?: { head_repository: { owner: object } };
  merge_group?: { base_sha: string; head_sha: string; base_ref: string; head_ref: string };
}

function example(name: string, fits: (payload: Payload) => boolean = () => true): Payload {
  const event = (examples as unknown as { name: string; examples: Payload[] }[]).find((one) => one.name === name);
  const payload = event?.examples.find(fits);
  if (!payload) throw new Error(`@octokit/webhooks-examples has no such ${name}`);
  return structuredClone(payload);
}

export interface PullRequestEvent {
  readonly repository: string;
  readonly number: number;
  readonly base: string;
  readonly head: string;
  readonly changedFiles: number;
  /** The full name of the fork that it comes from. */
  readonly fork?: string;
  readonly labels?: readonly string[];
  readonly body?: string;
}

export function pullRequestEvent(options: PullRequestEvent): TestEvent {
  const { repository, number, base, head, changedFiles, fork, labels = [], body = "" } = options;
  const payload = example("pull_request", ({ action }) => action === "synchronize");
  const pullRequest = payload.pull_request!;
  payload.number = number;
  Object.assign(payload.repository, { full_name: repository, default_branch: "main" });
  Object.assign(pullRequest, {
    number,
    changed_files: changedFiles,
    body,
    labels: labels.map((name) => ({ name })),
  });
  Object.assign(pullRequest.base, { sha: base, ref: "main" });
  Object.assign(pullRequest.base.repo, { full_name: repository });
  Object.assign(pullRequest.head, { sha: head, ref: "change" });
  Object.assign(pullRequest.head.repo!, { full_name: fork ?? repository, fork: fork !== undefined });
  return { name: "pull_request", payload };
}

/** @param number The pull request that the group adds. */
export function mergeGroupEvent(repository: string, base: string, head: string, number = 104): TestEvent {
  const payload = example("merge_group");
  payload.repository.full_name = repository;
  Object.assign(payload.merge_group!, {
    base_sha: base,
    head_sha: head,
    base_ref: "refs/heads/main",
    head_ref: `refs/heads/gh-readonly-queue/main/pr-${String(number)}-${base}`,
  });
  return { name: "merge_group", payload };
}

export interface WorkflowRunEvent {
  readonly repository: string;
  /** The event of the run that ended. */
  readonly event: string;
  readonly head: string;
  /** The full name of the repository that the commit is in. */
  readonly from: string;
}

export function workflowRunEvent({ repository, event, head, from }: WorkflowRunEvent): TestEvent {
  const payload = example("workflow_run");
  Object.assign(payload.repository, { full_name: repository, default_branch: "main" });
  const run = payload.workflow_run!;
  // Empty for forks, whatever GitHub's page says.
  Object.assign(run, { id: 4141, event, head_sha: head, head_branch: "change", pull_requests: [] });
  Object.assign(run.head_repository, { full_name: from });
  Object.assign(run.head_repository.owner, { login: from.split("/")[0] });
  return { name: "workflow_run", payload };
}

export interface PushEvent {
  readonly before: string;
  readonly after: string;
  readonly branch: string;
}

export function pushEvent(repository: string, { before, after, branch }: PushEvent): TestEvent {
  const payload = example("push", ({ ref, deleted }) => ref?.startsWith("refs/heads/") === true && !deleted);
  Object.assign(payload.repository, { full_name: repository, default_branch: "main" });
  Object.assign(payload, { before, after, ref: `refs/heads/${branch}` });
  return { name: "push", payload };
}
