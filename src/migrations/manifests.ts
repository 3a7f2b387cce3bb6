import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";

/** Files in which a project says which libraries and tools it uses, by the language's own name for them. */
const MANIFEST_NAMES: readonly string[] = [
  "package.json",
  "go.mod",
  "Cargo.toml",
  "pom.xml",
  "build.gradle",
  "build.gradle.kts",
  "libs.versions.toml",
];

/**
 * The file by which the project that `folder` belongs to uses something: the nearest manifest above the folder that
 * names it, else one that stands elsewhere, as where `migrations/` and `server/go.mod` stand side by side.
 * @param names Which manifests count.
 * @param pattern What a manifest's text has where the project uses it.
 */
export function manifestNaming(
  listing: Listing,
  folder: string,
  names: readonly string[],
  pattern: RegExp,
): string | undefined {
  return manifestsOf(listing, folder, names).find((file) => pattern.test(listing.read(file) ?? ""));
}

/**
 * The manifests that may speak for a folder, the likeliest first: those above it; where none is, those elsewhere, unless
 * the folder belongs to a project of another language.
 */
export function manifestsOf(listing: Listing, folder: string, names: readonly string[]): readonly string[] {
  const above: string[] = [];
  let isAnothers = false;
  for (const at of upwards(folder)) {
    for (const name of MANIFEST_NAMES) {
      if (!listing.has(at, name)) continue;
      if (names.includes(name)) above.push(join(at, name));
      // A package.json at the root is often there for the tools of a repository in another language.
      else if (name !== "package.json") isAnothers = true;
    }
  }
  if (above.length > 0 || isAnothers) return above;
  return allManifests(listing).filter((file) => names.includes(nameOf(file)));
}

/** Every manifest of the repository's own projects. */
const allManifests = oncePerListing((listing): readonly string[] => {
  const folders = [...listing.folders()].filter((folder) => !NOT_THE_PROJECT.test(folder));
  return folders.flatMap((at) => MANIFEST_NAMES.filter((name) => listing.has(at, name)).map((name) => join(at, name)));
});

const NOT_THE_PROJECT = /(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures|examples?|target)(?:\/|$)/;
