/** The Action as GitHub runs it: the bundle as a child process, a checkout, an event, and a GitHub to talk to. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { dist } from "../bundle/build.js";
import { serve, type Files, type Served } from "../github/checkout.js";
import { pullRequestEvent } from "../github/events.js";
import { FakeGitHub, type FakeGitHubOptions } from "../github/fake-github.js";
import type { PullRequest } from "../github/fake-pull-requests.js";
import { runAction, type RunOptions, type RunResult } from "../github/runner.js";
import { schemaErrors } from "../report/schema.js";
import { figures } from "./figures.js";

export const repository = "acme/shop";
export const NUMBER = 7;

export interface StartOptions extends Partial<Omit<FakeGitHubOptions, "pullRequests">> {
  /** What there is of the pull request beside its commits. */
  readonly pullRequest?: Partial<PullRequest>;
  /** What there was before `base`, tagged v1.0.0. */
  readonly released?: Files;
  /** Other open pull requests by number: what each changes. */
  readonly others?: Readonly<Record<number, Files>>;
}

export interface ScenarioRun extends Partial<RunOptions> {
  /** How many commits of history the checkout has. */
  readonly depth?: number;
  /** Where it may connect to, as `host:port`. Default: GitHub alone. */
  readonly networks?: readonly string[];
}

/** A repository with one pull request, on a GitHub of its own. */
export class Scenario {
  private constructor(
    readonly served: Served,
    readonly github: FakeGitHub,
  ) {}

  static async start(base: Files, change: Files, options: StartOptions = {}): Promise<Scenario> {
    const { pullRequest, released, others = {}, ...rest } = options;
    const served = serve(base, change, released);
    const open = Object.entries(others).map(([number, files]): [string, PullRequest] => [
      number,
      { base: served.base, head: served.commit(files), branch: `change-${number}` },
    ]);
    const github = await FakeGitHub.start({
      repository,
      git: served.git,
      pullRequests: {
        [NUMBER]: { base: served.base, head: served.head, ...pullRequest },
        ...Object.fromEntries(open),
      },
      ...rest,
    });
    return new Scenario(served, github);
  }

  async stop(): Promise<void> {
    appendFileSync(figures, `scenarios 1\nrequests ${String(this.github.requests.length)}\n`);
    await this.github.stop();
    this.served.remove();
  }

  /** The event of a push to the pull request's branch. */
  event(parts: Partial<Parameters<typeof pullRequestEvent>[0]> = {}): RunOptions["event"] {
    const { base, head, changedFiles } = this.served;
    return pullRequestEvent({ repository, number: NUMBER, base, head, changedFiles, ...parts });
  }

  /** Runs the Action once. Whatever a test is about, the contract with GitHub and the report's schema hold. */
  async run({
    depth = 2,
    networks = [new URL(this.github.url).host],
    ...options
  }: ScenarioRun = {}): Promise<RunResult> {
    const result = await runAction({
      program: join(dist, "action.cjs"),
      metadata: join(import.meta.dirname, "../../action.yml"),
      workspace: options.workspace ?? this.served.checkout(this.served.merge, depth),
      repository,
      apiUrl: this.github.url,
      event: this.event(),
      ...options,
    });
    appendFileSync(figures, "runs 1\n");
    expect(this.github.violations).toEqual([]);
    expect(result.stderr).toBe("");
    expect(result.connections.filter((to) => !networks.includes(to))).toEqual([]);
    if (result.outputs["report"]) expect(schemaErrors(JSON.parse(result.outputs["report"]))).toEqual([]);
    return result;
  }
}
