import { join, nameOf } from "./listing.js";
import type { Listing } from "./listing.js";

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
  [/\.go$/, "Go"],
  [/\.php$/, "PHP"],
  [/\.(?:java|kt)$/, "Java or Kotlin"],
];

const MIGRATION_FOLDER = /^(?:[a-z]+[_-])?(?:migrations?|migrate)$/i;

/** `20240102030405_add_note.ts`, `1700000000000-AddNote.ts`, `Migration20240102030405.ts`, `V3__note.java`, `0001_x.py` */
const NUMBERED = /^(?:Migration|V|R)?\d{3,}|^V\d+(?:[._]\d+)*__/;

/** Folders whose migrations are no project's own. */
const NOT_OURS =
  /(?:^|\/)(?:node_modules|vendor|third_party|dist|build|__tests__|tests?|fixtures?|__fixtures__|examples?)(?:\/|$)/i;

/** Folders of migrations that are scripts, one entry for each language in it. */
export function scriptFolders(listing: Listing): ScriptFolder[] {
  const found: ScriptFolder[] = [];
  for (const folder of listing.folders()) {
    if (!MIGRATION_FOLDER.test(nameOf(folder)) || NOT_OURS.test(folder)) continue;
    const numbered = listing.filesIn(folder).filter((name) => NUMBERED.test(name) && !/\.d\.[cm]?ts$/.test(name));
    for (const [extension, language] of LANGUAGES) {
      const files = numbered.filter((name) => extension.test(name)).map((name) => join(folder, name));
      if (files.length > 0) found.push({ folder, language, files });
    }
  }
  return found;
}
