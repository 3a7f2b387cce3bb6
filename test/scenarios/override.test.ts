/** Urgent merges: a label and a reason let the step pass, and everybody can read who decided it and why. */
import { describe, expect, it } from "vitest";
import { mergeGroupEvent } from "../github/events.js";
import {
  BASE,
  event,
  FAILED,
  FINDING,
  github,
  NO_ACCESS,
  NUMBER,
  repository,
  run,
  SAFE,
  served,
  start,
  UNSAFE,
} from "./action.js";

const labels = { "migration-safety-override": "oncall" };
const body = "Fixes the outage.\r\n\r\nMigration-Safety-Override: orders is empty since yesterday\r\n";
const WORDS =
  "Overridden by oncall, who set the label migration-safety-override: orders is empty since yesterday. The step " +
  "passes; verdict and findings are the same.";

describe("an urgent merge", () => {
  it("passes with the label and a reason: verdict and findings stay, and everything says who and why", async () => {
    await start(BASE, UNSAFE, { pullRequest: { labels, body } });
    const result = await run();
    expect(result).toMatchObject({
      conclusion: "success",
      annotations: [FINDING, { level: "notice", title: "Overridden", message: WORDS }],
      outputs: { verdict: "unsafe", errors: "1", overridden: "true" },
    });
    expect(JSON.parse(result.outputs["report"]!)).toMatchObject({
      override: {
        pullRequest: NUMBER,
        label: "migration-safety-override",
        reason: "orders is empty since yesterday",
        by: "oncall",
      },
    });
    const line = "**Overridden** by oncall, who set the label migration-safety-override: orders is empty";
    for (const text of [github.comments[0]!.body, result.summary!]) {
      expect(text).toContain("### Change 1 statement before you merge.\n\n**Overridden** by oncall");
      expect(text).toContain(line);
      expect(text).toContain("**Error** [<code>migrations/002&#95;orders&#95;account.sql:3</code>]");
    }
  });

  it("passes in the merge queue, too", async () => {
    await start(BASE, UNSAFE, { pullRequest: { labels, body } });
    const result = await run({ event: mergeGroupEvent(repository, served.base, served.merge, NUMBER) });
    expect(result).toMatchObject({
      conclusion: "success",
      annotations: [FINDING, { level: "notice", title: "Overridden", message: WORDS }],
    });
    expect(result.summary).toContain("**Overridden** by oncall");
  });

  it("says in the queue which permission is missing to know it", async () => {
    await start(BASE, UNSAFE, { tokens: NO_ACCESS });
    const result = await run({ event: mergeGroupEvent(repository, served.base, served.merge, NUMBER) });
    expect(result.annotations).toEqual([
      FINDING,
      {
        level: "error",
        message: `${FAILED.message} Whether it has the label migration-safety-override cannot be read: the job needs \`pull-requests: read\`.`,
      },
    ]);
  });

  it("needs the reason", async () => {
    const template = "<!--\nMigration-Safety-Override: why this must go out now\n-->";
    await start(BASE, UNSAFE, { pullRequest: { labels, body: template } });
    const result = await run();
    expect(result).toMatchObject({ conclusion: "failure", outputs: { overridden: "false" } });
    expect(result.annotations.at(-1)!.message).toBe(
      `${FAILED.message} It has the label migration-safety-override, but its description has no line ` +
        "`Migration-Safety-Override: REASON`.",
    );
  });

  it("needs the label, which the author of a fork cannot set", async () => {
    await start(BASE, UNSAFE, { pullRequest: { body } });
    expect((await run()).annotations).toEqual([FINDING, FAILED]);
  });

  it("is asked for as things are now, not as they were when the event happened", async () => {
    await start(BASE, UNSAFE, { pullRequest: { body } });
    const old = event({ labels: ["migration-safety-override"], body });
    expect((await run({ event: old })).annotations).toEqual([FINDING, FAILED]);
    // Without a token there is only the event.
    expect(await run({ event: old, inputs: { "github-token": "" } })).toMatchObject({
      conclusion: "success",
      annotations: [
        FINDING,
        {
          message:
            "Overridden by whoever set the label migration-safety-override: orders is empty since yesterday. The step " +
            "passes; verdict and findings are the same.",
        },
      ],
    });
  });

  it("has another label, or none, where the workflow says so", async () => {
    await start(BASE, UNSAFE, { pullRequest: { labels: { ...labels, urgent: "octo" }, body } });
    expect(await run({ inputs: { "override-label": "urgent" } })).toMatchObject({ conclusion: "success" });
    expect(await run({ inputs: { "override-label": "" } })).toMatchObject({ conclusion: "failure" });
  });

  it("is not asked about where the step passes", async () => {
    await start(BASE, SAFE, { pullRequest: { labels, body } });
    expect(await run()).toMatchObject({ conclusion: "success", annotations: [], outputs: { overridden: "false" } });
    expect(github.requests.map(({ operation }) => operation)).toEqual(["issues/list-comments"]);
  });

  it("lets nothing in a reason be interpreted", async () => {
    const hostile = "Migration-Safety-Override: ##[error]x @octocat <img src=x> <!-- step:1 --> ::error::y\u202e";
    await start(BASE, UNSAFE, { pullRequest: { labels, body: hostile } });
    const result = await run();
    expect(result.annotations.map(({ level, title }) => [level, title])).toEqual([
      ["error", FINDING.title],
      ["notice", "Overridden"],
    ]);
    expect(github.comments[0]!.body).not.toMatch(/@octocat|<img|<!-- step:1|\u202e/);
  });
});
