/** Which databases the repository has migrations for: by the configuration, else by what its folders look like. */
import type { DatabaseSetting, MigrationSourceSetting } from "../model/configuration.js";
import type { TransactionMode } from "../model/migration.js";
import type { Tree } from "../model/tree.js";
import { POSTGRESQL } from "./dialect.js";
import { LOCKFILE_NAMES } from "./installed-version.js";
import { Listing, nameOf, parentOf, upwards } from "./listing.js";
import { plainSql } from "./plain-sql.js";
import type { LeftOutFile, MigrationSource } from "./tool.js";
import { MIGRATION_TOOLS } from "./tools.js";

/** What tools read to know their folders. */
const READ: ReadonlySet<string> = new Set([...MIGRATION_TOOLS.flatMap(({ reads = [] }) => reads), ...LOCKFILE_NAMES]);

export interface DetectedDatabase {
  readonly name: string;
  /** In the order in which they run. */
  readonly sources: readonly MigrationSource[];
}

export interface Detection {
  readonly databases: readonly DetectedDatabase[];
  readonly leftOut: readonly LeftOutFile[];
  /** What no source can read, by where it stands and what its tool knows it by. */
  readonly unread: ReadonlyMap<string, LeftOutFile>;
}

export function detectMigrations(
  tree: Tree,
  databases: Readonly<Record<string, DatabaseSetting>> = {},
): Detection & { readonly listing: Listing } {
  const listing = new Listing(tree);
  tree.prefetch?.(tree.files().filter((file) => READ.has(nameOf(file))));
  const configured = Object.entries(databases).filter(([, { migrations }]) => migrations.length > 0);
  const detection =
    configured.length > 0 ? fromConfiguration(listing, configured) : fromFolders(listing, Object.keys(databases));
  return { ...detection, listing };
}

function fromConfiguration(listing: Listing, databases: readonly (readonly [string, DatabaseSetting])[]): Detection {
  const leftOut: LeftOutFile[] = [];
  const unread = new Map<string, LeftOutFile>();
  const detected = databases.map(([name, { migrations }]) => ({
    name,
    sources: migrations.flatMap((setting) => {
      const source = openConfigured(listing, setting);
      if (source.files.length === 0 && source.leftOut.length === 0) {
        leftOut.push({ file: setting.path, reason: "is configured as a migration folder but holds no migrations" });
      }
      leftOut.push(...source.leftOut);
      for (const [id, migration] of source.unread ?? []) unread.set(id, migration);
      return source.files.length === 0 ? [] : [source];
    }),
  }));
  return { databases: detected, leftOut, unread };
}

/** A configured folder is taken at its word: it is PostgreSQL's, whatever it looks like. */
function openConfigured(listing: Listing, setting: MigrationSourceSetting): MigrationSource {
  const path = setting.path.replace(/^\.\//, "").replace(/\/+$/, "").replace(/^\.$/, "");
  const isFile = /\.sql$/i.test(path) && listing.has(parentOf(path), nameOf(path));
  const folder = isFile ? parentOf(path) : path;
  const tool =
    MIGRATION_TOOLS.find(({ name }) => name === setting.tool) ??
    (isFile ? plainSql : (MIGRATION_TOOLS.find((candidate) => candidate.find(listing).includes(folder)) ?? plainSql));
  const source = tool.open(listing, folder);
  const transaction = CONFIGURED_MODE[setting.transaction ?? ""];
  const isNamed = setting.tool !== undefined || tool === plainSql;
  return {
    ...source,
    ...(isNamed ? { because: "because the configuration names it" } : {}),
    ...(isFile ? { files: [path], leftOut: [] } : {}),
    ...(transaction === undefined ? {} : { tool: { ...source.tool, transaction } }),
  };
}

const CONFIGURED_MODE: Readonly<Record<string, TransactionMode | undefined>> = {
  file: "per-file",
  none: "per-statement",
};

function fromFolders(listing: Listing, names: readonly string[]): Detection {
  const leftOut: LeftOutFile[] = [];
  const unread = new Map<string, LeftOutFile>();
  const sources: MigrationSource[] = [];
  const claimed = new Set<string>();
  const taken = new Set<string>();
  const empty: MigrationSource[] = [];
  for (const tool of MIGRATION_TOOLS) {
    const found = [...new Set(tool.find(listing))].filter((folder) => !isInside(folder, claimed));
    for (const folder of found) {
      claimed.add(folder);
      const source = tool.open(listing, folder);
      for (const owned of source.owns ?? []) claimed.add(owned);
      if (source.dialect !== undefined && source.dialect !== POSTGRESQL) {
        leftOut.push({ file: folder, reason: `holds migrations for ${source.dialect}; only PostgreSQL is checked` });
        continue;
      }
      if (source.files.length === 0 && source.unread === undefined) {
        // A journal that lists nothing that is there: whoever runs what is there, it is not this tool.
        claimed.delete(folder);
        empty.push(source);
        continue;
      }
      leftOut.push(...source.leftOut);
      // What a tool leaves out is no other one's either.
      for (const { file } of source.leftOut) claimed.add(file);
      for (const [id, migration] of source.unread ?? []) unread.set(id, migration);
      // A tool that searches folders through may come upon the files of another one.
      const files = source.files.filter((file) => !taken.has(file));
      for (const file of files) taken.add(file);
      if (files.length > 0) sources.push({ ...source, files });
    }
  }
  for (const source of empty) if (!isInside(source.folder, claimed)) leftOut.push(...source.leftOut);
  sources.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  // Two folders may well be one database, but nothing says so; the configuration can. A single folder is what a single
  // configured name means.
  const single = sources.length === 1 ? (names.length === 1 ? names[0] : "main") : undefined;
  const places = sources.map(({ folder }) => placeOf(folder));
  return {
    databases: sources.map((source, index) => {
      const place = places[index] ?? "";
      const isOwn = place !== "" && places.indexOf(place) === places.lastIndexOf(place);
      return { name: single ?? (isOwn ? place : source.folder), sources: [source] };
    }),
    leftOut,
    unread,
  };
}

/** What every project calls the folder of its migrations, and the folder around it. */
const TAIL = /(?:^|\/)(?:src\/main\/resources\/db\/|(?:prisma|drizzle|supabase)\/)?migrations?$|(?:^|\/)drizzle$/;

/** Where in the repository a folder of migrations is: `services/billing` for `services/billing/prisma/migrations`. */
function placeOf(folder: string): string {
  return folder.replace(TAIL, "");
}

/** The files of a source's folder in another tree, in the order of its tool. */
export function filesIn(tree: Tree, { tool: { name }, folder }: MigrationSource): readonly string[] {
  const tool = MIGRATION_TOOLS.find((candidate) => candidate.name === name) ?? plainSql;
  return tool.open(new Listing(tree), folder).files;
}

/** Whether a tool has claimed the folder or one above it; what stands inside is then that tool's business. */
function isInside(folder: string, claimed: ReadonlySet<string>): boolean {
  for (const at of upwards(folder)) if (claimed.has(at) && (at !== "" || folder === "")) return true;
  return false;
}
