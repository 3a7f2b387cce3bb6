/**
 * The requests this action makes, one method each. `@actions/github` is loaded with the first of them: not every run makes
 * one. Of its methods the bundle has `request` and `paginate` only (`scripts/build.js`).
 */
import type { getOctokit } from "@actions/github";
import { TIME_WAS_OVER, type TimeLimit } from "../text/out-of-time.js";
import type { Repository } from "./event.js";

type Octokit = Pick<ReturnType<typeof getOctokit>, "hook" | "paginate" | "request">;

/** GitHub lists no more files of a pull request than this, and does not say that it left some out. */
export const PULL_REQUEST_FILES = 3000;

/** GitHub lists no more files of a comparison than this. */
export const COMPARISON_FILES = 300;

const PAGE = 100;

/** What one request tells of the files of a pull request. */
export const FIRST_FILES = PAGE;

const RETRIES = 2;
const LONGEST_WAIT_SECONDS = 60;
const REQUEST_TIMEOUT = 408;

/**
 * - `not permitted`: 403 or 404; GitHub answers either where the token may not see or do something.
 * - `not reached`: no answer, a rate limit or a fault of GitHub's, after all tries.
 */
export type ApiErrorKind = "not permitted" | "not reached" | "refused";

export class ApiError extends Error {
  override readonly name = "ApiError";
  constructor(
    readonly kind: ApiErrorKind,
    readonly status: number | undefined,
    message: string,
  ) {
    super(message);
  }
}

/** A pull request as it is now. */
export interface PullRequestState {
  readonly number: number;
  readonly open: boolean;
  /** The last commit of its branch. */
  readonly head: string;
  readonly body: string;
  readonly labels: readonly string[];
  /** The login of who opened it; absent for an account that was deleted. */
  readonly author?: string;
}

export interface ListedFile {
  readonly file: string;
  readonly status: "added" | "removed" | "modified" | "renamed" | "copied" | "changed" | "unchanged";
  readonly previousFile?: string;
  /** Its hunks; GitHub leaves them out where they are large. */
  readonly patch?: string;
}

export interface Comparison {
  /** Where `head` is, seen from `base`. */
  readonly status: "diverged" | "ahead" | "behind" | "identical";
  readonly mergeBase: string;
  readonly files: ListedFile[];
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  /** Absent for an account that was deleted. */
  readonly author?: { readonly login: string; readonly bot: boolean };
}

export interface ReviewComment extends Comment {
  /** The comment that it answers. */
  readonly inReplyTo?: number;
}

export interface Review {
  readonly commit: string;
  readonly body: string;
  /** On lines of the new side; GitHub refuses a review of which one comment is outside the diff. */
  readonly comments: readonly {
    readonly file: string;
    readonly line: number;
    readonly endLine: number;
    readonly body: string;
  }[];
}

