/** The newest release from GitHub's API, for a checkout that lacks tags or the history between them and base. */
import type { ChangeSource } from "../change/change-source.js";
import { OverlayTree } from "../change/overlay-tree.js";
import { releaseTags } from "../change/release-tags.js";
import { noRelease, unknownRelease, type ReleaseSearch } from "../change/releases.js";
import { touchesMigrations } from "../change/touches-migrations.js";
import type { Configuration } from "../model/configuration.js";
import { changedFile, readFiles } from "./api-change-source.js";
import { ApiError, COMPARISON_FILES, type GitHubApi } from "./api.js";

/** Above this many files to read, one setting of the checkout is the better way. */
const READ_FILES = 100;

/** Completes a source that does not know which release its base builds on, where the change asks for it. */
export async function withRelease(
  api: GitHubApi,
  source: ChangeSource,
  configuration: Configuration,
): Promise<ChangeSource> {
  const { base, findRelease } = source;
  const pattern = configuration.deploy.released?.pattern;
  if (pattern === undefined || base?.commit === undefined) return source;
  const known = findRelease?.(pattern);
  if ((known && !("incomplete" in known)) || !touchesMigrations(source, configuration)) return source;
  const search = await releaseFromApi(api, { ...base, commit: base.commit }, pattern);
  return { ...source, findRelease: () => search };
}

async function releaseFromApi(
  api: GitHubApi,
  base: NonNullable<ChangeSource["base"]> & { readonly commit: string },
  pattern: string,
): Promise<ReleaseSearch> {
  try {
    const { prefix, matches, isPreRelease, compare } = releaseTags(pattern);
    const tags = (await api.tags(prefix)).filter(matches);
    const released = tags.filter((tag) => !isPreRelease(tag)).sort(compare);
    const [newest, second] = [released.at(-1), released.at(-2)];
    if (newest === undefined) return noRelease(pattern, tags.at(-1));
    if (second !== undefined && compare(second, newest) === 0) {
      return unknownRelease(`GitHub's API does not tell which of ${second} and ${newest} is the newer one.`);
    }
    const { status, mergeBase, files } = await api.compare(newest, base.commit);
    if (status !== "ahead" && status !== "identical") {
      return unknownRelease(`The newest release, ${newest}, is not part of ${base.label}.`);
    }
    const before = files.filter(({ status: of }) => of !== "added" && of !== "copied" && of !== "unchanged");
    if (files.length >= COMPARISON_FILES || before.length > READ_FILES) {
      return unknownRelease(`${String(before.length)} files or more differ between ${newest} and ${base.label}.`);
    }
    const { texts, unread } = await readFiles(api, before, mergeBase);
    const [missing] = unread;
    if (missing !== undefined) return unknownRelease(`GitHub's API does not give the contents of ${missing}.`);
    const over = new Map([...files.map(({ file }) => [file, undefined] as const), ...texts]);
    const changed = files.map(changedFile);
    const tree = new OverlayTree(base.tree, over, newest);
    return { release: { tag: newest, commit: mergeBase, tree, changed: () => changed } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return unknownRelease(`GitHub's API did not give the releases (${error.message}).`);
  }
}
