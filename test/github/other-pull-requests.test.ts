import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { changesOfOthers } from "../../src/check/other-pull-requests.js";
import { GitHubApi } from "../../src/github/api.js";
import { withOtherPullRequests } from "../../src/github/other-pull-requests.js";
import type { Plan } from "../../src/model/plan.js";
import type { TimeLimit } from "../../src/text/out-of-time.js";
import { serve, type Files, type Served } from "./checkout.js";
import { FakeGitHub } from "./fake-github.js";
import type { PullRequest } from "./fake-pull-requests.js";

const BASE: Files = {
  "migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, note text, total int);\n",
  "src/orders.ts": "export const sql = `SELECT note FROM orders`;\n",
};
const DROP = "SET lock_timeout = '2s';\nALTER TABLE orders DROP COLUMN note;\n";
/** What the judged pull request changes. */
const CHANGE: Files = { "migrations/0002_drop_note.sql": DROP, "src/orders.ts": "export const sql = ``;\n" };
const REQUIRE = "ALTER TABLE orders ALTER note SET NOT NULL;\n";

let served: Served;
/** Of this file's pull requests, by number. */
let pullRequests: Record<number, PullRequest>;
let github: FakeGitHub;

beforeAll(async () => {
  served = serve(BASE, CHANGE);
  pullRequests = {};
  github = await FakeGitHub.start({ repository: "acme/shop", git: served.git, pullRequests });
  // The client reads it once, when it is loaded.
  vi.stubEnv("GITHUB_API_URL", github.url);
});

beforeEach(() => {
  for (const number of Object.keys(pullRequests)) delete pullRequests[Number(number)];
  pullRequests[7] = { base: served.base, head: served.head };
  github.requests.length = 0;
});

afterEach(() => {
  expect(github.violations).toEqual([]);
});

afterAll(async () => {
  await github.stop();
  served.remove();
});

/** Opens a pull request that makes `files` of base. */
function open(number: number, files: Files, more: Partial<PullRequest> = {}): void {
  pullRequests[number] = { base: served.base, head: served.commit(files), branch: `b${String(number)}`, ...more };
}

/** What the plan of pull request 7 says of others, in the order in which it says it. */
async function said({ limit }: { readonly limit?: TimeLimit } = {}): Promise<Plan["otherChanges"]> {
  const source = gitChangeSource({ root: served.checkout(served.merge, 2), base: "HEAD^1", head: "HEAD" });
  const configuration = configurationOf(source);
  const api = new GitHubApi({
    token: "token",
    repository: { owner: "acme", name: "shop" },
    retries: 0,
    wait: () => Promise.reject(new Error("Nobody waits for a note.")),
    ...(limit && { limit }),
  });
  const pullRequest = {
    number: 7,
    open: true,
    fork: false,
    base: { branch: "main", commit: served.base },
    head: { commit: served.head },
    labels: [],
    body: "",
    changedFiles: 2,
  };
  const judged = { source, configuration, pullRequest, report: check(source, configuration) };
  const report = await withOtherPullRequests(api, judged, (others) =>
    changesOfOthers(source, configuration, others, limit),
  );
  return report.plan.otherChanges;
}

const asked = (): unknown[] =>
  github.requests.map(({ path }) => path.replace("/repos/acme/shop/", "").replaceAll(/[0-9a-f]{40}/g, "COMMIT"));

const LIST = "pulls?state=open&base=main&sort=updated&direction=desc&per_page=100";
const files = (number: number): string => `pulls/${String(number)}/files?per_page=100`;

