/** What the API's client makes of answers, and of none. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ApiError, GitHubApi } from "../../src/github/api.js";

let server: Server;
let port: number;
let status: number;
let asked: number;

beforeAll(async () => {
  server = createServer((_, response) => {
    asked += 1;
    response.writeHead(status, { connection: "close" }).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  ({ port } = server.address() as AddressInfo);
  // Read when the client is loaded, with the first request.
  vi.stubEnv("GITHUB_API_URL", `http://127.0.0.1:${String(port)}`);
});

beforeEach(() => {
  asked = 0;
});

async function failure(): Promise<ApiError> {
  const api = new GitHubApi({ token: "t", repository: { owner: "a", name: "b" }, wait: () => Promise.resolve() });
  return api.comment(1).then(
    () => {
      throw new Error("it was answered");
    },
    (error: unknown) => error as ApiError,
  );
}

describe("the API", () => {
  it.each([
    [408, "not reached", 3],
    [502, "not reached", 3],
    [429, "not reached", 3],
    [404, "not permitted", 1],
    [422, "refused", 1],
  ])("that answers %i without a text is %s, after %i requests", async (answer, kind, times) => {
    status = answer;
    expect(await failure()).toMatchObject({ kind, status, message: `status ${String(status)}` });
    expect(asked).toBe(times);
  });

  it("is asked for no more files once the time is over, and for everything else", async () => {
    status = 404;
    const limit = { seconds: 1, isOver: () => true };
    const api = new GitHubApi({ token: "t", repository: { owner: "a", name: "b" }, limit });
    await expect(api.contents("a.sql", "c")).rejects.toMatchObject({
      kind: "not reached",
      message: "the time for this check was over",
    });
    expect(asked).toBe(0);
    await expect(api.createComment(1, "x")).rejects.toMatchObject({ kind: "not permitted" });
    expect(asked).toBe(1);
  });

  it("that is not there says what happened", async () => {
    await new Promise((resolve) => server.close(resolve));
    const { kind, message } = await failure();
    expect([kind, message]).toEqual(["not reached", `connect ECONNREFUSED 127.0.0.1:${String(port)}`]);
  });
});
