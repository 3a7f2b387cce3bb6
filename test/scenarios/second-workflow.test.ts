/** Comments on pull requests from forks: a second workflow makes them of the report that the first one left. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Report } from "../../src/model/report.js";
import { workflowRunEvent } from "../github/events.js";
import type { RunResult } from "../github/runner.js";
import { schemaErrors } from "../report/schema.js";
import {
  BASE,
  event,
  FINDING,
  github,
  MARKER,
  NUMBER,
  READ_ONLY,
  repository,
  run,
  SAFE,
  served,
  start,
  UNSAFE,
} from "./action.js";

const fork = "stranger/shop";
const tokens = {
  token: { account: { login: "github-actions[bot]", type: "Bot" as const }, access: "write" as const },
  fork: READ_ONLY["token"]!,
};

/** The first workflow, on `pull_request`. */
async function judge(): Promise<string> {
  const { outputs } = await run({ event: event({ fork }), token: "fork" });
  return outputs["report"]!;
}

interface Second {
  readonly inputs?: Readonly<Record<string, string>>;
  /** Another thing than a file with the report. */
  readonly leave?: (path: string) => void;
  readonly head?: string;
  readonly of?: string;
}

/** The second, on `workflow_run`, in an empty workspace. */
async function comment(
  report: string,
  { inputs, leave, head = served.head, of = "pull_request" }: Second = {},
): Promise<RunResult> {
  const workspace = join(served.git, "..", `second-${String(Math.random()).slice(2)}`);
  mkdirSync(workspace);
  const path = join(workspace, "report.json");
  if (leave) leave(path);
  else writeFileSync(path, report);
  return run({
    workspace,
    event: workflowRunEvent({ repository, event: of, head, from: fork }),
    inputs: { report: "report.json", ...inputs },
  });
}

/** The report with a text in every place where its schema takes any text. */
function withText(report: Report, text: string): Report {
  let forged = report;
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    if (typeof value === "string") {
      const tried = replaced(forged, path, text) as Report;
      if (!["rule", "help"].includes(String(path.at(-1))) && schemaErrors(tried).length === 0) forged = tried;
    } else if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) visit(one, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(report, []);
  return forged;
}

function replaced(value: unknown, [key, ...rest]: readonly (string | number)[], text: string): unknown {
  if (key === undefined) return text;
  const inside = replaced((value as Record<string, unknown>)[key], rest, text);
  return Array.isArray(value) ? value.with(Number(key), inside) : { ...(value as object), [key]: inside };
}

async function startFork(change = UNSAFE, pullRequest: object = {}): Promise<void> {
  await start(BASE, change, { tokens, pullRequest: { fork, ...pullRequest } });
}

