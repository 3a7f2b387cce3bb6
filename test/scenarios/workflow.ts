/** A workflow as far as the Action meets it: when it runs, what it may do, what is checked out, and its inputs. */
import { parse } from "yaml";

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly "runs-on": string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

interface Document {
  readonly on: string | readonly string[] | Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface Workflow {
  /** Names of the events that start it. */
  readonly events: readonly string[];
  readonly hasPathsFilter: boolean;
  /** Of `pull-requests`; the token of a pull request from a fork can read at most. */
  readonly mayComment: boolean;
  /** Each job that uses the Action, in order. */
  readonly jobs: readonly ActionJob[];
}

export interface ActionJob {
  readonly name: string;
  readonly selfHosted: boolean;
  /** As many commits of history as the checkout has; absent: the job checks nothing out. */
  readonly depth?: number;
  /** It checks out the pull request's own commit instead of the merge. */
  readonly ownCommit: boolean;
  readonly inputs: Readonly<Record<string, string>>;
  /** Folders of the workspace that other checkouts of the job fill, by repository. */
  readonly checkouts: Readonly<Record<string, string>>;
  /** Variables that the workflow sets. */
  readonly env: Readonly<Record<string, string>>;
}

/** Reads a workflow that uses the Action. */
export function readWorkflow(text: string): Workflow {
  const { on, permissions, jobs } = parse(text) as Document;
  return {
    events: typeof on === "string" ? [on] : Array.isArray(on) ? (on as string[]) : Object.keys(on),
    hasPathsFilter: /"paths(-ignore)?":/.test(JSON.stringify(on)),
    mayComment: permissions["pull-requests"] === "write",
    jobs: Object.entries(jobs).flatMap(([name, job]) => actionJob(name, job) ?? []),
  };
}

function actionJob(name: string, { "runs-on": runsOn, env = {}, steps }: Job): ActionJob | undefined {
  const action = steps.find(({ uses }) => uses?.startsWith("migration-safety/migration-safety@"));
  if (action === undefined) return undefined;
  const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  const own = checkouts.find((step) => step.with?.["repository"] === undefined);
  const others = checkouts.filter((step) => step !== own);
  const depth = Number(own?.with?.["fetch-depth"] ?? 1);
  return {
    name,
    selfHosted: runsOn === "self-hosted",
    ...(own && { depth: depth === 0 ? 1000 : depth }),
    ownCommit: own?.with?.["ref"] === "${{ github.event.pull_request.head.sha }}",
    // What a secret holds is not known here; the token of the run stands for it.
    inputs: Object.fromEntries(
      Object.entries(action.with ?? {}).flatMap(([key, value]) =>
        String(value).includes("secrets.") ? [] : [[key, String(value)]],
      ),
    ),
    checkouts: Object.fromEntries(
      others.map((step) => [String(step.with!["repository"]), String(step.with!["path"] ?? ".")]),
    ),
    env: { ...env, ...action.env },
  };
}
