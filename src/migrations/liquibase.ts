import type { TransactionMode } from "../model/migration.js";
import { dialectOf, dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { type ChangelogEntry, readChangelog } from "./liquibase/changelog.js";
import {
  type Sending,
  isForPostgres,
  isFormattedSql,
  readFormattedSql,
  readWholeSql,
  transactionOf,
} from "./liquibase/sql.js";
import { readRollbacks } from "./liquibase/rollback.js";
import { join, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ToolSheet } from "./tool.js";

const SHEET: ToolSheet = {
  layout:
    "SQL files that a changelog includes (`db.changelog-master.yaml`, `.xml`, `.json`, `.sql`): formatted ones " +
    "(`--liquibase formatted sql`), plain ones, and those of `sqlFile` changes.",
  order: "That of the changelog; of `includeAll` by path.",
  transaction: "One around each changeset.",
  optOut: "`runInTransaction:false` on the changeset.",
  sends: "One statement after the other; a changeset with `splitStatements:false`, or a plain file, in one query.",
  checksum:
    "Remembered for each changeset; an edited one is refused, unless it is `runOnChange:true` or names a `validCheckSum`.",
  outOfOrder: "Runs: every changeset that has not run, in the changelog's order.",
  duplicate: "Refused: two changesets of one file with the same author and id.",
  repeatable: "Changesets with `runOnChange:true` or `runAlways:true`.",
  undo:
    "`--rollback` and `/* liquibase rollback … */`, the last changeset first; `--rollback empty` where nothing has to be " +
    "undone. A changeset without either stops `liquibase rollback`.",
  placeholders: "`${name}`, which stay names.",
  configuration:
    "`changeLogFile` of `liquibase.properties`, the Maven and the Gradle plugin; `change-log` of Spring Boot, Quarkus and " +
    "Micronaut; else a changelog with a usual name.",
  notRead:
    "Changes and rollbacks that are written in XML, YAML or JSON. Contexts and labels: every changeset is read, as Liquibase runs all " +
    "where none is asked for. Changesets with `dbms:` for another system are left out.",
  sources: [
    "https://docs.liquibase.com/concepts/changelogs/sql-format.html",
    "https://github.com/liquibase/liquibase (AbstractFormattedChangeLogParser, SqlChangeLogParser, DatabaseChangeLog, ChangeSet)",
  ],
};

/** Liquibase: changesets in SQL, in the order of the changelog that includes them. What it does is in its sheet. */
export const liquibase: MigrationTool = {
  name: "liquibase",
  label: "Liquibase",
  reads: ["liquibase.properties"],
  sheet: SHEET,

  find: (listing) => [...new Set(changelogs(listing).map(({ root }) => parentOf(root)))],

  open(listing, folder): MigrationSource {
    const here = changelogs(listing).filter(({ root }) => parentOf(root) === folder);
    const walk = new Walk(listing);
    for (const { root } of here) walk.changelog(root);
    // A folder that the configuration names, and no changelog: its files, as includeAll takes them.
    if (here.length === 0) walk.folder(folder, "", "");
    const { files, sendings, transactions, unread } = walk;
    const leftOut = [...walk.leftOut, ...walk.structured(here[0]?.root ?? folder)];
    const ran = new Set(files.map(parentOf));
    const run = new Set([...files, ...leftOut.map(({ file }) => file)]);
    for (const at of ran) {
      for (const name of listing.filesIn(at)) {
        const file = join(at, name);
        if (!/\.sql$/i.test(name) || run.has(file) || /rollback/i.test(name)) continue;
        leftOut.push({ file, reason: "is in no changelog, so Liquibase does not run it" });
      }
    }
    const dialect = databaseOf(listing, folder) ?? dialectOfFolder(folder) ?? dialectOfFiles(listing, files);
    const [first] = here;
    return {
      folder,
      tool: {
        name: "liquibase",
        label: "Liquibase",
        transaction: "per-file",
        outsideTransaction: "in a changeset of its own with runInTransaction:false",
        checksums: true,
        outOfOrder: {
          does: "runs",
          says: "Liquibase runs every changeset that has not run, in the order of the changelog.",
        },
      },
      because: first === undefined ? "because the configuration says so" : `because ${first.because}`,
      files,
      transactions,
      leftOut,
      unread,
      ...(dialect === undefined ? {} : { dialect }),
      read: (text, file) => {
        const sending = sendings.get(file);
        return sending === undefined ? readFormattedSql(text) : readWholeSql(text, sending);
      },
      // Those of other files stand in the changelog, which is not SQL.
      readDown: (text, file) => (sendings.has(file) ? undefined : readRollbacks(text)),
    };
  },
};

/** A changelog that no other one includes. */
interface RootChangelog {
  readonly root: string;
  readonly because: string;
}

const changelogs = oncePerListing(findChangelogs);

/** Settings that name the root changelog, by the files that they stand in. */
const SETTINGS: readonly (readonly [names: readonly string[], pattern: RegExp])[] = [
  [["liquibase.properties"], /^\s*(?:liquibase\.command\.)?change[-lL]*og[-fF]*ile\s*[=:]\s*(\S+)/m],
  [["pom.xml"], /<changeLogFile>\s*([^<\s]+)\s*<\/changeLogFile>/],
  [["build.gradle", "build.gradle.kts"], /\bchangelogFile["']?\s*(?:[=:]|to)?\s*["']([^"']+)["']/i],
  [
    ["application.properties"],
    /^\s*(?:spring\.liquibase|quarkus\.liquibase|liquibase\.datasources\.\w+)\.change-?log\s*[=:]\s*(\S+)/im,
  ],
  [["application.yml", "application.yaml"], /\bliquibase:[^]*?\bchange-?log:\s*["']?([^\s"'#]+)/i],
];

/** Names that root changelogs have where nothing names them. */
const ROOT_NAME =
  /^(?:(?:db\.)?change-?log(?:[._-](?:master|root|main))?|(?:master|root|main)(?:[._-]change-?log)?)\.(?:xml|ya?ml|json|sql)$|^migrations\.xml$/i;

/** Without a file of such a name nothing is opened. */
const HINT = /change-?log[^/]*\.(?:xml|ya?ml|json|sql)$|liquibase|\/resources\/migrations\.xml$/i;

function findChangelogs(listing: Listing): readonly RootChangelog[] {
  if (!listing.tree.files().some((file) => HINT.test(file))) return [];
  const settings: (readonly [file: string, pattern: RegExp])[] = [];
  const rootNames: string[] = [];
  for (const folder of listing.folders()) {
    const names = listing.filesIn(folder);
    if (isNotDeployed(folder)) continue;
    for (const name of names) {
      const pattern = SETTINGS.find(([files]) => files.includes(name))?.[1];
      if (pattern !== undefined) settings.push([join(folder, name), pattern]);
      if (ROOT_NAME.test(name)) rootNames.push(join(folder, name));
    }
  }
  listing.tree.prefetch?.([...settings.map(([file]) => file), ...rootNames]);
  const candidates: RootChangelog[] = [];
  for (const [file, pattern] of settings) {
    const written = pattern.exec(listing.read(file) ?? "")?.[1];
    const root = written === undefined ? undefined : resolve(listing, written, parentOf(file));
    if (root !== undefined) candidates.push({ root, because: `${file} names ${root}` });
  }
  for (const file of rootNames) {
    const text = listing.read(file) ?? "";
    if (/\.sql$/i.test(file) ? isFormattedSql(text) : text.includes("databaseChangeLog")) {
      candidates.push({ root: file, because: `${file} is a changelog` });
    }
  }
  // What they include mostly stands below them; asked for one by one, a commit's files take long.
  const folders = [...new Set(candidates.map(({ root }) => parentOf(root)))].filter((folder) => folder !== "");
  listing.tree.prefetch?.(folders.flatMap((folder) => changelogsBelow(listing, folder)));
  const roots = new Map<string, RootChangelog>();
  const included = new Set<string>();
  for (const candidate of candidates) {
    if (roots.has(candidate.root) || included.has(candidate.root)) continue;
    const walk = new Walk(listing);
    walk.changelog(candidate.root);
    for (const file of walk.seen) if (file !== candidate.root) included.add(file);
    if (walk.files.length > 0 || walk.unread.size > 0) roots.set(candidate.root, candidate);
  }
  for (const file of included) roots.delete(file);
  return [...roots.values()];
}

/** Follows a changelog through everything that it includes. */
class Walk {
  readonly files: string[] = [];
  readonly leftOut: LeftOutFile[] = [];
  /** Changesets that are not SQL, by what Liquibase knows them by. */
  readonly unread = new Map<string, LeftOutFile>();
  /** Files that are no changelogs: one changeset, sent so. */
  readonly sendings = new Map<string, Sending>();
  readonly transactions = new Map<string, TransactionMode>();
  /** Every file that was looked at. */
  readonly seen = new Set<string>();

  /** Names of all changes that are not SQL. */
  readonly #changes = new Set<string>();

  constructor(readonly listing: Listing) {}

  changelog(file: string): void {
    if (this.seen.has(file)) return;
    this.seen.add(file);
    const text = this.listing.read(file);
    if (/\.sql$/i.test(file)) {
      this.#sql(file, text ?? "");
      return;
    }
    const entries = readChangelog(text ?? "", file);
    if (entries === undefined) {
      if (text?.includes("databaseChangeLog") === true) {
        this.leftOut.push({ file, reason: "is not a changelog that can be read" });
      }
      return;
    }
    this.listing.tree.prefetch?.(entries.flatMap((entry) => this.#included(file, entry)));
    for (const entry of entries) this.#entry(file, entry);
  }

  /** What is not SQL, in one sentence about the root. */
  structured(root: string): LeftOutFile[] {
    if (this.unread.size === 0) return [];
    const files = new Set([...this.unread.values()].map(({ file }) => file));
    const formats = [...new Set([...files].map(formatOf))].join(" and ");
    const changes = [...this.#changes];
    const shown = changes.slice(0, 5).join(", ") + (changes.length > 5 ? ", …" : "");
    const whose = files.size === 1 ? "has" : "has, with what it includes,";
    const [only] = files;
    return [
      {
        file: files.size === 1 && only !== undefined ? only : root,
        reason: `${whose} ${plural(this.unread.size, "changeset")} with changes in ${formats} (${shown}), which are not read`,
      },
    ];
  }

  /** All changelogs in a folder, in the order of their paths. */
  folder(folder: string, endsWith: string, except: string): void {
    const files = changelogsBelow(this.listing, folder).filter((file) => file.endsWith(endsWith));
    this.listing.tree.prefetch?.(files);
    for (const file of files.sort()) if (file !== except) this.changelog(file);
  }

  /** The file that an entry will have read; a folder's are asked for when it is walked. */
  #included(from: string, entry: ChangelogEntry): readonly string[] {
    if (entry.kind !== "include") return [];
    const file = resolve(this.listing, entry.file, parentOf(from), entry.relative);
    return file === undefined ? [] : [file];
  }

  #entry(from: string, entry: ChangelogEntry): void {
    const start = parentOf(from);
    if (entry.kind === "include") {
      const file = resolve(this.listing, entry.file, start, entry.relative);
      if (file === undefined) this.leftOut.push({ file: from, reason: `includes ${entry.file}, which is not here` });
      else this.changelog(file);
    } else if (entry.kind === "includeAll") {
      const folder = resolveFolder(this.listing, entry.path, start, entry.relative);
      if (folder === undefined) this.leftOut.push({ file: from, reason: `includes ${entry.path}, which is not here` });
      else this.folder(folder, entry.endsWith, from);
    } else if (isForPostgres(entry.dbms)) {
      for (const { path, relative, ...sending } of entry.sqlFiles) {
        const file = resolve(this.listing, path, start, relative);
        if (file === undefined) this.leftOut.push({ file: from, reason: `runs ${path}, which is not here` });
        else if (!this.seen.has(file)) {
          this.seen.add(file);
          this.#whole(file, sending);
        }
      }
      if (entry.changes.length > 0) this.#unreadable(from, entry.id, entry.changes);
    }
  }

  #unreadable(file: string, id: string, changes: readonly string[]): void {
    const names = [...new Set(changes)];
    for (const name of names) this.#changes.add(name);
    this.unread.set(`${file} ${id}`, {
      file,
      reason: `the changeset ${id} is written as changes in ${formatOf(file)} (${names.join(", ")}), which are not read`,
    });
  }

  #sql(file: string, text: string): void {
    if (isFormattedSql(text)) this.files.push(file);
    // SqlChangeLogParser: one changeset, not split.
    else if (text.trim() !== "") this.#whole(file, { runInTransaction: true, splitStatements: false });
  }

  #whole(file: string, sending: Sending): void {
    this.files.push(file);
    this.sendings.set(file, sending);
    this.transactions.set(file, transactionOf(sending));
  }
}

/** The files of a folder, and of those in it, that can be changelogs. */
function changelogsBelow(listing: Listing, folder: string): string[] {
  const inside = listing.foldersIn(folder).flatMap((name) => changelogsBelow(listing, join(folder, name)));
  const here = listing.filesIn(folder).filter((name) => /\.(?:xml|ya?ml|json|sql)$/i.test(name));
  return [...here.map((name) => join(folder, name)), ...inside];
}

/** The file that a path means: beside the changelog, or from a folder above it that is on the classpath. */
function resolve(listing: Listing, path: string, folder: string, relative = false): string | undefined {
  const plain = path.replace(/^(?:classpath\*?:|file:|filesystem:)?\/*/, "").replace(/^(?:\.\/)+/, "");
  return candidates(plain, folder, relative).find((file) => listing.tree.has(file));
}

function resolveFolder(listing: Listing, path: string, folder: string, relative: boolean): string | undefined {
  const plain = path
    .replace(/^(?:classpath\*?:|file:|filesystem:)?\/*/, "")
    .replace(/^(?:\.\/)+/, "")
    .replace(/\/+$/, "");
  return candidates(plain === "." ? "" : plain, folder, relative)
    .map((at) => at.replace(/\/$/, ""))
    .find((at) => listing.filesIn(at).length > 0 || listing.foldersIn(at).length > 0);
}

function candidates(path: string, folder: string, relative: boolean): readonly string[] {
  const beside = [pathFrom(folder, path)];
  if (relative) return beside;
  const above = [...upwards(folder)].flatMap((at) => [pathFrom(at, `src/main/resources/${path}`), pathFrom(at, path)]);
  return [...above, ...beside];
}

/** `a/b` and `../c` are `a/c`. */
function pathFrom(folder: string, path: string): string {
  let at = folder;
  let rest = path;
  for (; rest.startsWith("../"); rest = rest.slice(3)) at = parentOf(at);
  return join(at, rest);
}

function formatOf(file: string): string {
  return /\.xml$/i.test(file) ? "XML" : /\.json$/i.test(file) ? "JSON" : "YAML";
}

function plural(count: number, noun: string): string {
  return count === 1 ? `a ${noun}` : `${String(count)} ${noun}s`;
}

/** The system that the nearest settings connect to. */
function databaseOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    for (const name of ["liquibase.properties", "application.yml", "application.yaml", "application.properties"]) {
      if (!listing.has(at, name)) continue;
      const system = /\bjdbc:(?:p6spy:|tc:|otel:)*([a-z0-9]+):/i.exec(listing.read(join(at, name)) ?? "")?.[1];
      const dialect = system === undefined ? undefined : dialectOf(system);
      if (dialect !== undefined) return dialect;
    }
  }
  return undefined;
}
