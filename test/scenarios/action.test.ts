/** What takes several runs to show, or more files than a folder should have. */
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { GITHUB_ACTIONS } from "../github/fake-github.js";
import { BASE, FAILED, FINDING, github, MARKER, NUMBER, push, run, SAFE, served, start, UNSAFE } from "./action.js";

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
    expect(comment!.body).toMatch(/^- \[x\] .* <!-- step:[0-9a-f]{12} [0-9a-f]{8} --> {2}$/m);
    expect(comment!.body).not.toContain("by hand");

    await push(BASE, {
      "migrations/002_orders_account.sql": Object.values(UNSAFE)[0]!.replace("(account_id)", "(account_id, id)"),
    });
    await run();
    expect(comment!.body).toMatch(
      /^- \[ \] .* \*Changed since it was ticked\.\* <!-- step:[0-9a-f]{12} [0-9a-f]{8} changed --> {2}$/m,
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

  it("stays where findings are accepted, with the reasons", async () => {
    await start(BASE, UNSAFE);
    await run();
    const [name, sql] = Object.entries(UNSAFE)[0]!;
    const directive = "-- migration-safety-disable-next-line no-blocking-index-build -- orders has ten rows\n";
    await push(BASE, { [name]: sql.replace("CREATE", `${directive}CREATE`) });
    expect(await run()).toMatchObject({ conclusion: "success", annotations: [], outputs: { verdict: "safe" } });
    expect(github.comments).toHaveLength(1);
    const { body } = github.comments[0]!;
    expect(body.startsWith(`${MARKER}\nAll clear`)).toBe(false);
    expect(body).toMatch(/Accepted, no-blocking-index-build .*: orders has ten rows/);
    expect(body).toContain("1 finding accepted");
    await push(BASE, SAFE);
    await run();
    expect(github.comments[0]!.body).toContain("All clear");
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
});

describe("inputs", () => {
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
      const outside = text.replaceAll(/^ *(`{3,})(?:sql|ts)\n[\s\S]*?\n *\1$/gm, "");
      expect(outside).not.toMatch(/@|<img|<!-- step:(?![0-9a-f]{12} [0-9a-f]{8} --> {0,2}$)/m);
      expect(text).not.toMatch(/<!-- step:(forged|1)|\u202e/);
    }
  });
});
