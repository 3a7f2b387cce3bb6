import { addressPath } from "../report/escape.js";
import type { MarkdownOptions } from "../report/markdown.js";
import type { Event } from "./event.js";

/**
 * Addresses of lines on GitHub. A pull request's own commit is linked, not the merge that the runner made of it.
 * @param sides `base` is the code that runs now.
 */
export function linksTo(
  event: Event,
  {
    base,
    head,
  }: { readonly base: { readonly commit?: string } | undefined; readonly head: { readonly commit?: string } },
  env: NodeJS.ProcessEnv,
): NonNullable<MarkdownOptions["link"]> {
  const { trigger } = event;
  const commits = {
    base: base?.commit,
    head: trigger.kind === "pull request" ? trigger.pullRequest.head.commit : head.commit,
  };
  return ({ file, line, endLine = line, side = "head" }) => {
    const commit = commits[side];
    if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
    const lines = endLine > line ? `L${String(line)}-L${String(endLine)}` : `L${String(line)}`;
    return `${repositoryUrl(event, env)}/blob/${commit}/${addressPath(file)}#${lines}`;
  };
}

/** Where the run and its summary are; undefined outside a run. */
export function runUrl(event: Event, env: NodeJS.ProcessEnv): string | undefined {
  const id = env["GITHUB_RUN_ID"];
  return id ? runUrlOf(event, id, env) : undefined;
}

/** Where a run of this repository is. */
export function runUrlOf(event: Event, id: string, env: NodeJS.ProcessEnv): string {
  return `${repositoryUrl(event, env)}/actions/runs/${addressPath(id)}`;
}

function repositoryUrl({ repository: { owner, name } }: Event, env: NodeJS.ProcessEnv): string {
  return `${env["GITHUB_SERVER_URL"] || "https://github.com"}/${addressPath(owner)}/${addressPath(name)}`;
}
