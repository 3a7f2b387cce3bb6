/** Folders of SQL files whose names start with a number: where the tools look that mark their files. */
import { join } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { isNotDeployed } from "./not-deployed.js";

const NUMBERED = /^\d.*\.sql$/i;

interface NumberedFolder {
  readonly folder: string;
  /** The texts of two of its files. */
  readonly samples: readonly string[];
}

/** The folders whose first or last numbered SQL file has a marker that only one tool writes. */
export function foldersMarked(listing: Listing, marker: RegExp): readonly string[] {
  return numberedFolders(listing)
    .filter(({ samples }) => samples.some((text) => marker.test(text)))
    .map(({ folder }) => folder);
}

/** Read once for all tools. */
const numberedFolders = oncePerListing((listing): readonly NumberedFolder[] => {
  const ends: { folder: string; files: readonly string[] }[] = [];
  for (const folder of listing.folders()) {
    const names = listing.filesIn(folder);
    // Trees list files by their names, so these are mostly the oldest and the newest.
    const first = names.find((name) => NUMBERED.test(name));
    if (first === undefined || isNotDeployed(folder)) continue;
    const last = names.findLast((name) => NUMBERED.test(name)) ?? first;
    ends.push({ folder, files: [...new Set([first, last])].map((name) => join(folder, name)) });
  }
  listing.tree.prefetch?.(ends.flatMap(({ files }) => files));
  return ends.map(({ folder, files }) => ({ folder, samples: files.flatMap((file) => listing.read(file) ?? []) }));
});
