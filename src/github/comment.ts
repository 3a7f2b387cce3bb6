/** The one comment on a pull request: found again by its first line and its author, edited in place. */
import { hasBoxes, keepTicks } from "../report/step-boxes.js";
import { ApiError, type Comment, type GitHubApi } from "./api.js";

/** Who comments with the token that a workflow is given. */
export const GITHUB_ACTIONS = "github-actions[bot]";

/** What becomes of a comment that has nothing to say any more. */
export type OnClean = "update" | "delete";

export type CommentResult = "created" | "updated" | "unchanged" | "deleted" | "none";

export interface CommentOptions {
  readonly api: GitHubApi;
  readonly pullRequest: number;
  /** Tells the comments of several jobs apart; empty where there is one. */
  readonly key: string;
  /** The login that comments are written with; its own comments are the only ones that are read or changed. */
  readonly author: string;
  /** What to say; undefined where there is nothing to say. */
  readonly body: string | undefined;
  /** What a comment becomes that has nothing to say any more. */
  readonly allClear: string;
  readonly onClean: OnClean;
}

/** First line of the comment, so that no cut and no quote can take it away. */
export function markerOf(key: string): string {
  return `<!-- migration-safety:report v1${key === "" ? "" : ` key=${key}`} -->`;
}

const FOOTER = "<sub>Ticks stay from run to run; any other edit of this comment is overwritten by the next run.</sub>";

/** Makes the comment say what it should. A pull request that never had anything to say gets no comment. */
export async function syncComment(options: CommentOptions): Promise<CommentResult> {
  const { api, pullRequest, body } = options;
  const own = (await api.comments(pullRequest)).find((comment) => isOwn(comment, options));
  if (own === undefined) return body === undefined ? "none" : create(options, body);
  if (body === undefined && options.onClean === "delete") {
    await ignoreGone(api.deleteComment(own.id));
    return "deleted";
  }
  const wanted = textOf(options, body ?? options.allClear);
  if (isSame(own.body, keepTicks(wanted, own.body))) return "unchanged";
  // Somebody may have ticked a box since the comments were listed. GitHub has no conditional write: the text is read
  // once more, and only then written.
  const current = await ignoreGone(api.comment(own.id));
  if (current !== undefined) {
    const merged = keepTicks(wanted, current.body);
    if (isSame(current.body, merged)) return "unchanged";
    if ((await ignoreGone(api.updateComment(own.id, merged))) !== undefined) return "updated";
  }
  return body === undefined ? "none" : create(options, body);
}

async function create(options: CommentOptions, body: string): Promise<CommentResult> {
  await options.api.createComment(options.pullRequest, textOf(options, body));
  return "created";
}

function textOf({ key }: CommentOptions, body: string): string {
  return [markerOf(key), body.trimEnd(), ...(hasBoxes(body) ? ["", FOOTER] : []), ""].join("\n");
}

/** Undefined where a comment was deleted meanwhile. Without permission GitHub answers 404 as well; so does the next request. */
async function ignoreGone<Answer>(request: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Anybody can write the marker; GitHub lists the oldest comment first, so that one wins. */
function isOwn({ body, author }: Comment, { key, author: own }: CommentOptions): boolean {
  if (author?.login !== own || (own.endsWith("[bot]") && !author.bot)) return false;
  return /^[^\r\n]*/.exec(body)![0].trimEnd() === markerOf(key);
}

/** GitHub's editor stores CRLF. */
function isSame(one: string, other: string): boolean {
  return one.replaceAll("\r\n", "\n").trimEnd() === other.trimEnd();
}
