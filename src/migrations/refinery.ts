import type { FileFacts, ToolFacts } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { CARGO_FILES, cargoDependency, dialectOfFeatures } from "./cargo.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { versionFacts } from "./installed-version.js";
import type { InstalledVersion } from "./installed-version.js";
import { nameOf, outermost, upwards } from "./listing.js";
import { byBytes, byNumber, withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

/** `STEM_RE` of refinery_core's util.rs. */
const MIGRATION = /^([UV])(\d+)__[\p{L}\p{M}\p{N}\p{Pc}]+\.(?:sql|rs)$/u;

/** refinery: `V<version>__<name>.sql`, as Flyway's are called, and `U<version>__<name>.sql`, which is another thing. */
export const refinery: MigrationTool = {
  name: "refinery",
  label: "refinery",
  reads: CARGO_FILES,

  find(listing) {
    const folders = new Set<string>();
    for (const folder of listing.folders()) {
      if (!listing.filesIn(folder).some((name) => MIGRATION.test(name)) || isNotDeployed(folder)) continue;
      if (cargoDependency(listing, folder, "refinery") !== undefined) folders.add(rootOf(folder));
    }
    return outermost(folders);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const migrations: { readonly file: string; readonly facts: FileFacts }[] = [];
    for (const file of listing.filesUnder(folder)) {
      const [, prefix, version = ""] = MIGRATION.exec(nameOf(file)) ?? [];
      if (!file.endsWith(".sql")) continue;
      if (prefix === undefined) {
        leftOut.push({ file, reason: "is not named V<version>__<name>.sql, so refinery does not run it" });
      } else {
        const facts = { version: withoutLeadingZeros(version), ...(prefix === "U" ? { outOfOrder: UNVERSIONED } : {}) };
        migrations.push({ file, facts });
      }
    }
    migrations.sort((a, b) => byNumber(a.facts.version ?? "", b.facts.version ?? "") || byBytes(a.file, b.file));
    const files = migrations.map(({ file }) => file);
    const dependency = cargoDependency(listing, folder, "refinery");
    const dialect =
      dialectOfFolder(folder) ??
      dialectOfFiles(listing, files) ??
      (dependency === undefined ? undefined : dialectOfDriver(dependency.features));
    return {
      folder,
      tool: toolFacts(dependency?.installed),
      ...(dependency === undefined ? {} : { because: `because ${dependency.manifest} names it` }),
      files,
      facts: new Map(migrations.map(({ file, facts }) => [file, facts])),
      leftOut,
      read: (text) => ({ sql: text }),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "`migrations/V<version>__<name>.sql` or `U<version>__<name>.sql`, in folders inside it too",
    order: "By version, as a number: `V9__a.sql`, `V10__b.sql`.",
    transaction:
      "One for each file, without the entry in `refinery_schema_history`. With `set_grouped(true)` one for all pending files, which is not looked for.",
    sends: "The file in one query, inside the transaction: there is no way out of it.",
    checksum: "A hash of name, version and SQL: an edited or renamed migration makes it refuse to run.",
    outOfOrder: "It refuses a `V` file, unless `set_abort_missing(false)`, which skips it; a `U` file runs.",
    duplicate: "One of the two runs at most.",
    configuration: "Code, or the command line; none of it is read. The system it is for: features in `Cargo.toml`.",
    notRead: "Migrations in Rust.",
    sources: [
      "https://github.com/rust-db/refinery/blob/0.9.0/refinery_core/src/util.rs",
      "https://github.com/rust-db/refinery/blob/0.9.0/refinery_core/src/traits/mod.rs",
      "https://github.com/rust-db/refinery/blob/0.9.0/refinery_core/src/traits/sync.rs",
      "https://github.com/rust-db/refinery/blob/0.9.0/refinery_core/src/drivers/postgres.rs",
      "https://github.com/rust-db/refinery/blob/0.9.0/README.md",
    ],
  },
};

/**
 * The folder that refinery is given: the one called `migrations`, where files stand in folders inside of it, unless those
 * are for a system each.
 */
function rootOf(folder: string): string {
  const root = [...upwards(folder)].find((at) => nameOf(at) === "migrations");
  return root === undefined || dialectOfFolder(folder.slice(root.length)) !== undefined ? folder : root;
}

/** Features that each bring a driver: `tokio-postgres`, `rusqlite-bundled`. */
function dialectOfDriver(features: ReadonlySet<string>): string | undefined {
  const words = [...features].map((feature) => /(postgres|mysql|sqlite|tiberius)/.exec(feature)?.[1] ?? feature);
  return dialectOfFeatures({
    manifest: "",
    features: new Set(words.map((word) => (word === "tiberius" ? "mssql" : word))),
  });
}

const UNVERSIONED = {
  does: "runs",
  says: "refinery runs a migration whose name starts with U on databases that have run later ones already.",
} as const;

function toolFacts(installed: InstalledVersion | undefined): ToolFacts {
  return {
    name: "refinery",
    label: "refinery",
    ...versionFacts(installed),
    transaction: "per-file",
    withoutOutside: builtByHand("refinery runs every migration in a transaction and has no way out of it"),
    checksums: true,
    outOfOrder: {
      does: "refuses",
      says: "refinery refuses to run: it takes a version below the last that ran for one that is missing in the database.",
    },
    duplicate: {
      does: "refuses",
      says: "refinery runs one of two migrations with the same version at most, and refuses where the other has run.",
    },
  };
}
