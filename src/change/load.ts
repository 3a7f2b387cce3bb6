/** From base, head and what differs between them to the change that is judged: migrations with status and schema. */
import { detectMigrations, filesIn } from "../migrations/detect.js";
import type { DetectedDatabase, Detection } from "../migrations/detect.js";
import { nameOf, parentOf } from "../migrations/listing.js";
import type { Listing } from "../migrations/listing.js";
import { isUndo, otherDialectOf, plainSql } from "../migrations/plain-sql.js";
import { scriptFolders } from "../migrations/scripts.js";
import type { MigrationPart, MigrationSource } from "../migrations/tool.js";
import type { Catalog } from "../model/catalog.js";
import type { Change, Database, ReleasedDatabase } from "../model/change.js";
import type { Configuration, DatabaseSetting } from "../model/configuration.js";
import type { Lock } from "../model/lock.js";
import type {
  AnalysedStatement,
  Down,
  Edit,
  Migration,
  MigrationFile,
  MigrationStatus,
  TransactionMode,
} from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import type { ParsedSql, Statement } from "../model/statement.js";
import type { Tree } from "../model/tree.js";
import type { Replay } from "../postgres/replay.js";
import { isOutOfTime, TIME_WAS_OVER } from "../text/out-of-time.js";
import type { ChangedFile, ChangeSource } from "./change-source.js";
import { editOf, isSame, restored, type EditedStatements } from "./edited-statements.js";
import { lookedUp } from "./looked-up.js";
import { matcher, OverlayTree } from "./overlay-tree.js";
import {
  isProgram,
  type ParsedMigration,
  type ParseMigration,
  parseMigration,
  unreadableMigration,
  unreadStatement,
} from "./parse-migration.js";
import { numbered } from "./parse-program.js";
import { postgresVersion } from "./postgres-version.js";
import type { Release, ReleaseSearch } from "./releases.js";
import { rehearse } from "./rehearse.js";
import { readSeed, replayFrom, type Seed } from "./seed.js";
import { downOf, undoAll } from "./undo.js";
import { Session } from "./session.js";
import { madeAgain, writtenAnew } from "./written-anew.js";
import { readStatistics, type Statistics } from "./statistics.js";
import { transactionsOf } from "./transactions.js";

export interface LoadOptions {
  /**
   * Files or folders to judge, relative to the root; absent: all. Without a base each of them is its own change, with
   * one those among them are judged that are new.
   */
  readonly files?: readonly string[];
  /** Parses a file; a caller that loads again and again keeps what it has parsed. Default: `parseMigration`. */
  readonly parse?: ParseMigration;
}

/** Reads and replays all migrations once. Never throws for what a migration file holds. */
export function loadChange(source: ChangeSource, configuration: Configuration, options: LoadOptions = {}): Change {
  return new Loader(source, configuration, options).load();
}

/**
 * In a tool's order, repeatable migrations stand behind all others. One that stays as it is has run before what is new,
 * and does not run again: it stands behind the last one that stays.
 */
function asTheyRan(drafts: readonly Draft[]): readonly Draft[] {
  const staysRepeatable = ({ kind, status }: Draft): boolean => kind === "repeatable" && status === "existing";
  if (!drafts.some(staysRepeatable)) return drafts;
  const others = drafts.filter((draft) => !staysRepeatable(draft));
  const at = others.findLastIndex(({ kind, status }) => kind !== "repeatable" && status === "existing") + 1;
  return [...others.slice(0, at), ...drafts.filter(staysRepeatable), ...others.slice(at)];
}

/** A migration before replay, with what its place in the run decides. */
interface Draft extends MigrationFile, ParsedMigration {
  readonly judged: boolean;
  readonly unchanged?: ReadonlySet<number>;
  readonly kept?: ReadonlySet<Operation>;
  readonly remade?: ReadonlySet<Operation>;
  readonly editedParts?: readonly string[];
  readonly edit?: Edit;
  readonly down?: Down;
  /** Settings that the tool's callbacks make before it starts. */
  readonly settings?: ReadonlyMap<string, string>;
  /** Whether it starts with those alone, though it shares its connection. */
  readonly resets?: boolean;
  /** The source's folder, for files that share the run of a pending set. */
  readonly run?: string;
}

/** How a source reads a file. */
type Reader = Pick<MigrationSource, "read" | "evaluate" | "downFile">;

interface FileStatus {
  readonly status: MigrationStatus;
  readonly previousFile?: string;
}

