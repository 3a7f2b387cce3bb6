/** Payloads of events: GitHub's own examples, with the commits and repositories of a test. */
import examples from "@octokit/webhooks-examples" with { type: "json" };

export const NO_COMMIT = "0".repeat(40);

type Payload = Record<string, any>;

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
}

export function pullRequestEvent(options: PullRequestEvent): { name: string; payload: Payload } {
  const payload = example(
    "pull_request",
    ({ action, pull_request }) => action === "synchronize" && pull_request.head.repo,
  );
  const { repository, number, base, head, changedFiles, fork } = options;
  payload["number"] = number;
  payload["repository"].full_name = repository;
  payload["repository"].default_branch = "main";
  Object.assign(payload["pull_request"], { number, changed_files: changedFiles });
  Object.assign(payload["pull_request"].base, { sha: base, ref: "main" });
  payload["pull_request"].base.repo.full_name = repository;
  Object.assign(payload["pull_request"].head, { sha: head, ref: "change" });
  Object.assign(payload["pull_request"].head.repo, { full_name: fork ?? repository, fork: fork !== undefined });
  return { name: "pull_request", payload };
}

export function mergeGroupEvent(repository: string, base: string, head: string): { name: string; payload: Payload } {
  const payload = example("merge_group");
  payload["repository"].full_name = repository;
  Object.assign(payload["merge_group"], { base_sha: base, head_sha: head, base_ref: "refs/heads/main" });
  return { name: "merge_group", payload };
}

export function pushEvent(
  repository: string,
  { before, after, branch }: { readonly before: string; readonly after: string; readonly branch: string },
): { name: string; payload: Payload } {
  const payload = example("push", ({ ref, deleted }) => ref.startsWith("refs/heads/") && !deleted);
  payload["repository"].full_name = repository;
  payload["repository"].default_branch = "main";
  Object.assign(payload, { before, after, ref: `refs/heads/${branch}` });
  return { name: "push", payload };
}
