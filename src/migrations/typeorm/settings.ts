/** What a project's DataSource says of its migrations. */
import { exportedSettings } from "../evaluator/settings.js";
import { Callable, Dictionary, option, textOf, textsOf, type Value } from "../evaluator/value.js";
import { dialectOf } from "../dialect.js";
import { join, parentOf, upwards } from "../listing.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";
import { deployedFiles } from "../not-deployed.js";

export interface TypeormSettings {
  /** The file with the DataSource. */
  readonly file: string;
  /** Folders whose migrations it runs, relative to the root; empty where it lists classes. */
  readonly folders: readonly string[];
  /** `migrationsTransactionMode`; absent where the file does not say it. */
  readonly transactionMode?: string;
  /** The database system, where the file says it. */
  readonly dialect?: string;
}

/** How projects call the file with their DataSource; TypeORM takes any. */
const DATA_SOURCE = /^(?:.*data-?source.*|ormconfig.*|.*typeorm.*)\.(?:[cm]?[jt]s|json)$/i;
const NO_SETTINGS = /\.d\.[cm]?ts$|\b(?:spec|test)\.[cm]?[jt]s$/;

/** The settings of every DataSource. */
export const typeormSettings = oncePerListing((listing): readonly TypeormSettings[] =>
  deployedFiles(listing, (name) => DATA_SOURCE.test(name) && !NO_SETTINGS.test(name)).flatMap((file) =>
    settingsIn(listing, file),
  ),
);

/** What `new DataSource(options)` comes to here: its options. */
const OPTIONS_OF = new Callable(
  "DataSource",
  ([options]) => options,
  ([options]) => options,
);
const TYPEORM = new Dictionary([["DataSource", OPTIONS_OF]], undefined, "is TypeORM's");

function settingsIn(listing: Listing, file: string): TypeormSettings[] {
  if (!/\bmigrations/.test(listing.read(file) ?? "")) return [];
  const exported = file.endsWith(".json")
    ? exportedSettings(file, listing.tree)
    : exportedSettings(file, listing.tree, { typeorm: TYPEORM });
  const candidates = exported instanceof Dictionary ? [exported, ...exported.properties.values()] : [exported];
  const options = candidates.find((value) => value instanceof Dictionary && value.has("migrations"));
  return options === undefined ? [] : [settingsOf(listing, file, options)];
}

function settingsOf(listing: Listing, file: string, options: Value): TypeormSettings {
  const globs = textsOf(option(options, "migrations")).flatMap((text) => text.known ?? []);
  const transactionMode = textOf(option(options, "migrationsTransactionMode"))?.known;
  const dialect = dialectOf((textOf(option(options, "type"))?.known ?? "").replace(/^better-/, ""));
  return {
    file,
    folders: [...new Set(globs.flatMap((glob) => foldersOf(listing, file, glob)))],
    ...(transactionMode !== undefined && { transactionMode }),
    ...(dialect !== undefined && { dialect }),
  };
}

/**
 * The folders with files that a glob names. One with a slash at the start is made of `__dirname`; another one is relative
 * to where the program is started: beside its package.json. What is built in `dist` has its source in `src`, or beside it.
 */
function foldersOf(listing: Listing, file: string, glob: string): readonly string[] {
  const segments = glob.split("/").filter((segment) => segment !== "" && segment !== ".");
  const wild = segments.findIndex((segment) => /[*{?([]/.test(segment));
  const fixed = wild < 0 ? segments.slice(0, -1) : segments.slice(0, wild);
  const base = glob.startsWith("/") ? "" : packageOf(listing, file);
  const built = /^(?:dist|build|lib|out)$/.test(fixed[0] ?? "") && !glob.startsWith("/");
  const sources = built ? [["src", ...fixed.slice(1)], fixed.slice(1)] : [fixed];
  const candidates = sources.map((parts) => normalised([...base.split("/"), ...parts]));
  const folder = candidates.find(
    (candidate) => listing.filesIn(candidate).length + listing.foldersIn(candidate).length,
  );
  if (folder === undefined) return [];
  const isDeep = segments.slice(wild).includes("**");
  return isDeep ? [folder, ...foldersUnder(listing, folder)] : [folder];
}

/**
 * Other folders with migrations that a folder's `index.ts` lists with its own: `migrations/postgres/index.ts` imports
 * from `../common`. A DataSource that lists classes runs them as one.
 */
export function listedWith(listing: Listing, folder: string): readonly string[] {
  const index = ["index.ts", "index.js"].find((name) => listing.has(folder, name));
  const text = index === undefined ? "" : (listing.read(join(folder, index)) ?? "");
  const paths = [...text.matchAll(/\bfrom\s+["'](\.\.\/[^"']+)["']/g)].flatMap(([, path]) => path ?? []);
  return [...new Set(paths.map((path) => parentOf(normalised([...folder.split("/"), ...path.split("/")]))))].filter(
    (other) => other !== folder && listing.filesIn(other).length > 0,
  );
}

function* foldersUnder(listing: Listing, folder: string): Generator<string> {
  for (const name of listing.foldersIn(folder)) {
    yield join(folder, name);
    yield* foldersUnder(listing, join(folder, name));
  }
}

function normalised(segments: readonly string[]): string {
  const path: string[] = [];
  for (const segment of segments) {
    if (segment === "..") path.pop();
    else if (segment !== "" && segment !== ".") path.push(segment);
  }
  return path.join("/");
}

/** The folder of the nearest package.json. */
export function packageOf(listing: Listing, path: string): string {
  for (const at of upwards(path)) if (listing.has(at, "package.json")) return at;
  return "";
}
