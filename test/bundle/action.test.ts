/** That the bundled Action starts and reaches a verdict; `test/scenarios` has what it does on GitHub. */
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { serve, type Served } from "../github/checkout.js";
import { pullRequestEvent } from "../github/events.js";
import { FakeGitHub } from "../github/fake-github.js";
import { runAction } from "../github/runner.js";
import { dist } from "./build.js";

const repository = "acme/shop";
let served: Served;
let github: FakeGitHub;

afterEach(async () => {
  await github.stop();
  served.remove();
});

it.each([
  ["an unsafe one", "CREATE INDEX orders_account_idx ON orders (account_id);\n", "unsafe", 1],
  ["a safe one", "ALTER TABLE orders ADD COLUMN note text;\n", "safe", 0],
])("judges %s", async (_, sql, verdict, comments) => {
  served = serve(
    { "migrations/001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n" },
    { "migrations/002_change.sql": `SET lock_timeout = '2s';\n${sql}` },
  );
  const { git, base, head, merge, changedFiles } = served;
  github = await FakeGitHub.start({ repository, git, pullRequests: { 7: { base, head } } });
  const result = await runAction({
    program: join(dist, "action.cjs"),
    metadata: join(import.meta.dirname, "../../action.yml"),
    workspace: served.checkout(merge, 2),
    repository,
    apiUrl: github.url,
    event: pullRequestEvent({ repository, number: 7, base, head, changedFiles }),
  });
  expect(result.stderr).toBe("");
  expect(result.outputs).toMatchObject({ verdict });
  expect(github.comments).toHaveLength(comments);
  expect(github.violations).toEqual([]);
});
