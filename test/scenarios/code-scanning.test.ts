/** Alerts of code scanning from a pull request through its merge to the release, without a flood and without gaps. */
import { execFileSync } from "node:child_process";
import type { Log, Result } from "sarif";
import { describe, expect, it } from "vitest";
import type { Files } from "../github/checkout.js";
import { pushEvent } from "../github/events.js";
import type { RunResult } from "../github/runner.js";
import { BASE, push, repository, run, served, start, UNSAFE } from "./action.js";

const FILE = ".github/migration-safety.yml";
const RELEASED: Files = { ...BASE, [FILE]: 'deploy:\n  released: "v*"\n' };
const LATER: Files = { "src/later.ts": "export {};\n" };
const [NAME, SQL] = Object.entries(UNSAFE)[0]!;

/** What code scanning tells an alert by; undefined where nothing was uploaded. */
function alertsOf({ outputs }: RunResult): (string | undefined)[] | undefined {
  if (!outputs["sarif"]) return undefined;
  const [analysis] = (JSON.parse(outputs["sarif"]) as Log).runs;
  return (analysis!.results ?? []).map((result: Result) => {
    expect(result.locations![0]!.physicalLocation!.region).toEqual({
      startLine: expect.any(Number),
      startColumn: expect.any(Number),
      endLine: expect.any(Number),
      endColumn: expect.any(Number),
    });
    return `${String(result.ruleId)} ${String(Object.values(result.partialFingerprints!)[0])}`;
  });
}

const inputs = { sarif: "true" };

/** A push to the default branch, with the whole history checked out. */
async function pushed(before: string, after: string): Promise<RunResult> {
  const workspace = served.checkout(after, 100);
  execFileSync("git", ["fetch", "--quiet", "--tags", "origin"], { cwd: workspace });
  return run({ inputs, workspace, event: pushEvent(repository, { before, after, branch: "main" }) });
}

function tag(name: string, commit: string): void {
  execFileSync("git", ["tag", name, commit], { cwd: served.git });
}

/** The base branch moves on. */
function commitOnTop(commit: string, files: Files): string {
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.test", ...args], {
      cwd: served.git,
      encoding: "utf8",
    }).trim();
  git("checkout", "--quiet", "--detach", commit);
  served.write(files);
  git("add", "--all");
  git("commit", "--quiet", "-m", "later");
  return git("rev-parse", "HEAD");
}

describe("code scanning", () => {
  it("has an alert from the pull request until the release, whatever is pushed meanwhile", async () => {
    await start(RELEASED, UNSAFE, { released: BASE });
    const onPullRequest = alertsOf(await run({ inputs, workspace: served.checkout(served.merge, 100) }));
    expect(onPullRequest).toEqual([expect.stringMatching(/^no-blocking-index-build [0-9a-f]{16}:1$/)]);

    const merged = await pushed(served.base, served.merge);
    expect(alertsOf(merged)).toEqual(onPullRequest);

    const later = commitOnTop(served.merge, LATER);
    const next = await pushed(served.merge, later);
    expect(next.outputs["migrations"]).toBe("0");
    expect(alertsOf(next)).toEqual(onPullRequest);

    tag("v1.1.0", later);
    const shipped = commitOnTop(later, { "src/last.ts": "export {};\n" });
    expect(alertsOf(await pushed(later, shipped))).toEqual([]);
  });

  it("has no alerts on the default branch where the configuration does not say what is released", async () => {
    await start(BASE, UNSAFE);
    expect(alertsOf(await run({ inputs }))).toHaveLength(1);
    const merged = await pushed(served.base, served.merge);
    expect(merged.outputs["errors"]).toBe("1");
    expect(alertsOf(merged)).toEqual([]);
    expect(alertsOf(await pushed(served.merge, commitOnTop(served.merge, LATER)))).toEqual([]);
  });

  it("keeps an alert over reformatting, and over lines that move", async () => {
    await start(BASE, UNSAFE);
    const first = alertsOf(await run({ inputs }));
    await push(BASE, {
      [NAME]: `-- A comment.\n\n${SQL.replace("CREATE INDEX", "create  index\n ").replace(" ON ", "\n  on ")}`,
    });
    expect(alertsOf(await run({ inputs }))).toEqual(first);
  });

  it("is told nothing where the change could not be read, so that alerts stay as they are", async () => {
    await start(BASE, UNSAFE);
    const result = await run({ depth: 1, inputs: { ...inputs, "github-token": "" } });
    expect(result.outputs["verdict"]).toBe("incomplete");
    expect(alertsOf(result)).toBeUndefined();
  });

  it("is not written for unless somebody asks", async () => {
    await start(BASE, UNSAFE);
    expect(alertsOf(await run())).toBeUndefined();
  });
});
