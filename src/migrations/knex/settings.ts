/** What a project's knexfile says of its migrations. */
import { exportedSettings } from "../evaluator/settings.js";
import { Dictionary, option, textsOf, type Value } from "../evaluator/value.js";
import { dialectOf, POSTGRESQL } from "../dialect.js";
import { join, parentOf } from "../listing.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";

export interface KnexSettings {
  /** The knexfile. */
  readonly file: string;
  /** Folders whose migrations run as one, relative to the root. */
  readonly folders: readonly string[];
  /** Whether no migration runs in a transaction unless it says so. */
  readonly withoutTransactions: boolean;
  /** The database system, where the file says it. */
  readonly dialect?: string;
  /** Whether the migrations of one folder run before those of the next. */
  readonly folderByFolder: boolean;
}

const KNEXFILE = /^knexfile\.[cm]?[jt]s$/;

/** The settings of every knexfile; of several environments each that says something else. */
export const knexSettings = oncePerListing((listing): readonly KnexSettings[] =>
  [...listing.folders()]
    .filter((folder) => !folder.includes("node_modules"))
    .flatMap((folder) =>
      listing
        .filesIn(folder)
        .filter((name) => KNEXFILE.test(name))
        .map((name) => join(folder, name)),
    )
    .flatMap((file) => settingsIn(listing, file)),
);

function settingsIn(listing: Listing, file: string): KnexSettings[] {
  const exported = exportedSettings(file, listing.tree);
  if (!(exported instanceof Dictionary)) return [];
  // Either the settings themselves, or those of each environment by its name.
  const environments = exported.has("migrations") ? [exported] : [...exported.properties.values()];
  const settings = environments.flatMap((environment) => settingsOf(file, environment));
  // What is said for PostgreSQL counts where a test runs on another system.
  settings.sort((a, b) => Number(a.dialect === POSTGRESQL) - Number(b.dialect === POSTGRESQL));
  const distinct = new Map(settings.map((one) => [one.folders.join("\0"), one]));
  return [...distinct.values()];
}

function settingsOf(file: string, environment: Value): KnexSettings[] {
  const migrations = option(environment, "migrations");
  const client = option(environment, "client");
  const dialect = dialectOf((textsOf(client)[0]?.known ?? "").replace(/^better-/, ""));
  if (migrations === undefined) return [];
  const directories = textsOf(option(migrations, "directory")).flatMap((text) => text.known ?? []);
  const folders = (directories.length > 0 ? directories : ["./migrations"]).map((path) => folderOf(file, path));
  return [
    {
      file,
      folders,
      withoutTransactions: option(migrations, "disableTransactions") === true,
      folderByFolder: option(migrations, "sortDirsSeparately") === true,
      ...(dialect !== undefined && { dialect }),
    },
  ];
}

/** A path of the file, from the root; one with a slash at the start is made of `__dirname`. */
export function folderOf(file: string, path: string): string {
  const segments: string[] = path.startsWith("/") ? [] : parentOf(file).split("/");
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(segment);
  }
  return segments.filter((segment) => segment !== "").join("/");
}
