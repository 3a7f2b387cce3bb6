/**
 * The other open pull requests into the same branch, as far as they change migrations. Nothing rests on them but a note,
 * so that no request for them is made twice, and what cannot be read is listed and costs nothing else.
 */
import type { ChangeSource, OtherPullRequest } from "../change/change-source.js";
import { OverlayTree } from "../change/overlay-tree.js";
import { decode } from "../change/text-file.js";
import { inMigrationFolders } from "../change/touches-migrations.js";
import type { Configuration } from "../model/configuration.js";
import type { OtherChange } from "../model/plan.js";
import type { Report } from "../model/report.js";
import { counted, showsPlan } from "../report/words.js";
import { changedFile, inParallel } from "./api-change-source.js";
import { ApiError, FIRST_FILES, type GitHubApi, type ListedFile, type PullRequestState } from "./api.js";
import type { PullRequest } from "./event.js";
import { addedText } from "./patch.js";

/** Each costs a request, of the thousand that a repository's runs have in an hour. */
const LOOKED_AT = 20;

/** Of one pull request; each that GitHub gives no whole patch of costs a request. */
const READ_FILES = 30;

/** They change no migrations, and would crowd out those that do. */
const DEPENDENCY_UPDATES: ReadonlySet<string | undefined> = new Set(["dependabot[bot]", "renovate[bot]"]);

export interface Judged {
  readonly source: ChangeSource;
  readonly configuration: Configuration;
  readonly pullRequest: PullRequest;
  readonly report: Report;
}

/**
 * Adds to the plan of a report what others change, too; a report whose plan nobody is shown stays as it is.
 * @param changesOf The statements of others that are about the same as the change; undefined where there was no time.
 */
export async function withOtherPullRequests(
  api: GitHubApi,
  { report, source, ...judged }: Judged,
  changesOf: (others: readonly OtherPullRequest[]) => readonly OtherChange[] | undefined,
): Promise<Report> {
  if (source.base === undefined || !showsPlan(report)) return report;
  const { found, unread } = await otherPullRequests(api, source.base, { source, ...judged });
  const changes = found.length === 0 ? [] : changesOf(found);
  const missing = [...unread, ...(changes === undefined ? [NO_TIME] : [])];
  const all = [...(report.plan.otherChanges?.changes ?? []), ...(changes ?? [])];
  if (all.length + missing.length === 0) return report;
  const otherChanges = { changes: all, ...(missing.length > 0 && { unread: missing }) };
  return { ...report, plan: { ...report.plan, otherChanges } };
}

const NO_TIME = "Other open pull requests were not all read: there was no time.";

async function otherPullRequests(
  api: GitHubApi,
  base: NonNullable<ChangeSource["base"]>,
  { source, configuration, pullRequest }: Omit<Judged, "report">,
): Promise<{ readonly found: readonly OtherPullRequest[]; readonly unread: readonly string[] }> {
  const found: OtherPullRequest[] = [];
  const unread: string[] = [];
  let failed: ApiError | undefined;
  /** What one request is refused, the next ones are, too. */
  const orFail = async (work: () => Promise<void>): Promise<void> => {
    if (failed) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed = error;
    }
  };
  await orFail(async () => {
    const open = await api.pullRequestsInto(pullRequest.base.branch);
    const others = open.filter(
      ({ number, author }) => number !== pullRequest.number && !DEPENDENCY_UPDATES.has(author),
    );
    if (others.length > LOOKED_AT) {
      unread.push(`Of the other open pull requests, the ${String(LOOKED_AT)} that changed last were looked at.`);
    }
    const isAmongMigrations = inMigrationFolders(source.head.tree, configuration);
    await inParallel(others.slice(0, LOOKED_AT), (other) =>
      orFail(async () => {
        const files = await api.firstFiles(other.number);
        const migrations = files.filter(({ file, status }) => isAmongMigrations(file) && status !== "unchanged");
        const name = `pull request #${String(other.number)}`;
        if (files.length >= FIRST_FILES)
          unread.push(`Of ${name}, the first ${String(FIRST_FILES)} files were looked at.`);
        if (migrations.length > READ_FILES) {
          unread.push(`The ${counted(migrations.length, "migration")} of ${name} were not read.`);
          return;
        }
        const changed = await changeOf(api, other, { source, base, files: migrations });
        if (changed) found.push({ number: other.number, source: changed });
      }),
    );
  });
  if (failed) unread.push(refusal(failed));
  return { found: found.sort((one, other) => one.number - other.number), unread: unread.sort() };
}

function refusal({ kind, message }: ApiError): string {
  return kind === "not permitted"
    ? "Other open pull requests were not read: the token of this run may not, which takes `pull-requests: read`."
    : `Other open pull requests were not all read: GitHub's API did not give them (${message}).`;
}

/** The other pull request as a change of our base; undefined where it has no migration that we do not have, too. */
async function changeOf(
  api: GitHubApi,
  { number, head }: PullRequestState,
  {
    source,
    base,
    files,
  }: { source: ChangeSource; base: NonNullable<ChangeSource["base"]>; files: readonly ListedFile[] },
): Promise<ChangeSource | undefined> {
  const texts = new Map<string, string | undefined>();
  for (const one of files) {
    const { file, status, previousFile } = one;
    if (previousFile !== undefined) texts.set(previousFile, undefined);
    texts.set(file, status === "removed" ? undefined : await textOf(api, one, head));
  }
  const theirs = files.filter(({ file }) => {
    const text = texts.get(file);
    return text !== undefined && text !== source.head.tree.read(file);
  });
  if (theirs.length === 0) return undefined;
  const label = `pull request ${String(number)}`;
  return {
    ...source,
    head: { label, commit: head, tree: new OverlayTree(base.tree, texts, label) },
    changed: theirs.map(changedFile),
  };
}

async function textOf(
  api: GitHubApi,
  { file, status, patch }: ListedFile,
  commit: string,
): Promise<string | undefined> {
  const added = status === "added" && patch !== undefined ? addedText(patch) : undefined;
  if (added !== undefined) return added;
  const bytes = await api.contents(file, commit);
  const content = bytes && decode(bytes);
  return content && "text" in content ? content.text : undefined;
}
