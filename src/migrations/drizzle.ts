import type { FileFacts, OrderPolicy, ToolFacts } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { dataStep, isDataStep } from "./drizzle/data-step.js";
import { dialectOf, dialectOfFolder } from "./dialect.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const JOURNAL = "_journal.json";
const MIGRATION = "migration.sql";
const SNAPSHOT = "snapshot.json";

/**
 * Drizzle Kit, in both layouts: before 1.0 `NNNN_name.sql` in the order of `meta/_journal.json`; from 1.0 on
 * `<14 digits>_name/migration.sql` beside `snapshot.json`, in the order of the folders' names.
 *
 * `migrate()` of drizzle-orm runs all pending migrations in one transaction and has no way out of it.
 */
export const drizzle: MigrationTool = {
  name: "drizzle",
  label: "Drizzle",
  reads: [JOURNAL],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (nameOf(folder) === "meta" && listing.has(folder, JOURNAL)) folders.push(parentOf(folder));
      else if (isFolderLayout(listing, folder)) folders.push(folder);
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const journal = join(folder, `meta/${JOURNAL}`);
    const { dialect: word, ...read } = listing.has(join(folder, "meta"), JOURNAL)
      ? readJournal(listing, folder, journal)
      : readFolders(listing, folder);
    const dialect = (word === undefined ? undefined : dialectOf(word)) ?? dialectOfFolder(folder);
    const steps = dataStepsIn(listing, folder);
    const byHand = steps.map((file) => [file, { byHand: true }] as const);
    return {
      folder,
      tool: toolFacts(listing, folder, read.facts !== undefined),
      because:
        read.facts === undefined ? "because of snapshot.json beside its migrations" : `because ${journal} lists them`,
      ...read,
      ...(steps.length > 0 && {
        files: withSteps(read.files, steps),
        facts: new Map([...(read.facts ?? []), ...byHand]),
        evaluate: dataStep,
      }),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout:
      "Before 1.0 `<folder>/NNNN_<name>.sql` and `<folder>/meta/_journal.json`; from 1.0 on `<folder>/<14 digits>_<name>/migration.sql` beside `snapshot.json`. Programs beside them that import Drizzle are data steps, which the project's scripts run.",
    order: "Before 1.0 that of the journal; from 1.0 on by the bytes of the folders' names.",
    transaction: "One for all that is pending.",
    sends: "One query for each part between `--> statement-breakpoint` lines.",
    checksum: "A hash is stored and never compared: an edited migration is not noticed.",
    outOfOrder:
      "Before 1.0.0-beta.16 it skips, without a word and for good, what is not newer in the journal (`when`) than the last that ran; since then it runs every migration whose name is not in its table.",
    configuration: "`drizzle.config.*` is not read: the folder is known by the journal or the snapshots in it.",
    sources: [
      "https://github.com/drizzle-team/drizzle-orm/blob/main/drizzle-orm/src/pg-core/dialect.ts",
      "https://github.com/drizzle-team/drizzle-orm/blob/main/drizzle-orm/src/migrator.ts",
      "https://github.com/drizzle-team/drizzle-orm/issues/5316",
    ],
  },
};

/** Programs beside the SQL, in its folder or in that of a migration. */
function dataStepsIn(listing: Listing, folder: string): readonly string[] {
  const folders = [folder, ...listing.foldersIn(folder).map((name) => join(folder, name))];
  return folders.flatMap((at) =>
    listing
      .filesIn(at)
      .filter((name) => isDataStep(name, () => listing.read(join(at, name)) ?? ""))
      .map((name) => join(at, name)),
  );
}

/** Each step behind the SQL of its name: `0003_names.ts` behind `0003_names.sql`, all in a folder behind its `migration.sql`. */
function withSteps(files: readonly string[], steps: readonly string[]): readonly string[] {
  const all = [...files];
  for (const step of [...steps].sort(byBytes)) {
    const stem = step.replace(/\.[cm]?[jt]s$/, "");
    const at = all.findLastIndex((file) => parentOf(file) === parentOf(step) && file.replace(/\.\w+$/, "") <= stem);
    const inFolder = all.findLastIndex((file) => parentOf(file) === parentOf(step));
    const place = at >= 0 ? at : inFolder;
    if (place >= 0) all.splice(place + 1, 0, step);
    else all.push(step);
  }
  return all;
}

function isFolderLayout(listing: Listing, folder: string): boolean {
  return listing.foldersIn(folder).some((name) => {
    const migration = join(folder, name);
    return /^\d{14}_/.test(name) && listing.has(migration, MIGRATION) && listing.has(migration, SNAPSHOT);
  });
}

interface Read {
  readonly files: readonly string[];
  readonly leftOut: readonly LeftOutFile[];
  readonly dialect?: string;
  /** With a journal: the time that it gives for each. */
  readonly facts?: ReadonlyMap<string, FileFacts>;
}

