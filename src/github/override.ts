/**
 * An urgent merge: a label, which only people with access can set, and a reason in the description of the pull request
 * let the step pass. Verdict and findings stay as they are, and the report says who took the decision and why.
 */
import type { Override } from "../model/report.js";
import { ApiError, type GitHubApi, type PullRequestState } from "./api.js";
import type { Event } from "./event.js";

export interface OverrideOptions {
  readonly event: Event;
  /** Where the event does not say it. */
  readonly number?: number;
  /** Absent without a token. */
  readonly api?: GitHubApi;
  /** The label's name; empty where the workflow allows no override. */
  readonly label: string;
}

export type OverrideAnswer =
  | { readonly override: Override; readonly why?: undefined }
  /** Why there is none, for the message of the failed step; absent where nobody asks for one. */
  | { readonly override?: undefined; readonly why?: string };

/** Longest reason that is kept, in UTF-16 units. */
const REASON_LENGTH = 500;

/** Asks whether somebody took the decision. Only a step that would fail needs to know. */
export async function overrideOf({
  event,
  api,
  label,
  number = pullRequestNumber(event),
}: OverrideOptions): Promise<OverrideAnswer> {
  if (label === "" || number === undefined) return {};
  const state = await stateOf(number, event, api);
  if (state === undefined) {
    return { why: `Whether it has the label ${label} cannot be read: the job needs \`pull-requests: read\`.` };
  }
  if (!state.labels.includes(label)) return {};
  const reason = reasonIn(state.body);
  if (reason === undefined) {
    return {
      why: `It has the label ${label}, but its description has no line \`Migration-Safety-Override: REASON\`.`,
    };
  }
  const by = await labelledBy(number, label, api);
  return { override: { pullRequest: number, label, reason, ...(by !== undefined && { by }) } };
}

function pullRequestNumber({ trigger }: Event): number | undefined {
  if (trigger.kind === "pull request") return trigger.pullRequest.number;
  return trigger.kind === "merge group" ? trigger.pullRequest : undefined;
}

/** As it is now: a rerun gets the payload of the first run. */
async function stateOf(
  number: number,
  { trigger }: Event,
  api: GitHubApi | undefined,
): Promise<Pick<PullRequestState, "labels" | "body"> | undefined> {
  const known = trigger.kind === "pull request" ? trigger.pullRequest : undefined;
  try {
    return (await api?.pullRequest(number)) ?? known;
  } catch (error) {
    if (error instanceof ApiError) return known;
    throw error;
  }
}

/** The line of a description that gives the reason; a template's comment is none. */
function reasonIn(description: string): string | undefined {
  const text = description.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, "");
  return /^[ \t]*Migration-Safety-Override:[ \t]*(\S.*)$/im.exec(text)?.[1]?.trim().slice(0, REASON_LENGTH);
}

async function labelledBy(number: number, label: string, api: GitHubApi | undefined): Promise<string | undefined> {
  try {
    return await api?.labelledBy(number, label);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
