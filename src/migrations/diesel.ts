import { posix } from "node:path";
import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import { CARGO_FILES, cargoDependency, dialectOfFeatures } from "./cargo.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { versionFacts } from "./installed-version.js";
import type { InstalledVersion } from "./installed-version.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";
import { parseToml, tableOf } from "./toml.js";

const CONFIGURATION = "diesel.toml";
const METADATA = "metadata.toml";
const UP = "up.sql";

/** What `diesel setup` writes for PostgreSQL; no other tool has it. */
const INITIAL_SETUP = "00000000000000_diesel_initial_setup";

/** diesel: `<version>_<name>/up.sql` and `down.sql`. */
export const diesel: MigrationTool = {
  name: "diesel",
  label: "Diesel",
  reads: [CONFIGURATION, METADATA, ...CARGO_FILES],

  find(listing) {
    const candidates = new Set<string>();
    for (const folder of listing.folders()) {
      if (/^\d[\d-]*_/.test(nameOf(folder)) && listing.has(folder, UP)) candidates.add(parentOf(folder));
    }
    return [...candidates].filter((folder) => !isNotDeployed(folder) && foundBy(listing, folder) !== undefined);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const migrations: { readonly file: string; readonly version: string }[] = [];
    const transactions = new Map<string, TransactionMode>();
    for (const name of listing.foldersIn(folder)) {
      if (name.startsWith(".")) continue;
      const migration = join(folder, name);
      if (!listing.has(migration, UP)) {
        leftOut.push({ file: migration, reason: `has no ${UP}, so Diesel refuses the whole folder` });
        continue;
      }
      const file = join(migration, UP);
      migrations.push({ file, version: versionOf(name) });
      if (!runsInTransaction(listing, migration)) transactions.set(file, "single-send");
    }
    migrations.sort((a, b) => byBytes(a.version, b.version) || byBytes(a.file, b.file));
    const files = migrations.map(({ file }) => file);
    const because = foundBy(listing, folder);
    const dependency = cargoDependency(listing, folder, "diesel");
    const dialect =
      dialectOfFolder(folder) ??
      dialectOfFiles(listing, files) ??
      (dependency === undefined ? undefined : dialectOfFeatures(dependency));
    return {
      folder,
      tool: toolFacts(dependency?.installed),
      ...(because === undefined ? {} : { because }),
      files,
      facts: new Map(migrations.map(({ file, version }): [string, FileFacts] => [file, { version }])),
      transactions,
      leftOut,
      read: (text) => ({ sql: text }),
      downFile: (file) => join(parentOf(file), "down.sql"),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout:
      "`migrations/<version>_<name>/up.sql` beside `down.sql`; the version is what stands before the first `_`, hyphens left out",
    order: "By the bytes of the versions: `10_a` before `9_b`.",
    transaction: "One for each migration, with the entry in `__diesel_schema_migrations`.",
    optOut:
      "`run_in_transaction = false` in a `metadata.toml` beside `up.sql`; one without that key says the same (from 2.0 on).",
    sends: "The file in one query, so outside a transaction several statements in it share an implicit one.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "It runs like any other pending one.",
    duplicate: "One of the two runs; the other is passed over without a word.",
    undo: "`down.sql`.",
    configuration: "`diesel.toml`: `migrations_directory.dir`. The system it is for: features in `Cargo.toml`.",
    notRead: "Migrations in Rust.",
    sources: [
      "https://github.com/diesel-rs/diesel/blob/v2.3.12/diesel_migrations/src/file_based_migrations.rs",
      "https://github.com/diesel-rs/diesel/blob/v2.3.12/diesel_migrations/src/migration_harness.rs",
      "https://github.com/diesel-rs/diesel/blob/v2.3.12/diesel_migrations/migrations_internals/src/lib.rs",
      "https://github.com/diesel-rs/diesel/blob/v2.3.12/diesel_cli/src/config.rs",
    ],
  },
};

/** `version_from_string` of diesel's migrations_internals. */
function versionOf(name: string): string {
  return (name.split("_", 1)[0] ?? "").replaceAll("-", "");
}

/** By what a folder is Diesel's, as the rest of a sentence. */
function foundBy(listing: Listing, folder: string): string | undefined {
  if (listing.foldersIn(folder).includes(INITIAL_SETUP)) return `because it holds ${INITIAL_SETUP}`;
  const dependency = cargoDependency(listing, folder, "diesel");
  if (dependency !== undefined) return `because ${dependency.manifest} names it`;
  for (const at of listing.folders()) {
    if (!listing.has(at, CONFIGURATION)) continue;
    const file = join(at, CONFIGURATION);
    const { dir } = tableOf(parseToml(listing.read(file) ?? ""), "migrations_directory");
    // `diesel setup` has written the path on the author's machine at times.
    const directory = typeof dir === "string" && !posix.isAbsolute(dir) ? dir : "migrations";
    if (posix.join(at, directory).replace(/\/+$/, "") === folder) return `because ${file} names it`;
  }
  return undefined;
}

/** `TomlMetadata` of diesel's migrations_internals: without a file, and where it cannot be read, the answer is yes. */
function runsInTransaction(listing: Listing, migration: string): boolean {
  if (!listing.has(migration, METADATA)) return true;
  const metadata = parseToml(listing.read(join(migration, METADATA)) ?? "");
  const value = metadata === undefined ? true : (metadata["run_in_transaction"] ?? false);
  return value !== false;
}

function toolFacts(installed: InstalledVersion | undefined): ToolFacts {
  return {
    name: "diesel",
    label: "Diesel",
    ...versionFacts(installed),
    transaction: "per-file",
    outsideTransaction:
      "in a migration of its own with that single statement and, beside up.sql, a metadata.toml with " +
      "`run_in_transaction = false`, because Diesel sends a file as one query",
    checksums: false,
    outOfOrder: { does: "runs", says: "Diesel runs it on databases that have run later ones already." },
    duplicate: {
      does: "skips",
      says: "Diesel knows a migration by its version only: where one of the two has run, it never runs the other.",
    },
  };
}
