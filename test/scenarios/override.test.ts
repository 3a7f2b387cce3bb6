/** Urgent merges, where it takes more than one run to show; the folders have the rest. */
import { describe, expect, it } from "vitest";
import { BASE, event, FAILED, FINDING, github, run, start, UNSAFE } from "./action.js";

const labels = { "migration-safety-override": "oncall" };
const body = "Fixes the outage.\r\n\r\nMigration-Safety-Override: orders is empty since yesterday\r\n";
describe("an urgent merge", () => {
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
