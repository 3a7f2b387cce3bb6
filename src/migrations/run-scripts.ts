/** How a project runs its migrations, where it says so: in scripts, and in its own code. */
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import type { WordHit } from "../model/tree.js";

/** Files in which projects keep the commands that they run. */
export const RUN_SCRIPTS: readonly string[] = [
  "Makefile",
  "makefile",
  "Taskfile.yml",
  "Taskfile.yaml",
  "justfile",
  "Justfile",
  "Dockerfile",
  "docker-compose.yml",
  "docker-compose.yaml",
  "compose.yml",
  "compose.yaml",
  "package.json",
];

/** The nearest script in a folder, or above it, whose text matches. */
export function runScript(listing: Listing, folder: string, pattern: RegExp): string | undefined {
  for (const at of upwards(folder)) {
    for (const name of RUN_SCRIPTS) {
      if (listing.has(at, name) && pattern.test(listing.read(join(at, name)) ?? "")) return join(at, name);
    }
  }
  return undefined;
}

const NOT_RUN = ["**/*_test.go", "**/testdata/**", "**/vendor/**", "**/*.md"];

/** Searches of one repository, each made once: a large one may have many folders of migrations. */
const searches = new WeakMap<Listing, Map<string, readonly WordHit[]>>();

/**
 * The first place in the Go code of the module that `folder` belongs to, tests aside, where a line has one of the words
 * and matches: `db/migrate.go:12`.
 */
export function goCode(
  listing: Listing,
  folder: string,
  words: readonly string[],
  pattern: RegExp,
): string | undefined {
  const known = searches.get(listing) ?? new Map<string, readonly WordHit[]>();
  searches.set(listing, known);
  const key = words.join(" ");
  const hits = known.get(key) ?? listing.tree.grep(words, NOT_RUN, ["**/*.go"]);
  known.set(key, hits);
  const module = [...upwards(folder)].find((at) => listing.has(at, "go.mod")) ?? "";
  const hit = hits.find(({ file, text }) => (module === "" || file.startsWith(`${module}/`)) && pattern.test(text));
  return hit === undefined ? undefined : `${hit.file}:${String(hit.line)}`;
}
