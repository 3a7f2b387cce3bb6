/** One run of the Action. It only wires: what is read, what is judged, and where the report goes. */
import { info, notice, setFailed, warning } from "@actions/core";
import { resolve } from "node:path";
import { addedLinesOf } from "../change/added-lines.js";
import type { ChangeSource } from "../change/change-source.js";
import type { ConfigurableRule } from "../change/configuration.js";
import { GitError } from "../change/git.js";
import type { Configuration } from "../model/configuration.js";
import type { Override, Report } from "../model/report.js";
import { pickAnnotations } from "../report/annotations.js";
import { cut, log } from "../report/escape.js";
import { COMMENT_LENGTH, renderAllClear, renderMarkdown } from "../report/markdown.js";
import { countedFindings, needsAttention, overrideWords, verdictSentence } from "../report/words.js";
import { workflowCommand } from "../report/workflow-commands.js";
import { withRelease } from "./api-release.js";
import { ApiError, GitHubApi } from "./api.js";
import { readChange } from "./change.js";
import { syncComment } from "./comment.js";
import { configurationOf } from "./configuration.js";
import { readEvent, type Event } from "./event.js";
import { readInputs, type FailOn, type Inputs } from "./inputs.js";
import { linksTo, runUrl } from "./links.js";
import { writeOutputs } from "./outputs.js";
import { overrideOf, type OverrideOptions } from "./override.js";
import { ConfigurationError } from "./problem.js";
import { syncReview, type ReviewResult } from "./review.js";
import { writeSummary } from "./summary.js";

/** What judges the change; the entry point wires it. */
export interface Engine {
  readonly rules: readonly ConfigurableRule[];
  check(source: ChangeSource, configuration: Configuration): Report;
}

/** Runs the Action. Never throws: what goes wrong becomes the message of a failed step. */
export async function run(engine: Engine): Promise<void> {
  try {
    await judge(engine);
  } catch (error) {
    fail(failureMessage(error));
  }
}

async function judge(engine: Engine): Promise<void> {
  const inputs = readInputs();
  const event = readEvent(process.env);
  const workspace = resolve(process.env["GITHUB_WORKSPACE"] || ".");
  const root = resolve(workspace, inputs.workingDirectory);
  const api = inputs.token === "" ? undefined : new GitHubApi({ token: inputs.token, repository: event.repository });

  const read = await readChange({ event, root, ...(inputs.base && { base: inputs.base }), ...(api && { api }) });
  const configuration = configurationOf({
    source: read,
    rules: engine.rules,
    side: isFork(event) ? "base" : "head",
    workspace,
    ...(inputs.configuration && { input: inputs.configuration }),
  });
  const source = api ? await withRelease(api, read, configuration) : read;
  const judged = engine.check(source, configuration);
  const reason = failureOf(judged, inputs.failOn);
  const { override, why } = await decision(reason, { event, label: inputs.overrideLabel, ...(api && { api }) });
  const report: Report = { ...judged, ...(override && { override }) };

  if (inputs.annotations !== "none") {
    const shown =
      inputs.annotations === "review" && api ? await review({ api, event, inputs, report, source }) : undefined;
    const annotations = pickAnnotations(report, {
      addedLines: addedLinesOf(source),
      rest: "in the summary of this run",
      ...(shown && { shown }),
    });
    process.stdout.write(annotations.map(workflowCommand).join(""));
  }
  const link = linksTo(event, { ...source, base: report.change.release ?? source.base }, process.env);
  await attempt("The outputs were not set", () => writeOutputs(report));
  await attempt("The summary was not written", () => writeSummary(report, link));
  if (api) await attempt("No comment was written", () => comment({ api, event, inputs, report, link }));
  info(log(`${report.verdict}: ${verdictSentence(report)}`));
  if (override) notice(log(overrideWords(override)), { title: "Overridden" });
  else if (reason !== undefined) fail([reason, why].filter(Boolean).join(" "));
  else if (report.verdict === "incomplete") warning(log(incompleteMessage(report)));
}

/** Whether somebody took on what makes the step fail. */
async function decision(
  reason: string | undefined,
  options: OverrideOptions,
): Promise<{ readonly override?: Override; readonly why?: string }> {
  return reason === undefined ? {} : overrideOf(options);
}

