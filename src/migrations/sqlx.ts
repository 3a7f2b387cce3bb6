import { posix } from "node:path";
import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { CARGO_FILES, cargoDependency, dialectOfFeatures } from "./cargo.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { majorMinor, versionFacts } from "./installed-version.js";
import type { InstalledVersion } from "./installed-version.js";
import { join, nameOf, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber, withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ReadMigrationText } from "./tool.js";
import { parseToml, tableOf } from "./toml.js";

const CONFIGURATION = "sqlx.toml";

/** `resolve_blocking` of sqlx's migrate/source.rs. */
const VERSIONED = /^(\d+)_.*\.sql$/s;
const DOWN = /\.down\.sql$/;
/** What runners that projects build on sqlx go by, which itself knew no way out of the transaction before 0.8. */
const AUTOCOMMIT = /autocommit(?:\.up)?\.sql$/;

/** sqlx: `<version>_<description>.sql`, or `.up.sql` and `.down.sql`. */
export const sqlx: MigrationTool = {
  name: "sqlx",
  label: "sqlx",
  reads: [CONFIGURATION, ...CARGO_FILES],

  find(listing) {
    const candidates: string[] = [];
    for (const folder of listing.folders()) {
      if (!listing.filesIn(folder).some((name) => VERSIONED.test(name) && !DOWN.test(name))) continue;
      if (!isNotDeployed(folder) && cargoDependency(listing, folder, "sqlx") !== undefined) candidates.push(folder);
    }
    return candidates.filter((folder) => isCalledMigrations(folder) || namedBy(listing, folder) !== undefined);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql") && !DOWN.test(name));
    for (const name of [...names].sort(byNumber)) {
      const file = join(folder, name);
      const version = VERSIONED.exec(name)?.[1];
      if (version !== undefined) facts.set(file, { version: withoutLeadingZeros(version) });
      else {
        leftOut.push({
          file,
          reason: name.includes("_")
            ? "has no number before its first underscore, so sqlx refuses the whole folder"
            : "is not named <version>_<description>.sql, so sqlx does not run it",
        });
      }
    }
    const files = [...facts.keys()];
    const dependency = cargoDependency(listing, folder, "sqlx");
    const because = namedBy(listing, folder) ?? dependency?.manifest;
    const dialect =
      dialectOfFolder(folder) ??
      dialectOfFiles(listing, files) ??
      (dependency === undefined ? undefined : dialectOfFeatures(dependency));
    const optsOut = hasOptOut(dependency?.installed?.version);
    return {
      folder,
      tool: toolFacts(dependency?.installed, optsOut, inCode(listing).ignoresMissing),
      ...(because === undefined ? {} : { because: `because ${because} names it` }),
      files,
      facts,
      leftOut,
      transactions: ownRunner(listing, files),
      read: optsOut ? readSqlx : (text) => ({ sql: text }),
      downFile: (file) => (/\.up\.sql$/.test(file) ? file.replace(/\.up\.sql$/, ".down.sql") : undefined),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "`migrations/<version>_<description>.sql`, or `.up.sql` beside `.down.sql`",
    order: "By version, as a number: `9_a.sql`, `10_b.sql`.",
    transaction: "One for each file, with the entry in `_sqlx_migrations`.",
    optOut:
      "A file that starts with `-- no-transaction` (from 0.8 on). `…autocommit.sql` where the project's own runner goes by that word.",
    sends: "The file in one query, so with `-- no-transaction` several statements in it share an implicit transaction.",
    checksum:
      "SHA-384 of the file: an edited migration makes it refuse to run, and so does a missing one, unless `set_ignore_missing(true)`.",
    outOfOrder: "It runs like any other pending one.",
    duplicate: "It refuses: where one of the two has run, the checksum of the other differs.",
    undo: "`.down.sql`.",
    configuration:
      "`sqlx.toml` (from 0.9 on): `migrate.migrations-dir`. The system it is for: features in `Cargo.toml`.",
    sources: [
      "https://github.com/launchbadge/sqlx/blob/v0.8.6/sqlx-core/src/migrate/source.rs",
      "https://github.com/launchbadge/sqlx/blob/v0.8.6/sqlx-core/src/migrate/migrator.rs",
      "https://github.com/launchbadge/sqlx/blob/v0.8.6/sqlx-postgres/src/migrate.rs",
      "https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/config/reference.toml",
      "https://github.com/launchbadge/sqlx/blob/main/CHANGELOG.md#080---2024-07-22",
    ],
  },
};

function isCalledMigrations(folder: string): boolean {
  return /migrat/i.test(nameOf(folder)) || /migrat/i.test(nameOf(parentOf(folder)));
}

/** What names the folder: a sqlx.toml, or a `migrate!("db/steps")` in the crate's code. */
function namedBy(listing: Listing, folder: string): string | undefined {
  return configuration(listing, folder) ?? inCode(listing).folders.get(folder);
}

/** The sqlx.toml that names the folder. */
function configuration(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    if (!listing.has(at, CONFIGURATION)) continue;
    const file = join(at, CONFIGURATION);
    const directory = tableOf(parseToml(listing.read(file) ?? ""), "migrate")["migrations-dir"];
    if (typeof directory === "string" && folderAt(at, directory) === folder) return file;
  }
  return undefined;
}

