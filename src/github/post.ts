/** What a run writes on a pull request. A refusal costs one notice; nothing that was found is lost by it. */
import { notice } from "@actions/core";
import type { ChangeSource } from "../change/change-source.js";
import type { Report } from "../model/report.js";
import { log } from "../report/escape.js";
import { COMMENT_LENGTH, renderAllClear, renderMarkdown, type MarkdownOptions } from "../report/markdown.js";
import { needsAttention } from "../report/words.js";
import { ApiError, type GitHubApi } from "./api.js";
import { syncComment } from "./comment.js";
import type { PullRequest } from "./event.js";
import type { Inputs } from "./inputs.js";
import { syncReview, type ReviewResult } from "./review.js";

export interface CommentTask {
  readonly api: GitHubApi;
  readonly pullRequest: number;
  readonly inputs: Inputs;
  readonly report: Report;
  readonly link: MarkdownOptions["link"];
  /** The address of the run, whose summary has the whole report. */
  readonly fullReport?: string | undefined;
  /** Markdown at the end of the comment. */
  readonly footer?: string;
}

/** Makes the one comment of a pull request say what the report says. */
export async function postComment(task: CommentTask): Promise<void> {
  const { api, pullRequest, inputs, report, link, fullReport, footer } = task;
  if (inputs.comment === "never") return;
  const says = inputs.comment === "always" || needsAttention(report);
  const fits = (markdown: string): boolean => markdown.length <= COMMENT_LENGTH;
  const body = says
    ? renderMarkdown(report, { fits, ...(link && { link }), ...(fullReport && { fullReport }) })
    : undefined;
  try {
    await syncComment({
      api,
      pullRequest,
      key: inputs.commentKey,
      author: inputs.commentAuthor,
      body: body !== undefined && footer !== undefined ? `${body}\n${footer}\n` : body,
      allClear: renderAllClear(),
      onClean: inputs.onClean,
    });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (body !== undefined) notice(log(refusal("comment", error)), { title: "No comment on this pull request" });
  }
}

export interface ReviewTask {
  readonly api: GitHubApi;
  readonly pullRequest: PullRequest;
  readonly inputs: Inputs;
  readonly report: Report;
  readonly source: ChangeSource;
}

/** Puts findings on the lines that the pull request adds; what is not shown there stays for the annotations. */
export async function postReview(task: ReviewTask): Promise<ReviewResult["shows"]> {
  const { api, pullRequest, inputs, report, source } = task;
  const { shows, failed } = await syncReview({
    api,
    report,
    pullRequest: pullRequest.number,
    commit: pullRequest.head.commit,
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
