/**
 * A scenario as a folder:
 *
 *     event.yml      why the scenario is here; the event's name, and what its payload has beside GitHub's own example
 *     workflow.yml   how the Action is used; absent: as the first recipe of docs/github.md does
 *     github.yml     what there is on GitHub already; absent: nothing
 *     base/, head/   all files of the base branch, and of the pull request
 *     others/        what other open pull requests add, each in a folder of its number; absent: there are none
 *     expected/      comment.md, review.md, summary.md, annotations.txt, outputs.json, requests.txt; what is not there
 *                    is not shown
 *
 * `BASE`, `HEAD` and `MERGE` stand for the commits, in `event.yml` and in what is expected.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { parse } from "yaml";
import type { Files, Served } from "../github/checkout.js";
import { mergeGroupEvent, pullRequestEvent, pushEvent, type TestEvent } from "../github/events.js";
import { GITHUB_ACTIONS, type Account, type Fault, type FakeGitHub, type Token } from "../github/fake-github.js";
import type { PullRequest } from "../github/fake-pull-requests.js";
import type { RunResult, ShownAnnotation } from "../github/runner.js";
import { NUMBER, repository } from "./scenario.js";
import { readWorkflow, type ActionJob, type Workflow } from "./workflow.js";

export const EXPECTED = [
  "comment.md",
  "review.md",
  "summary.md",
  "annotations.txt",
  "outputs.json",
  "requests.txt",
] as const;

/** As many digits of a commit as people are shown. */
const SHORT = 10;

/** What GitHub shows when the run is over; absent: nothing. */
export type Shown = Readonly<Partial<Record<(typeof EXPECTED)[number], string>>>;

export interface Folder {
  readonly name: string;
  /** Why the scenario is here. */
  readonly about: string;
  readonly workflow: Workflow;
  readonly job: ActionJob;
  readonly base: Files;
  /** What the pull request changes. */
  readonly change: Files;
  readonly github: OnGitHub;
  /** By number. */
  readonly others: Readonly<Record<number, Files>>;
  readonly expected: Shown;
  /** The event, once there are commits. */
  event(served: Served): TestEvent;
}

/** What there is on GitHub before the run. */
export interface OnGitHub {
  /** Of the pull request. Labels with the login of who set each. */
  readonly pullRequest: Partial<PullRequest>;
  readonly comments: readonly { readonly by: Account; readonly body: string }[];
  readonly token: Token;
  readonly faults: readonly Fault[];
}

interface EventFile {
  readonly name: string;
  readonly payload?: Payload;
}

type Payload = Readonly<Record<string, unknown>>;

interface GitHubFile {
  readonly pullRequest?: Partial<PullRequest>;
  /** Without `by`, of the Action itself. */
  readonly comments?: readonly { readonly by?: string; readonly body: string }[];
  /** Who the token is; absent: GitHub Actions. */
  readonly author?: string;
  /** Absent: as the workflow's permissions say, and never more than reading for a fork. */
  readonly access?: Token["access"];
  readonly faults?: readonly Fault[];
}

/** Reads a scenario. @param example The workflow of one that has none of its own. */
export function readFolder(path: string, name: string, example: string): Folder {
  const at = (file: string): string => join(path, name, file);
  const text = (file: string): string | undefined =>
    existsSync(at(file)) ? readFileSync(at(file), "utf8") : undefined;
  const eventText = text("event.yml")!;
  const { name: eventName, payload = {} } = parse(eventText) as EventFile;
  const workflow = readWorkflow(text("workflow.yml") ?? example);
  const github = (parse(text("github.yml") ?? "{}") ?? {}) as GitHubFile;
  const [base, head] = [filesIn(at("base")), filesIn(at("head"))];
  const gone = Object.keys(base).filter((file) => !Object.hasOwn(head, file));
  const fork = forkIn(payload);
  return {
    name,
    about: /^# (.*)/.exec(eventText)?.[1] ?? "",
    workflow,
    job: workflow.jobs[0]!,
    base,
    change: {
      ...Object.fromEntries(gone.map((file) => [file, undefined])),
      ...Object.fromEntries(Object.entries(head).filter(([file, content]) => !isSame(content, base[file]))),
    },
    github: {
      pullRequest: { ...(fork !== undefined && { fork }), ...github.pullRequest },
      comments: (github.comments ?? []).map(({ by, body }) => ({ by: accountOf(by ?? github.author), body })),
      token: {
        account: accountOf(github.author),
        access: github.access ?? (workflow.mayComment && fork === undefined ? "write" : "read"),
      },
      faults: github.faults ?? [],
    },
    others: Object.fromEntries(
      (existsSync(at("others")) ? readdirSync(at("others")) : []).map((number) => [
        number,
        filesIn(at(join("others", number))),
      ]),
    ),
    expected: Object.fromEntries(
      EXPECTED.flatMap((file) => {
        const content = text(join("expected", file));
        return content === undefined ? [] : [[file, content]];
      }),
    ),
    event: (served) => eventOf(eventName, payload, served),
  };
}

