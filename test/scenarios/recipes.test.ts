/** The workflows of docs/github.md, run as they stand there. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { mergeGroupEvent, pushEvent, workflowRunEvent } from "../github/events.js";
import { GITHUB_ACTIONS, type Token } from "../github/fake-github.js";
import type { RunOptions, RunResult } from "../github/runner.js";
import {
  BASE,
  event,
  FAILED,
  FINDING,
  github,
  READ_ONLY,
  repository,
  run,
  served,
  start,
  UNSAFE,
  type StartOptions,
} from "./action.js";
import { names, page, recipe } from "./recipes.js";
import { readWorkflow } from "./workflow.js";

const ran = new Set<string>();

interface RecipeRun extends Partial<RunOptions> {
  /** What the artifact of the other run holds. */
  readonly received?: string;
}

/** Runs the Action as a workflow's first job does: with its inputs, its checkout and what its token may do. */
async function runRecipe(name: string, { event: of = event(), received, ...rest }: RecipeRun = {}): Promise<RunResult> {
  ran.add(name);
  const { events, jobs } = readWorkflow(recipe(name));
  expect(events).toContain(of.name);
  const { inputs, depth } = jobs[0]!;
  const workspace = served.checkout(of.name === "workflow_run" ? served.base : served.merge, depth ?? 1);
  if (received !== undefined) {
    const file = join(workspace, inputs["report"]!);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, received);
  }
  return run({ event: of, workspace, inputs, ...rest });
}

/** What GitHub gives a workflow's token. */
function tokensOf(name: string): Readonly<Record<string, Token>> {
  const { mayComment } = readWorkflow(recipe(name));
  return { token: { account: GITHUB_ACTIONS, access: mayComment ? "write" : "read" } };
}

async function startRecipe(name: string, options: StartOptions = {}, base = BASE, change = UNSAFE): Promise<void> {
  await start(base, change, { tokens: tokensOf(name), ...options });
}

describe("docs/github.md", () => {
  it("a pull request", async () => {
    await startRecipe("pull request");
    expect((await runRecipe("pull request")).annotations).toEqual([FINDING, FAILED]);
    expect(github.comments).toHaveLength(1);
  });

  it("a required check, and the merge queue", async () => {
    await startRecipe("required check", {}, BASE, { "docs/readme.md": "No migrations.\n" });
    expect(await runRecipe("required check")).toMatchObject({ conclusion: "success", annotations: [] });
    const group = mergeGroupEvent(repository, served.base, served.merge);
    expect(await runRecipe("required check", { event: group })).toMatchObject({ conclusion: "success" });
    expect(github.comments).toEqual([]);
    for (const name of names) expect(readWorkflow(recipe(name)).hasPathsFilter).toBe(false);
  });

  it("pull requests from forks", async () => {
    const fork = "stranger/shop";
    const tokens = { token: tokensOf("fork, second workflow")["token"]!, fork: READ_ONLY["token"]! };
    await start(BASE, UNSAFE, { tokens, pullRequest: { fork } });
    const first = await runRecipe("fork, first workflow", { event: event({ fork }), token: "fork" });
    expect(first.annotations).toEqual([FINDING, FAILED]);
    const second = workflowRunEvent({ repository, event: "pull_request", head: served.head, from: fork });
    const result = await runRecipe("fork, second workflow", { event: second, received: first.outputs["report"]! });
    expect(result).toMatchObject({ conclusion: "success", annotations: [] });
    expect(github.comments).toHaveLength(1);
  });

  it("an urgent merge", async () => {
    const [, line] = /```\n(Migration-Safety-Override: .*)\n```/.exec(page)!;
    await startRecipe("urgent merge", { pullRequest: { labels: { urgent: "oncall" }, body: line! } });
    expect(await runRecipe("urgent merge")).toMatchObject({
      conclusion: "success",
      outputs: { verdict: "unsafe", overridden: "true" },
    });
  });

  it("comments with edits to commit", async () => {
    await startRecipe("review");
    expect((await runRecipe("review")).annotations).toEqual([FAILED]);
    expect(github.reviewComments).toHaveLength(1);
  });

  it("code scanning", async () => {
    await startRecipe("code scanning");
    const onPullRequest = await runRecipe("code scanning");
    expect(onPullRequest).toMatchObject({ conclusion: "success", outputs: { verdict: "unsafe" } });
    expect(onPullRequest.outputs["sarif"]).toContain("no-blocking-index-build");
    const merged = pushEvent(repository, { before: served.base, after: served.merge, branch: "main" });
    expect((await runRecipe("code scanning", { event: merged })).outputs["sarif"]).toContain('"results":[]');
  });

  it("many repositories", async () => {
    await startRecipe("shared configuration");
    expect(await runRecipe("shared configuration")).toMatchObject({
      conclusion: "success",
      outputs: { verdict: "warnings", errors: "0" },
    });
  });

  it("several jobs", async () => {
    await startRecipe("several jobs");
    await runRecipe("several jobs");
    expect(github.comments[0]!.body.split("\n")[0]).toBe("<!-- migration-safety:report v1 key=billing -->");
  });

  it("a token of an app", async () => {
    await startRecipe("app", { tokens: { token: { account: { login: "acme[bot]", type: "Bot" }, access: "write" } } });
    await runRecipe("app");
    await runRecipe("app");
    expect(github.comments).toHaveLength(1);
  });

  it("without an API", async () => {
    await startRecipe("no token");
    expect((await runRecipe("no token")).annotations).toEqual([FINDING, FAILED]);
    expect(github.requests).toEqual([]);
  });

  it("has no other workflow", () => {
    expect([...ran].sort()).toEqual([...names].sort());
  });
});