describe("the second workflow", () => {
  it("comments what the first has found, with links of its own", async () => {
    await startFork();
    const report = await judge();
    expect(github.comments).toEqual([]);
    const result = await comment(report);
    expect(result).toMatchObject({ conclusion: "success", annotations: [], outputs: {}, summary: undefined });
    expect(github.comments).toHaveLength(1);
    const { body } = github.comments[0]!;
    expect(body.startsWith(`${MARKER}\n### Change 1 statement before you merge.\n\n**Error** [`)).toBe(true);
    expect(body).toContain(
      `](https://github.com/acme/shop/blob/${served.head}/${FINDING.file}#L3) · [no-blocking-index-build]`,
    );
    expect(body).toContain(
      "<sub>Made from the data that [the run of this pull request](https://github.com/acme/shop/actions/runs/4141) left; its check has the verdict.</sub>",
    );
    await comment(report);
    expect(github.writes.filter(({ status }) => status < 300)).toHaveLength(1);
  });

  it("keeps ticks and ends in an all clear as the first would", async () => {
    await startFork(SAFE);
    github.addComment(NUMBER, tokens.token.account, `${MARKER}\nof an earlier commit`);
    await comment(await judge());
    expect(github.comments[0]!.body).toContain("All clear");
  });

  it("says who let an urgent merge pass, whatever the report claims", async () => {
    await startFork(UNSAFE, {
      labels: { "migration-safety-override": "oncall" },
      body: "Migration-Safety-Override: outage",
    });
    const report = JSON.parse(await judge()) as Report;
    const forged = { ...report, override: { pullRequest: 1, label: "x", reason: "approved", by: "the owner" } };
    await comment(JSON.stringify(forged));
    expect(github.comments[0]!.body).toContain("**Overridden** by oncall, who set the label");
    expect(github.comments[0]!.body).not.toContain("approved");
  });

  it("comments nowhere where the judged commit is no longer the last one, the pull request is closed, or it was another event", async () => {
    await startFork();
    const report = await judge();
    const stale = await comment(report, { head: served.base });
    expect(stale).toMatchObject({
      conclusion: "success",
      annotations: [
        {
          level: "notice",
          message:
            "No open pull request has the commit that was judged as its last one, so there is nothing to comment on.",
        },
      ],
    });
    expect(await comment(report, { of: "push" })).toMatchObject({ conclusion: "success", annotations: [] });
    expect(github.comments).toEqual([]);
  });

  it("does not take the pull request from the artifact, nor one of another repository's branch", async () => {
    await start(BASE, UNSAFE, { tokens, pullRequest: { fork: "somebody/else" } });
    await comment(await judge());
    expect(github.comments).toEqual([]);
  });

  it.each<[string, (report: Report) => unknown, string]>([
    ["no JSON", () => undefined, "The report must be object"],
    [
      "another shape",
      (report) => ({ ...report, verdict: "perfect" }),
      "/verdict must be equal to one of the allowed values",
    ],
    ["fields of its own", (report) => ({ ...report, html: "<img>" }), "The report must NOT have additional properties"],
    [
      "a wrong type deep inside",
      (report) => ({ ...report, findings: [{ ...report.findings[0], line: "1" }] }),
      "/findings/0/line must be integer",
    ],
  ])("refuses a report with %s", async (_, forge, why) => {
    await startFork();
    const report = JSON.parse(await judge()) as Report;
    const result = await comment(JSON.stringify(forge(report)) ?? "{{{");
    expect(result.conclusion).toBe("failure");
    expect(result.annotations.map(({ message }) => message)).toEqual([
      `Configuration: The report of the other run is not used: ${why}.`,
    ]);
    expect(github.comments).toEqual([]);
  });

  it("refuses a rule that does not exist, and gives each that does its own page", async () => {
    await startFork();
    const report = JSON.parse(await judge()) as Report;
    const [finding] = report.findings;
    const evil = await comment(JSON.stringify({ ...report, findings: [{ ...finding, rule: "free-money" }] }));
    expect(evil.annotations[0]!.message).toMatch(
      /it names free-money, which is no rule here\. Use one version of this/,
    );
    await comment(JSON.stringify({ ...report, findings: [{ ...finding, help: "https://evil.test/login" }] }));
    expect(github.comments[0]!.body).not.toContain("evil.test");
    expect(github.comments[0]!.body).toContain("/docs/rules/no-blocking-index-build.md)");
  });

  it("refuses what is no file, a link, and a file too large to be one of ours", async () => {
    await startFork();
    for (const leave of [
      () => undefined,
      (path: string) => mkdirSync(path),
      (path: string) => symlinkSync("/etc/passwd", path),
      (path: string) => writeFileSync(path, " ".repeat(17 * 1024 * 1024)),
    ]) {
      const { annotations, conclusion } = await comment("", { leave });
      expect(conclusion).toBe("failure");
      expect(annotations[0]!.message).toMatch(/^Configuration: The report of the other run is not used: /);
    }
  });

  it("lets nothing in the report be interpreted", async () => {
    await startFork();
    const report = JSON.parse(await judge()) as Report;
    const text =
      "\n### Approved\n- [x] all <!-- step:a 01234567 --> @octocat ![x](https://evil.test/p.png) <script> ##[error]\u202e";
    const result = await comment(JSON.stringify(withText(report, text)));
    expect(result.annotations).toEqual([]);
    const { body } = github.comments[0]!;
    const outside = body.replaceAll(/^ *(`{3,})(?:sql|ts|yaml)\n[\s\S]*?\n *\1$/gm, "");
    expect(outside).not.toMatch(
      /@octocat|!\[|<script|^### Approved|\[x\]|\]\(https:\/\/(?!github\.com\/(acme\/shop|migration-safety)\/)/m,
    );
    expect(body).not.toMatch(/\u202e|<!-- step:a /);
  });

  it("needs workflow_run, a token, and the report", async () => {
    await startFork();
    const onPush = await run({ inputs: { report: "report.json" } });
    expect(onPush.annotations[0]!.message).toMatch(/^Configuration: The input report is for `on: workflow_run`/);
    const without = await comment("{}", { inputs: { "github-token": "" } });
    expect(without.annotations[0]!.message).toMatch(/needs a token that may comment/);
    const nothing = await comment("{}", { inputs: { report: "" } });
    expect(nothing.annotations[0]!.message).toMatch(/On workflow_run this action needs the input report/);
  });
});
