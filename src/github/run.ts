/** One run of the Action. It only wires: what is read, what is judged, and where the report goes. */
import { info, notice, setFailed, warning } from "@actions/core";
import { resolve } from "node:path";
import { addedLinesOf } from "../change/added-lines.js";
import type { ChangeSource, OtherPullRequest } from "../change/change-source.js";
import type { ConfigurableRule } from "../change/configuration.js";
import { GitError } from "../change/git.js";
import type { Configuration } from "../model/configuration.js";
import type { OtherChange } from "../model/plan.js";
import type { Report } from "../model/report.js";
import { pickAnnotations } from "../report/annotations.js";
import { cut, log } from "../report/escape.js";
import { overrideWords, verdictSentence } from "../report/words.js";
import { workflowCommand } from "../report/workflow-commands.js";
import { timeLimit, type TimeLimit } from "../text/out-of-time.js";
import { withRelease } from "./api-release.js";
import { GitHubApi } from "./api.js";
import { readChange } from "./change.js";
import { analysisOf } from "./code-scanning.js";
import { failureOf, incompleteMessage } from "./conclusion.js";
import { configurationOf } from "./configuration.js";
import { readEvent, type Event, type PullRequest } from "./event.js";
import { forward } from "./forward.js";
import { readInputs } from "./inputs.js";
import { linksTo, runUrl } from "./links.js";
import { writeOutputs } from "./outputs.js";
import { withOtherPullRequests } from "./other-pull-requests.js";
import { overrideOf } from "./override.js";
import { postComment, postReview } from "./post.js";
import { ConfigurationError } from "./problem.js";
import { writeSummary } from "./summary.js";

/** What judges the change; the entry point wires it. */
export interface Engine {
  readonly rules: readonly ConfigurableRule[];
  /** A report as code scanning reads it. */
  sarif(report: Report): string;
  /** The address of a rule's page; undefined for a name that is no rule. */
  readonly page: (rule: string) => string | undefined;
  /** @param limit When it ends with what it knows. */
  check(source: ChangeSource, configuration: Configuration, limit: TimeLimit): Report;
  /** The statements of other pull requests that are about the same as the change; undefined where there was no time. */
  changesOfOthers(
    source: ChangeSource,
    configuration: Configuration,
    others: readonly OtherPullRequest[],
    limit: TimeLimit,
  ): readonly OtherChange[] | undefined;
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
  // Of all that a run does, what it asks GitHub for included.
  const limit = timeLimit(inputs.timeLimit);
  const event = readEvent(process.env);
  const workspace = resolve(process.env["GITHUB_WORKSPACE"] || ".");
  const root = resolve(workspace, inputs.workingDirectory);
  const access = { token: inputs.token, repository: event.repository, limit };
  const api = inputs.token === "" ? undefined : new GitHubApi(access);

  if (inputs.report !== undefined) {
    const { page } = engine;
    return forward({ event, inputs: { ...inputs, report: inputs.report }, workspace, page, ...(api && { api }) });
  }
  if (event.trigger.kind === "workflow run") {
    throw new ConfigurationError("On workflow_run this action needs the input report: what the other run has left.");
  }

  const read = await readChange({ event, root, ...(inputs.base && { base: inputs.base }), ...(api && { api }) });
  const configuration = configurationOf({
    source: read,
    rules: engine.rules,
    side: isFork(event) ? "base" : "head",
    workspace,
    ...(inputs.configuration && { input: inputs.configuration }),
  });
  const source = api ? await withRelease(api, read, configuration) : read;
  const conversation = conversationOf(event);
  const checked = engine.check(source, configuration, limit);
  const judged =
    api && conversation
      ? await withOtherPullRequests(
          new GitHubApi({ ...access, retries: 0 }),
          { report: checked, source, configuration, pullRequest: conversation },
          (others) => engine.changesOfOthers(source, configuration, others, limit),
        )
      : checked;
  const reason = failureOf(judged, inputs.failOn);
  const { override, why } =
    reason === undefined ? {} : await overrideOf({ event, label: inputs.overrideLabel, ...(api && { api }) });
  const report: Report = { ...judged, ...(override && { override }) };

  if (inputs.annotations !== "none") {
    const shown =
      inputs.annotations === "review" && api && conversation
        ? await postReview({ api, pullRequest: conversation, inputs, report, source })
        : undefined;
    const annotations = pickAnnotations(report, {
      addedLines: addedLinesOf(source),
      rest: "in the summary of this run",
      ...(shown && { shown }),
    });
    process.stdout.write(annotations.map(workflowCommand).join(""));
  }
  const link = linksTo(event, { ...source, base: report.change.release ?? source.base }, process.env);
  const fullReport = runUrl(event, process.env);
  await attempt("The outputs were not set", async () => {
    const check = (of: ChangeSource): Report => engine.check(of, configuration, limit);
    const analysis = inputs.sarif ? await analysisOf({ event, root, configuration, report, check }) : undefined;
    writeOutputs(report, analysis && engine.sarif(analysis));
  });
  await attempt("The summary was not written", () => writeSummary(report, link));
  if (api && conversation) {
    const { number } = conversation;
    await attempt("No comment was written", () =>
      postComment({ api, pullRequest: number, inputs, report, link, fullReport }),
    );
  }
  info(log(`${report.verdict}: ${verdictSentence(report)}`));
  if (override) notice(log(overrideWords(override)), { title: "Overridden" });
  else if (reason !== undefined) fail([reason, why].filter(Boolean).join(" "));
  else if (report.verdict === "incomplete") warning(log(incompleteMessage(report)));
}

/** One place that the report cannot reach must not cost the others. */
async function attempt(otherwise: string, work: () => void | Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    warning(log(`${otherwise}: ${error instanceof Error ? error.message : String(error)}`));
  }
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

/** The pull request to write on. Nobody waits for news of one that was merged or closed. */
function conversationOf({ trigger }: Event): PullRequest | undefined {
  return trigger.kind === "pull request" && trigger.pullRequest.open ? trigger.pullRequest : undefined;
}

function isFork({ trigger }: Event): boolean {
  return trigger.kind === "pull request" && trigger.pullRequest.fork;
}

/** One of the ten error annotations that a step may have; `pickAnnotations` leaves room for it. */
function fail(message: string): void {
  setFailed(log(message));
}
