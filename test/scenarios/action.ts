/** The Action as GitHub runs it: the bundle as a child process, a checkout, an event, and a GitHub to talk to. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect } from "vitest";
import { markerOf } from "../../src/github/comment.js";
import { dist } from "../bundle/build.js";
import { serve, type Files, type Served } from "../github/checkout.js";
import { pullRequestEvent } from "../github/events.js";
import { FakeGitHub, GITHUB_ACTIONS, type FakeGitHubOptions, type Token } from "../github/fake-github.js";
import type { PullRequest } from "../github/fake-pull-requests.js";
import { runAction, type RunOptions, type RunResult } from "../github/runner.js";
import { schemaErrors } from "../report/schema.js";
import { figures } from "./figures.js";

export const repository = "acme/shop";
export const NUMBER = 7;
export const MARKER = markerOf("");

type Texts = Readonly<Record<string, string>>;

export const BASE: Texts = {
  "migrations/001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n",
  "src/orders.ts": 'export const find = () => db.query("SELECT id FROM orders");\n',
};
export const UNSAFE: Texts = {
  "migrations/002_orders_account.sql":
    "SET lock_timeout = '2s';\n\nCREATE INDEX orders_account_idx ON orders (account_id);\n",
};
export const SAFE: Texts = {
  "migrations/002_notes.sql": "SET lock_timeout = '2s';\nALTER TABLE orders ADD COLUMN note text;\n",
};

/** What UNSAFE shows beside its line. */
export const FINDING = {
  level: "error",
  title: "no-blocking-index-build",
  file: "migrations/002_orders_account.sql",
  line: 3,
  endLine: 3,
  column: 1,
  endColumn: 55,
  message:
    "Building orders_account_idx blocks every INSERT, UPDATE and DELETE on orders until it is done. Build it with " +
    "CREATE INDEX CONCURRENTLY in a file of its own that your runner sends without a transaction.",
};
export const FAILED = { level: "error", message: "1 error in the migrations. Change 1 statement before you merge." };

export const READ_ONLY: Readonly<Record<string, Token>> = { token: { account: GITHUB_ACTIONS, access: "read" } };
export const NO_ACCESS: Readonly<Record<string, Token>> = { token: { account: GITHUB_ACTIONS, access: "none" } };

export let served: Served;
export let github: FakeGitHub;

export interface StartOptions extends Partial<Omit<FakeGitHubOptions, "pullRequests">> {
  /** What there is of the pull request beside its commits. */
  readonly pullRequest?: Partial<PullRequest>;
  /** What there was before `base`, tagged v1.0.0. */
  readonly released?: Files;
}

/** Serves a repository with a pull request. */
export async function start(base: Files, change: Files, options: StartOptions = {}): Promise<void> {
  const { pullRequest, released, ...rest } = options;
  served = serve(base, change, released);
  github = await FakeGitHub.start({
    repository,
    git: served.git,
    pullRequests: { [NUMBER]: { base: served.base, head: served.head, ...pullRequest } },
    ...rest,
  });
}

/** The pull request's author pushes: the same GitHub, with what people wrote there, and other commits. */
export async function push(base: Files, change: Files, options: StartOptions = {}): Promise<void> {
  const { comments, reviewComments } = github;
  await stop();
  await start(base, change, options);
  github.comments.push(...comments);
  github.reviewComments.push(...reviewComments);
}

async function stop(): Promise<void> {
  appendFileSync(figures, `requests ${String(github.requests.length)}\n`);
  await github.stop();
  served.remove();
}

export function event(parts: Partial<Parameters<typeof pullRequestEvent>[0]> = {}): RunOptions["event"] {
  const { base, head, changedFiles } = served;
  return pullRequestEvent({ repository, number: NUMBER, base, head, changedFiles, ...parts });
}

export interface ScenarioRun extends Partial<RunOptions> {
  /** How many commits of history the checkout has. */
  readonly depth?: number;
}

export async function run(options: ScenarioRun = {}): Promise<RunResult> {
  const { depth = 2, ...rest } = options;
  const result = await runAction({
    program: join(dist, "action.cjs"),
    metadata: join(import.meta.dirname, "../../action.yml"),
    workspace: options.workspace ?? served.checkout(served.merge, depth),
    repository,
    apiUrl: github.url,
    event: event(),
    ...rest,
  });
  appendFileSync(figures, "runs 1\n");
  expect(github.violations).toEqual([]);
  expect(result.stderr).toBe("");
  if (result.outputs["report"]) expect(schemaErrors(JSON.parse(result.outputs["report"]))).toEqual([]);
  return result;
}

afterEach(stop);