class Loader {
  /** What edited migrations were at base, by the files that they are now. */
  readonly #textsBefore = new Map<string, ParsedMigration>();
  readonly #parse: ParseMigration;
  readonly #changed: ReadonlyMap<string, ChangedFile>;
  readonly #isIgnored: (file: string) => boolean;
  /** Whether each file is its own change: nothing to compare with, and nothing missing. */
  readonly #alone: boolean;
  #baseDetection: Detection | undefined;
  /** What runs now, where the configuration has a pattern for its tag; undefined where base counts as released. */
  readonly #release: ReleaseSearch | undefined;
  /** What turns out while the databases are loaded. */
  readonly #notes: NonNullable<Change["notes"]>[number][] = [];
  readonly #leftOut: { readonly file: string; readonly reason: string }[] = [];

  constructor(
    readonly source: ChangeSource,
    readonly configuration: Configuration,
    readonly options: LoadOptions,
  ) {
    this.#parse = options.parse ?? parseMigration;
    this.#changed = new Map(source.changed.map((changed) => [changed.file, changed]));
    this.#isIgnored = matcher(configuration.ignore);
    this.#alone = source.base === undefined && source.incomplete.length === 0;
    const { released } = configuration.deploy;
    this.#release = released && source.base && source.findRelease?.(released.pattern);
  }

