/** One scenario at a time, for tests that are a sequence: its GitHub, its repository, and runs of the Action on it. */
import { afterEach } from "vitest";
import { markerOf } from "../../src/github/comment.js";
import type { Files, Served } from "../github/checkout.js";
import { GITHUB_ACTIONS, type FakeGitHub, type Token } from "../github/fake-github.js";
import type { RunOptions, RunResult } from "../github/runner.js";
import { Scenario, type ScenarioRun, type StartOptions } from "./scenario.js";

export { NUMBER, repository, type StartOptions } from "./scenario.js";

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

let scenario: Scenario;
export let served: Served;
export let github: FakeGitHub;

/** Serves a repository with a pull request. */
export async function start(base: Files, change: Files, options: StartOptions = {}): Promise<void> {
  scenario = await Scenario.start(base, change, options);
  ({ served, github } = scenario);
}

/** The pull request's author pushes: the same GitHub, with what people wrote there, and other commits. */
export async function push(base: Files, change: Files, options: StartOptions = {}): Promise<void> {
  const { comments, reviewComments } = github;
  await scenario.stop();
  await start(base, change, options);
  github.comments.push(...comments);
  github.reviewComments.push(...reviewComments);
}

export function event(parts: Parameters<Scenario["event"]>[0] = {}): RunOptions["event"] {
  return scenario.event(parts);
}

export async function run(options: ScenarioRun = {}): Promise<RunResult> {
  return scenario.run(options);
}

afterEach(() => scenario.stop());
