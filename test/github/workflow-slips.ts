/** Slips in a workflow that GitHub's parser lets through and that show when it runs, or never. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

type Permissions = Readonly<Record<string, string>>;

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string | readonly string[];
  readonly permissions?: Permissions;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

const own = parse(readFileSync(join(import.meta.dirname, "../../action.yml"), "utf8")) as Action;

const isOwn = ({ uses = "" }: Step): boolean => uses === "./" || /^migration-safety\/migration-safety@/.test(uses);

/** What a step needs of its job's token, as the documentation of each action and of `gh` says. */
const NEEDS: readonly (readonly [step: RegExp, permissions: Permissions])[] = [
  [/^actions\/checkout@/, { contents: "read" }],
  [/^github\/codeql-action\/upload-sarif@/, { "security-events": "write" }],
  [/^actions\/attest@/, { "id-token": "write", attestations: "write" }],
  [/^npm publish --provenance/m, { "id-token": "write" }],
  [/\bgh release create\b|\bgh api --method (?:PATCH|POST) "repos\/[^"]*\/git\/refs/, { contents: "write" }],
];

/** One sentence for each. */
export function slipsIn(text: string): readonly string[] {
  const { permissions, jobs } = parse(text) as Workflow;
  return Object.entries(jobs).flatMap(([name, job]) =>
    job.steps.flatMap((step, index) => {
      const where = `${name}, step ${String(index + 1)}`;
      return [
        ...unknownInputs(step),
        ...unknownOutputs(step, job.steps.slice(0, index)),
        ...unknownJobs(step, job),
        ...missingPermissions(step, job.permissions ?? permissions),
        ...brokenScript(step),
      ].map((slip) => `${where}: ${slip}`);
    }),
  );
}

function unknownInputs(step: Step): string[] {
  if (!isOwn(step)) return [];
  return Object.keys(step.with ?? {}).flatMap((input) => (input in own.inputs ? [] : `there is no input ${input}`));
}

function unknownOutputs(step: Step, before: readonly Step[]): string[] {
  return Array.from(JSON.stringify(step).matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)).flatMap(
    ([, id = "", output = ""]) => {
      const other = before.find((one) => one.id === id);
      if (other === undefined) return `no step before it is called ${id}`;
      return isOwn(other) && !(output in own.outputs) ? `there is no output ${output}` : [];
    },
  );
}

function unknownJobs(step: Step, { needs = [] }: Job): string[] {
  const known = new Set([needs].flat());
  return Array.from(JSON.stringify(step).matchAll(/\bneeds\.([\w-]+)\./g)).flatMap(([, job = ""]) =>
    known.has(job) ? [] : `the job does not need ${job}`,
  );
}

function missingPermissions({ uses, run }: Step, granted: Permissions | undefined): string[] {
  if (granted === undefined) return ["nothing says what the job may do"];
  return NEEDS.filter(([step]) => step.test(uses ?? "") || step.test(run ?? "")).flatMap(([, needed]) =>
    Object.entries(needed).flatMap(([what, access]) =>
      granted[what] === access || granted[what] === "write" ? [] : `it needs ${what}: ${access}`,
    ),
  );
}

function brokenScript({ run }: Step): string[] {
  if (run === undefined) return [];
  const { status, stderr } = spawnSync("bash", ["-n"], { input: run, encoding: "utf8" });
  return [...(run.includes("${{") ? ["an expression stands in its script"] : []), ...(status === 0 ? [] : [stderr])];
}
