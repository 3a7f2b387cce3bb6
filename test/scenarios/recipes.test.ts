/** The workflows of docs/github.md, run as they stand there. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { generate } from "selfsigned";
import { beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import { mergeGroupEvent, pushEvent, workflowRunEvent } from "../github/events.js";
import { GITHUB_ACTIONS, type Token } from "../github/fake-github.js";
import { Proxy } from "../github/proxy.js";
import type { RunResult } from "../github/runner.js";
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
import { files, names, page, recipe } from "./recipes.js";
import type { ScenarioRun } from "./scenario.js";
import { readWorkflow, type ActionJob } from "./workflow.js";

const ran = new Set<string>();

const MONOREPO = {
  ...files,
  "services/shop/migrations/001.sql": BASE["migrations/001_orders.sql"]!,
  "services/billing/migrations/001.sql": BASE["migrations/001_orders.sql"]!,
};

/** Of a server that this machine is to take for GitHub. */
let tls: { readonly key: string; readonly cert: string };

beforeAll(async () => {
  const altNames = ["localhost", "api.github.com"].map((value) => ({ type: 2 as const, value }));
  const made = await generate([{ name: "commonName", value: "A test" }], {
    extensions: [{ name: "subjectAltName", altNames }],
  });
  tls = { key: made.private, cert: made.cert };
});

/** The file that says whose certificates are trusted. */
function authority(): string {
  const file = join(served.git, "../authority.pem");
  writeFileSync(file, tls.cert);
  return file;
}

interface RecipeRun extends ScenarioRun {
  /** Which of the workflow's jobs. Default: the first. */
  readonly job?: number;
  /** What the other repositories hold that the job checks out, by path from the workspace. */
  readonly beside?: Readonly<Record<string, string>>;
  /** What the artifact of the other run holds. */
  readonly received?: string;
}

