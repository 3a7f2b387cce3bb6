/**
 * A GitHub on loopback: it keeps comments, reads a real git repository for files, and checks every request and each of
 * its own answers against GitHub's OpenAPI description. What the description does not say is coded here: permissions,
 * limits, pagination, faults.
 */
import { execFileSync } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { OpenAPIBackend, type Context, type Document } from "openapi-backend";
import {
  draftProblem,
  labelEvents,
  pullRequestBody,
  reviewBody,
  reviewCommentBody,
  type DraftComment,
  type PullRequest,
  type ReviewComment,
} from "./fake-pull-requests.js";
import description from "./openapi/api.github.com.json" with { type: "json" };

/** GitHub refuses a longer body with 422. */
export const COMMENT_CHARACTERS = 65_536;

/** The branch that all pull requests are to be merged into. */
const MAIN = "main";

/** GitHub lists no more files of a pull request, and of a comparison. */
const LISTED_FILES = 3000;
const COMPARED_FILES = 300;

export type Operation =
  | "pulls/get"
  | "pulls/list"
  | "pulls/list-files"
  | "pulls/create-review"
  | "pulls/list-review-comments"
  | "pulls/delete-review-comment"
  | "issues/list-events"
  | "repos/compare-commits"
  | "repos/get-content"
  | "git/list-matching-refs"
  | "issues/list-comments"
  | "issues/get-comment"
  | "issues/create-comment"
  | "issues/update-comment"
  | "issues/delete-comment";

export interface Account {
  readonly login: string;
  readonly type: "Bot" | "User";
}

export interface Token {
  readonly account: Account;
  /** What it may do; a read token can read everything, as in a run of a pull request from a fork. */
  readonly access: "write" | "read" | "none";
}

export const GITHUB_ACTIONS: Account = { login: "github-actions[bot]", type: "Bot" };

export interface StoredComment {
  readonly id: number;
  readonly pullRequest: number;
  readonly account: Account;
  body: string;
  edits: number;
}

