/**
 * The second of two workflows: it comments on pull requests from forks, whose own runs may not. The first, on
 * `pull_request`, has no rights and leaves its report as an artifact; this one, on `workflow_run`, has the right to
 * comment and runs nothing of the pull request.
 *
 * Who opens a pull request decides what its workflow leaves behind. So the report is data: its shape is checked, its
 * links are our own, its Markdown is made here, and which pull request it belongs to is asked of GitHub.
 */
import { info, notice } from "@actions/core";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Report } from "../model/report.js";
import { checkReport } from "../report/check-report.js";
import { address, log } from "../report/escape.js";
import type { GitHubApi } from "./api.js";
import { failureOf } from "./conclusion.js";
import type { Event, Trigger } from "./event.js";
import type { Inputs } from "./inputs.js";
import { linksTo, runUrlOf } from "./links.js";
import { overrideOf } from "./override.js";
import { postComment } from "./post.js";
import { ConfigurationError } from "./problem.js";

/** Largest report that is read, in bytes: one of a thousand migrations has a tenth of this. */
const REPORT_BYTES = 16 * 1024 * 1024;

export interface ForwardOptions {
  readonly event: Event;
  readonly inputs: Inputs & { readonly report: string };
  /** Absent without a token. */
  readonly api?: GitHubApi;
  readonly workspace: string;
  /** The address of a rule's page; undefined for a name that is no rule. */
  readonly page: (rule: string) => string | undefined;
}

/** Comments on the pull request that another run has judged. Throws a ConfigurationError where it cannot. */
export async function forward({ event, inputs, api, workspace, page }: ForwardOptions): Promise<void> {
  const { trigger } = event;
  if (trigger.kind !== "workflow run") {
    throw new ConfigurationError("The input report is for `on: workflow_run`: it says what the other run has left.");
  }
  if (api === undefined) throw new ConfigurationError("The input report needs a token that may comment.");
  if (trigger.event !== "pull_request") {
    info(log(`The other run was one of ${trigger.event}, so there is no pull request to comment on.`));
    return;
  }
  const number = await pullRequestOf(trigger, api);
  if (number === undefined) {
    notice("No open pull request has the commit that was judged as its last one, so there is nothing to comment on.");
    return;
  }
  const received = readReport(resolve(workspace, inputs.report));
  const report = await withOwnOverride(withOwnLinks(received, page), { event, number, api, inputs });
  const run = runUrlOf(event, trigger.run, process.env);
  await postComment({
    api,
    pullRequest: number,
    inputs,
    report,
    link: linksTo(event, { base: report.change.base, head: { commit: trigger.head } }, process.env),
    fullReport: run,
    footer: `<sub>Made from the data that [the run of this pull request](${address(run)}) left; its check has the verdict.</sub>`,
  });
}

/** The event names the fork's branch; a pull request of it counts only while the judged commit is its last. */
async function pullRequestOf(
  { owner, branch, head }: Extract<Trigger, { kind: "workflow run" }>,
  api: GitHubApi,
): Promise<number | undefined> {
  const open = (await api.openPullRequests(`${owner}:${branch}`)).filter((one) => one.head === head);
  // Two of one commit have different bases, and the report is about one of them.
  return open.length === 1 ? open[0]!.number : undefined;
}

function readReport(path: string): Report {
  const refuse = (why: string): never => {
    throw new ConfigurationError(`The report of the other run is not used: ${why}.`);
  };
  let text = "";
  try {
    // An artifact may hold links to anywhere; this one is not followed.
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const { size } = fstatSync(file);
      if (!fstatSync(file).isFile()) refuse("it is no file");
      if (size > REPORT_BYTES) refuse(`it has ${String(size)} bytes, and at most ${String(REPORT_BYTES)} are read`);
      text = readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    refuse("there is no file that can be read where the input report points");
  }
  const checked = checkReport(parsed(text));
  return "report" in checked ? checked.report : refuse(checked.problem);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function withOwnLinks({ override: _, ...report }: Report, page: ForwardOptions["page"]): Report {
  const own = <Finding extends { readonly rule: string }>(finding: Finding): Finding & { readonly help: string } => {
    const help = page(finding.rule);
    if (help !== undefined) return { ...finding, help };
    throw new ConfigurationError(
      `The report of the other run is not used: it names ${finding.rule}, which is no rule here. Use one version of this action in both workflows.`,
    );
  };
  return { ...report, findings: report.findings.map(own), suppressed: report.suppressed.map(own) };
}

/** What the received report says of an override is not believed. */
async function withOwnOverride(
  report: Report,
  { event, number, api, inputs }: { event: Event; number: number; api: GitHubApi; inputs: Inputs },
): Promise<Report> {
  if (failureOf(report, inputs.failOn) === undefined) return report;
  const { override } = await overrideOf({ event, number, label: inputs.overrideLabel, api });
  return override ? { ...report, override } : report;
}