/** One place that the report cannot reach must not cost the others. */
async function attempt(otherwise: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    warning(log(`${otherwise}: ${error instanceof Error ? error.message : String(error)}`));
  }
}

interface ReviewTask {
  readonly api: GitHubApi;
  readonly event: Event;
  readonly inputs: Inputs;
  readonly report: Report;
  readonly source: ChangeSource;
}

/** Puts findings on the lines that the pull request adds; what is not shown there stays for the annotations. */
async function review({ api, event, inputs, report, source }: ReviewTask): Promise<ReviewResult["shows"] | undefined> {
  if (event.trigger.kind !== "pull request") return undefined;
  const { number, head } = event.trigger.pullRequest;
  const { shows, failed } = await syncReview({
    api,
    report,
    pullRequest: number,
    commit: head.commit,
    key: inputs.commentKey,
    author: inputs.commentAuthor,
    textOf: (file) => source.head.tree.read(file),
  });
  if (failed !== undefined) {
    if (!(failed instanceof ApiError)) throw failed;
    if (report.findings.length > 0) notice(log(refusal("review", failed)), { title: "No review on this pull request" });
  }
  return shows;
}

interface CommentTask {
  readonly api: GitHubApi;
  readonly event: Event;
  readonly inputs: Inputs;
  readonly report: Report;
  readonly link: ReturnType<typeof linksTo>;
}

async function comment({ api, event, inputs, report, link }: CommentTask): Promise<void> {
  if (inputs.comment === "never" || event.trigger.kind !== "pull request") return;
  const fullReport = runUrl(event, process.env);
  const says = inputs.comment === "always" || needsAttention(report);
  const fits = (markdown: string): boolean => markdown.length <= COMMENT_LENGTH;
  const body = says ? renderMarkdown(report, { fits, link, ...(fullReport && { fullReport }) }) : undefined;
  try {
    await syncComment({
      api,
      pullRequest: event.trigger.pullRequest.number,
      key: inputs.commentKey,
      author: inputs.commentAuthor,
      body,
      allClear: renderAllClear(),
      onClean: inputs.onClean,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (body !== undefined) notice(log(refusal("comment", error)), { title: "No comment on this pull request" });
  }
}

const PERMISSIONS = "permissions:\n  contents: read\n  pull-requests: write";

function refusal(what: "comment" | "review", { kind, message }: ApiError): string {
  const rest =
    "Verdict and findings are the same; the summary of this run has all of them" +
    (what === "review" ? ", and annotations take the place of the review." : ".");
  if (kind !== "not permitted") return `GitHub did not take the ${what} (${message}). ${rest}`;
  return (
    `The token of this run may not comment. ${rest} On pull requests from forks and from Dependabot that is how ` +
    `GitHub works; elsewhere the workflow or job needs:\n\n${PERMISSIONS}`
  );
}

/** Why the step fails; undefined where it passes. */
function failureOf(report: Report, failOn: FailOn): string | undefined {
  const { verdict, findings } = report;
  if (failOn === "never") return undefined;
  if (verdict === "incomplete") return incompleteMessage(report);
  if (verdict === "unsafe" || (verdict === "warnings" && failOn === "warning")) {
    const counts = countedFindings(findings);
    const sentence = verdictSentence(report);
    return `${counts} in the migrations. ${sentence.startsWith(counts) ? "" : sentence}`.trimEnd();
  }
  return undefined;
}

function incompleteMessage({ change: { incomplete } }: Report): string {
  return [
    "The change could not be read whole.",
    ...incomplete.slice(0, 1).map(({ reason, fix }) => `${reason} ${fix}`),
  ].join(" ");
}

function failureMessage(error: unknown): string {
  if (error instanceof ConfigurationError) return `Configuration: ${error.message}`;
  if (error instanceof GitError) {
    return error.kind === "not-a-repository"
      ? `Configuration: ${error.message} Run actions/checkout before this action.`
      : `Configuration: ${error.message}`;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `This action failed; nothing is known of the migrations. Please report it with these lines:\n${cut(detail, 2000)}`;
}

function isFork({ trigger }: Event): boolean {
  return trigger.kind === "pull request" && trigger.pullRequest.fork;
}

/** One of the ten error annotations that a step may have; `pickAnnotations` leaves room for it. */
function fail(message: string): void {
  setFailed(log(message));
}