export interface FakeGitHubOptions {
  /** `owner/name`. */
  readonly repository: string;
  /** A local repository with the commits; absent: no files are served. */
  readonly git?: string;
  /** By number. */
  readonly pullRequests?: Readonly<Record<number, PullRequest>>;
  /** By token. Default: `token`, which may write as GitHub Actions. */
  readonly tokens?: Readonly<Record<string, Token>>;
  /** What it is called by those who ask it. Default: its own address. */
  readonly origin?: string;
  /** Where its API begins: `/api/v3` on GitHub Enterprise Server. */
  readonly prefix?: string;
  /** With these it speaks HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** The next requests of an operation fail. */
export interface Fault {
  readonly operation: Operation;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: once. */
  readonly times?: number;
}

export interface SeenRequest {
  readonly operation: Operation | undefined;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** A request as a handler gets it: checked, its parameters read. */
interface Asked {
  readonly request: {
    readonly path: string;
    readonly params: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string | undefined>>;
    readonly requestBody: unknown;
  };
}

/** Of all that GitHub says of a changed file, what is looked at here. */
interface ListedFile {
  readonly filename: string;
  readonly patch?: string;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class FakeGitHub {
  readonly comments: StoredComment[] = [];
  readonly reviewComments: ReviewComment[] = [];
  readonly requests: SeenRequest[] = [];
  /** Requests and answers that break the contract; a test asserts that there are none. */
  readonly violations: string[] = [];
  /** What somebody does right after the comments were listed. */
  onceListed: (() => void) | undefined;
  readonly #options: FakeGitHubOptions;
  readonly #server: Server;
  readonly #api: OpenAPIBackend;
  readonly #faults: { fault: Fault; left: number }[] = [];
  #nextId = 1000;

  private constructor(options: FakeGitHubOptions) {
    this.#options = options;
    this.#api = new OpenAPIBackend({
      definition: patched(description as unknown as Document),
      quick: true,
      coerceTypes: true,
      // GitHub's own formats (`repo.nwo`, `timestamp`, …) say nothing that matters here.
      ajvOpts: { strict: false, validateFormats: false },
      handlers: {
        "pulls/get": (context: Context) => this.#getPullRequest(context as Asked),
        "pulls/list": (context: Context) => this.#listPullRequests(context as Asked),
        "pulls/list-files": (context: Context) => this.#listFiles(context as Asked),
        "pulls/create-review": (context: Context, account: Account) => this.#createReview(context as Asked, account),
        "pulls/list-review-comments": (context: Context) => this.#listReviewComments(context as Asked),
        "pulls/delete-review-comment": (context: Context) => this.#deleteReviewComment(context as Asked),
        "issues/list-events": (context: Context) => this.#listEvents(context as Asked),
        "repos/compare-commits": (context: Context) => this.#compare(context as Asked),
        "git/list-matching-refs": (context: Context) => this.#matchingRefs(context as Asked),
        "repos/get-content": (context: Context) => this.#content(context as Asked),
        "issues/list-comments": (context: Context) => this.#listComments(context as Asked),
        "issues/create-comment": (context: Context, account: Account) => this.#createComment(context as Asked, account),
        "issues/get-comment": (context: Context) => this.#getComment(context as Asked),
        "issues/update-comment": (context: Context) => this.#updateComment(context as Asked),
        "issues/delete-comment": (context: Context) => this.#deleteComment(context as Asked),
        notFound: () => this.#violation("a request outside the modelled operations", 404),
        notImplemented: () => this.#violation("an operation without a handler", 404),
        validationFail: (context: Context) =>
          this.#violation(`a request that GitHub refuses: ${JSON.stringify(context.validation.errors)}`, 422),
      },
    });
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      this.#serve(request, response).catch((error: unknown) => {
        this.violations.push(String(error));
        response.writeHead(500).end();
      });
    };
    // The process that it runs in may be busy with other tests for longer than a server waits for a request.
    const patient = { headersTimeout: 0, requestTimeout: 0, keepAliveTimeout: 600_000 };
    this.#server = options.tls
      ? createTlsServer({ ...patient, ...options.tls }, listener)
      : createServer(patient, listener);
  }

  static async start(options: FakeGitHubOptions): Promise<FakeGitHub> {
    const github = new FakeGitHub(options);
    await github.#api.init();
    await new Promise<void>((resolve) => {
      github.#server.listen(0, "127.0.0.1", resolve);
    });
    return github;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Of its API. */
  get url(): string {
    const {
      origin = this.#options.tls ? `https://localhost:${String(this.port)}` : `http://127.0.0.1:${String(this.port)}`,
    } = this.#options;
    return origin + this.#prefix;
  }

  get #prefix(): string {
    return this.#options.prefix ?? "";
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  fail(fault: Fault): void {
    this.#faults.push({ fault, left: fault.times ?? 1 });
  }

  /** A comment that somebody wrote by hand. */
  addComment(pullRequest: number, account: Account, body: string): StoredComment {
    const comment: StoredComment = { id: this.#nextId, pullRequest, account, body, edits: 0 };
    this.#nextId += 1;
    this.comments.push(comment);
    return comment;
  }

  /** One line's comment, by hand or of a review. */
  addReviewComment(comment: Omit<ReviewComment, "id">): ReviewComment {
    const stored = { ...comment, id: this.#nextId };
    this.#nextId += 1;
    this.reviewComments.push(stored);
    return stored;
  }

  /** The requests that changed something. */
  get writes(): SeenRequest[] {
    return this.requests.filter(({ method }) => method !== "GET");
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString("utf8");
    const url = new URL(incoming.url ?? "/", this.url);
    if (!url.pathname.startsWith(`${this.#prefix}/`)) this.violations.push(`${url.pathname} is outside of the API`);
    const path = url.pathname.slice(this.#prefix.length);
    const request = {
      method: incoming.method ?? "GET",
      path,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers as Record<string, string>,
      body: body === "" ? undefined : (JSON.parse(body) as unknown),
    };
    const operation = this.#api.router.matchOperation(request)?.operationId as Operation | undefined;
    const answer =
      this.#refusal(operation, request) ??
      ((await this.#api.handleRequest(request, this.#account(request.headers))) as Answer);
    this.#checkAnswer(operation, answer);
    this.requests.push({ operation, method: request.method, path: path + url.search, status: answer.status });
    response.writeHead(answer.status, {
      "content-type": "application/json; charset=utf-8",
      "x-ratelimit-limit": "1000",
      "x-ratelimit-remaining": "999",
      ...answer.headers,
    });
    response.end(answer.body === null ? undefined : JSON.stringify(answer.body));
  }

  #account(headers: Readonly<Record<string, string | undefined>>): Account {
    return this.#token(headers)!.account;
  }

  #token({ authorization = "" }: Readonly<Record<string, string | undefined>>): Token | undefined {
    const tokens = this.#options.tokens ?? { token: { account: GITHUB_ACTIONS, access: "write" } };
    return tokens[authorization.replace(/^(token|bearer) /i, "")];
  }

  /** What is answered before the operation is looked at: faults, and what the token may not do. */
  #refusal(
    operation: Operation | undefined,
    request: { method: string; path: string; headers: Readonly<Record<string, string | undefined>> },
  ): Answer | undefined {
    const token = this.#token(request.headers);
    if (token === undefined) return refused(401, "Bad credentials");
    const planned = this.#faults.find(({ fault, left }) => fault.operation === operation && left > 0);
    if (planned) {
      planned.left -= 1;
      return { ...refused(planned.fault.status, "Fault"), headers: planned.fault.headers ?? {} };
    }
    const [owner, name] = this.#options.repository.split("/");
    const hidden = !request.path.startsWith(`/repos/${owner!}/${name!}/`) || token.access === "none";
    if (operation !== undefined && hidden) return refused(404, "Not Found");
    if (request.method !== "GET" && token.access === "read") {
      return refused(403, "Resource not accessible by integration");
    }
    return undefined;
  }

  #violation(message: string, status: number): Answer {
    this.violations.push(message);
    return refused(status, message);
  }

  #checkAnswer(operation: Operation | undefined, { status, body, headers }: Answer): void {
    if (operation === undefined) return;
    const described = this.#api.router.getOperation(operation)?.responses?.[String(status)] !== undefined;
    // Rate limits, faults and bad credentials are not described for each operation; they all have this shape.
    if (!described) {
      const { message } = body as { message?: unknown };
      if (status < 400 || typeof message !== "string") this.violations.push(`answer ${String(status)} to ${operation}`);
      return;
    }
    const { errors } = this.#api.validator.validateResponse(body, operation, status);
    if (errors) this.violations.push(`answer ${String(status)} to ${operation}: ${JSON.stringify(errors)}`);
    const ofHeaders = this.#api.validator.validateResponseHeaders(headers ?? {}, operation, { statusCode: status });
    if (ofHeaders.errors) this.violations.push(`headers of ${operation}: ${JSON.stringify(ofHeaders.errors)}`);
  }

  #pullRequest(number: unknown): PullRequest | undefined {
    return this.#options.pullRequests?.[Number(number)];
  }

  #getPullRequest({ request }: Asked): Answer {
    const number = Number(request.params["pull_number"]);
    const pullRequest = this.#pullRequest(number);
    if (!pullRequest) return refused(404, "Not Found");
    return { status: 200, body: pullRequestBody(number, pullRequest, this.#options.repository) };
  }

  #listPullRequests({ request }: Asked): Answer {
    const { state = "open", head, base = MAIN } = request.query;
    const owner = ({ fork = this.#options.repository }: PullRequest): string => fork.split("/")[0]!;
    const listed = Object.entries(this.#options.pullRequests ?? {}).filter(
      ([, one]) =>
        (state === "all" || (one.state ?? "open") === state) &&
        base === MAIN &&
        (head === undefined || head === `${owner(one)}:${one.branch ?? "change"}`),
    );
    const bodies = listed.map(([number, one]) => pullRequestBody(Number(number), one, this.#options.repository));
    return this.#page(bodies, request.query, request.path);
  }

  #listFiles({ request }: Asked): Answer {
    const pullRequest = this.#pullRequest(request.params["pull_number"]);
    if (!pullRequest) return refused(404, "Not Found");
    const files = this.#filesOf(pullRequest).slice(0, LISTED_FILES);
    return this.#page(files, request.query, request.path);
  }

  /** As GitHub counts: from where the branch left its base. */
  #filesOf({ base, head }: PullRequest): ListedFile[] {
    return this.#diff(this.#git("merge-base", base, head).trim(), head);
  }

  #createReview({ request }: Asked, account: Account): Answer {
    const number = Number(request.params["pull_number"]);
    const pullRequest = this.#pullRequest(number);
    if (!pullRequest) return refused(404, "Not Found");
    const review = request.requestBody as {
      body?: string;
      event?: string;
      commit_id?: string;
      comments?: DraftComment[];
    };
    const { body = "", event, commit_id: commit = pullRequest.head, comments = [] } = review;
    if (event === "COMMENT" && body === "") return refusedReview("Body can't be blank");
    const patches = new Map(this.#filesOf(pullRequest).map(({ filename, patch }) => [filename, patch]));
    const problems = comments.flatMap((draft) => draftProblem(draft, patches.get(draft.path)) ?? []);
    if (problems.length > 0) return refusedReview(problems.join("; "));
    if ([body, ...comments.map((draft) => draft.body)].some((text) => text.length > COMMENT_CHARACTERS)) {
      return refusedReview("Body is too long (maximum is 65536 characters)");
    }
    for (const { path, line, start_line: startLine, body: text } of comments) {
      const range = { line: line!, ...(startLine !== undefined && { startLine }) };
      this.addReviewComment({ pullRequest: number, account, path, ...range, commit, body: text });
    }
    return { status: 200, body: reviewBody(body, commit, userBody(account), `${this.#web()}/pull/${String(number)}`) };
  }

  #listReviewComments({ request }: Asked): Answer {
    const comments = this.reviewComments.filter(
      ({ pullRequest }) => pullRequest === Number(request.params["pull_number"]),
    );
    const bodies = comments.map((comment) => reviewCommentBody(comment, userBody(comment.account), this.url));
    return this.#page(bodies, request.query, request.path);
  }

  #deleteReviewComment({ request }: Asked): Answer {
    const index = this.reviewComments.findIndex(({ id }) => id === Number(request.params["comment_id"]));
    if (index < 0) return refused(404, "Not Found");
    this.reviewComments.splice(index, 1);
    return { status: 204, body: null };
  }

  #listEvents({ request }: Asked): Answer {
    const labels = this.#pullRequest(request.params["issue_number"])?.labels ?? {};
    const events = labelEvents(labels, (login) => userBody({ login, type: "User" }));
    return this.#page(events, request.query, request.path);
  }

  #compare({ request }: Asked): Answer {
    // The router takes no two parameters in one segment of a path.
    const [base = "", head = ""] = decodeURIComponent(request.path.split("/").at(-1)!).split("...");
    const [one, other] = [this.#commit(base), this.#commit(head)];
    if (one === undefined || other === undefined) return refused(404, "Not Found");
    const mergeBase = this.#git("merge-base", one, other).trim();
    const web = this.#web();
    return {
      status: 200,
      body: {
        url: `${this.url}/compare`,
        html_url: `${web}/compare/${base}...${head}`,
        permalink_url: `${web}/compare/${base}...${head}`,
        diff_url: `${web}/compare/${base}...${head}.diff`,
        patch_url: `${web}/compare/${base}...${head}.patch`,
        base_commit: this.#commitBody(one),
        merge_base_commit: this.#commitBody(mergeBase),
        status: one === other ? "identical" : mergeBase === one ? "ahead" : mergeBase === other ? "behind" : "diverged",
        ahead_by: Number(this.#git("rev-list", "--count", `${mergeBase}..${other}`)),
        behind_by: Number(this.#git("rev-list", "--count", `${mergeBase}..${one}`)),
        total_commits: 0,
        commits: [],
        files: this.#diff(mergeBase, other).slice(0, COMPARED_FILES),
      },
    };
  }

  #matchingRefs({ request }: Asked): Answer {
    const wanted = `refs/${decodeURIComponent(request.path.split("/matching-refs/")[1]!)}`;
    const listed = this.#git("for-each-ref", "--format=%(refname) %(objecttype) %(objectname)").trim().split("\n");
    const refs = listed.filter((line) => line.startsWith(wanted)).map((line) => line.split(" "));
    const url = `${this.url}/refs`;
    return {
      status: 200,
      body: refs.map(([ref, type, sha]) => ({ ref, node_id: sha, url, object: { type, sha, url } })),
    };
  }

  #content({ request }: Asked): Answer {
    const path = String(request.params["path"]);
    const commit = this.#commit(String(request.query["ref"] ?? "HEAD"));
    const entry =
      commit === undefined ? "" : this.#git("ls-tree", "-z", "-l", commit, "--", `:(literal)${path}`).split("\0")[0]!;
    const [, type, sha, size] = /^\d+ (\w+) (\w+)\s+(\d+|-)\t/.exec(entry) ?? [];
    if (type !== "blob" || sha === undefined) return refused(404, "Not Found");
    // Up to 1 MB; above that only the raw media type has the contents.
    const small = Number(size) <= 1024 * 1024;
    const content = small
      ? execFileSync("git", ["cat-file", "blob", sha], { cwd: this.#options.git, maxBuffer: 1e8 })
      : "";
    const web = `${this.#web()}/blob/${commit!}/${encodeURIComponent(path)}`;
    return {
      status: 200,
      body: {
        type: "file",
        encoding: small ? "base64" : "none",
        size: Number(size),
        name: path.split("/").at(-1),
        path,
        content: content.toString("base64").replaceAll(/.{60}/g, "$&\n"),
        sha,
        url: web,
        git_url: web,
        html_url: web,
        download_url: null,
        _links: { self: web, git: web, html: web },
      },
    };
  }

  #listComments({ request }: Asked): Answer {
    const answer = this.#listedComments(request);
    this.onceListed?.();
    this.onceListed = undefined;
    return answer;
  }

  #listedComments(request: Asked["request"]): Answer {
    const comments = this.comments.filter(({ pullRequest }) => pullRequest === Number(request.params["issue_number"]));
    return this.#page(
      comments.map((comment) => this.#commentBody(comment)),
      request.query,
      request.path,
    );
  }

  #createComment({ request }: Asked, account: Account): Answer {
    const { body } = request.requestBody as { body: string };
    if (body.length > COMMENT_CHARACTERS) return tooLong();
    const comment = this.addComment(Number(request.params["issue_number"]), account, body);
    return { status: 201, body: this.#commentBody(comment) };
  }

  #commentOf({ params }: Asked["request"]): StoredComment | undefined {
    return this.comments.find(({ id }) => id === Number(params["comment_id"]));
  }

  #getComment({ request }: Asked): Answer {
    const comment = this.#commentOf(request);
    if (comment === undefined) return refused(404, "Not Found");
    return { status: 200, body: this.#commentBody(comment) };
  }

  #deleteComment({ request }: Asked): Answer {
    const comment = this.#commentOf(request);
    if (comment === undefined) return refused(404, "Not Found");
    this.comments.splice(this.comments.indexOf(comment), 1);
    return { status: 204, body: null };
  }

  #updateComment({ request }: Asked): Answer {
    const { body } = request.requestBody as { body: string };
    const comment = this.#commentOf(request);
    if (comment === undefined) return refused(404, "Not Found");
    if (body.length > COMMENT_CHARACTERS) return tooLong();
    comment.body = body;
    comment.edits += 1;
    return { status: 200, body: this.#commentBody(comment) };
  }

  #page(all: readonly unknown[], query: Asked["request"]["query"], path: string): Answer {
    const size = Math.min(Number(query["per_page"] ?? 30), 100);
    const page = Number(query["page"] ?? 1);
    const last = Math.max(1, Math.ceil(all.length / size));
    const link = (number: number, relation: string): string =>
      `<${this.url}${path}?per_page=${String(size)}&page=${String(number)}>; rel="${relation}"`;
    return {
      status: 200,
      body: all.slice((page - 1) * size, page * size),
      headers: page < last ? { Link: `${link(page + 1, "next")}, ${link(last, "last")}` } : {},
    };
  }

  #diff(base: string, head: string): ListedFile[] {
    const patches = this.#git("diff", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "-M", base, head)
      .split(/^diff --git .*\n/m)
      .slice(1)
      .map((part) => /^@@[\s\S]*/m.exec(part)?.[0].replace(/\n$/, ""));
    const fields = this.#git("diff", "-z", "--name-status", "-M", base, head).split("\0");
    const status = { A: "added", D: "removed", M: "modified", T: "changed", R: "renamed" } as const;
    const files: ListedFile[] = [];
    for (let index = 0; index + 1 < fields.length;) {
      const patch = patches[files.length];
      const letter = fields[index++]![0] as keyof typeof status;
      const previous = letter === "R" ? fields[index++]! : undefined;
      const filename = fields[index++]!;
      const web = `${this.#web()}/blob/${head}/${encodeURIComponent(filename)}`;
      files.push({
        sha: head,
        filename,
        status: status[letter],
        additions: 1,
        deletions: 0,
        changes: 1,
        blob_url: web,
        raw_url: web,
        contents_url: web,
        ...(previous !== undefined && { previous_filename: previous }),
        ...(patch !== undefined && { patch }),
      } as ListedFile);
    }
    return files;
  }

  #commit(revision: string): string | undefined {
    try {
      return this.#git("rev-parse", "--verify", "--quiet", `${revision}^{commit}`).trim();
    } catch {
      return undefined;
    }
  }

  #git(...args: string[]): string {
    return execFileSync("git", args, { cwd: this.#options.git, encoding: "utf8", maxBuffer: 1e8 });
  }

  #web(): string {
    return `https://github.com/${this.#options.repository}`;
  }

  #commitBody(sha: string): unknown {
    const url = `${this.#web()}/commit/${sha}`;
    return {
      sha,
      url,
      html_url: url,
      comments_url: url,
      node_id: sha,
      commit: { url, author: null, committer: null, message: "", comment_count: 0, tree: { sha, url } },
      author: null,
      committer: null,
      parents: [],
    };
  }

  #commentBody({ id, pullRequest, account, body }: StoredComment): unknown {
    const url = `${this.url}/repos/${this.#options.repository}/issues/comments/${String(id)}`;
    const time = "2026-01-01T00:00:00Z";
    return {
      id,
      node_id: String(id),
      url,
      body,
      html_url: `${this.#web()}/pull/${String(pullRequest)}#issuecomment-${String(id)}`,
      issue_url: `${this.url}/repos/${this.#options.repository}/issues/${String(pullRequest)}`,
      user: userBody(account),
      created_at: time,
      updated_at: time,
      author_association: "NONE",
    };
  }
}