describe("another open pull request", () => {
  it("is named with the statement that is about the same, for two requests", async () => {
    open(8, { "migrations/0003_require_note.sql": `ALTER TABLE orders ADD COLUMN x int;\n${REQUIRE}` });
    expect(await said()).toEqual({
      changes: [
        {
          pullRequest: 8,
          sql: "ALTER TABLE orders ADD COLUMN x int",
          place: { file: "migrations/0003_require_note.sql", line: 1 },
          object: "orders",
          here: { file: "migrations/0002_drop_note.sql", line: 2 },
        },
        {
          pullRequest: 8,
          sql: "ALTER TABLE orders ALTER note SET NOT NULL",
          place: { file: "migrations/0003_require_note.sql", line: 2 },
          object: "orders.note",
          here: { file: "migrations/0002_drop_note.sql", line: 2 },
        },
      ],
    });
    expect(asked()).toEqual([LIST, files(8)]);
  });

  it("is read file by file where it edits what is there", async () => {
    open(8, { "migrations/0001_orders.sql": `${BASE["migrations/0001_orders.sql"] as string}${REQUIRE}` });
    expect((await said())?.changes.map(({ place }) => place)).toEqual([
      { file: "migrations/0001_orders.sql", line: 2 },
    ]);
    expect(asked()).toEqual([LIST, files(8), "contents/migrations%2F0001_orders.sql?ref=COMMIT"]);
  });

  it.each([
    ["changes no migration", { "src/other.ts": "export {};\n" }],
    ["changes something else", { "migrations/0003_total.sql": "ALTER TABLE orders ALTER total SET DEFAULT 0;\n" }],
    ["has the same migration, because it builds on this one", { "migrations/0002_drop_note.sql": DROP }],
    ["only deletes one", { "migrations/0001_orders.sql": undefined }],
  ])("is nothing to speak of where it %s", async (_, change) => {
    open(8, change);
    expect(await said()).toBeUndefined();
  });

  it("is not asked for its files where it updates dependencies", async () => {
    open(8, { "migrations/0003.sql": REQUIRE }, { author: "dependabot[bot]" });
    expect(await said()).toBeUndefined();
    expect(asked()).toEqual([LIST]);
  });
});

describe("what is not read is listed", () => {
  it("where there are more than are looked at", async () => {
    const { base } = served;
    for (let number = 8; number < 30; number += 1) pullRequests[number] = { base, head: base };
    expect(await said()).toEqual({
      changes: [],
      unread: ["Of the other open pull requests, the 20 that changed last were looked at."],
    });
    expect(asked()).toHaveLength(21);
  });

  it("where one has many files, or many migrations", async () => {
    const many = (count: number, folder: string): Files =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`${folder}/${String(index + 100)}.sql`, REQUIRE]),
      );
    open(8, many(101, "docs"));
    open(9, many(31, "migrations"));
    expect(await said()).toEqual({
      changes: [],
      unread: [
        "Of pull request #8, the first 100 files were looked at.",
        "The 31 migrations of pull request #9 were not read.",
      ],
    });
  });

  const refused =
    "Other open pull requests were not all read: GitHub's API did not give them (Fault - https://docs.github.com/rest).";

  const forbidden =
    "Other open pull requests were not read: the token of this run may not, which takes `pull-requests: read`.";

  it.each([
    [403, forbidden],
    [500, refused],
  ])("where GitHub answers %d to the list", async (status, unread) => {
    github.fail({ operation: "pulls/list", status });
    expect(await said()).toEqual({ changes: [], unread: [unread] });
    expect(asked()).toEqual([LIST]);
  });

  it("where the limit of requests is reached on the way, and nobody waits for it", async () => {
    open(8, { "migrations/0003.sql": REQUIRE });
    github.fail({ operation: "pulls/list-files", status: 429, headers: { "retry-after": "1" } });
    expect(await said()).toEqual({ changes: [], unread: [refused] });
    expect(asked()).toEqual([LIST, files(8)]);
  });

  it("where the time is over", async () => {
    open(8, { "migrations/0003.sql": REQUIRE });
    expect(await said({ limit: { seconds: 1, isOver: () => true } })).toEqual({
      changes: [],
      unread: ["Other open pull requests were not all read: there was no time."],
    });
  });
});

it("nobody is asked where nobody has anything to do", async () => {
  const quiet = serve(BASE, { "migrations/0002_x.sql": "SET lock_timeout = '2s';\nALTER TABLE orders ADD x int;\n" });
  const source = gitChangeSource({ root: quiet.checkout(quiet.merge, 2), base: "HEAD^1", head: "HEAD" });
  const configuration = configurationOf(source);
  const report = check(source, configuration);
  const api = new GitHubApi({ token: "token", repository: { owner: "acme", name: "shop" } });
  const pullRequest = { number: 7, base: { branch: "main" } } as never;
  expect(await withOtherPullRequests(api, { source, configuration, pullRequest, report }, () => [])).toBe(report);
  expect(asked()).toEqual([]);
  quiet.remove();
});