function filesIn(folder: string): Files {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  return Object.fromEntries(
    paths.flatMap((path): [string, Files[string]][] => {
      const file = relative(folder, path).split(sep).join("/");
      const stat = lstatSync(path);
      if (stat.isSymbolicLink()) return [[file, { link: readlinkSync(path) }]];
      return stat.isFile() ? [[file, readFileSync(path, "utf8")]] : [];
    }),
  );
}

function isSame(one: Files[string], other: Files[string]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function accountOf(login: string = GITHUB_ACTIONS.login): Account {
  return { login, type: login.endsWith("[bot]") ? "Bot" : "User" };
}

function forkIn(payload: Payload): string | undefined {
  const head = (payload as { pull_request?: { head?: { repo?: { full_name?: string } } } }).pull_request?.head;
  return head?.repo?.full_name;
}

function eventOf(name: string, payload: Payload, { base, head, merge, changedFiles }: Served): TestEvent {
  const commits = new Map([
    ["BASE", base],
    ["HEAD", head],
    ["MERGE", merge],
  ]);
  const withCommits = JSON.parse(JSON.stringify(payload), (_, value: unknown) =>
    typeof value === "string" ? (commits.get(value) ?? value) : value,
  ) as Payload;
  const examples: Readonly<Record<string, () => TestEvent>> = {
    pull_request: () => pullRequestEvent({ repository, number: NUMBER, base, head, changedFiles }),
    merge_group: () => mergeGroupEvent(repository, base, merge, NUMBER),
    push: () => pushEvent(repository, { before: base, after: merge, branch: "main" }),
  };
  const example = (name === "pull_request_target" ? examples["pull_request"] : examples[name])?.();
  const started = example?.payload ?? { repository: { full_name: repository, default_branch: "main" } };
  return { name, payload: merged(started, withCommits) as TestEvent["payload"] };
}

function merged(one: unknown, other: unknown): unknown {
  if (!isObject(one) || !isObject(other)) return other;
  return { ...one, ...Object.fromEntries(Object.entries(other).map(([key, value]) => [key, merged(one[key], value)])) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The commit that actions/checkout would check out. */
export function checkedOut({ name, payload }: TestEvent, job: ActionJob, { head, merge }: Served): string {
  if (job.ownCommit) return head;
  if (name === "push") return payload.after!;
  return payload.ref === "refs/heads/change" ? head : merge;
}

/** What GitHub shows of a run. */
export function shownOf(result: RunResult, github: FakeGitHub, { by, served }: { by: Account; served: Served }): Shown {
  const { report: _report, "report-file": _file, sarif: _sarif, "sarif-file": sarif, ...outputs } = result.outputs;
  const own = github.comments.filter(({ account }) => account.login === by.login && account.type === by.type);
  const texts: Record<(typeof EXPECTED)[number], string> = {
    "comment.md": own.map(({ body }) => body).join("\n---\n"),
    "review.md": github.reviewComments
      .map(
        ({ path, startLine, line, body }) =>
          `${path}:${startLine === undefined ? "" : `${String(startLine)}-`}${String(line)}\n\n${body}`,
      )
      .join("\n\n---\n\n"),
    "summary.md": result.summary ?? "",
    "annotations.txt": result.annotations.map(annotationText).join("\n"),
    "outputs.json": JSON.stringify(
      { conclusion: result.conclusion, ...outputs, ...(sarif && { "sarif-file": "…" }) },
      null,
      2,
    ),
    "requests.txt": github.requests.map(({ method, path, status }) => `${method} ${path} ${String(status)}`).join("\n"),
  };
  const names = { BASE: served.base, HEAD: served.head, MERGE: served.merge };
  return Object.fromEntries(
    Object.entries(texts).flatMap(([file, text]) => {
      if (text === "") return [];
      const named = Object.entries(names).reduce(
        (all, [name, commit]) => all.replaceAll(commit, name).replaceAll(commit.slice(0, SHORT), name),
        text,
      );
      return [[file, `${named.trimEnd()}\n`]];
    }),
  );
}

/** `error FILE:LINE:COLUMN-END TITLE`, and the message indented below. */
function annotationText({ level, title, file, line, endLine, column, endColumn, message }: ShownAnnotation): string {
  const range = (from: number | undefined, to: number | undefined): string =>
    from === undefined ? "" : `:${String(from)}${to === undefined || to === from ? "" : `-${String(to)}`}`;
  const place = file === undefined ? "" : `${file}${range(line, endLine)}${range(column, endColumn)}`;
  const heading = [level, place, title].filter(Boolean).join(" ");
  return `${heading}\n${message.replaceAll(/^(?=.)/gm, "    ")}\n`;
}
