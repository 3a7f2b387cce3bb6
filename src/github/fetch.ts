/** Requests without `fetch`: Node's own takes longer to start than most runs take to judge. */
import { HttpClient } from "@actions/http-client";
import { packageVersion } from "../text/package-version.js";

/** What Octokit gives `fetch`. */
interface RequestOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What Octokit reads of a `Response`. */
interface FetchedResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  text(): Promise<string>;
  arrayBuffer(): Promise<ArrayBufferLike>;
}

/** How long an answer may stand still, in milliseconds: a run that waits for GitHub keeps people waiting. */
const STANDSTILL = 30_000;

/**
 * A `fetch` for Octokit over the HTTP client of GitHub's toolkit: through the proxy that `https_proxy` and `no_proxy`
 * name, after redirections, with one connection for all requests. Rejects where no whole answer came.
 * @param standstill Milliseconds after which an answer that does not come, or does not go on, is none.
 */
export function fetchByHttpClient(
  standstill = STANDSTILL,
): (url: string, options: RequestOptions) => Promise<FetchedResponse> {
  const options = { keepAlive: true, socketTimeout: standstill };
  const client = new HttpClient(`migration-safety/${packageVersion()}`, [], options);
  return async (url, { method, headers, body }) => {
    const { message } = await client.request(method, url, body ?? null, { ...headers });
    message.setTimeout(standstill, () => message.destroy(new Error(`The answer of ${url} stands still.`)));
    // Not by the client's readBody(): where the connection breaks it would wait for ever.
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    return {
      url,
      status: message.statusCode ?? 0,
      headers: new Map(Object.entries(message.headers).map(([name, value]) => [name, String(value)])),
      text: () => Promise.resolve(bytes.toString("utf8")),
      arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer),
    };
  };
}
