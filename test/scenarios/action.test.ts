/** What the Action does on GitHub, topic by topic. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mergeGroupEvent, NO_COMMIT, pushEvent } from "../github/events.js";
import { GITHUB_ACTIONS } from "../github/fake-github.js";
import {
  BASE,
  event,
  FAILED,
  FINDING,
  github,
  MARKER,
  NO_ACCESS,
  NUMBER,
  push,
  READ_ONLY,
  repository,
  run,
  SAFE,
  served,
  start,
  UNSAFE,
} from "./action.js";

const FOOTER =
  "\n<sub>Ticks stay from run to run; any other edit of this comment is overwritten by the next run.</sub>\n";

describe("the Action", () => {
  const node = process.execPath;
  it("shows an unsafe migration beside its line, in the summary and in one comment", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ node });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(result).toMatchObject({ conclusion: "failure", exitCode: 1, lost: 0 });
    const { report, "report-file": file, ...outputs } = result.outputs;
    expect(outputs).toEqual({
      "deploy-order": "any",
      verdict: "unsafe",
      errors: "1",
      warnings: "0",
      unknowns: "0",
      migrations: "1",
      overridden: "false",
    });
    expect(file).toMatch(/report\.json$/);
    expect(JSON.parse(report!)).toMatchObject({ version: 1, verdict: "unsafe", findings: [{ line: 3 }] });
    expect(github.comments).toHaveLength(1);
    const [comment] = github.comments;
    expect(comment!.body.startsWith(`${MARKER}\n### Change 1 statement before you merge.\n\n**Error** [`)).toBe(true);
    expect(comment!.body).toContain(
      `](https://github.com/acme/shop/blob/${served.head}/migrations/002_orders_account.sql#L3) · [no-blocking-index-build]`,
    );
    expect(`${MARKER}\n${result.summary!}${FOOTER}`).toBe(comment!.body);
    expect(result.commands.filter((name) => !["error", "warning", "notice"].includes(name))).toEqual([]);
  });

  it("says nothing about a safe one", async () => {
    await start(BASE, SAFE);
    const result = await run({ node });
    expect(result).toMatchObject({ conclusion: "success", annotations: [], outputs: { verdict: "safe" } });
    expect(github.comments).toEqual([]);
    expect(github.writes).toEqual([]);
  });
});

describe("the comment", () => {
  it("stays as it is when nothing changed, is edited in place when something did, and ends in an all clear", async () => {
    await start(BASE, UNSAFE);
    await run();
    await run();
    expect(github.writes).toHaveLength(1);

    github.comments[0]!.body = github.comments[0]!.body.replaceAll("\n", "\r\n");
    await run();
    expect(github.writes).toHaveLength(1);

    github.comments[0]!.body = `${MARKER}\nof an earlier commit`;
    await run();
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]).toMatchObject({ edits: 1, body: expect.stringContaining("Change 1 statement") });

    // The author mends the migration.
    await push(BASE, SAFE);
    const [comment] = github.comments;
    const result = await run();
    expect(result.conclusion).toBe("success");
    expect(comment!.body).toBe(
      `${MARKER}\nAll clear: what was reported here on the migrations of this pull request is resolved.\n`,
    );
    await run();
    expect(comment!.edits).toBe(2);
  });

  it("is its own only: whoever else writes the marker is left alone, on whichever page", async () => {
    await start(BASE, UNSAFE);
    github.addComment(NUMBER, { login: "mallory", type: "User" }, `${MARKER}\nall fine`);
    github.addComment(NUMBER, { login: "github-actions[bot]", type: "User" }, `${MARKER}\nall fine`);
    github.addComment(NUMBER, { login: "other[bot]", type: "Bot" }, `${MARKER}\nall fine`);
    github.addComment(NUMBER, GITHUB_ACTIONS, `> ${MARKER}\nquoted`);
    for (let index = 0; index < 120; index += 1) github.addComment(NUMBER, { login: "a", type: "User" }, "hello");
    const own = github.addComment(NUMBER, GITHUB_ACTIONS, `${MARKER}\nold`);
    await run();
    expect(github.comments.filter(({ edits }) => edits > 0)).toEqual([own]);
    expect(github.comments).toHaveLength(125);
  });

  it("keeps what people tick, also while the run is under way, and takes a tick away where its step changed", async () => {
    await start(BASE, UNSAFE);
    await run();
    const [comment] = github.comments;
    const tick = (body: string): string => body.replaceAll("- [ ]", "- [x]");
    expect(tick(comment!.body)).not.toBe(comment!.body);
    comment!.body = tick(comment!.body).replaceAll("\n", "\r\n");
    await run();
    expect(comment!.edits).toBe(0);

    // A tick between listing the comments and writing the one: the text is read again first.
    comment!.body = `${comment!.body.replaceAll("- [x]", "- [ ]")}\r\nby hand`;
    github.onceListed = () => (comment!.body = tick(comment!.body));
    await run();
    expect(comment!.edits).toBe(1);
    expect(comment!.body).toMatch(/^- \[x\] .* <!-- step:[0-9a-f]{12} [0-9a-f]{8} -->$/m);
    expect(comment!.body).not.toContain("by hand");

    await push(BASE, {
      "migrations/002_orders_account.sql": Object.values(UNSAFE)[0]!.replace("(account_id)", "(account_id, id)"),
    });
    await run();
    expect(comment!.body).toMatch(
      /^- \[ \] .* \*Changed since it was ticked\.\* <!-- step:[0-9a-f]{12} [0-9a-f]{8} changed -->$/m,
    );
  });

  it("is one for each comment-key", async () => {
    await start(BASE, UNSAFE);
    await run();
    await run({ inputs: { "comment-key": "billing" } });
    await run({ inputs: { "comment-key": "billing" } });
    expect(github.comments.map(({ body, edits }) => [body.split("\n")[0], edits])).toEqual([
      ["<!-- migration-safety:report v1 -->", 0],
      ["<!-- migration-safety:report v1 key=billing -->", 0],
    ]);
    const wrong = await run({ inputs: { "comment-key": "a --> b" } });
    expect(wrong.annotations[0]!.message).toBe(
      "Configuration: The input comment-key is a word of at most 60 letters, digits, '.', '_' and single '-'; it was " +
        "set to 'a --> b'.",
    );
  });

  it("is removed by on-clean: delete once what it reported is gone", async () => {
    await start(BASE, SAFE);
    const other = github.addComment(NUMBER, { login: "a", type: "User" }, `${MARKER}\nmine`);
    github.addComment(NUMBER, GITHUB_ACTIONS, `${MARKER}\nof an earlier commit`);
    await run({ inputs: { "on-clean": "delete" } });
    expect(github.comments).toEqual([other]);
    await run({ inputs: { "on-clean": "delete" } });
    expect(github.writes).toHaveLength(1);
  });

  it("is found again where an app of one's own writes it", async () => {
    await start(BASE, UNSAFE, { tokens: { token: { account: { login: "acme[bot]", type: "Bot" }, access: "write" } } });
    await run({ inputs: { "comment-author": "acme[bot]" } });
    await run({ inputs: { "comment-author": "acme[bot]" } });
    expect(github.comments).toHaveLength(1);
  });

  it("gives the lines that accept a finding", async () => {
    await start(BASE, UNSAFE);
    await run();
    const lines = github.comments[0]!.body.match(/^-- migration-safety-disable-next-line .*$/gm)!;
    expect(lines).toEqual(["-- migration-safety-disable-next-line no-blocking-index-build -- why it is safe here"]);
    await github.stop();
    served.remove();
    const [file, sql] = Object.entries(UNSAFE)[0]!;
    await start(BASE, { [file]: sql.replace("CREATE INDEX", `${lines.join("\n")}\nCREATE INDEX`) });
    const result = await run();
    expect(result).toMatchObject({ conclusion: "success", annotations: [], outputs: { verdict: "safe" } });
    expect(result.summary).toContain("1 finding accepted");
    expect(result.summary).toMatch(/^- Accepted, no-blocking-index-build at .*: why it is safe here$/m);
  });

  it("is written anew where somebody deleted it meanwhile", async () => {
    await start(BASE, UNSAFE);
    github.addComment(NUMBER, GITHUB_ACTIONS, `${MARKER}\nold`);
    github.fail({ operation: "issues/update-comment", status: 404 });
    const result = await run();
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.comments.map(({ body }) => body.includes("Change 1 statement"))).toEqual([false, true]);
  });

  it("is not written with comment: never, and also without findings with comment: always", async () => {
    await start(BASE, SAFE);
    await run({ inputs: { comment: "always" } });
    expect(github.comments).toHaveLength(1);
    expect(github.comments[0]!.body).toContain("### Migrations first, then the code");
    await run({ inputs: { comment: "never" } });
    expect(github.requests.filter(({ operation }) => operation === "issues/list-comments")).toHaveLength(1);
  });

  it("fits GitHub's limit with two hundred findings, which all are in the summary", async () => {
    const names = Array.from({ length: 200 }, (_, index) => `orders_${String(index)}`);
    const tables = names.map((name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, a bigint);`).join("\n");
    const indexes = names.map((name) => `CREATE INDEX ${name}_idx ON ${name} (a);`).join("\n");
    await start({ "migrations/001.sql": tables }, { "migrations/002.sql": `SET lock_timeout = '2s';\n${indexes}\n` });
    const result = await run();
    expect(result.outputs["errors"]).toBe("200");
    expect(github.comments[0]!.body.length).toBeLessThanOrEqual(60_000);
    expect(github.comments[0]!.body).toContain("https://github.com/acme/shop/actions/runs/4242");
    for (const name of names) expect(result.summary).toContain(`INDEX ${name}_idx`);
    // Nine findings and the reason of the failure: the runner shows ten.
    expect(result.annotations).toHaveLength(10);
    expect(result.lost).toBe(0);
    expect(result.annotations[8]!.message).toMatch(/\n\n\+191 more in the summary of this run\.$/);
  });
});

describe("a token that may not comment", () => {
  it("changes neither verdict nor findings, and costs one notice with the permissions to set", async () => {
    await start(BASE, UNSAFE, { tokens: READ_ONLY });
    const result = await run({ event: event({ fork: "stranger/shop" }) });
    expect(result.annotations).toEqual([
      FINDING,
      {
        level: "notice",
        title: "No comment on this pull request",
        message:
          "The token of this run may not comment. Verdict and findings are the same; the summary of this run has all " +
          "of them. On pull requests from forks and from Dependabot that is how GitHub works; elsewhere the workflow " +
          "or job needs:\n\npermissions:\n  contents: read\n  pull-requests: write",
      },
      FAILED,
    ]);
    expect(result.outputs).toMatchObject({ verdict: "unsafe", errors: "1" });
    expect(result.summary).toContain("**Error** [<code>migrations/002&#95;orders&#95;account.sql:3</code>]");
    expect(github.comments).toEqual([]);
  });

  it("is met by 404 in a private repository, and that is the same", async () => {
    await start(BASE, UNSAFE, { tokens: NO_ACCESS });
    const result = await run();
    expect(result.annotations).toEqual([
      FINDING,
      expect.objectContaining({
        level: "notice",
        message: expect.stringMatching(/^The token of this run may not comment\./),
      }),
      FAILED,
    ]);
  });

  it("costs no notice where there is nothing to say", async () => {
    await start(BASE, SAFE, { tokens: NO_ACCESS });
    expect(await run()).toMatchObject({ conclusion: "success", annotations: [] });
  });

  it("is not needed: without one, no request is made", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ inputs: { "github-token": "" } });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.requests).toEqual([]);
  });
});

describe("a GitHub that has difficulties", () => {
  it("is asked twice more, after the time that it asks for", async () => {
    await start(BASE, UNSAFE);
    github.fail({ operation: "issues/list-comments", status: 502, headers: { "retry-after": "0" } });
    github.fail({ operation: "issues/create-comment", status: 429, headers: { "retry-after": "0" }, times: 2 });
    const result = await run();
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.comments).toHaveLength(1);
    expect(github.writes.map(({ status }) => status)).toEqual([429, 429, 201]);
  });

  it("costs the comment and nothing else where that does not help", async () => {
    await start(BASE, UNSAFE);
    github.fail({ operation: "issues/create-comment", status: 503, headers: { "retry-after": "0" }, times: 9 });
    const result = await run();
    expect(result.annotations).toEqual([FINDING, expect.objectContaining({ level: "notice" }), FAILED]);
    expect(result.annotations[1]!.message).toMatch(/^GitHub did not take the comment \(.*\)\. Verdict and findings/);
    expect(github.writes).toHaveLength(3);
  });
});

describe("a checkout with one commit", () => {
  it("gets base from the API", async () => {
    await start(BASE, { ...UNSAFE, "migrations/001_orders.sql": undefined });
    const [deep, shallow] = [await run({ depth: 2 }), await run({ depth: 1 })];
    expect(deep.outputs["errors"]).not.toBe("0");
    const { change: _deep, ...expected } = JSON.parse(deep.outputs["report"]!);
    const { change: _shallow, ...found } = JSON.parse(shallow.outputs["report"]!);
    expect(found).toEqual(expected);
    expect(github.requests.map(({ operation }) => operation)).toContain("repos/get-content");
  });

  it("is incomplete and red where the API does not give it either, and says which setting mends that", async () => {
    await start(BASE, UNSAFE, { tokens: NO_ACCESS });
    const result = await run({ depth: 1 });
    expect(result).toMatchObject({ conclusion: "failure", outputs: { verdict: "incomplete" } });
    const failure = result.annotations.at(-1)!;
    expect(failure.message).toMatch(/^The change could not be read whole\. The checkout holds a single commit/);
    expect(failure.message).toMatch(/Set `fetch-depth: 2` on actions\/checkout\.$/);
    expect(result.summary).toContain("<code>fetch-depth: 2</code>");
  });

  it("is incomplete without a token", async () => {
    await start(BASE, SAFE);
    const result = await run({ depth: 1, inputs: { "github-token": "" } });
    expect(result).toMatchObject({ conclusion: "failure", outputs: { verdict: "incomplete" } });
    expect(result.annotations).toEqual([
      expect.objectContaining({ message: expect.stringContaining("Set `fetch-depth: 2` on actions/checkout.") }),
    ]);
  });

  it("is incomplete where GitHub lists fewer files than the pull request has", async () => {
    await start(BASE, SAFE);
    const result = await run({ depth: 1, event: event({ changedFiles: 3500 }) });
    expect(result.outputs["verdict"]).toBe("incomplete");
    expect(result.annotations[0]!.message).toContain(
      "GitHub lists 1 files of this change, at most 3000, and it has 3500.",
    );
  });

  it("gets base of the branch's own commit as well", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ workspace: served.checkout(served.head, 1) });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.requests.map(({ operation }) => operation)).toContain("repos/compare-commits");
  });
});

describe("other events", () => {
  it("judges a merge group and does not comment", async () => {
    await start(BASE, UNSAFE);
    for (const depth of [2, 1]) {
      const result = await run({ depth, event: mergeGroupEvent(repository, served.base, served.merge) });
      // This GitHub does not know the pull request.
      const unread =
        "Whether it has the label migration-safety-override cannot be read: the job needs `pull-requests: read`.";
      expect(result.annotations).toEqual([FINDING, { ...FAILED, message: `${FAILED.message} ${unread}` }]);
    }
    expect(github.comments).toEqual([]);
  });

  it("judges a push against what was there before, and does not comment", async () => {
    await start(BASE, UNSAFE);
    const result = await run({
      event: pushEvent(repository, { before: served.base, after: served.merge, branch: "main" }),
    });
    expect(result.annotations).toEqual([FINDING, FAILED]);
    expect(github.requests).toEqual([]);
  });

  it("takes everything as new in the push that creates the default branch", async () => {
    await start(BASE, UNSAFE);
    const result = await run({
      event: pushEvent(repository, { before: NO_COMMIT, after: served.merge, branch: "main" }),
    });
    expect(result).toMatchObject({ conclusion: "success", annotations: [], outputs: { migrations: "2" } });
  });

  it("judges a new branch against the default branch", async () => {
    await start(BASE, UNSAFE);
    const result = await run({
      depth: 1,
      workspace: served.checkout(served.head, 1),
      event: pushEvent(repository, { before: NO_COMMIT, after: served.head, branch: "change" }),
    });
    expect(result.annotations).toEqual([FINDING, FAILED]);
  });

  it("refuses pull_request_target", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ event: { ...event(), name: "pull_request_target" } });
    expect(result.conclusion).toBe("failure");
    expect(result.annotations).toEqual([
      expect.objectContaining({
        level: "error",
        message: expect.stringMatching(/^Configuration: This action does not run on pull_request_target: /),
      }),
    ]);
    expect(github.requests).toEqual([]);
  });
});

describe("inputs", () => {
  it("names a wrong one with its values", async () => {
    await start(BASE, UNSAFE);
    expect((await run({ inputs: { "fail-on": "warn" } })).annotations).toEqual([
      {
        level: "error",
        message: "Configuration: The input fail-on is one of error, warning, never; it was set to 'warn'.",
      },
    ]);
  });

  it("fails as told by fail-on, with the same verdict", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ inputs: { "fail-on": "never" } });
    expect(result).toMatchObject({ conclusion: "success", annotations: [FINDING], outputs: { verdict: "unsafe" } });
  });

  it("warns of an incomplete change where fail-on: never lets it pass", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ depth: 1, inputs: { "fail-on": "never", "github-token": "" } });
    expect(result).toMatchObject({ conclusion: "success", outputs: { verdict: "incomplete" } });
    expect(result.annotations).toEqual([
      { level: "warning", message: expect.stringMatching(/^The change could not be read whole\. .*fetch-depth: 2/) },
    ]);
  });

  it("prints no annotations with annotations: none", async () => {
    await start(BASE, UNSAFE);
    expect((await run({ inputs: { annotations: "none" } })).annotations).toEqual([FAILED]);
  });

  it("takes configuration as YAML, under the repository's own file, and as a path", async () => {
    await start({ ...BASE, "ci/safety.yml": "rules:\n  no-blocking-index-build: off\n" }, UNSAFE);
    const off = "rules:\n  no-blocking-index-build: off\n";
    expect((await run({ inputs: { config: off } })).annotations).toEqual([]);
    expect((await run({ inputs: { config: "ci/safety.yml" } })).annotations).toEqual([]);
    const wrong = await run({ inputs: { config: "rules:\n  no-blocking-index-built: off\n" } });
    expect(wrong.annotations).toHaveLength(1);
    expect(wrong.annotations[0]!.message).toMatch(/^Configuration: the input config:2:3: .*no-blocking-index-build\b/);
    const missing = await run({ inputs: { config: "../../etc/passwd" } });
    expect(missing.annotations[0]!.message).toBe(
      "Configuration: The input config names ../../etc/passwd, which is not there.",
    );
  });

  it("takes the configuration of base for a fork, and that of the pull request otherwise", async () => {
    await start(BASE, { ...UNSAFE, ".github/migration-safety.yml": "rules:\n  no-blocking-index-build: off\n" });
    expect((await run()).annotations).toEqual([]);
    await push(
      { ...BASE, ".github/migration-safety.yml": "rules: {}\n" },
      { ...UNSAFE, ".github/migration-safety.yml": "rules:\n  no-blocking-index-build: off\n" },
    );
    const fork = await run({ event: event({ fork: "stranger/shop" }) });
    expect(fork.annotations).toEqual([FINDING, FAILED]);
  });

  it("finds the checkout where working-directory says", async () => {
    await start(BASE, UNSAFE);
    const workspace = join(served.checkout(served.merge, 2), "..");
    const folder = served.checkout(served.merge, 2).split("/").at(-1)!;
    expect((await run({ workspace, inputs: { "working-directory": folder } })).annotations).toEqual([FINDING, FAILED]);
    const outside = await run({ workspace, inputs: { "working-directory": "nowhere" } });
    expect(outside.annotations[0]!.message).toMatch(/^Configuration: .*nowhere/);
  });
});

describe("a hostile pull request", () => {
  const NAME = "migrations/002 ::error file=x::y ##[warning]z @octocat `#1` <img src=x> %0A\u202e.sql";
  const SQL =
    "SET lock_timeout = '2s';\n" +
    "-- ::error::from a comment ##[error]y <!-- step:forged -->\n" +
    'CREATE INDEX "@octocat ::set-output name=a::b ##[error]x <!-- step:1 --> ```" ON orders (account_id);\n' +
    "::error::not SQL @octocat;\n";

  it("has none of its text interpreted", async () => {
    await start(BASE, { [NAME]: SQL, "migrations/003\n::error::name.sql": SQL });
    const result = await run();
    expect(result.outputs["errors"]).toBe("2");
    expect(result.commands.filter((name) => name !== "error" && name !== "warning")).toEqual([]);
    // Every annotation is one that we made: a rule's, or the reason of the failure.
    const titles = result.annotations.map(({ title }) => title);
    expect(titles.slice(0, -1).every((title) => /^(no|require)-[a-z-]+$/.test(title!))).toBe(true);
    expect(titles.at(-1)).toBeUndefined();
    expect(result.annotations.filter(({ level }) => level === "error").map(({ file }) => file)).toEqual([
      NAME,
      "migrations/003\n::error::name.sql",
      undefined,
    ]);
    for (const text of [github.comments[0]!.body.slice(MARKER.length), result.summary!]) {
      const outside = text.replaceAll(/^ *(`{3,})sql\n[\s\S]*?\n *\1$/gm, "");
      expect(outside).not.toMatch(/@|<img|<!-- step:(?![0-9a-f]{12} [0-9a-f]{8} -->$)/m);
      expect(text).not.toMatch(/<!-- step:(forged|1)|\u202e/);
    }
  });
});
