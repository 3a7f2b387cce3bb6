import type { ChangeSource } from "../change/change-source.js";
import { addressPath } from "../report/escape.js";
import type { MarkdownOptions } from "../report/markdown.js";
import type { Event } from "./event.js";

/**
 * Addresses of lines on GitHub. A pull request's own commit is linked, not the merge that the runner made of it.
 * @param sides `base` is the code that runs now.
 */
export function linksTo(
  event: Event,
  { base, head }: { readonly base: { readonly commit?: string } | undefined; readonly head: ChangeSource["head"] },
  env: NodeJS.ProcessEnv,
): NonNullable<MarkdownOptions["link"]> {
  const { trigger } = event;
  const commits = {
    base: base?.commit,
    head: trigger.kind === "pull request" ? trigger.pullRequest.head.commit : head.commit,
  };
  return ({ file, line, endLine = line, side = "head" }) => {
    const commit = commits[side];
    if (commit === undefined) return undefined;
    const lines = endLine > line ? `L${String(line)}-L${String(endLine)}` : `L${String(line)}`;
    return `${repositoryUrl(event, env)}/blob/${commit}/${addressPath(file)}#${lines}`;
  };
}

/** Where the run and its summary are; undefined outside a run. */
export function runUrl(event: Event, env: NodeJS.ProcessEnv): string | undefined {
  const id = env["GITHUB_RUN_ID"];
  return id ? `${repositoryUrl(event, env)}/actions/runs/${id}` : undefined;
}

function repositoryUrl({ repository: { owner, name } }: Event, env: NodeJS.ProcessEnv): string {
  return `${env["GITHUB_SERVER_URL"] || "https://github.com"}/${addressPath(owner)}/${addressPath(name)}`;
}
