/** The one comment on a pull request: found again by its first line and its author, edited in place. */
import { ApiError, type Comment, type GitHubApi } from "./api.js";

/** First line of the comment, so that no cut and no quote can take it away. */
export const MARKER = "<!-- migration-safety:report v1 -->";

/** Who comments with the token that a workflow is given. */
const AUTHOR = "github-actions[bot]";

export type CommentResult = "created" | "updated" | "unchanged" | "none";

export interface CommentOptions {
  readonly api: GitHubApi;
  readonly pullRequest: number;
  /** What to say; undefined where there is nothing to say. */
  readonly body: string | undefined;
  /** What a comment becomes that has nothing to say any more. */
  readonly allClear: string;
}

/** Makes the comment say what it should. A pull request that never had anything to say gets no comment. */
export async function syncComment({ api, pullRequest, body, allClear }: CommentOptions): Promise<CommentResult> {
  const own = (await api.comments(pullRequest)).find(isOwn);
  if (own === undefined && body === undefined) return "none";
  const wanted = `${MARKER}\n${body ?? allClear}`;
  if (own === undefined) {
    await api.createComment(pullRequest, wanted);
    return "created";
  }
  if (normalized(own.body) === normalized(wanted)) return "unchanged";
  try {
    await api.updateComment(own.id, wanted);
    return "updated";
  } catch (error) {
    // Deleted since it was listed; without permission, creating one fails the same way.
    if (!(error instanceof ApiError && error.status === 404) || body === undefined) throw error;
    await api.createComment(pullRequest, wanted);
    return "created";
  }
}

/** Anybody can write the marker; GitHub lists the oldest comment first, so that one wins. */
function isOwn({ body, author }: Comment): boolean {
  return author?.bot === true && author.login === AUTHOR && body.startsWith(MARKER);
}

/** GitHub's editor stores CRLF. */
function normalized(body: string): string {
  return body.replaceAll("\r\n", "\n").trimEnd();
}
