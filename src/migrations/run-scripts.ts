/** How a project runs its migrations, where it says so: in scripts, and in its own code. */
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";

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

/** The first place in Go code, tests aside, where a line has one of the words and matches: `db/migrate.go:12`. */
export function goCode(listing: Listing, words: readonly string[], pattern: RegExp): string | undefined {
  const hit = listing.tree.grep(words, NOT_RUN).find(({ file, text }) => file.endsWith(".go") && pattern.test(text));
  return hit === undefined ? undefined : `${hit.file}:${String(hit.line)}`;
}
