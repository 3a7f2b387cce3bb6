/** What started the run: the event's payload, read as the untrusted data it is. */
import { readFileSync } from "node:fs";
import { ConfigurationError } from "./problem.js";

export interface Repository {
  readonly owner: string;
  readonly name: string;
}

export interface PullRequest {
  readonly number: number;
  /** Neither merged nor closed when the event happened. */
  readonly open: boolean;
  /** From another repository: its token can only read. */
  readonly fork: boolean;
  readonly base: { readonly branch: string; readonly commit: string };
  readonly head: { readonly commit: string };
  /** As they were when the event happened. */
  readonly labels: readonly string[];
  readonly body: string;
  /** How many files GitHub says it changes. */
  readonly changedFiles: number;
}

export type Trigger =
  | { readonly kind: "pull request"; readonly pullRequest: PullRequest }
  | {
      readonly kind: "merge group";
      readonly base: string;
      readonly head: string;
      readonly branch: string;
      /** The number of the pull request that the group adds to what it stands on. */
      readonly pullRequest?: number;
    }
  /** `before` is absent for a branch that the push created. */
  | { readonly kind: "push"; readonly before?: string; readonly head: string; readonly branch: string }
  /** Another run has ended, of an event with this name; `head` is its commit, on a branch of `owner`'s repository. */
  | {
      readonly kind: "workflow run";
      readonly event: string;
      readonly run: string;
      readonly head: string;
      readonly owner: string;
      readonly branch: string;
    }
  /** `workflow_dispatch`, `schedule` and others that name no base. */
  | { readonly kind: "other"; readonly name: string };

export interface Event {
  readonly repository: Repository;
  readonly defaultBranch?: string;
  readonly trigger: Trigger;
}

/** Reads the event of this run from the runner's environment. Throws a ConfigurationError where it cannot be used. */
export function readEvent(env: NodeJS.ProcessEnv): Event {
  const name = env["GITHUB_EVENT_NAME"] ?? "";
  const [owner, repository] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
  if (!owner || !repository)
    throw new ConfigurationError("GITHUB_REPOSITORY is not set: this runs as a GitHub Action.");
  if (name === "pull_request_target") {
    throw new ConfigurationError(
      "This action does not run on pull_request_target: that event has write access and secrets beside code of a " +
        "stranger. Use `on: pull_request`; for pull requests from forks the findings are in the annotations and in " +
        "the summary of the run, and a second workflow on `workflow_run` can comment on them.",
    );
  }
  const payload = readPayload(env["GITHUB_EVENT_PATH"]);
  const defaultBranch = text(payload, "repository", "default_branch");
  return {
    repository: { owner, name: repository },
    ...(defaultBranch !== undefined && { defaultBranch }),
    trigger: triggerOf(name, payload),
  };
}

function triggerOf(name: string, payload: unknown): Trigger {
  switch (name) {
    case "pull_request":
      return { kind: "pull request", pullRequest: pullRequestOf(payload) };
    case "merge_group": {
      // `refs/heads/gh-readonly-queue/main/pr-104-<commit>`
      const queued = /^refs\/heads\/gh-readonly-queue\/.+\/pr-(\d{1,12})-[0-9a-f]{40,64}$/.exec(
        text(payload, "merge_group", "head_ref") ?? "",
      );
      return {
        kind: "merge group",
        ...(queued && { pullRequest: Number(queued[1]) }),
        base: commit(name, payload, "merge_group", "base_sha"),
        head: commit(name, payload, "merge_group", "head_sha"),
        branch: branchName(text(payload, "merge_group", "base_ref") ?? ""),
      };
    }
    case "push": {
      const before = text(payload, "before");
      return {
        kind: "push",
        ...(before !== undefined && COMMIT.test(before) && !/^0+$/.test(before) && { before }),
        head: commit(name, payload, "after"),
        branch: branchName(text(payload, "ref") ?? ""),
      };
    }
    case "workflow_run": {
      const run = at(payload, "workflow_run", "id");
      return {
        kind: "workflow run",
        event: text(payload, "workflow_run", "event") ?? "",
        run: typeof run === "number" ? String(run) : "",
        head: commit(name, payload, "workflow_run", "head_sha"),
        owner: text(payload, "workflow_run", "head_repository", "owner", "login") ?? "",
        branch: text(payload, "workflow_run", "head_branch") ?? "",
      };
    }
    default:
      return { kind: "other", name };
  }
}

function pullRequestOf(payload: unknown): PullRequest {
  const number = at(payload, "pull_request", "number");
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 1) throw unusable("pull_request");
  const changedFiles = at(payload, "pull_request", "changed_files");
  return {
    number,
    open: text(payload, "pull_request", "state") !== "closed",
    // A repository that was deleted since is not this one either.
    fork: text(payload, "pull_request", "head", "repo", "full_name") !== text(payload, "repository", "full_name"),
    base: {
      branch: text(payload, "pull_request", "base", "ref") ?? "",
      commit: commit("pull_request", payload, "pull_request", "base", "sha"),
    },
    head: { commit: commit("pull_request", payload, "pull_request", "head", "sha") },
    labels: list(payload, "pull_request", "labels").flatMap((label) => text(label, "name") ?? []),
    body: text(payload, "pull_request", "body") ?? "",
    changedFiles: typeof changedFiles === "number" ? changedFiles : 0,
  };
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

function commit(event: string, payload: unknown, ...path: string[]): string {
  const value = text(payload, ...path);
  if (value === undefined || !COMMIT.test(value)) throw unusable(event);
  return value;
}

function branchName(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, "");
}

function unusable(event: string): ConfigurationError {
  return new ConfigurationError(`The payload of this ${event} event is not what GitHub documents.`);
}

function readPayload(path: string | undefined): unknown {
  if (!path) return {};
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new ConfigurationError("The event's payload at GITHUB_EVENT_PATH cannot be read as JSON.");
  }
}

function text(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" ? found : undefined;
}

function list(value: unknown, ...path: string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (found, key) =>
      typeof found === "object" && found !== null && Object.hasOwn(found, key)
        ? (found as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}