export interface ApiOptions {
  readonly token: string;
  readonly repository: Repository;
  /** When no more files are read. */
  readonly limit?: TimeLimit;
  /** How often a request is made again that was not answered. Default: twice. */
  readonly retries?: number;
  /** Milliseconds; replaced in tests. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

export class GitHubApi {
  readonly #options: ApiOptions;
  #octokit: Promise<Octokit> | undefined;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  get #repository(): { owner: string; repo: string } {
    return { owner: this.#options.repository.owner, repo: this.#options.repository.name };
  }

  async pullRequest(number: number): Promise<PullRequestState> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
        ...this.#repository,
        pull_number: number,
      });
      return stateOf(data);
    });
  }

  /** Open pull requests from a branch. @param head `owner:branch`. */
  async openPullRequests(head: string): Promise<PullRequestState[]> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls", {
        ...this.#repository,
        state: "open",
        head,
        per_page: PAGE,
      });
      return data.map(stateOf);
    });
  }

  /** Open pull requests into a branch, at most a page of 100: those that changed last. */
  async pullRequestsInto(base: string): Promise<PullRequestState[]> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls", {
        ...this.#repository,
        state: "open",
        base,
        sort: "updated",
        direction: "desc",
        per_page: PAGE,
      });
      return data.map(stateOf);
    });
  }

  /** Who set a label of a pull request last. */
  async labelledBy(number: number, label: string): Promise<string | undefined> {
    return this.#request(async (octokit) => {
      const events = await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/events", {
        ...this.#repository,
        issue_number: number,
        per_page: PAGE,
      });
      const setting = events.filter((event) => {
        return event.event === "labeled" && "label" in event && event.label.name === label;
      });
      return setting.at(-1)?.actor?.login;
    });
  }

  /** The files of a pull request, at most `PULL_REQUEST_FILES`. */
  async pullRequestFiles(number: number): Promise<ListedFile[]> {
    return this.#request(async (octokit) => {
      const files = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
        ...this.#repository,
        pull_number: number,
        per_page: PAGE,
      });
      return files.map(listedFile);
    });
  }

  /** The first files of a pull request, at most `FIRST_FILES`. */
  async firstFiles(number: number): Promise<ListedFile[]> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
        ...this.#repository,
        pull_number: number,
        per_page: PAGE,
      });
      return data.map(listedFile);
    });
  }

  /** The merge base of two commits and the files that differ from it to `head`, at most `COMPARISON_FILES`. */
  async compare(base: string, head: string): Promise<Comparison> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
        ...this.#repository,
        basehead: `${base}...${head}`,
        per_page: PAGE,
      });
      return {
        status: data.status,
        mergeBase: data.merge_base_commit.sha,
        files: (data.files ?? []).map(listedFile),
      };
    });
  }

  /** The names of all tags that start with a text. */
  async tags(prefix: string): Promise<string[]> {
    const ref = prefix === "" ? "tags" : `tags/${prefix}`;
    return this.#request(async (octokit) => {
      const refs = await octokit.paginate<{ readonly ref: string }>(
        "GET /repos/{owner}/{repo}/git/matching-refs/{ref}",
        {
          ...this.#repository,
          ref,
        },
      );
      return refs.flatMap(({ ref: name }) => /^refs\/tags\/(.+)$/.exec(name)?.[1] ?? []);
    });
  }

  /**
   * The bytes of a file at a commit; undefined where the answer holds none (no file, or above 1 MB). Not reached once the
   * time is over: hundreds may be asked for.
   */
  async contents(file: string, commit: string): Promise<Buffer | undefined> {
    if (this.#options.limit?.isOver()) throw new ApiError("not reached", undefined, TIME_WAS_OVER);
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/contents/{path}", {
        ...this.#repository,
        path: file,
        ref: commit,
      });
      if (Array.isArray(data) || data.type !== "file" || data.encoding !== "base64") return undefined;
      return Buffer.from(data.content, "base64");
    });
  }

  async comments(number: number): Promise<Comment[]> {
    return this.#request(async (octokit) => {
      const comments = await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...this.#repository,
        issue_number: number,
        per_page: PAGE,
      });
      return comments.map(commentOf);
    });
  }

  async comment(id: number): Promise<Comment> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...this.#repository,
        comment_id: id,
      });
      return commentOf(data);
    });
  }

  async createComment(number: number, body: string): Promise<number> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        ...this.#repository,
        issue_number: number,
        body,
      });
      return Number(data.id);
    });
  }

  async updateComment(id: number, body: string): Promise<Comment> {
    return this.#request(async (octokit) => {
      const { data } = await octokit.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...this.#repository,
        comment_id: id,
        body,
      });
      return commentOf(data);
    });
  }

  async deleteComment(id: number): Promise<void> {
    await this.#request((octokit) =>
      octokit.request("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...this.#repository,
        comment_id: id,
      }),
    );
  }

  /** The comments on lines of a pull request, of whichever review. */
  async reviewComments(number: number): Promise<ReviewComment[]> {
    return this.#request(async (octokit) => {
      const comments = await octokit.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/comments", {
        ...this.#repository,
        pull_number: number,
        per_page: PAGE,
      });
      return comments.map((comment) => ({
        ...commentOf(comment),
        ...(comment.in_reply_to_id !== undefined && { inReplyTo: Number(comment.in_reply_to_id) }),
      }));
    });
  }

  /** Everybody who follows the pull request is told once for a review, however many comments it has. */
  async createReview(number: number, { commit, body, comments }: Review): Promise<void> {
    await this.#request((octokit) =>
      octokit.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
        ...this.#repository,
        pull_number: number,
        commit_id: commit,
        event: "COMMENT",
        body,
        comments: comments.map(({ file, line, endLine, body: text }) => ({
          path: file,
          body: text,
          side: "RIGHT",
          line: endLine,
          ...(line < endLine && { start_line: line, start_side: "RIGHT" }),
        })),
      }),
    );
  }

  async deleteReviewComment(id: number): Promise<void> {
    await this.#request((octokit) =>
      octokit.request("DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}", {
        ...this.#repository,
        comment_id: id,
      }),
    );
  }

  async #request<Answer>(ask: (octokit: Octokit) => Promise<Answer>): Promise<Answer> {
    this.#octokit ??= connect(this.#options);
    try {
      return await ask(await this.#octokit);
    } catch (error) {
      throw apiError(error);
    }
  }
}

