/** A change that is handed in before ESLint runs, as tests do; without one the language looks for itself. */
import { isAbsolute, relative, sep } from "node:path";
import type { Change } from "../model/change.js";
import type { DirectiveNote, LocatedMigration } from "./linted-migration.js";

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

/** Whether a change was handed in, so that nothing else may be looked at. */
export function isChangeProvided(): boolean {
  return provided.length > 0;
}

/** The migration of a handed-in change that a file is, if it has this text there. */
export function providedMigration(path: string, text: string): LocatedMigration | undefined {
  for (const { change, ...options } of provided) {
    const file = fileBelow(change.root, path);
    const located = file === undefined ? undefined : migrationsOf(change).get(file);
    if (located?.migration.sql.text === text) return { ...located, ...options };
  }
  return undefined;
}

/** A path relative to a root, with `/`; undefined for one that is not below it. */
export function fileBelow(root: string, path: string): string | undefined {
  if (!isAbsolute(path)) return undefined;
  const file = relative(root, path);
  return file.startsWith("..") || isAbsolute(file) ? undefined : file.split(sep).join("/");
}

const migrationsByFile = new WeakMap<Change, ReadonlyMap<string, LocatedMigration>>();

/** The migrations of a change, by file. */
export function migrationsOf(change: Change): ReadonlyMap<string, LocatedMigration> {
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
