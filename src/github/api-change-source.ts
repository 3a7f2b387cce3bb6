/**
 * The base side from GitHub's API, for a checkout that holds one commit: the default of actions/checkout. Head is the
 * checkout; base is head with the files of the pull request as they were.
 */
import type { ChangedFile, ChangeSource } from "../change/change-source.js";
import { OverlayTree } from "../change/overlay-tree.js";
import { decode } from "../change/text-file.js";
import type { Incompleteness } from "../model/report.js";
import { counted } from "../report/words.js";
import { ApiError, COMPARISON_FILES, PULL_REQUEST_FILES, type GitHubApi, type ListedFile } from "./api.js";

/** Above this many files to read, one setting of the checkout is the better way. */
const READ_FILES = 300;
const CONCURRENT_READS = 8;

/** Which two commits to compare, as far as the event and the checkout tell. */
export type ApiBase =
  /** The checkout is the merge of a pull request into `commit`. */
  | { readonly kind: "merge"; readonly number: number; readonly changedFiles: number; readonly commit: string }
  /** The checkout is a commit of its own; what differs counts from where it left `base`. */
  | { readonly kind: "comparison"; readonly base: string; readonly head: string };

/**
 * Completes a source whose base is not in the checkout. What cannot be known leaves it `incomplete`, with the setting
 * that makes the question go away.
 */
export async function apiChangeSource(
  api: GitHubApi,
  source: ChangeSource,
  wanted: ApiBase,
  label: string,
): Promise<ChangeSource> {
  const incomplete = (reason: string): ChangeSource => ({ ...source, incomplete: [missing(reason)] });
  try {
    const { commit, files } = await listed(api, wanted);
    const total = wanted.kind === "merge" ? wanted.changedFiles : files.length;
    const limit = wanted.kind === "merge" ? PULL_REQUEST_FILES : COMPARISON_FILES;
    if (files.length >= limit || files.length < total) {
      return incomplete(
        `GitHub lists ${counted(files.length, "file")} of this change, at most ${String(limit)}` +
          (wanted.kind === "merge" ? `, and it has ${String(total)}.` : "."),
      );
    }
    const before = files.filter(({ status }) => status !== "added" && status !== "copied" && status !== "unchanged");
    if (before.length > READ_FILES) {
      return incomplete(`${String(before.length)} files of the base would have to be read through GitHub's API.`);
    }
    const { texts, unread } = await readFiles(api, before, commit);
    const over = new Map([...files.map(({ file }) => [file, undefined] as const), ...texts]);
    const tree = new OverlayTree(source.head.tree, over, label);
    return {
      ...source,
      base: { label, commit, tree },
      changed: files.filter(({ status }) => status !== "unchanged").map(changedFile),
      incomplete: unread.map((file) => missing(`GitHub's API does not give the contents of ${file} at ${label}.`)),
    };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return incomplete(`GitHub's API did not give the files of this change (${error.message}).`);
  }
}

async function listed(
  api: GitHubApi,
  wanted: ApiBase,
): Promise<{ readonly commit: string; readonly files: readonly ListedFile[] }> {
  if (wanted.kind === "merge") return { commit: wanted.commit, files: await api.pullRequestFiles(wanted.number) };
  const { mergeBase, files } = await api.compare(wanted.base, wanted.head);
  return { commit: mergeBase, files };
}

/** The texts of files as they were at a commit, under the names that they had; undefined for what is no text. */
export async function readFiles(
  api: GitHubApi,
  files: readonly ListedFile[],
  commit: string,
): Promise<{ readonly texts: ReadonlyMap<string, string | undefined>; readonly unread: readonly string[] }> {
  const texts = new Map<string, string | undefined>();
  const unread: string[] = [];
  await inParallel(files, async ({ file, previousFile = file }) => {
    const bytes = await api.contents(previousFile, commit);
    const content = bytes && decode(bytes);
    if (content === undefined) unread.push(previousFile);
    texts.set(previousFile, content && "text" in content ? content.text : undefined);
  });
  return { texts, unread };
}

export function changedFile({ file, status, previousFile }: ListedFile): ChangedFile {
  if (status === "renamed" && previousFile !== undefined) return { file, status, previousFile };
  return {
    file,
    status: status === "removed" ? "deleted" : status === "added" || status === "copied" ? "added" : "modified",
  };
}

function missing(reason: string): Incompleteness {
  return {
    reason: `The checkout holds a single commit, and the base could not be read otherwise either. ${reason}`,
    fix: "Set `fetch-depth: 2` on actions/checkout.",
  };
}

/** Does something for each item, several at a time. */
export async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, worker));
}
