/** Every folder of `pull-requests/`: a pull request goes in, and what GitHub shows comes out. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkedOut, EXPECTED, readFolder, shownOf, type Shown } from "./folder.js";
import { NUMBER, Scenario } from "./scenario.js";
import { recipe } from "./recipes.js";

const path = join(import.meta.dirname, "pull-requests");
/** Set by `npm run scenarios:update`, which shows what it changes. */
const update = process.env["UPDATE_SCENARIOS"] !== undefined;

describe.concurrent("a pull request", () => {
  const folders = readdirSync(path).map((name) => readFolder(path, name, recipe("pull request")));

  it.each(folders.map((folder) => [folder.name, folder.about, folder] as const))("%s: %s", async (_, about, folder) => {
    const { workflow, job, others: open, github: there } = folder;
    expect(about).not.toBe("");
    const { pullRequest, token } = there;
    const scenario = await Scenario.start(folder.base, folder.change, { pullRequest, others: open, tokens: { token } });
    try {
      const { github, served } = scenario;
      const others = there.comments
        .map(({ by, body }) => github.addComment(NUMBER, by, body))
        .filter(({ account }) => account.login !== token.account.login);
      for (const fault of there.faults) github.fail(fault);
      const event = folder.event(served);
      expect(workflow.events).toContain(event.name);
      const workspace = served.checkout(checkedOut(event, job, served), job.depth ?? 1);
      const result = await scenario.run({ event, workspace, inputs: job.inputs });
      expect(result.lost).toBe(0);
      // Nothing else that a runner would act on, and nothing of other people is touched.
      expect(result.commands.filter((command) => !["error", "warning", "notice"].includes(command))).toEqual([]);
      expect(others.filter(({ edits }) => edits > 0)).toEqual([]);
      settle(folder.name, shownOf(result, github, { by: token.account, served }), folder.expected);
    } finally {
      await scenario.stop();
    }
  });
});

function settle(name: string, shown: Shown, expected: Shown): void {
  if (!update) {
    expect(shown).toEqual(expected);
    return;
  }
  const folder = join(path, name, "expected");
  mkdirSync(folder, { recursive: true });
  for (const file of EXPECTED) {
    const text = shown[file];
    if (text === undefined) rmSync(join(folder, file), { force: true });
    else if (text !== expected[file]) writeFileSync(join(folder, file), text);
  }
}
