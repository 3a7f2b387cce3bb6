import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { readEvent } from "../../src/github/event.js";
import { mergeGroupEvent, NO_COMMIT, pullRequestEvent, pushEvent } from "./events.js";

const folder = mkdtempSync(join(tmpdir(), "event-"));
afterAll(() => rmSync(folder, { recursive: true }));

const repository = "acme/shop";
const BASE = "1".repeat(40);
const HEAD = "2".repeat(40);

function read(name: string, payload: unknown): ReturnType<typeof readEvent> {
  const path = join(folder, "event.json");
  writeFileSync(path, typeof payload === "string" ? payload : JSON.stringify(payload));
  return readEvent({ GITHUB_EVENT_NAME: name, GITHUB_REPOSITORY: repository, GITHUB_EVENT_PATH: path });
}

const pullRequest = (fork?: string) =>
  pullRequestEvent({
    repository,
    number: 7,
    base: BASE,
    head: HEAD,
    changedFiles: 3,
    labels: ["urgent"],
    body: "why",
    ...(fork && { fork }),
  });

describe("readEvent", () => {
  it("reads a pull request, and whether it comes from a fork", () => {
    const expected = {
      number: 7,
      open: true,
      fork: false,
      base: { branch: "main", commit: BASE },
      head: { commit: HEAD },
      labels: ["urgent"],
      body: "why",
      changedFiles: 3,
    };
    const { name, payload } = pullRequest();
    expect(read(name, payload)).toEqual({
      repository: { owner: "acme", name: "shop" },
      defaultBranch: "main",
      trigger: { kind: "pull request", pullRequest: expected },
    });
    expect(read(name, pullRequest("stranger/shop").payload).trigger).toMatchObject({ pullRequest: { fork: true } });
  });

  it("takes a pull request whose repository is gone for one from a fork", () => {
    const { name, payload } = pullRequest();
    payload.pull_request!.head.repo = null;
    expect(read(name, payload).trigger).toMatchObject({ pullRequest: { fork: true } });
  });

  it("reads a merge group and pushes", () => {
    const group = mergeGroupEvent(repository, BASE, HEAD);
    expect(read(group.name, group.payload).trigger).toEqual({
      kind: "merge group",
      pullRequest: 104,
      base: BASE,
      head: HEAD,
      branch: "main",
    });
    group.payload.merge_group!.head_ref = "refs/heads/pr-104-else";
    expect(read(group.name, group.payload).trigger).not.toHaveProperty("pullRequest");
    const push = pushEvent(repository, { before: BASE, after: HEAD, branch: "feature/a" });
    expect(read(push.name, push.payload).trigger).toEqual({
      kind: "push",
      before: BASE,
      head: HEAD,
      branch: "feature/a",
    });
    const first = pushEvent(repository, { before: NO_COMMIT, after: HEAD, branch: "main" });
    expect(read(first.name, first.payload).trigger).toEqual({ kind: "push", head: HEAD, branch: "main" });
  });

  it("reads an event that names no base", () => {
    expect(read("workflow_dispatch", { repository: { default_branch: "main" } })).toMatchObject({
      defaultBranch: "main",
      trigger: { kind: "other", name: "workflow_dispatch" },
    });
  });

  it("refuses pull_request_target and payloads that cannot be trusted", () => {
    expect(() => read("pull_request_target", pullRequest().payload)).toThrow("does not run on pull_request_target");
    expect(() => read("pull_request", "{")).toThrow("cannot be read as JSON");
    const option = pullRequest().payload;
    option.pull_request!.base.sha = "--upload-pack=x";
    expect(() => read("pull_request", option)).toThrow("is not what GitHub documents");
    const path = pullRequest().payload;
    path.pull_request!.number = "7/../../x";
    expect(() => read("pull_request", path)).toThrow("is not what GitHub documents");
    expect(() => readEvent({ GITHUB_EVENT_NAME: "push" })).toThrow("GITHUB_REPOSITORY is not set");
  });
});
