/** What Octokit is given in place of `fetch`. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { fetchByHttpClient } from "../../src/github/fetch.js";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** The address of a server on loopback that answers so. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

const get = { method: "GET", headers: { authorization: "token t" } };

describe("fetch by the HTTP client", () => {
  it("sends method, headers and text, and says who asks", async () => {
    const asked: unknown[] = [];
    const address = await serve((request, response) => {
      let text = "";
      request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      request.on("end", () => {
        const { authorization, "user-agent": agent } = request.headers;
        asked.push(request.method, request.url, authorization, agent, text);
        response.writeHead(201, { "content-type": "application/json", link: '<next>; rel="next"' }).end('{"é":1}');
      });
    });
    const fetch = fetchByHttpClient();
    const response = await fetch(`${address}/a?b=c`, { ...get, method: "POST", body: '{"body":"ü"}' });
    expect(asked).toEqual([
      "POST",
      "/a?b=c",
      "token t",
      expect.stringMatching(/^migration-safety\/\d+\.\d+\.\d+/),
      '{"body":"ü"}',
    ]);
    expect(response).toMatchObject({ status: 201, url: `${address}/a?b=c` });
    expect(response.headers.get("link")).toBe('<next>; rel="next"');
    expect(await response.text()).toBe('{"é":1}');
    expect(Buffer.from(await response.arrayBuffer()).toString("utf8")).toBe('{"é":1}');
  });

  it("makes one connection for all requests of a run", async () => {
    const address = await serve((_, response) => response.end("[]"));
    let connections = 0;
    servers[0]!.on("connection", () => (connections += 1));
    const fetch = fetchByHttpClient();
    for (let i = 0; i < 3; i++) await (await fetch(address, get)).text();
    expect(connections).toBe(1);
  });

  it("follows a redirection, and keeps the token from another machine", async () => {
    const tokens: (string | undefined)[] = [];
    const other = await serve((request, response) => {
      tokens.push(request.headers.authorization);
      response.end("there");
    });
    const address = await serve((request, response) => {
      tokens.push(request.headers.authorization);
      response.writeHead(301, { location: other.replace("127.0.0.1", "localhost") }).end();
    });
    const response = await fetchByHttpClient()(address, get);
    expect(await response.text()).toBe("there");
    expect(tokens).toEqual(["token t", undefined]);
  });

  it("rejects an answer that breaks off, and does not wait for the rest", async () => {
    const address = await serve((_, response) => {
      response.writeHead(200, { "content-length": "100" }).write("[{");
      setTimeout(() => response.destroy(), 20);
    });
    await expect(fetchByHttpClient()(address, get)).rejects.toThrow("aborted");
  });

  it("rejects an answer that does not come, or does not go on", async () => {
    const silent = await serve(() => undefined);
    await expect(fetchByHttpClient(200)(silent, get)).rejects.toThrow(/timeout/i);
    const halting = await serve((_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("[");
    });
    await expect(fetchByHttpClient(200)(halting, get)).rejects.toThrow(/stands still|aborted/);
  });
});