  load(): Change {
    const { root, base, head, incomplete, changed } = this.source;
    const edited = changed.filter(({ file, status }) => status !== "added" && isMigrationName(file));
    base?.tree.prefetch?.(edited.map(({ file, previousFile }) => previousFile ?? file));
    const detection = detectMigrations(head.tree, this.configuration.databases);
    const asked = this.options.files === undefined ? undefined : this.#askedFiles(detection, this.options.files);
    const detected = asked?.databases ?? detection.databases;
    const scripts = scriptFolders(detection.listing, detection.databases);
    const databases = detected.map((database) => this.#database(database, detection.listing, asked?.judged));
    const release = this.#foundRelease;
    return {
      root,
      configuration: this.configuration,
      ...(base === undefined ? {} : { base }),
      head,
      ...(release && { release: { tag: release.tag, commit: release.commit, tree: release.tree } }),
      databases,
      ...(this.source.mergedBehind && { mergedBehind: this.source.mergedBehind }),
      changed,
      notes: [...this.#unusedSettings(detection.databases), ...this.#missingRelease(), ...this.#notes],
      incomplete: [...incomplete, ...this.#unknownRelease(databases)],
      leftOut: [
        ...detection.leftOut,
        ...(asked?.leftOut ?? []),
        ...this.#leftOut,
        ...this.#notFiles(detected),
        ...scripts.map(({ folder, language, files }) => ({
          file: folder,
          reason: `holds ${files.length === 1 ? "a migration" : `${String(files.length)} migrations`} written in ${language}, which ${files.length === 1 ? "is" : "are"} not read`,
        })),
      ],
      unread: [
        ...scripts.flatMap(({ language, files }) =>
          files
            .filter((file) => this.#isNew(file))
            .map((file) => ({ file, reason: `the migration is written in ${language}, which is not read` })),
        ),
        ...[...detection.unread]
          .filter(([id, { file }]) => this.#isNew(file) && !this.#atBase().unread.has(id))
          .map(([, migration]) => migration),
      ],
    };
  }

  /** Databases of the configuration that have no migrations: what is set for them applies to nothing. */
  #unusedSettings(detected: readonly DetectedDatabase[]): NonNullable<Change["notes"]> {
    const found = detected.map(({ name }) => name);
    return Object.entries(this.configuration.databases).flatMap(([name, { place }]) =>
      place === undefined || found.includes(name)
        ? []
        : [
            {
              ...place,
              message:
                `No migrations were found for the database \`${name}\`, so its settings apply to nothing. Name its ` +
                `folder under \`migrations\`, or give the settings to one of: ${found.map((other) => `\`${other}\``).join(", ") || "none was found"}.`,
            },
          ],
    );
  }

  get #foundRelease(): Release | undefined {
    return this.#release && "release" in this.#release ? this.#release.release : undefined;
  }

  #missingRelease(): NonNullable<Change["notes"]> {
    const { released } = this.configuration.deploy;
    if (released === undefined || this.#release === undefined || !("none" in this.#release)) return [];
    return [{ ...released.place, message: `${this.#release.none}, so everything that is merged counts as released.` }];
  }

  /** A release that is not known decides nothing where no migration is touched. */
  #unknownRelease(databases: readonly Database[]): Change["incomplete"] {
    if (this.#release === undefined || !("incomplete" in this.#release)) return [];
    const touched = databases.some(
      ({ migrations, deleted }) => deleted.length > 0 || migrations.some(({ status }) => status !== "existing"),
    );
    return touched ? [this.#release.incomplete] : [];
  }

  /** Whether a file that no tool reads belongs to this change. */
  #isNew(file: string): boolean {
    const changed = this.#changed.get(file);
    return changed !== undefined && changed.status !== "deleted" && !this.#isIgnored(file);
  }

  #database(detected: DetectedDatabase, listing: Listing, asked: ReadonlySet<string> | undefined): Database {
    const { name, sources } = detected;
    const postgres = postgresVersion(listing, this.configuration, sources[0]?.folder ?? "");
    const deleted = this.#deleted(detected);
    const drafts = this.#madeAgain(deleted, this.#drafts(detected, asked));
    const setting: Partial<DatabaseSetting> = this.configuration.databases[name] ?? {};
    const session = new Map(Object.entries(setting.session ?? {}));
    const seed = this.#seed(setting, deleted.length > 0);
    if (seed?.problem !== undefined) this.#leftOut.push({ file: seed.file, reason: seed.problem });
    const statistics = this.#statistics(setting);
    const migrations = replayAll(drafts, replayFrom(seed, postgres.version), session, statistics?.sizes);
    let atBase: { readonly catalog: Catalog | undefined } | undefined;
    const undone = once(() => undoAll(migrations, () => replayFrom(seed, postgres.version)));
    const release = this.#releasedDatabase(detected, migrations, postgres.version);
    return {
      name,
      tools: sources.map(({ tool, folder }) => ({
        name: tool.name,
        ...(tool.version === undefined ? {} : { version: tool.version }),
        folder,
        ...(tool.assumption === undefined ? {} : { assumption: tool.assumption }),
      })),
      ...(seed === undefined ? {} : { schema: { file: seed.file, side: seed.side } }),
      ...(statistics && { statistics: { file: statistics.file, collectedAt: statistics.collectedAt } }),
      postgres,
      migrations,
      deleted,
      existsAtBase: (qualified) => {
        const start = (): Replay =>
          replayFrom(deleted.length > 0 ? this.#seed(setting, false) : seed, postgres.version);
        atBase ??= { catalog: this.#catalogAtBase(name, migrations, deleted.length > 0, start) };
        return exists(atBase.catalog, qualified);
      },
      undo: (migration) => undone().get(migration),
      beforeEdits: once(() => {
        const before = drafts.map((draft) => this.#beforeEdit(draft));
        return replayAll(before, replayFrom(seed, postgres.version), session, statistics?.sizes);
      }),
      writtenAnew: once(() => writtenAnew(this.#textsOf(deleted), migrations)),
      rehearse: (statements) =>
        rehearse(statements, migrations, replayFrom(seed, postgres.version)).map((one) =>
          statistics === undefined ? one : { ...one, locks: withSizes(one.locks, statistics.sizes) },
        ),
      ...(release && { release }),
    };
  }

  #releasedDatabase(
    { name, sources }: DetectedDatabase,
    migrations: readonly Migration[],
    postgres: number,
  ): ReleasedDatabase | undefined {
    if (this.#release && "first" in this.#release) return NOTHING_RELEASED;
    const release = this.#foundRelease;
    if (release === undefined) return undefined;
    const { tree } = release;
    const changed = once(() => {
      const files = release.changed();
      const added = files.filter(({ status }) => status === "added");
      return {
        added: new Set(added.map(({ file }) => file)),
        touched: new Set(files.map(({ file }) => file)),
        // What other migrations stand for since then, a squash for one, nobody can tell.
        rewritten: files.some(
          ({ file, status }) =>
            status === "deleted" &&
            isMigrationName(file) &&
            sources.some(({ folder }) => folder === "" || file.startsWith(`${folder}/`)),
        ),
      };
    });
    const catalog = once(() => {
      const setting = this.configuration.databases[name] ?? {};
      const seed = readSeed({ base: release, head: release }, setting, { squashed: false, parse: this.#parse });
      const { touched } = changed();
      const parsed = migrations.filter(({ file, status }) => status === "existing" && !touched.has(file));
      const { databases } = detectMigrations(tree, this.configuration.databases);
      return this.#catalogOf(tree, databases, name, parsed, replayFrom(seed, postgres));
    });
    return {
      lacks: (file) => changed().added.has(file),
      exists: (qualified) => changed().rewritten || exists(catalog(), qualified),
      hasColumn: (table, column) => {
        const known = changed().rewritten ? undefined : catalog()?.table(table);
        return known?.columns.has(column) === true || (known?.columnsKnown === true ? false : "unknown");
      },
    };
  }

  #statistics({ stats }: Partial<DatabaseSetting>): Statistics | undefined {
    if (stats === undefined) return undefined;
    const { base, head } = this.source;
    const read = readStatistics(head.tree.has(stats) ? head.tree : (base?.tree ?? head.tree), stats);
    if ("sizes" in read) return read;
    this.#notes.push(read);
    return undefined;
  }

  #seed(setting: Partial<DatabaseSetting>, squashed: boolean): Seed | undefined {
    return readSeed(this.source, setting, { squashed, parse: this.#parse });
  }

  #drafts({ name, sources }: DetectedDatabase, asked: ReadonlySet<string> | undefined): readonly Draft[] {
    const { tree } = this.source.head;
    tree.prefetch?.(sources.flatMap(({ files }) => files));
    return sources.flatMap((source) => {
      const drafts: Draft[] = [];
      const { tool, folder, session: settings, resetsSession: resets } = source;
      const meanwhile = this.#meanwhile(source);
      const places = this.#places(source, [...meanwhile.values()].flat());
      const draft = (tree: Tree, from: MigrationSource, file: string): Omit<Draft, "status" | "judged"> => {
        const parsed = this.#read(tree, file, from);
        const transaction =
          from.transactions?.get(file) ?? modeOf(parsed.parts) ?? parsed.program?.transaction ?? tool.transaction;
        const place = places.get(file);
        const known = {
          ...from.facts?.get(file),
          ...(settings && { settings }),
          ...(resets && { resets }),
          ...(place !== undefined && { place }),
        };
        return { file, tool, database: name, transaction, ...known, ...parsed };
      };
      const add = (file: string): void => {
        const status = this.#status(file, source, asked);
        const drafted = draft(tree, source, file);
        const before = status.status === "modified" ? this.#readAtBase(status.previousFile ?? file, source) : undefined;
        const edit = before && this.#editOf(file, before, drafted);
        if (before) this.#textsBefore.set(file, before);
        const judged =
          status.status !== "existing" &&
          drafted.kind !== "baseline" &&
          asked?.has(file) !== false &&
          !this.#isIgnored(file) &&
          !(edit && isSame(edit, before.sql, drafted.sql));
        const pending = status.status !== "existing" && !this.#alone;
        const previousTime =
          status.status === "modified" && drafted.time !== undefined
            ? this.#timeAtBase(status.previousFile ?? file)
            : undefined;
        const down = judged ? downOf(tree, file, source, drafted) : undefined;
        drafts.push({
          ...drafted,
          ...status,
          judged,
          ...(down && { down }),
          // All of a repeatable one runs again.
          ...(drafted.kind === "repeatable" ? {} : edit),
          ...(pending && { run: folder }),
          ...(previousTime !== undefined && { previousTime }),
        });
      };
      const addMeanwhile = (after: string | undefined): void => {
        for (const [file, atBase] of meanwhile.get(after) ?? []) {
          const base = this.source.base?.tree;
          if (base) drafts.push({ ...draft(base, atBase, file), status: "existing", judged: false });
          addMeanwhile(file);
        }
      };
      addMeanwhile(undefined);
      for (const file of source.files) {
        // Git lists tracked files that are gone from the disk, too.
        if (tree.has(file)) add(file);
        addMeanwhile(file);
      }
      return asTheyRan(drafts);
    });
  }

  #editOf(file: string, before: ParsedMigration, now: ParsedMigration): EditedStatements {
    const edit = editOf(before, now);
    return edit.edit.effect !== "none" && this.#isRestored(file) ? restored(edit, now.sql) : edit;
  }

  /** The draft as if nobody had edited its file. */
  #beforeEdit(draft: Draft): Draft {
    const before = this.#textsBefore.get(draft.file);
    if (before === undefined) return draft;
    const { unchanged: _unchanged, editedParts: _editedParts, edit: _edit, parts: _parts, ...unedited } = draft;
    return { ...unedited, ...before };
  }

  /** Whether head puts a migration back as the newest release has it, or as it was merged, after base has edited it. */
  #isRestored(file: string): boolean {
    const { base, head, mergedText } = this.source;
    const text = head.tree.read(file);
    if (text === undefined || base?.tree.has(file) !== true) return false;
    return text === (this.#foundRelease ? this.#foundRelease.tree.read(file) : mergedText?.(file));
  }

  /**
   * Migrations that base has got since head left it, by the one that they come after: they are history by the time that
   * the new ones run.
   */
  #meanwhile({
    folder,
    files,
  }: MigrationSource): ReadonlyMap<string | undefined, readonly (readonly [string, MigrationSource])[]> {
    const found = new Map<string | undefined, (readonly [string, MigrationSource])[]>();
    const { base, comparedWith, changed } = this.source;
    if (base === undefined || comparedWith === undefined || comparedWith === base.commit) return found;
    const atBase = this.#atBase()
      .databases.flatMap(({ sources }) => sources)
      .find((source) => source.folder === folder);
    if (atBase === undefined) return found;
    const here = new Set(files);
    const left = new Set(changed.map(({ file, previousFile }) => previousFile ?? file));
    let after: string | undefined;
    for (const file of atBase.files) {
      if (left.has(file) && !here.has(file)) continue;
      if (!here.has(file)) {
        const list = found.get(after);
        if (list === undefined) found.set(after, [[file, atBase]]);
        else list.push([file, atBase]);
      }
      after = file;
    }
    for (const list of found.values()) base.tree.prefetch?.(list.map(([file]) => file));
    return found;
  }

  /** Where the tool would run each file if head had what base has got meanwhile, too; empty where that is nothing. */
  #places(
    source: MigrationSource,
    meanwhile: readonly (readonly [string, MigrationSource])[],
  ): ReadonlyMap<string, number> {
    const { base, head } = this.source;
    if (base === undefined || meanwhile.length === 0) return new Map();
    const texts = new Map(meanwhile.map(([file]) => [file, base.tree.read(file)]));
    const files = filesIn(new OverlayTree(head.tree, texts, head.label), source);
    return new Map(files.map((file, place) => [file, place]));
  }

  #read(tree: Tree, file: string, source: Reader): ParsedMigration {
    const text = tree.read(file);
    if (text !== undefined) return this.#parseIn(tree, text, file, source);
    return unreadableMigration(`the file ${tree.whyUnreadable?.(file) ?? "is not valid UTF-8"}`);
  }

  #status(file: string, source: MigrationSource, asked: ReadonlySet<string> | undefined): FileStatus {
    if (this.#alone) return { status: asked === undefined || asked.has(file) ? "added" : "existing" };
    const changed = this.#changed.get(file);
    if (changed === undefined) return { status: "existing" };
    const reworked = this.#reworkedStatus(file, source);
    if (reworked !== undefined) return reworked;
    const base = this.source.base?.tree;
    // The tip of base may have it already, merged on another way.
    if (base?.has(file) === true) {
      const same = base.read(file) === this.source.head.tree.read(file) && base.read(file) !== undefined;
      return { status: same ? "existing" : "modified" };
    }
    const { previousFile } = changed;
    if (previousFile !== undefined && this.#isMigrationAtBase(previousFile))
      return { status: "modified", previousFile };
    return { status: changed.status === "modified" ? "modified" : "added" };
  }

  /**
   * The status of a file that bears another migration's name than at base, or the other way round: Sqitch gives the name
   * of a reworked change to its new text, and its old text a new name. Undefined for all others.
   */
  #reworkedStatus(file: string, { folder, facts, reworks }: MigrationSource): FileStatus | undefined {
    if (reworks !== true) return undefined;
    const version = facts?.get(file)?.version;
    const base = this.source.base?.tree;
    if (version === undefined || base === undefined) return undefined;
    const atBase = this.#atBase()
      .databases.flatMap(({ sources }) => sources)
      .find((source) => source.folder === folder)?.facts;
    const before = atBase?.get(file)?.version;
    if (atBase === undefined || before === version) return undefined;
    const previousFile = [...atBase].find(([, known]) => known.version === version)?.[0];
    if (previousFile === undefined) return before === undefined ? undefined : { status: "added" };
    // A name that is gone was changed, and a name that still has it makes two of them: both are something else.
    const now = facts?.get(previousFile)?.version;
    if (now === undefined || now === version) return undefined;
    const same = base.read(previousFile) === this.source.head.tree.read(file);
    return same ? { status: "existing" } : { status: "modified", previousFile };
  }

  #parseIn(files: Tree, text: string, file: string, { read, evaluate }: Reader): ParsedMigration {
    if (isOutOfTime()) return unreadableMigration(TIME_WAS_OVER);
    return this.#parse(text, file, read, evaluate && { evaluate, files });
  }

  #readAtBase(file: string, source: Reader): ParsedMigration | undefined {
    const tree = this.source.base?.tree;
    const text = tree?.read(file);
    return tree === undefined || text === undefined ? undefined : this.#parseIn(tree, text, file, source);
  }

  #deleted({ sources, name }: DetectedDatabase): { file: string; tool: string }[] {
    const deleted: { file: string; tool: string }[] = [];
    for (const { file, status } of this.source.changed) {
      if (status !== "deleted" || !isMigrationName(file)) continue;
      const atBase = this.#sourceAtBase(file);
      if (atBase === undefined) continue;
      // With several databases it belongs to the one that has its folder.
      const [, database] = atBase;
      if (
        database.name === name ||
        database.sources.some(({ folder }) => sources.some((source) => source.folder === folder))
      ) {
        deleted.push({ file, tool: atBase[0].tool.name });
      }
    }
    return deleted;
  }

  #textsOf(deleted: Database["deleted"]): { file: string; sql: ParsedSql }[] {
    return deleted.flatMap(({ file }) => {
      const source = this.#sourceAtBase(file)?.[0];
      const before = source && this.#readAtBase(file, source);
      return before === undefined ? [] : [{ file, sql: before.sql }];
    });
  }

  /** Drafts that know which of their operations make what deleted migrations have made wherever they have shipped. */
  #madeAgain(deleted: Database["deleted"], drafts: readonly Draft[]): readonly Draft[] {
    if (this.#release !== undefined && "first" in this.#release) return drafts;
    const shipped = deleted.filter(({ file }) => this.#foundRelease?.tree.has(file) !== false);
    if (shipped.length === 0) return drafts;
    const texts = this.#textsOf(shipped);
    return drafts.map((draft) => {
      if (draft.status !== "added") return draft;
      const remade = madeAgain(texts, draft.sql);
      return remade.size === 0 ? draft : { ...draft, remade };
    });
  }

  #isMigrationAtBase(file: string): boolean {
    return this.#sourceAtBase(file) !== undefined;
  }

  #timeAtBase(file: string): number | undefined {
    return this.#sourceAtBase(file)?.[0].facts?.get(file)?.time;
  }

