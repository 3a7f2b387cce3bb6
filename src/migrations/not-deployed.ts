import { join, type Listing } from "./listing.js";

/** Folders whose SQL runs on nobody's database. */
const NOT_DEPLOYED = new Set([
  "__fixtures__",
  "__tests__",
  "build",
  "demo",
  "dist",
  "doc",
  "docs",
  "example",
  "examples",
  "fixture",
  "fixtures",
  "node_modules",
  "sample",
  "samples",
  "seed",
  "seeders",
  "seeds",
  "spec",
  "stub",
  "stubs",
  "target",
  "test",
  "testdata",
  "tests",
  "third_party",
  "vendor",
]);

/** Whether a folder, or one that it stands in, is for tests, examples or other projects' code. */
export function isNotDeployed(folder: string): boolean {
  return folder.split("/").some((segment) => NOT_DEPLOYED.has(segment.toLowerCase()));
}

/** The files of such a name that are the project's own. */
export function deployedFiles(listing: Listing, isWanted: (name: string) => boolean): readonly string[] {
  return [...listing.folders()]
    .filter((folder) => !isNotDeployed(folder))
    .flatMap((folder) =>
      listing
        .filesIn(folder)
        .filter(isWanted)
        .map((name) => join(folder, name)),
    );
}
