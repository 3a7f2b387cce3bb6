/** A repository while ESLint runs in it: for one run of a minute, or for days inside an editor. */
import { createHash } from "node:crypto";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type ChangeSource, folderChangeSource, gitChangeSource } from "../change/change-source.js";
import { readConfiguration } from "../change/configuration.js";
import { GitError } from "../change/git.js";
import { loadChange } from "../change/load.js";
import { OverlayTree } from "../change/overlay-tree.js";
import {
  isProgram,
  type ParsedMigration,
  type ParseMigration,
  parseMigration,
  type ProgramReader,
} from "../change/parse-migration.js";
import { type DetectedDatabase, detectMigrations } from "../migrations/detect.js";
import type { Change } from "../model/change.js";
import type { Configuration } from "../model/configuration.js";
import { configurableRules } from "./configurable-rules.js";

/** How long a repository is taken to be as it was; looking costs some milliseconds of git. */
const FRESH_MS = 500;

/** What git and the file system say of a repository at one moment. */
interface Snapshot {
  readonly source: ChangeSource;
  readonly configuration: Configuration;
  /** Changes with git's state and with the times and sizes of files that differ from it. */
  readonly fingerprint: string;
}

/** The names of databases by what belongs to them. */
interface DetectedFiles {
  readonly byFile: ReadonlyMap<string, string>;
  readonly byFolder: readonly (readonly [folder: string, database: string])[];
}

export class OpenRepository {
  #snapshot: Snapshot | undefined;
  #lookedAt = -Infinity;
  #change: Change | undefined;
  #detected: DetectedFiles | undefined;
  /** The change with the text of one editor buffer in place of its file. */
  #edited: { readonly file: string; readonly text: string; readonly change: Change } | undefined;
  #parsed: ReadonlyMap<string, ParsedMigration> = new Map();

  constructor(
    /** Absolute. */
    readonly root: string,
  ) {}

  get fingerprint(): string {
    return this.#look().fingerprint;
  }

  get configuration(): Configuration {
    return this.#look().configuration;
  }

  /** Whether a file, relative to the root, is a migration, or of SQL and in a folder with migrations. */
  hasMigrations(file: string): boolean {
    return this.databaseOf(file) !== undefined;
  }

  /** The database whose migrations a file belongs to: the one that runs it, else the one that has its folder. */
  databaseOf(file: string): string | undefined {
    const { source, configuration } = this.#look();
    this.#detected ??= detectedFiles(detectMigrations(source.head.tree, configuration.databases).databases);
    const { byFile, byFolder } = this.#detected;
    // What else stands in the folder of a program may be any program; of SQL it is a migration that was left out.
    if (isProgram(file)) return byFile.get(file);
    return byFile.get(file) ?? byFolder.find(([folder]) => folder === "" || file.startsWith(`${folder}/`))?.[1];
  }

  /** The change, with the files as they are on disk. */
  get change(): Change {
    const snapshot = this.#look();
    return (this.#change ??= this.#load(snapshot, snapshot.source));
  }

  /** The change in which a file has another text than on disk. */
  changeWith(file: string, text: string): Change {
    const snapshot = this.#look();
    if (this.#edited?.file !== file || this.#edited.text !== text) {
      this.#edited = { file, text, change: this.#load(snapshot, withFile(snapshot.source, file, text)) };
    }
    return this.#edited.change;
  }

  #look(): Snapshot {
    const now = performance.now();
    if (this.#snapshot && now - this.#lookedAt < FRESH_MS) return this.#snapshot;
    const snapshot = look(this.root);
    this.#lookedAt = performance.now();
    if (snapshot.fingerprint !== this.#snapshot?.fingerprint) {
      for (const { reason, fix } of snapshot.source.incomplete) warnOnce(`${reason} ${fix}`);
      this.#snapshot = snapshot;
      this.#change = this.#detected = this.#edited = undefined;
    }
    return this.#snapshot ?? snapshot;
  }

  /** Files that did not change are not parsed again. */
  #load({ configuration }: Snapshot, source: ChangeSource): Change {
    const parsed = new Map<string, ParsedMigration>();
    const parse: ParseMigration = (text, file, read, program) => {
      const key = `${file}\0${text}`;
      const known = parsed.get(key) ?? this.#parsed.get(key);
      const migration = known && isCurrent(known, program) ? known : parseMigration(text, file, read, program);
      parsed.set(key, migration);
      return migration;
    };
    const change = loadChange(source, configuration, { parse });
    for (const { reason, fix } of change.incomplete) warnOnce(`${reason} ${fix}`);
    this.#parsed = parsed;
    return change;
  }
}

/** Whether the files that a program depends on are what they were. */
function isCurrent({ program }: ParsedMigration, reader: ProgramReader | undefined): boolean {
  if (!program || !reader) return true;
  return [...program.reads].every(
    ([file, text]) => (reader.files.has(file) ? reader.files.read(file) : undefined) === text,
  );
}

function detectedFiles(databases: readonly DetectedDatabase[]): DetectedFiles {
  const sources = databases.flatMap(({ name, sources: all }) => all.map((source) => ({ name, ...source })));
  return {
    byFile: new Map(sources.flatMap(({ name, files }) => files.map((file) => [file, name] as const))),
    byFolder: sources.map(({ name, folder }) => [folder, name] as const),
  };
}

function look(root: string): Snapshot {
  const source = sourceOf(root);
  const configuration = readConfiguration({
    rules: configurableRules(),
    head: source.head.tree,
    base: source.base?.tree,
  });
  // Without a base nothing says which files changed: then it is all of them.
  const files = source.base ? source.changed.map(({ file }) => file) : source.head.tree.files();
  const hash = createHash("sha256").update(
    JSON.stringify([
      source.base?.commit,
      source.comparedWith,
      source.changed,
      configuration,
      releaseOf(source, configuration),
    ]),
  );
  for (const file of files) {
    const stat = lstatSync(join(source.root, file), { throwIfNoEntry: false });
    hash.update(`${file}\0${String(stat?.mtimeMs)}\0${String(stat?.size)}\0`);
  }
  return { source, configuration, fingerprint: hash.digest("hex") };
}

/** What tells one release from another. */
function releaseOf({ findRelease }: ChangeSource, { deploy: { released } }: Configuration): string | undefined {
  const search = released && findRelease?.(released.pattern);
  return search && "release" in search ? search.release.commit : undefined;
}

/** What differs from the default branch; in a folder that git does not know, every migration by itself. */
function sourceOf(root: string): ChangeSource {
  try {
    return gitChangeSource({ root });
  } catch (error) {
    if (error instanceof GitError && (error.kind === "not-a-repository" || error.kind === "no-git")) {
      return folderChangeSource(root);
    }
    throw error;
  }
}

function withFile(source: ChangeSource, file: string, text: string): ChangeSource {
  const { base, head, changed } = source;
  const status = base?.tree.has(file) === true ? "modified" : "added";
  return {
    ...source,
    head: { ...head, tree: new OverlayTree(head.tree, new Map([[file, text]]), head.label) },
    changed: changed.some((known) => known.file === file) ? changed : [...changed, { file, status }],
  };
}

const warned = new Set<string>();

/** ESLint has no word for what could not be known of the repository; silence would pass for an answer. */
function warnOnce(message: string): void {
  if (warned.has(message)) return;
  warned.add(message);
  process.emitWarning(message, "MigrationSafetyWarning");
}