/** Files that the project's own runner sends statement by statement, because of their name: its code says so. */
function ownRunner(listing: Listing, files: readonly string[]): ReadonlyMap<string, TransactionMode> {
  const named = files.filter((file) => AUTOCOMMIT.test(file));
  const isKnown =
    named.length > 0 &&
    listing.tree.grep(["autocommit"], []).some(({ file, text }) => file.endsWith(".rs") && /"autocommit"/.test(text));
  return new Map(isKnown ? named.map((file) => [file, "per-statement"]) : []);
}

interface InCode {
  /** The folders that `migrate!` is given, relative to the crate's manifest, and where that stands: `src/db.rs:7`. */
  readonly folders: ReadonlyMap<string, string>;
  /** Whether a migrator is told to. */
  readonly ignoresMissing: boolean;
}

const searched = new WeakMap<Listing, InCode>();

/** What the project's own code tells sqlx. */
function inCode(listing: Listing): InCode {
  const known = searched.get(listing);
  if (known !== undefined) return known;
  const folders = new Map<string, string>();
  let ignoresMissing = false;
  for (const { file, line, text } of listing.tree.grep(["migrate!", "set_ignore_missing"], [])) {
    if (!file.endsWith(".rs")) continue;
    if (/\bset_ignore_missing\s*\(\s*true\b/.test(text) && !isTestCode(file)) ignoresMissing = true;
    const path = /\bmigrate!\s*\(\s*"([^"]+)"/.exec(text)?.[1];
    const crate =
      path === undefined ? undefined : [...upwards(parentOf(file))].find((at) => listing.has(at, "Cargo.toml"));
    if (path !== undefined && crate !== undefined) folders.set(folderAt(crate, path), `${file}:${String(line)}`);
  }
  const found = { folders, ignoresMissing };
  searched.set(listing, found);
  return found;
}

function isTestCode(file: string): boolean {
  return /(?:^|\/)(?:tests|benches|examples)\//.test(file);
}

function folderAt(base: string, path: string): string {
  return posix.join(base, path).replace(/\/+$/, "");
}

const readSqlx: ReadMigrationText = (text) => ({
  sql: text,
  ...(text.startsWith("-- no-transaction")
    ? { parts: [{ range: [0, text.length] as const, transaction: "single-send" as const }] }
    : {}),
});

/** Whether a version knows `-- no-transaction`; one that is not known is taken to be recent. */
function hasOptOut(version: string | undefined): boolean {
  const [major, minor] = majorMinor(version ?? "") ?? [1, 0];
  return major > 0 || minor >= 8;
}

function toolFacts(installed: InstalledVersion | undefined, optsOut: boolean, ignoresMissing: boolean): ToolFacts {
  return {
    name: "sqlx",
    label: "sqlx",
    ...versionFacts(installed),
    transaction: "per-file",
    ...(optsOut
      ? {
          outsideTransaction:
            "in a migration of its own that starts with `-- no-transaction` and has that single statement, because " +
            "sqlx sends a file as one query",
        }
      : {
          withoutOutside: builtByHand("Before version 0.8 sqlx runs every migration in a transaction"),
        }),
    checksums: true,
    ...(ignoresMissing && { ignoresMissing: true as const }),
    outOfOrder: { does: "runs", says: "sqlx runs it on databases that have run later ones already." },
    duplicate: {
      does: "refuses",
      says: 'sqlx takes the two for one migration and refuses to run: "migration … was previously applied but has been modified".',
    },
  };
}