/** Runs the Action as one job of a workflow does: with its inputs, its checkout and what its token may do. */
async function runRecipe(name: string, options: RecipeRun = {}): Promise<RunResult> {
  const { event: of = event(), received, beside = {}, job = 0, environment, ...rest } = options;
  ran.add(name);
  const { events, jobs } = readWorkflow(recipe(name));
  expect(events).toContain(of.name);
  const { inputs, depth, env } = jobs[job]!;
  const workspace = served.checkout(of.name === "workflow_run" ? served.base : served.merge, depth ?? 1);
  const files = received === undefined ? beside : { ...beside, [inputs["report"]!]: received };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true });
    writeFileSync(join(workspace, file), text);
  }
  return run({ event: of, workspace, inputs, environment: { ...env, ...environment }, ...rest });
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

  it("many repositories, with a configuration of their own", async () => {
    const name = "shared configuration, in a repository of its own";
    await startRecipe(name);
    const [, path] = Object.entries(readWorkflow(recipe(name)).jobs[0]!.checkouts)[0]!;
    const beside = { [`${path}/migration-safety.yml`]: "rules:\n  no-blocking-index-build: warn\n" };
    expect(await runRecipe(name, { beside })).toMatchObject({
      conclusion: "success",
      outputs: { verdict: "warnings" },
    });
    const missing = await runRecipe(name);
    expect(missing.annotations.map(({ message }) => message)).toEqual([
      "Configuration: The input config names shared/migration-safety.yml, which is not there.",
    ]);
  });

  it("a monorepo, several databases", async () => {
    const drop = "ALTER TABLE orders DROP COLUMN account_id;\n";
    const reads = 'export const find = () => db.query("SELECT account_id FROM orders");\n';
    await startRecipe("pull request", {}, MONOREPO, {
      "services/shop/migrations/002.sql": drop,
      "services/billing/migrations/002.sql": "CREATE INDEX orders_idx ON orders (account_id);\n",
      "services/billing/src/find.ts": reads,
    });
    const { outputs } = await runRecipe("pull request");
    const { databases, findings } = JSON.parse(outputs["report"]!) as Report;
    expect(databases.map(({ name }) => name)).toEqual(["shop", "billing"]);
    // What billing's code reads is billing's table, and its index is a warning there.
    expect(findings.map(({ database, rule, severity }) => [database, rule, severity])).toEqual([
      ["billing", "no-blocking-index-build", "warning"],
      ["shop", "require-lock-timeout", "warning"],
    ]);
    expect(github.comments).toHaveLength(1);
  });

  it("several jobs", async () => {
    const index = "CREATE INDEX orders_idx ON orders (account_id);\n";
    await startRecipe("several jobs", {}, MONOREPO, {
      "services/shop/migrations/002.sql": index,
      "services/billing/migrations/002.sql": index,
    });
    await runRecipe("several jobs");
    await runRecipe("several jobs", { job: 1 });
    expect(github.comments.map(({ body }) => body.split("\n")[0])).toEqual([
      "<!-- migration-safety:report v1 key=shop -->",
      "<!-- migration-safety:report v1 key=billing -->",
    ]);
    const [shop, billing] = github.comments.map(({ body }) => body);
    expect(shop).not.toContain("services/billing/migrations/002.sql:1");
    expect(billing).not.toContain("services/shop/migrations/002.sql:1");
  });

  it("a token of an app", async () => {
    await startRecipe("app", { tokens: { token: { account: { login: "acme[bot]", type: "Bot" }, access: "write" } } });
    await runRecipe("app");
    await runRecipe("app");
    expect(github.comments).toHaveLength(1);
  });

  it("without an API", async () => {
    await startRecipe("no token");
    const result = await runRecipe("no token");
    expect(result).toMatchObject({ annotations: [FINDING, FAILED], connections: [] });
    expect(github.requests).toEqual([]);
  });

  it("runners of your own, with nothing but git, in a checkout of somebody else", async () => {
    await startRecipe("self-hosted");
    const bin = join(served.git, "../bin");
    mkdirSync(bin);
    const calls = join(bin, "calls");
    const git = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
    writeFileSync(join(bin, "git"), `#!/bin/sh\necho "$@" >> "${calls}"\nexec "${git}" "$@"\n`, { mode: 0o755 });
    // Git refuses what another user owns; its own tests say it so.
    const environment = { PATH: bin, GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" };
    const result = await runRecipe("self-hosted", { environment });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.comments).toHaveLength(1);
    expect(readFileSync(calls, "utf8")).not.toMatch(/\b(fetch|clone|pull|push|ls-remote|credential)\b/);
  });

  it("a proxy, which is the only way to GitHub", async () => {
    const origin = "https://api.github.com";
    await startRecipe("proxy", { origin, tls });
    const proxy = await Proxy.start({ "api.github.com:443": github.port });
    try {
      const [{ env }] = readWorkflow(recipe("proxy")).jobs as [ActionJob];
      expect(env["https_proxy"]).toBe("http://proxy.acme.test:3128");
      const address = `127.0.0.1:${String(proxy.port)}`;
      const result = await runRecipe("proxy", {
        environment: { https_proxy: `http://${address}`, NODE_EXTRA_CA_CERTS: authority() },
        networks: [address],
      });
      expect(result.annotations).toEqual([FINDING, FAILED]);
      expect(github.comments).toHaveLength(1);
      expect(new Set(proxy.connected)).toEqual(new Set(["api.github.com:443"]));
      expect(result.connections).toEqual([address]);
    } finally {
      await proxy.stop();
    }
  });

  it("GitHub Enterprise Server, with a certificate of its own authority", async () => {
    await startRecipe("enterprise server", { prefix: "/api/v3", tls });
    const serverUrl = "https://github.acme.test";
    const [{ env }] = readWorkflow(recipe("enterprise server")).jobs as [ActionJob];
    expect(Object.keys(env)).toEqual(["NODE_EXTRA_CA_CERTS"]);
    const unknown = await runRecipe("enterprise server", { serverUrl, environment: { NODE_EXTRA_CA_CERTS: "" } });
    expect(unknown.annotations).toEqual([FINDING, expect.objectContaining({ level: "notice" }), FAILED]);
    expect(unknown.annotations[1]!.message).toMatch(/^GitHub did not take the comment \(.*certificate.*\)\./);
    const result = await runRecipe("enterprise server", {
      serverUrl,
      environment: { NODE_EXTRA_CA_CERTS: authority() },
    });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]!.body).toContain(`](${serverUrl}/acme/shop/blob/${served.head}/${FINDING.file}#L3)`);
    expect(github.comments[0]!.body).not.toContain("https://github.com/acme/");
  });

  it("has no other workflow", () => {
    expect([...ran].sort()).toEqual([...names].sort());
  });
});
