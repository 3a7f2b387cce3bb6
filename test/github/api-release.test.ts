import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { gitChangeSource } from "../../src/change/change-source.js";
import { check } from "../../src/check/check.js";
import { configurationOf } from "../../src/check/configuration.js";
import { withRelease } from "../../src/github/api-release.js";
import { GitHubApi } from "../../src/github/api.js";
import type { Report } from "../../src/model/report.js";
import { serve, type Files, type Served } from "./checkout.js";
import { FakeGitHub } from "./fake-github.js";

const TIMEOUT = "SET lock_timeout = '2s';\n";
const FIRST: Files = {
  ".github/migration-safety.yml": "deploy:\n  released: v*\n",
  "db/migrations/0001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, account_id bigint);\n",
  "src/report.ts": "export const sql = `SELECT account_id FROM orders`;\n",
};
/** What is merged since the release. */
const SINCE: Files = {
  ...FIRST,
  "db/migrations/0002_items.sql": "CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint);\n",
  "src/report.ts": "export const sql = `SELECT id FROM orders`;\n",
};
const CHANGE: Files = {
  "db/migrations/0003_indexes.sql": `${TIMEOUT}CREATE INDEX ON orders (id);\nCREATE INDEX ON items (order_id);\n`,
  "db/migrations/0004_drop.sql": `${TIMEOUT}ALTER TABLE orders DROP COLUMN account_id;\n`,
};

let served: Served;
const repository = { repository: "acme/shop", git: "" };
const github = await FakeGitHub.start(repository);
// The client reads it once, when it is loaded.
vi.stubEnv("GITHUB_API_URL", github.url);

function serveNew(change: Files): void {
  served = serve(SINCE, change, FIRST);
  repository.git = served.git;
}

beforeEach(() => {
  serveNew(CHANGE);
  github.requests.length = 0;
});

afterEach(() => {
  expect(github.violations).toEqual([]);
  served.remove();
});

afterAll(() => github.stop());

function git(...args: string[]): string {
  const person = ["-c", "user.name=A", "-c", "user.email=a@example.test"];
  return execFileSync("git", [...person, ...args], { cwd: served.git, encoding: "utf8" }).trim();
}

/** What a checkout of so many commits is told. */
async function judged(depth: number): Promise<Report> {
  const source = gitChangeSource({ root: served.checkout(served.merge, depth), base: "HEAD^1", head: "HEAD" });
  const configuration = configurationOf(source);
  const api = new GitHubApi({
    token: "token",
    repository: { owner: "acme", name: "shop" },
    wait: () => Promise.resolve(),
  });
  return check(await withRelease(api, source, configuration), configuration);
}

const asked = (): unknown[] => github.requests.map(({ operation }) => operation);

const unknown = (reason: string): unknown => [
  {
    reason: `It is not known which release the base builds on, and so not what has shipped. ${reason}`,
    fix: "Set `fetch-depth: 0` on actions/checkout, or run `git fetch --unshallow --tags`.",
  },
];

it("is the same as in a whole checkout", async () => {
  const { findings, change, verdict } = await judged(2);
  expect(verdict).toBe("unsafe");
  expect(change.release).toEqual({ tag: "v1.0.0", commit: git("rev-parse", "v1.0.0^{commit}") });
  expect(change.incomplete).toEqual([]);
  expect(findings.map(({ rule, file, line, evidence }) => [rule, file, line, evidence.map((one) => one.side)])).toEqual(
    [
      // Not of items, which no release has.
      ["no-blocking-index-build", "db/migrations/0003_indexes.sql", 2, []],
      // The code of the release uses it, that of the base does not any more.
      ["no-drop-in-same-release", "db/migrations/0004_drop.sql", 2, ["base"]],
    ],
  );
  expect(asked()).toEqual(["git/list-matching-refs", "repos/compare-commits", "repos/get-content"]);
});

it("is the highest version, pre-releases left out", async () => {
  git("tag", "v1.0.0-rc.1", served.base);
  git("tag", "v0.9.0", "v1.0.0^{commit}");
  git("tag", "other-v9", served.base);
  expect((await judged(2)).change.release?.tag).toBe("v1.0.0");
  git("tag", "v1.10.0", served.base);
  git("tag", "v1.9.0", served.base);
  const { change, findings } = await judged(2);
  expect(change.release).toEqual({ tag: "v1.10.0", commit: served.base });
  expect(findings.map(({ rule, line }) => `${rule} ${String(line)}`)).toEqual([
    "no-blocking-index-build 2",
    "no-blocking-index-build 3",
  ]);
});

it("is not asked for by a change without migrations, nor in a checkout that has it", async () => {
  served.remove();
  serveNew({ "src/other.ts": "export {};\n" });
  expect((await judged(2)).verdict).toBe("safe");
  served.remove();
  serveNew(CHANGE);
  const root = served.checkout(served.merge, 2);
  execFileSync("git", ["fetch", "--quiet", "--unshallow", "--tags", "origin"], { cwd: root });
  const source = gitChangeSource({ root, base: "HEAD^1", head: "HEAD" });
  const api = new GitHubApi({ token: "token", repository: { owner: "acme", name: "shop" } });
  expect(await withRelease(api, source, configurationOf(source))).toBe(source);
  expect(asked()).toEqual([]);
});

it("is unknown where the API does not tell", async () => {
  git("tag", "v1.0", served.base);
  expect((await judged(2)).change.incomplete).toEqual(
    unknown("GitHub's API does not tell which of v1.0 and v1.0.0 is the newer one."),
  );
  git("tag", "-d", "v1.0");
  git("branch", "release", served.base);
  git("checkout", "--quiet", "release");
  git("commit", "--quiet", "--allow-empty", "-m", "version 2");
  git("tag", "v2.0.0");
  const { change, verdict } = await judged(2);
  expect(verdict).toBe("unsafe");
  expect(change.incomplete).toEqual(unknown("The newest release, v2.0.0, is not part of HEAD^1."));
  git("tag", "-d", "v2.0.0");
  github.fail({ operation: "repos/get-content", status: 403 });
  expect((await judged(2)).change.incomplete).toEqual(
    unknown("GitHub's API did not give the releases (Fault - https://docs.github.com/rest)."),
  );
});

it("is none where no tag matches", async () => {
  git("tag", "-d", "v1.0.0");
  const { notes, change } = await judged(2);
  expect(change.incomplete).toEqual([]);
  expect(notes).toEqual([
    {
      file: ".github/migration-safety.yml",
      line: 2,
      message: "No tag matches `v*`, so everything that is merged counts as released.",
    },
  ]);
});
