/** Our own workflows: pinned, with the least rights, and without texts of others in their scripts. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: unknown; readonly "timeout-minutes"?: number; readonly steps: readonly Step[] }
    >
  >;
}

const folder = join(import.meta.dirname, "../../.github/workflows");

describe.each(readdirSync(folder))("%s", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const { on, permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("pins every action by its commit, with the version beside it", () => {
    for (const [, name, rest] of text.matchAll(/uses: ([^\s@]+)(.*)/g)) {
      if (name !== "./") expect(rest).toMatch(/^@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it("grants nothing to the workflow, and to each job what it says", () => {
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job.permissions).toBeDefined();
    expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  it("leaves no credentials in a checkout", () => {
    for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"))) {
      expect(step.with).toMatchObject({ "persist-credentials": false });
    }
  });

  it("puts no expression into a script", () => {
    for (const { run } of steps) expect(run ?? "").not.toContain("${{");
  });
});