  #sourceAtBase(file: string): readonly [MigrationSource, DetectedDatabase] | undefined {
    for (const database of this.#atBase().databases) {
      const source = database.sources.find(({ files }) => files.includes(file));
      if (source !== undefined) return [source, database];
    }
    return undefined;
  }

  #atBase(): Detection {
    const tree = this.source.base?.tree;
    if (tree === undefined) return { databases: [], leftOut: [], unread: new Map() };
    return (this.#baseDetection ??= detectMigrations(tree, this.configuration.databases));
  }

  /** The schema at base. Mostly that is the schema before the first new migration; otherwise base is replayed. */
  #catalogAtBase(
    name: string,
    migrations: readonly Migration[],
    someDeleted: boolean,
    start: () => Replay,
  ): Catalog | undefined {
    const tree = this.source.base?.tree;
    if (tree === undefined || this.source.incomplete.length > 0) return undefined;
    const firstNew = migrations.findIndex(({ status }) => status !== "existing");
    const history = firstNew < 0 ? migrations : migrations.slice(0, firstNew);
    const inOrder = migrations.slice(history.length).every(({ status }) => status === "added");
    if (inOrder && !someDeleted) {
      const next = migrations.slice(history.length).find(({ statements }) => statements.length > 0)?.statements[0];
      if (next !== undefined) return next.before;
      const last = history.findLast(({ statements }) => statements.length > 0)?.statements.at(-1);
      return last?.after ?? start().catalog;
    }
    const existing = migrations.filter(({ status }) => status === "existing");
    return this.#catalogOf(tree, this.#atBase().databases, name, existing, start());
  }

  /**
   * The schema that the migrations of a tree make.
   * @param known Migrations whose text is the same in it.
   */
  #catalogOf(
    tree: Tree,
    databases: readonly DetectedDatabase[],
    name: string,
    known: readonly Migration[],
    replay: Replay,
  ): Catalog {
    const database = databases.find((candidate) => candidate.name === name) ?? databases[0];
    const parsed = new Map(known.map(({ file, sql }) => [file, sql]));
    const files = database?.sources.flatMap((source) => source.files.map((file) => ({ file, source }))) ?? [];
    tree.prefetch?.(files.map(({ file }) => file).filter((file) => !parsed.has(file)));
    for (const [order, { file, source }] of files.entries()) {
      const { statements } = parsed.get(file) ?? this.#read(tree, file, source).sql;
      for (const sent of statements) {
        for (const statement of lookedUp(sent, () => replay.catalog)) replay.apply(statement, order);
      }
    }
    // What the next migration would meet.
    return replay.apply(NOTHING, files.length).before;
  }

  /** What `check FILES` is asked for: the databases that the files belong to, and which files are judged. */
  #askedFiles(
    detection: Detection & { readonly listing: Listing },
    paths: readonly string[],
  ): { databases: readonly DetectedDatabase[]; judged: ReadonlySet<string>; leftOut: Change["leftOut"] } {
    const { tree } = this.source.head;
    const leftOut: { file: string; reason: string }[] = [];
    const judged = new Set<string>();
    const sources = detection.databases.flatMap((database) => database.sources);
    const ofTools = new Set(sources.flatMap(({ files }) => files.map(parentOf)));
    const known = new Set(
      // What undoes a migration is none.
      sources.flatMap(({ files, downFile }) => files.flatMap((file) => [file, downFile?.(file) ?? file])),
    );
    /** Whether a file of a folder is a migration although no tool is known to run it: a tool that runs its neighbours says no. */
    const isMigration = (file: string): boolean => {
      if (isUndo(file) || ofTools.has(parentOf(file))) return false;
      const dialect = otherDialectOf(detection.listing, file);
      const isSaid = detection.leftOut.some((said) => said.file === file || file.startsWith(`${said.file}/`));
      if (dialect !== undefined && !isSaid) {
        leftOut.push({ file, reason: `is for ${dialect}; only PostgreSQL is checked` });
      }
      return dialect === undefined;
    };
    for (const path of paths) {
      const folder = path.replace(/\/+$/, "");
      if (tree.has(path)) judged.add(path);
      else {
        const inside = tree
          .files()
          .filter((file) => folder === "." || file.startsWith(`${folder}/`))
          .filter((file) => /\.sql$/i.test(file) || known.has(file));
        if (inside.length === 0) leftOut.push({ file: path, reason: "is neither a file nor a folder with migrations" });
        for (const file of inside) if (known.has(file) || isMigration(file)) judged.add(file);
      }
    }
    const databases = detection.databases.filter(({ sources }) =>
      sources.some(({ files }) => files.some((file) => judged.has(file))),
    );
    // Files that no tool runs are migrations because somebody says so.
    const loose = new Map<string, string[]>();
    for (const file of judged) {
      if (known.has(file)) continue;
      const folder = parentOf(file);
      loose.set(folder, [...(loose.get(folder) ?? []), file]);
    }
    const single = databases.length + loose.size === 1;
    for (const [folder, files] of loose) {
      const { tool } = plainSql.open(detection.listing, folder);
      const name = single ? "main" : folder === "" ? nameOf(this.source.root) : folder;
      databases.push({ name, sources: [{ folder, tool, files: files.sort(), leftOut: [] }] });
    }
    return { databases, judged, leftOut };
  }

  /** Symbolic links and submodules where a migration could stand. */
  #notFiles(databases: readonly DetectedDatabase[]): { file: string; reason: string }[] {
    const folders = databases.flatMap(({ sources }) => sources.map(({ folder }) => folder));
    return (this.source.head.tree.notFiles?.() ?? [])
      .filter(({ file }) => folders.some((folder) => folder === "" || file.startsWith(`${folder}/`)))
      .map(({ file, kind }) => ({ file, reason: `is a ${kind}, which is not followed` }));
  }
}

