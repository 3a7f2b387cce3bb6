import type { ToolFacts } from "../model/migration.js";
import { dialectOf, dialectOfFolder } from "./dialect.js";
import { installedVersion } from "./installed-version.js";
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
    return { folder, tool: facts(listing, folder), ...read, ...(dialect === undefined ? {} : { dialect }) };
  },
};

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
}

function readJournal(listing: Listing, folder: string, journal: string): Read {
  const present = listing.filesIn(folder).filter((name) => name.endsWith(".sql"));
  const parsed = parseJournal(listing.read(journal));
  if (parsed === undefined) {
    return {
      files: present.sort(byBytes).map((name) => join(folder, name)),
      leftOut: [{ file: journal, reason: "is not a journal that Drizzle can read; the order of the names is assumed" }],
    };
  }
  const files: string[] = [];
  const leftOut: LeftOutFile[] = [];
  const unlisted = new Set(present);
  for (const tag of parsed.tags) {
    const name = `${tag}.sql`;
    const file = join(folder, name);
    if (unlisted.delete(name)) files.push(file);
    else if (!files.includes(file)) {
      leftOut.push({ file, reason: "is in the journal but does not exist, so Drizzle refuses to run" });
    }
  }
  for (const name of unlisted) {
    leftOut.push({ file: join(folder, name), reason: "is not in meta/_journal.json, so Drizzle does not run it" });
  }
  return { files, leftOut, ...(parsed.dialect === undefined ? {} : { dialect: parsed.dialect }) };
}

function parseJournal(text: string | undefined): { tags: readonly string[]; dialect?: string } | undefined {
  let journal: unknown;
  try {
    journal = JSON.parse((text ?? "").replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if (typeof journal !== "object" || journal === null) return undefined;
  const { entries, dialect } = journal as { entries?: unknown; dialect?: unknown };
  if (!Array.isArray(entries)) return undefined;
  const tags: string[] = [];
  for (const entry of entries as unknown[]) {
    const tag = typeof entry === "object" && entry !== null ? (entry as { tag?: unknown }).tag : undefined;
    if (typeof tag !== "string") return undefined;
    tags.push(tag);
  }
  return { tags, ...(typeof dialect === "string" ? { dialect } : {}) };
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

function facts(listing: Listing, folder: string): ToolFacts {
  const installed = installedVersion(listing, folder, "drizzle-orm");
  return {
    name: "drizzle",
    label: "Drizzle",
    ...(installed === undefined ? {} : { version: installed.version }),
    transaction: "all-pending",
    withoutOutside:
      "Drizzle's migrate() runs all pending migrations in one transaction. Build the index by hand with CREATE INDEX " +
      "CONCURRENTLY before the deploy, and keep CREATE INDEX IF NOT EXISTS in the migration, which then finds it built.",
    checksums: false,
  };
}