function userBody({ login, type }: Account): unknown {
  const url = `https://github.com/${encodeURIComponent(login)}`;
  const addresses = [
    "avatar_url",
    "events_url",
    "followers_url",
    "following_url",
    "gists_url",
    "html_url",
    "organizations_url",
    "received_events_url",
    "repos_url",
    "starred_url",
    "subscriptions_url",
    "url",
  ];
  return {
    login,
    id: 1,
    node_id: login,
    gravatar_id: "",
    site_admin: false,
    type,
    ...Object.fromEntries(addresses.map((name) => [name, url])),
  };
}

function refused(status: number, message: string): Answer {
  return { status, body: { message, documentation_url: "https://docs.github.com/rest", status: String(status) } };
}

function tooLong(): Answer {
  const message = "Body is too long (maximum is 65536 characters)";
  return unprocessable([{ resource: "IssueComment", code: "unprocessable", field: "data", message }]);
}

function refusedReview(message: string): Answer {
  return unprocessable([message]);
}

function unprocessable(errors: readonly unknown[]): Answer {
  return {
    status: 422,
    body: { message: "Validation Failed", documentation_url: "https://docs.github.com/rest", errors },
  };
}

/**
 * The description, made strict enough to catch mistakes: a request body has no fields that are not described, and an
 * enumeration or a choice that may be null lists null (ajv takes `nullable` for the type only).
 */
function patched(document: Document): Document {
  const copy = structuredClone(document);
  for (const item of Object.values(copy.paths ?? {})) {
    for (const operation of Object.values(item as Record<string, { requestBody?: unknown }>)) {
      const body = operation.requestBody as
        { content?: Record<string, { schema?: { additionalProperties?: boolean } }> } | undefined;
      for (const { schema } of Object.values(body?.content ?? {})) if (schema) schema.additionalProperties = false;
    }
  }
  listNull(copy);
  return copy;
}

function listNull(part: unknown): void {
  if (typeof part !== "object" || part === null) return;
  const schema = part as { nullable?: boolean; type?: string; enum?: unknown[]; oneOf?: unknown[] };
  if (schema.nullable === true) {
    if (schema.enum?.includes(null) === false) schema.enum.push(null);
    if (schema.type === undefined && schema.oneOf) {
      delete schema.nullable;
      schema.oneOf.push({ enum: [null] });
    }
  }
  for (const value of Object.values(part)) listNull(value);
}
