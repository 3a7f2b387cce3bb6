import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import type { MigrationSource } from "./tool.js";

/** Migrations of one folder that are written in a programming language. They are not read, and the report says so. */
export interface ScriptFolder {
  readonly folder: string;
  /** `TypeScript` */
  readonly language: string;
  readonly files: readonly string[];
}

const LANGUAGES: readonly (readonly [RegExp, string])[] = [
  [/\.[cm]?tsx?$/, "TypeScript"],
  [/\.[cm]?jsx?$/, "JavaScript"],
  [/\.py$/, "Python"],
  [/\.rb$/, "Ruby"],
  [/(?<!_test)\.go$/, "Go"],
  [/\.rs$/, "Rust"],
  [/(?<!\.down)\.fizz$/, "Fizz"],
  [/\.php$/, "PHP"],
  [/\.(?:java|kt)$/, "Java or Kotlin"],
];

const MIGRATION_FOLDER = /^(?:[a-z]+[_-])?(?:migrations?|migrate)$/i;

/** `20240102030405_add_note.ts`, `1700000000000-AddNote.ts`, `Migration20240102030405.ts`, `V3__note.java`, `0001_x.py` */
const NUMBERED = /^(?:Migration|V|R)?\d{3,}|^[VU]\d+(?:[._]\d+)*__/;

/** Beside migrations that a tool has: `1_note.go`. */
const NUMBERED_AT_ALL = /^\d+[_-]/;

/** SeaORM's, which stand in the sources of a crate of their own: `migration/src/m20240102_030405_note.rs`. */
const SEA_ORM = /^m\d{8}_\d{6}_.+\.rs$/;

/** Folders whose migrations are no project's own. */
const NOT_OURS =
  /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|__tests__|tests?|fixtures?|__fixtures__|examples?)(?:\/|$)/i;

/**
 * Folders of migrations that are scripts, one entry for each language in it.
 * @param databases What tools read: their folders may hold scripts, whatever they are called.
 */
export function scriptFolders(
  listing: Listing,
  databases: readonly {
    readonly sources: readonly Pick<MigrationSource, "folder" | "files" | "loaders" | "leftOut">[];
  }[] = [],
): ScriptFolder[] {
  const sources = new Set(databases.flatMap((database) => database.sources.map(({ folder }) => folder)));
  const read = new Set(
    databases.flatMap(({ sources: all }) =>
      all.flatMap(({ files, loaders = [], leftOut }) => [...files, ...loaders, ...leftOut.map(({ file }) => file)]),
    ),
  );
  const found: ScriptFolder[] = [];
  for (const folder of listing.folders()) {
    const isMigration = patternFor(folder, sources);
    if (isMigration === undefined) continue;
    const scripts = listing.filesIn(folder).filter((name) => isMigration(name) && !/\.d\.[cm]?ts$/.test(name));
    for (const [extension, language] of LANGUAGES) {
      const files = scripts
        .filter((name) => extension.test(name))
        .map((name) => join(folder, name))
        .filter((file) => !read.has(file));
      if (files.length > 0) found.push({ folder, language, files });
    }
  }
  return found;
}

/** Which names in a folder are migrations; undefined where it holds none. */
function patternFor(folder: string, sources: ReadonlySet<string>): ((name: string) => boolean) | undefined {
  const name = nameOf(folder);
  if (sources.has(folder)) return (file) => NUMBERED.test(file) || NUMBERED_AT_ALL.test(file);
  if (NOT_OURS.test(folder)) return undefined;
  if (MIGRATION_FOLDER.test(name)) return (file) => NUMBERED.test(file);
  if (name === "src" && MIGRATION_FOLDER.test(nameOf(parentOf(folder)))) return (file) => SEA_ORM.test(file);
  return undefined;
}