async function connect({ token, wait = sleep, retries = RETRIES }: ApiOptions): Promise<Octokit> {
  const { getOctokit } = await import("@actions/github");
  const { fetchByHttpClient } = await import("./fetch.js");
  const octokit = getOctokit(token, {
    // The runner's; on GitHub Enterprise Server it names that server.
    baseUrl: process.env["GITHUB_API_URL"] || "https://api.github.com",
    log: SILENT,
    request: { fetch: fetchByHttpClient() },
  });
  octokit.hook.wrap("request", async (request, options) => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await request(options);
      } catch (error) {
        const seconds = attempt < retries ? secondsToWait(error, attempt) : undefined;
        if (seconds === undefined) throw error;
        await wait(seconds * 1000);
      }
    }
  });
  return octokit;
}

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface RequestFailure {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, string | number | undefined>> };
}

/** How long to wait before the next try; undefined where another try would not help. */
function secondsToWait(error: unknown, attempt: number): number | undefined {
  if (!isRequestFailure(error)) return undefined;
  const headers = error.response?.headers ?? {};
  const limited = error.status === 429 || (error.status === 403 && isRateLimit(headers));
  if (!limited && error.status !== REQUEST_TIMEOUT && error.status < 500) return undefined;
  const retryAfter = Number(headers["retry-after"] ?? Number.NaN);
  const seconds = Number.isFinite(retryAfter) ? Math.max(retryAfter, 0) : 2 ** attempt;
  return seconds > LONGEST_WAIT_SECONDS ? undefined : seconds;
}

function isRateLimit(headers: NonNullable<RequestFailure["response"]>["headers"]): boolean {
  return headers["retry-after"] !== undefined || String(headers["x-ratelimit-remaining"]) === "0";
}

function isRequestFailure(error: unknown): error is RequestFailure & Error {
  return error instanceof Error && typeof (error as Partial<RequestFailure>).status === "number";
}

function apiError(error: unknown): ApiError {
  if (!isRequestFailure(error)) return new ApiError("not reached", undefined, messageOf(error));
  const { status, response } = error;
  const limited = status === 429 || (status === 403 && isRateLimit(response?.headers ?? {}));
  if (limited || status === REQUEST_TIMEOUT || status >= 500)
    return new ApiError("not reached", status, messageOf(error));
  return new ApiError(status === 403 || status === 404 ? "not permitted" : "refused", status, messageOf(error));
}

/** Where no connection was made the reason stands in what caused the error; an answer may have no text at all. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== "") return error.message;
  if (isRequestFailure(error) && error.response) return `status ${String(error.status)}`;
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error.cause];
  return first === undefined ? error.name : messageOf(first);
}

function commentOf({
  id,
  body,
  user,
}: {
  /** Octokit reads whole numbers that are no safe integers as bigint. */
  id: number | bigint;
  body?: string;
  user: { login: string; type: string } | null;
}): Comment {
  return { id: Number(id), body: body ?? "", ...(user && { author: { login: user.login, bot: user.type === "Bot" } }) };
}

function stateOf(data: {
  number: number;
  state: string;
  body: string | null;
  head: { sha: string };
  labels: readonly { name: string }[];
  user: { login: string } | null;
}): PullRequestState {
  const { number, state, body, head, labels, user } = data;
  return {
    number,
    open: state === "open",
    head: head.sha,
    body: body ?? "",
    labels: labels.map(({ name }) => name),
    ...(user && { author: user.login }),
  };
}

function listedFile(file: {
  filename: string;
  status: ListedFile["status"];
  previous_filename?: string;
  patch?: string;
}): ListedFile {
  const { filename, status, previous_filename: previousFile, patch } = file;
  return {
    file: filename,
    status,
    ...(previousFile !== undefined && { previousFile }),
    ...(patch !== undefined && { patch }),
  };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