/** Calls a function when its answer is first asked for, and never again. */
function once<Answer>(ask: () => Answer): () => Answer {
  let known: { readonly answer: Answer } | undefined;
  return () => (known ??= { answer: ask() }).answer;
}

/** What a project has of a database before its first release. */
const NOTHING_RELEASED: ReleasedDatabase = { lacks: () => true, exists: () => false, hasColumn: () => false };

const NOTHING: Statement = { index: 0, sql: "", range: [0, 0], operations: [] };

function replayAll(
  drafts: readonly Draft[],
  replay: Replay,
  settings: ReadonlyMap<string, string>,
  sizes: Statistics["sizes"] = new Map(),
): readonly Migration[] {
  const transactions = transactionsOf(
    withoutSharedTransactions(drafts).map(({ file, transaction, run, sql, parts }) => ({
      file,
      mode: transaction,
      statements: sql.statements,
      ...(run === undefined ? {} : { run }),
      ...(parts === undefined ? {} : { parts }),
    })),
  );
  const sessions = new Map<string, Session>();
  /** What history has stored with roles and databases; whose connection it is, nothing says. */
  const stored = new Map<string, string>();
  return drafts.map(({ run, settings: ofTool, resets, parts: _parts, ...draft }, order) => {
    // Pending files of one run share a connection; of a runner that is not known, that is not known either.
    const startsAnew = run === undefined || resets === true || draft.transaction === "unknown";
    let session = startsAnew ? undefined : sessions.get(run);
    session ??= new Session(new Map([...stored, ...settings, ...(ofTool ?? [])]));
    const searchPath = ofTool?.get("search_path") ?? settings.get("search_path");
    replay.connect(searchPath ?? stored.get("search_path"), searchPath !== undefined);
    if (run !== undefined) sessions.set(run, session);
    const apply = (sent: Statement, index: number): AnalysedStatement => {
      const transaction = transactions[order]?.[index] ?? { inTransaction: "unknown" };
      const replayed = replay.apply(sent, order, transaction.group);
      const { statement, before, after } = replayed;
      const inForce = session.run(statement, transaction);
      return {
        statement,
        before,
        after,
        // Found when they are asked for: nobody asks for those of history.
        get locks() {
          return sizes.size === 0 ? replayed.locks : withSizes(replayed.locks, sizes);
        },
        get work() {
          return replayed.work;
        },
        get refusals() {
          return replayed.refusals;
        },
        transaction,
        session: inForce,
      };
    };
    const statements: AnalysedStatement[] = [];
    const unchanged = new Set<number>();
    for (const [index, sent] of draft.sql.statements.entries()) {
      if (isOutOfTime()) {
        statements.push(apply(restOf(draft.sql, index, statements.length), index));
        break;
      }
      for (const statement of lookedUp(sent, () => replay.catalog)) {
        if (draft.unchanged?.has(index) === true) unchanged.add(statements.length);
        statements.push(
          apply(statement.index === statements.length ? statement : numbered(statement, statements.length), index),
        );
      }
    }
    const isAsSent = statements.every(({ statement }, index) => statement === draft.sql.statements[index]);
    const sql =
      isAsSent && statements.length === draft.sql.statements.length
        ? draft.sql
        : { ...draft.sql, statements: statements.map(({ statement }) => statement) };
    if (draft.status === "existing") for (const { statement } of statements) store(stored, statement);
    return { ...draft, ...(draft.unchanged && { unchanged }), sql, order, statements };
  });
}

