/** Findings as one review with comments on the lines that the pull request adds. */
import { createHash } from "node:crypto";
import type { Report } from "../model/report.js";
import { fingerprintsOf } from "../report/fingerprints.js";
import { lineEditOf, renderReviewComment, type LineEdit } from "../report/review-comment.js";
import { findingsByStatement, type StatementFindings } from "../report/statements.js";
import type { GitHubApi, Review, ReviewComment } from "./api.js";
import { addedRanges } from "./patch.js";

/** Everybody who follows the pull request reads these; more stand in the summary. */
const COMMENTS = 30;

export interface ReviewOptions {
  readonly api: GitHubApi;
  readonly report: Report;
  readonly pullRequest: number;
  /** The last commit of the pull request. */
  readonly commit: string;
  /** Tells the comments of several jobs apart; empty where there is one. */
  readonly key: string;
  /** The login that comments are written with. */
  readonly author: string;
  /** A file of the pull request as it was judged. */
  readonly textOf: (file: string) => string | undefined;
}

/** What is on the pull request when it is done; `failed` where GitHub refused to take the rest. */
export interface ReviewResult {
  /** Whether a statement's findings stand on its lines. */
  readonly shows: (group: StatementFindings) => boolean;
  readonly failed?: Error;
}

/**
 * Adds what is new, leaves what is there, and removes what is resolved unless somebody answered it. What is not on an
 * added line, or is too much, is left to others.
 */
export async function syncReview(options: ReviewOptions): Promise<ReviewResult> {
  const { api, report, pullRequest, commit } = options;
  const groups = findingsByStatement(report);
  const marks = marksOf(groups, options);
  const shown = new Set<string>();
  const shows = ({ speaks }: StatementFindings): boolean => shown.has(marks.get(speaks)!);
  try {
    const there = await api.reviewComments(pullRequest);
    const own = new Map(there.flatMap((comment) => (isOwn(comment, options) ? [[markIn(comment), comment]] : [])));
    for (const mark of marks.values()) if (own.has(mark)) shown.add(mark);
    await removeResolved(api, there, own, new Set(marks.values()));
    const missing = groups.filter((group) => !shows(group));
    const comments = missing.length === 0 ? [] : await draft(missing, marks, options);
    if (comments.length === 0) return { shows };
    await api.createReview(pullRequest, { commit, body: reviewBody(comments.length), comments });
    for (const { mark } of comments) shown.add(mark);
    return { shows };
  } catch (error) {
    return { shows, failed: error instanceof Error ? error : new Error(String(error)) };
  }
}

function reviewBody(count: number): string {
  return `Migration Safety: ${count === 1 ? "1 statement" : `${String(count)} statements`} to look at.`;
}

type Draft = Review["comments"][number] & { readonly mark: string };

async function draft(
  groups: readonly StatementFindings[],
  marks: ReturnType<typeof marksOf>,
  { api, pullRequest, textOf }: ReviewOptions,
): Promise<Draft[]> {
  const patches = new Map((await api.pullRequestFiles(pullRequest)).map(({ file, patch }) => [file, patch]));
  const drafts: Draft[] = [];
  for (const group of groups) {
    if (drafts.length === COMMENTS) break;
    const { file, line, endLine } = group.speaks;
    const [patch, text] = [patches.get(file), textOf(file)];
    if (patch === undefined || text === undefined) continue;
    const isAdded = addedRanges(patch, text);
    const edit = editOf(group, text, isAdded);
    const place = edit ?? { line, endLine: isAdded(line, endLine) ? endLine : line };
    if (!isAdded(place.line, place.endLine)) continue;
    const mark = marks.get(group.speaks)!;
    const body = `${mark}\n${renderReviewComment(group, edit)}`;
    drafts.push({ file, line: place.line, endLine: place.endLine, body, mark });
  }
  return drafts;
}

/** The first suggestion that changes added lines only. */
function editOf(
  { speaks }: StatementFindings,
  text: string,
  isAdded: (line: number, endLine: number) => boolean,
): LineEdit | undefined {
  return speaks.suggestions
    .map((suggestion) => lineEditOf(text, suggestion))
    .find((edit) => edit !== undefined && isAdded(edit.line, edit.endLine));
}

/** First line of a comment: what it is about, whatever happens to the lines above it. */
function marksOf(
  groups: readonly StatementFindings[],
  { report, key }: ReviewOptions,
): ReadonlyMap<StatementFindings["speaks"], string> {
  const fingerprints = fingerprintsOf(report);
  return new Map(
    groups.map(({ speaks }) => {
      const what = JSON.stringify([speaks.database, speaks.file, fingerprints.get(speaks)]);
      const id = createHash("sha256").update(what).digest("hex").slice(0, 16);
      return [speaks, `<!-- migration-safety:finding v1${key === "" ? "" : ` key=${key}`} ${id} -->`];
    }),
  );
}

function markIn({ body }: ReviewComment): string {
  return /^[^\r\n]*/.exec(body)![0].trimEnd();
}

function isOwn(comment: ReviewComment, { key, author }: ReviewOptions): boolean {
  if (comment.author?.login !== author || (author.endsWith("[bot]") && !comment.author.bot)) return false;
  const prefix = `<!-- migration-safety:finding v1${key === "" ? "" : ` key=${key}`} `;
  const mark = markIn(comment);
  return mark.startsWith(prefix) && /^[0-9a-f]{16} -->$/.test(mark.slice(prefix.length));
}

async function removeResolved(
  api: GitHubApi,
  there: readonly ReviewComment[],
  own: ReadonlyMap<string, ReviewComment>,
  standing: ReadonlySet<string>,
): Promise<void> {
  const answered = new Set(there.map(({ inReplyTo }) => inReplyTo));
  for (const [mark, { id }] of own) {
    if (!standing.has(mark) && !answered.has(id)) await api.deleteReviewComment(id);
  }
}
