/** Finds the change that a linted file belongs to. ESLint asks file by file; the answer is the same for all of them. */
import { isAbsolute, relative, sep } from "node:path";
import type { Change } from "../model/change.js";
import type { DirectiveNote, LocatedMigration } from "./linted-migration.js";
import { loneChange } from "./lone-change.js";

export interface ProvidedChangeOptions {
  /** Makes directives count only where they name one of our rules and give a reason; takes what is passed over. */
  readonly onNote?: (note: DirectiveNote) => void;
}

interface ProvidedChange extends ProvidedChangeOptions {
  readonly change: Change;
}

const provided: ProvidedChange[] = [];

/**
 * Hands in the change of a run: files below its root are then linted as its migrations, and nothing is read from disk.
 * @returns A function that takes it back.
 */
export function provideChange(change: Change, options: ProvidedChangeOptions = {}): () => void {
  const entry = { change, ...options };
  provided.push(entry);
  return () => void provided.splice(provided.indexOf(entry), 1);
}

/**
 * The migration that a file is. A file of no migration folder is a change of its own, without base.
 * @param path Absolute, or a name such as `<text>` for what has no file.
 * @param text The file's text as it is linted, without its byte order mark; it may differ from the file on disk.
 */
export function locateMigration(path: string, text: string): LocatedMigration {
  for (const { change, ...options } of provided) {
    const file = fileBelow(change.root, path);
    const located = file === undefined ? undefined : migrationsOf(change).get(file);
    if (located?.migration.sql.text === text) return { ...located, ...options };
  }
  return only(loneChange(path, text));
}

/** A path relative to the root, with `/`; undefined for one that is not below it. */
function fileBelow(root: string, path: string): string | undefined {
  if (!isAbsolute(path)) return undefined;
  const file = relative(root, path);
  return file.startsWith("..") || isAbsolute(file) ? undefined : file.split(sep).join("/");
}

const migrationsByFile = new WeakMap<Change, ReadonlyMap<string, LocatedMigration>>();

function migrationsOf(change: Change): ReadonlyMap<string, LocatedMigration> {
  let byFile = migrationsByFile.get(change);
  if (!byFile) {
    byFile = new Map(
      change.databases.flatMap((database) =>
        database.migrations.map((migration) => [migration.file, { change, database, migration }] as const),
      ),
    );
    migrationsByFile.set(change, byFile);
  }
  return byFile;
}

function only(change: Change): LocatedMigration {
  const [located] = migrationsOf(change).values();
  if (!located) throw new TypeError("A change of one file has one migration.");
  return located;
}