/** The statements from one on, for which there is no time. */
function restOf({ text, statements }: ParsedSql, from: number, index: number): Statement {
  const ranges = statements.slice(from).map(({ range }) => range);
  const end = ranges.reduce((last, range) => Math.max(last, range[1]), 0);
  return unreadStatement(text, [ranges[0]?.[0] ?? 0, end], { index, reason: TIME_WAS_OVER });
}

/** Locks with the sizes of their tables, where those are known. */
function withSizes(locks: readonly Lock[], sizes: Statistics["sizes"]): readonly Lock[] {
  return locks.map((lock) => {
    const size = sizes.get(lock.relation);
    return size === undefined ? lock : { ...lock, size };
  });
}

/** Whether a file may be a migration, by its name. */
function isMigrationName(file: string): boolean {
  return /\.sql$/i.test(file) || isProgram(file);
}

/** Runs whose one transaction a file of theirs does away with, or ends. */
function withoutSharedTransactions(drafts: readonly Draft[]): readonly Draft[] {
  const split = (draft: Draft): string | undefined => (draft.run === undefined ? undefined : draft.program?.splitsRun);
  const apart = new Set(drafts.flatMap((draft) => (split(draft) === "everywhere" ? [draft.run] : [])));
  const ended = new Map<string, number>();
  return drafts.map((draft): Draft => {
    const { run, transaction } = draft;
    if (run === undefined || transaction !== "all-pending") {
      if (run !== undefined && split(draft) === "here") ended.set(run, (ended.get(run) ?? 0) + 1);
      return draft;
    }
    if (apart.has(run)) return { ...draft, transaction: "per-file" };
    const part = ended.get(run);
    return part === undefined ? draft : { ...draft, run: `${run}, part ${String(part + 1)}` };
  });
}

