/** What a pull request silences is shown to who reviews it. */
import { describe, expect, it } from "vitest";
import type { Files } from "../github/checkout.js";
import { BASE, event, github, MARKER, push, run, SAFE, start, UNSAFE } from "./action.js";

const FILE = ".github/migration-safety.yml";
const OFF: Files = { [FILE]: "rules:\n  no-blocking-index-build: off\n" };
const LINES =
  "This pull request changes the configuration that it is checked with:\n\n" +
  "- <code>rules.no-blocking-index-build: + off</code>\n";

describe("a changed configuration", () => {
  it("is shown beside the migrations that it is applied to", async () => {
    await start(BASE, { ...UNSAFE, ...OFF });
    const result = await run();
    expect(result).toMatchObject({ conclusion: "success", annotations: [], outputs: { verdict: "safe" } });
    expect(github.comments[0]!.body).toContain(LINES);
    expect(result.summary).toContain(LINES);
    expect(JSON.parse(result.outputs["report"]!)).toMatchObject({
      change: { configurationChanges: ["rules.no-blocking-index-build: + off"] },
    });
  });

  it("is no news in a pull request without migrations", async () => {
    await start(BASE, OFF);
    expect(await run()).toMatchObject({ conclusion: "success", annotations: [] });
    expect(github.comments).toEqual([]);
  });

  it("changes nothing where it comes from a fork, and is not shown as if it did", async () => {
    await start({ ...BASE, [FILE]: "rules: {}\n" }, { ...UNSAFE, ...OFF });
    const result = await run({ event: event({ fork: "stranger/shop" }) });
    expect(result).toMatchObject({ conclusion: "failure", outputs: { errors: "1" } });
    expect(result.summary).not.toContain("changes the configuration");
    expect(result.summary).toContain("Configuration: .github/migration-safety.yml of the base branch.");
  });
});

describe("an accepted finding", () => {
  it("keeps the comment, with the reason and where it is accepted", async () => {
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
});