function readJournal(listing: Listing, folder: string, journal: string): Read {
  const present = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
  const parsed = parseJournal(listing.read(journal));
  if (parsed === undefined) {
    return {
      files: present.sort(byBytes).map((name) => join(folder, name)),
      leftOut: [{ file: journal, reason: "is not a journal that Drizzle can read; the order of the names is assumed" }],
      facts: new Map(),
    };
  }
  const files: string[] = [];
  const leftOut: LeftOutFile[] = [];
  const unlisted = new Set(present);
  const facts = new Map<string, FileFacts>();
  for (const { tag, when } of parsed.entries) {
    const name = `${tag}.sql`;
    const file = join(folder, name);
    if (unlisted.delete(name)) {
      files.push(file);
      if (when !== undefined) facts.set(file, { time: when });
    } else if (!files.includes(file)) {
      leftOut.push({ file, reason: "is in the journal but does not exist, so Drizzle refuses to run" });
    }
  }
  for (const name of unlisted) {
    leftOut.push({ file: join(folder, name), reason: "is not in meta/_journal.json, so Drizzle does not run it" });
  }
  return { files, leftOut, facts, ...(parsed.dialect === undefined ? {} : { dialect: parsed.dialect }) };
}

interface Journal {
  /** `when` is in milliseconds since 1970. */
  readonly entries: readonly { readonly tag: string; readonly when?: number }[];
  readonly dialect?: string;
}

function parseJournal(text: string | undefined): Journal | undefined {
  let journal: unknown;
  try {
    journal = JSON.parse((text ?? "").replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if (typeof journal !== "object" || journal === null) return undefined;
  const { entries, dialect } = journal as { entries?: unknown; dialect?: unknown };
  if (!Array.isArray(entries)) return undefined;
  const read: { tag: string; when?: number }[] = [];
  for (const entry of entries as unknown[]) {
    const { tag, when } =
      typeof entry === "object" && entry !== null ? (entry as { tag?: unknown; when?: unknown }) : {};
    if (typeof tag !== "string") return undefined;
    read.push({ tag, ...(typeof when === "number" ? { when } : {}) });
  }
  return { entries: read, ...(typeof dialect === "string" ? { dialect } : {}) };
}

function readFolders(listing: Listing, folder: string): Read {
  const files: string[] = [];
  const leftOut: LeftOutFile[] = [];
  let snapshot: string | undefined;
  for (const name of [...listing.foldersIn(folder)].sort(byBytes)) {
    const migration = join(folder, name);
    for (const file of listing.filesIn(migration)) {
      if (file === MIGRATION) files.push(join(migration, file));
      else if (file === SNAPSHOT) snapshot = join(migration, file);
      else if (file.endsWith(".sql")) {
        leftOut.push({ file: join(migration, file), reason: `is not run by Drizzle, which runs ${MIGRATION} only` });
      }
    }
  }
  // Snapshots are large; the dialect stands near the start.
  const start = snapshot === undefined ? undefined : listing.read(snapshot)?.slice(0, 2000);
  const dialect = start === undefined ? null : /"dialect"\s*:\s*"([^"]*)"/.exec(start);
  return { files, leftOut, ...(dialect?.[1] === undefined ? {} : { dialect: dialect[1] }) };
}

/** Before 1.0.0-beta.16 the time of the last migration that ran decides, since then the names of all that did. */
function outOfOrder(version: string | undefined, hasJournal: boolean): OrderPolicy {
  const beta = /^1\.0\.0-beta\.(\d+)/.exec(version ?? "")?.[1];
  return hasJournal || (beta !== undefined && Number(beta) < 16)
    ? {
        does: "skips",
        says: "Drizzle skips it, without a word and for good: it runs only what is newer than the last migration that ran.",
      }
    : { does: "runs", says: "Drizzle runs every migration whose name is not in its table." };
}

const ASSUMED_BESIDE_SUPABASE =
  "Drizzle and Supabase share this folder. Drizzle is assumed to run the migrations; where supabase db push does, the " +
  "configuration says so: tool: supabase.";

function toolFacts(listing: Listing, folder: string, hasJournal: boolean): ToolFacts {
  const installed = installedVersion(listing, folder, "drizzle-orm");
  return {
    name: "drizzle",
    label: "Drizzle",
    ...versionFacts(installed),
    ...(listing.has(parentOf(folder), "config.toml") && /(?:^|\/)supabase\/migrations$/.test(folder)
      ? { assumption: ASSUMED_BESIDE_SUPABASE }
      : {}),
    transaction: "all-pending",
    withoutOutside: builtByHand("Drizzle's migrate() runs all pending migrations in one transaction"),
    checksums: false,
    outOfOrder: outOfOrder(installed?.version, hasJournal),
  };
}