/** The way in which all parts of a file are sent; undefined where they differ, or there are none. */
function modeOf(parts: readonly MigrationPart[] = []): TransactionMode | undefined {
  const modes = new Set(parts.map(({ transaction }) => transaction));
  const [mode] = modes;
  return modes.size === 1 ? mode : undefined;
}

/** ALTER ROLE … SET and ALTER DATABASE … SET: sessions that start later have the setting. */
function store(settings: Map<string, string>, { operations }: Statement): void {
  for (const operation of operations) {
    if (operation.type !== "OtherStatement" || operation.setting === undefined) continue;
    const { variable, value } = operation.setting;
    // Whether migrations connect as that role is not known: they make things where they did, and may find them there.
    const isOfRole = variable === "search_path" && operation.node === "AlterRoleSetStmt";
    if (value !== undefined) settings.set(variable, isOfRole ? `public, ${value}` : value);
    else if (variable === "*") settings.clear();
    else settings.delete(variable);
  }
}

function exists(catalog: Catalog | undefined, qualified: string): boolean | "unknown" {
  if (catalog === undefined) return "unknown";
  const dot = qualified.indexOf(".");
  const name = dot < 0 ? { name: qualified } : { schema: qualified.slice(0, dot), name: qualified.slice(dot + 1) };
  if (catalog.table(name) !== undefined) return true;
  return catalog.complete ? false : "unknown";
}
