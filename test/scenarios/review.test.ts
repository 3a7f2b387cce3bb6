/** `annotations: review`: findings as comments of a review, on lines that the pull request adds. */
import { describe, expect, it } from "vitest";
import { GITHUB_ACTIONS } from "../github/fake-github.js";
import { BASE, FAILED, FINDING, github, NUMBER, push, run, SAFE, served, start, UNSAFE } from "./action.js";

const inputs = { annotations: "review" };

const INDEX = "-- Accounts.\nCREATE INDEX orders_account_idx\n  ON orders (account_id);\n";

describe("a review", () => {
  it("shows a finding on its added line, once, and no annotation beside it", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ inputs });
    expect(result.annotations).toEqual([FAILED]);
    expect(github.reviewComments).toEqual([
      {
        id: expect.any(Number),
        pullRequest: NUMBER,
        account: GITHUB_ACTIONS,
        path: FINDING.file,
        line: 3,
        commit: served.head,
        body: expect.stringMatching(
          /^<!-- migration-safety:finding v1 [0-9a-f]{16} -->\n\*\*Error\*\* · \[no-blocking-index-build\]\(https:\/\/.*\)<br>Building orders&#95;account&#95;idx blocks every INSERT, /,
        ),
      },
    ]);
    await run({ inputs });
    expect(github.reviewComments).toHaveLength(1);
    expect(github.writes.filter(({ operation }) => operation === "pulls/create-review")).toHaveLength(1);
  });

  it("offers an edit of whole lines, after which there is nothing to say", async () => {
    await start(BASE, { "migrations/002_account.sql": INDEX });
    await run({ inputs });
    const [comment] = github.reviewComments;
    expect(comment).toMatchObject({ path: "migrations/002_account.sql", line: 2 });
    const [, edit] = /\n\n```suggestion\n([^]*)\n```$/.exec(comment!.body)!;
    expect(edit).toBe("CREATE INDEX CONCURRENTLY orders_account_idx");
    await push(BASE, { "migrations/002_account.sql": INDEX.replace("CREATE INDEX orders_account_idx", edit!) });
    expect(await run({ inputs })).toMatchObject({ annotations: [], outputs: { verdict: "safe" } });
    expect(github.reviewComments).toEqual([]);
  });

  it("removes what is resolved, but not what somebody answered", async () => {
    await start(BASE, UNSAFE);
    await run({ inputs });
    await push(BASE, SAFE);
    const [comment] = github.reviewComments;
    const answer = {
      pullRequest: NUMBER,
      account: { login: "a", type: "User" as const },
      path: comment!.path,
      line: 3,
    };
    const reply = github.addReviewComment({ ...answer, commit: served.head, body: "why?", inReplyTo: comment!.id });
    await run({ inputs });
    expect(github.reviewComments).toEqual([comment, reply]);
    github.reviewComments.splice(1);
    await run({ inputs });
    expect(github.reviewComments).toEqual([]);
  });

  it("leaves the comments of others alone, whatever they start with", async () => {
    await start(BASE, SAFE);
    const mark = "<!-- migration-safety:finding v1 0123456789abcdef -->\nx";
    const parts = { pullRequest: NUMBER, path: "migrations/002_notes.sql", line: 1, commit: served.head, body: mark };
    github.addReviewComment({ ...parts, account: { login: "mallory", type: "User" } });
    github.addReviewComment({ ...parts, account: { login: "other[bot]", type: "Bot" } });
    github.addReviewComment({ ...parts, account: GITHUB_ACTIONS, body: mark.replace("v1 ", "v1 key=other ") });
    await run({ inputs });
    expect(github.reviewComments).toHaveLength(3);
    expect(github.writes).toEqual([]);
  });

  it("leaves findings on lines that were there before to annotations", async () => {
    const old = "CREATE INDEX orders_account_idx ON orders (account_id);\n";
    await start(
      { ...BASE, "migrations/002_orders_account.sql": `SET lock_timeout = '2s';\n${old}` },
      { "migrations/002_orders_account.sql": `SET lock_timeout = '3s';\n${old}SELECT 1;\n` },
    );
    const result = await run({ inputs });
    const shown = github.reviewComments.map(({ line }) => line);
    expect(shown).not.toContain(2);
    expect(result.annotations.length + shown.length).toBeGreaterThan(1);
  });

  it("has thirty comments at most, and the rest are annotations", async () => {
    const names = Array.from({ length: 36 }, (_, index) => `orders_${String(index)}`);
    const tables = names.map((name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, a bigint);`).join("\n");
    const indexes = names.map((name) => `CREATE INDEX ${name}_idx ON ${name} (a);`).join("\n");
    await start({ "migrations/001.sql": tables }, { "migrations/002.sql": `SET lock_timeout = '2s';\n${indexes}\n` });
    const result = await run({ inputs });
    expect(github.reviewComments).toHaveLength(30);
    expect(github.writes.filter(({ operation }) => operation === "pulls/create-review")).toHaveLength(1);
    expect(result.annotations.filter(({ file }) => file !== undefined)).toHaveLength(6);
  });
});
