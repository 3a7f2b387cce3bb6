import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";

/** Files in which a project says which libraries and tools it uses, by the language's own name for them. */
export const MANIFEST_NAMES: readonly string[] = [
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
  const matches = (file: string): boolean => pattern.test(listing.read(file) ?? "");
  for (const at of upwards(folder)) {
    const here = names.filter((name) => listing.has(at, name)).map((name) => join(at, name));
    const found = here.find(matches);
    if (found !== undefined) return found;
  }
  for (const at of listing.folders()) {
    if (NOT_THE_PROJECT.test(at)) continue;
    const found = names
      .filter((name) => listing.has(at, name))
      .map((name) => join(at, name))
      .find(matches);
    if (found !== undefined) return found;
  }
  return undefined;
}

const NOT_THE_PROJECT = /(?:^|\/)(?:node_modules|vendor|third_party|testdata|fixtures|examples?|target)(?:\/|$)/;
