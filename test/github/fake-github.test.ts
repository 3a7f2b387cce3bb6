import { afterEach, describe, expect, it } from "vitest";
import { serve, type Served } from "./checkout.js";
import { COMMENT_CHARACTERS, FakeGitHub, GITHUB_ACTIONS, type FakeGitHubOptions } from "./fake-github.js";
import subset from "./openapi/api.github.com.json" with { type: "json" };

let github: FakeGitHub;
let served: Served | undefined;

async function start(options: Partial<FakeGitHubOptions> = {}): Promise<void> {
  github = await FakeGitHub.start({ repository: "acme/shop", ...options });
}

async function ask(method: string, path: string, body?: unknown, token = "token"): Promise<Response> {
  return fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

const COMMENTS = "/repos/acme/shop/issues/7/comments";

afterEach(async () => {
  await github.stop();
  served?.remove();
  served = undefined;
});

describe("the fake GitHub", () => {
  it("keeps comments and pages through them", async () => {
    await start();
    for (let index = 0; index < 35; index += 1) {
      expect((await ask("POST", COMMENTS, { body: String(index) })).status).toBe(201);
    }
    const first = await ask("GET", COMMENTS);
    expect(await first.json()).toHaveLength(30);
    expect(first.headers.get("link")).toBe(
      `<${github.url}${COMMENTS}?per_page=30&page=2>; rel="next", <${github.url}${COMMENTS}?per_page=30&page=2>; rel="last"`,
    );
    const last = await ask("GET", `${COMMENTS}?per_page=30&page=2`);
    expect(await last.json()).toHaveLength(5);
    expect(last.headers.get("link")).toBeNull();
    expect(github.violations).toEqual([]);
  });

  it("refuses what GitHub refuses", async () => {
    await start();
    const own = github.addComment(7, GITHUB_ACTIONS, "a");
    const address = `/repos/acme/shop/issues/comments/${String(own.id)}`;
    const long = "😀".repeat(COMMENT_CHARACTERS / 2);
    expect((await ask("PATCH", address, { body: long })).status).toBe(200);
    expect((await ask("PATCH", address, { body: `${long}a` })).status).toBe(422);
    expect((await ask("POST", COMMENTS, { body: `${long}a` })).status).toBe(422);
    expect((await ask("PATCH", "/repos/acme/shop/issues/comments/1", { body: "a" })).status).toBe(404);
    expect((await ask("GET", COMMENTS, undefined, "other")).status).toBe(401);
    expect((await ask("GET", "/repos/acme/hidden/issues/7/comments")).status).toBe(404);
    expect(github.violations).toEqual([]);
  });

  it("knows pull requests, by number and by branch, and who set their labels", async () => {
    served = serve({ "a.txt": "a\n" }, { "b.txt": "b\n" });
    const { git, base, head } = served;
    const pullRequest = { base, head, fork: "stranger/shop", body: "why", labels: { urgent: "octo" } };
    await start({ git, pullRequests: { 7: pullRequest, 8: { base, head, state: "closed" } } });
    const seven = { number: 7, state: "open", body: "why", labels: [{ name: "urgent" }], head: { sha: head } };
    expect(await (await ask("GET", "/repos/acme/shop/pulls/7")).json()).toMatchObject(seven);
    expect(await (await ask("GET", "/repos/acme/shop/pulls/8")).json()).toMatchObject({ state: "closed" });
    expect((await ask("GET", "/repos/acme/shop/pulls/9")).status).toBe(404);
    const listed = await ask("GET", "/repos/acme/shop/pulls?state=open&head=stranger%3Achange");
    expect(await listed.json()).toMatchObject([seven]);
    expect(await (await ask("GET", "/repos/acme/shop/pulls?head=acme%3Achange")).json()).toEqual([]);
    expect(await (await ask("GET", "/repos/acme/shop/issues/7/events")).json()).toMatchObject([
      { event: "labeled", label: { name: "urgent" }, actor: { login: "octo" } },
    ]);
    expect(github.violations).toEqual([]);
  });

  it("takes reviews whose comments all stand in a hunk of the diff, and no others", async () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${String(index + 1)}\n`);
    served = serve({ "a.txt": lines.join("") }, { "a.txt": lines.with(19, "twenty\n").join("") });
    const { git, base, head } = served;
    await start({ git, pullRequests: { 7: { base, head } } });
    const reviews = "/repos/acme/shop/pulls/7/reviews";
    const review = (comments: readonly object[], body = "all"): Promise<Response> =>
      ask("POST", reviews, { event: "COMMENT", body, comments });
    const at = (line: number, start?: number): object => ({
      path: "a.txt",
      body: "x",
      side: "RIGHT",
      line,
      ...(start !== undefined && { start_line: start, start_side: "RIGHT" }),
    });
    expect((await review([at(16)])).status).toBe(422);
    expect((await review([at(20), at(24)])).status).toBe(422);
    expect((await review([{ ...at(20), path: "b.txt" }])).status).toBe(422);
    expect((await review([at(20)], "")).status).toBe(422);
    expect(github.reviewComments).toEqual([]);
    expect((await review([at(17), at(23, 20)])).status).toBe(200);
    const there = await ask("GET", "/repos/acme/shop/pulls/7/comments");
    expect(await there.json()).toMatchObject([{ line: 17 }, { start_line: 20, line: 23, user: GITHUB_ACTIONS }]);
    const { id } = github.reviewComments[0]!;
    expect((await ask("DELETE", `/repos/acme/shop/pulls/comments/${String(id)}`)).status).toBe(204);
    expect((await ask("DELETE", `/repos/acme/shop/pulls/comments/${String(id)}`)).status).toBe(404);
    expect(github.violations).toEqual([]);
  });

  it("records requests that break the contract", async () => {
    await start();
    expect((await ask("POST", COMMENTS, { body: "a", pinned: true })).status).toBe(422);
    expect((await ask("POST", COMMENTS, { text: "a" })).status).toBe(422);
    expect((await ask("GET", `${COMMENTS}?per_page=many`)).status).toBe(422);
    expect((await ask("DELETE", COMMENTS)).status).toBe(404);
    expect(github.violations).toHaveLength(4);
  });

  it("lets a read-only token read", async () => {
    await start({ tokens: { token: { account: GITHUB_ACTIONS, access: "read" } } });
    expect((await ask("GET", COMMENTS)).status).toBe(200);
    const refused = await ask("POST", COMMENTS, { body: "a" });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ message: "Resource not accessible by integration" });
    expect(github.violations).toEqual([]);
  });

  it("fails as often as it is told to", async () => {
    await start();
    github.fail({ operation: "issues/list-comments", status: 503, headers: { "retry-after": "1" }, times: 2 });
    const answers = [await ask("GET", COMMENTS), await ask("GET", COMMENTS), await ask("GET", COMMENTS)];
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(answers[0]!.headers.get("retry-after")).toBe("1");
    expect(github.violations).toEqual([]);
  });

  it("lists at most 3,000 files of a pull request, and reads contents up to 1 MB", async () => {
    const many = Object.fromEntries(Array.from({ length: 3001 }, (_, index) => [`${String(index)}.txt`, "a"]));
    served = serve({ "a/é ?.sql": "SELECT 'é';\n", "big.sql": "x".repeat(1_100_000) }, many);
    await start({ git: served.git, pullRequests: { 7: { base: served.base, head: served.head } } });
    const page = await ask("GET", "/repos/acme/shop/pulls/7/files?per_page=100&page=30");
    expect(await page.json()).toHaveLength(100);
    expect(page.headers.get("link")).toBeNull();
    const content = (path: string): Promise<Response> =>
      ask("GET", `/repos/acme/shop/contents/${encodeURIComponent(path)}?ref=${served!.base}`);
    const small = (await (await content("a/é ?.sql")).json()) as { content: string; encoding: string };
    expect(Buffer.from(small.content, "base64").toString()).toBe("SELECT 'é';\n");
    expect(await (await content("big.sql")).json()).toMatchObject({ content: "", encoding: "none", size: 1_100_000 });
    expect((await content("nothing.sql")).status).toBe(404);
    expect(github.violations).toEqual([]);
  });
});

describe("the part of GitHub's description", () => {
  it("names its source and licence, and refers to nothing outside itself", () => {
    expect(subset.info.license.name).toBe("MIT");
    expect(subset.info["x-source"]).toEqual({
      package: "@octokit/openapi@23.0.2",
      file: "generated/api.github.com.json",
      sha256: "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a",
    });
    const references = JSON.stringify(subset).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g);
    for (const [, kind, name] of references) {
      expect((subset.components as Record<string, Record<string, unknown>>)[kind!]).toHaveProperty([name!]);
    }
  });
});
