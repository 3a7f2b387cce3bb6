import type { FileFacts, ToolFacts, TransactionMode } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { dialectOf, dialectOfFolder, POSTGRESQL } from "./dialect.js";
import { goRequirement } from "./go-modules.js";
import { versionFacts } from "./installed-version.js";
import type { InstalledVersion } from "./installed-version.js";
import { join, nameOf, outermost, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const SETTINGS = "database.yml";

/** `MigrationFileRegexp` of popx's match.go, which is that of pop with `.autocommit` added. */
const MIGRATION = /^(\d+)_([^.]+)(?:\.(?!autocommit\.)([a-z0-9]+))?(\.autocommit)?\.(up|down)\.(sql|fizz)$/;

/** pop, the library of `soda` and Buffalo, and popx of Ory, which reads the same names. */
export const pop: MigrationTool = {
  name: "pop",
  label: "pop",
  reads: ["go.mod", SETTINGS],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      const names = listing.filesIn(folder);
      if (!names.some((name) => MIGRATION.test(name)) || isNotDeployed(folder)) continue;
      if (foundBy(listing, folder) !== undefined) folders.push(folder);
    }
    return outermost(folders);
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const others = new Map<string, number>();
    const ups: Up[] = [];
    for (const file of listing.filesUnder(folder)) {
      const name = nameOf(file);
      const [, version = "", , word, autocommit, direction, extension] = MIGRATION.exec(name) ?? [];
      if (direction === "down") continue;
      if (direction === undefined) {
        if (!name.endsWith(".sql")) continue;
        leftOut.push({ file, reason: "is not named <version>_<name>.up.sql, so pop does not run it" });
        continue;
      }
      const dialect = word === undefined ? undefined : (dialectOf(word) ?? word);
      if (dialect !== undefined && dialect !== POSTGRESQL) others.set(dialect, (others.get(dialect) ?? 0) + 1);
      else if (extension === "sql")
        ups.push({ file, version, isForAll: dialect === undefined, autocommit: autocommit !== undefined });
    }
    for (const [dialect, count] of others) {
      const holds = count === 1 ? "a migration" : `${String(count)} migrations`;
      leftOut.push({ file: folder, reason: `holds ${holds} for ${dialect}; only PostgreSQL is checked` });
    }
    const variants = new Set(ups.filter(({ isForAll }) => !isForAll).map(({ version }) => version));
    const runs = ups.filter(({ file, version, isForAll }) => {
      if (!isForAll || !variants.has(version)) return true;
      leftOut.push({ file, reason: "has a variant for PostgreSQL, which pop runs instead" });
      return false;
    });
    runs.sort((a, b) => byBytes(a.version, b.version) || byBytes(a.file, b.file));
    const required = requirement(listing, folder);
    const because = foundBy(listing, folder);
    const dialect = dialectOfFolder(folder) ?? dialectOfSettings(listing, folder);
    return {
      folder,
      tool: toolFacts(required, required !== undefined && isOrys(listing, folder)),
      ...(because === undefined ? {} : { because: `because ${because} names it` }),
      files: runs.map(({ file }) => file),
      facts: new Map(runs.map(({ file, version }): [string, FileFacts] => [file, { version }])),
      transactions: new Map(
        runs.flatMap(({ file, autocommit }): [string, TransactionMode][] =>
          autocommit ? [[file, "single-send"]] : [],
        ),
      ),
      leftOut,
      read: (text) => ({ sql: text }),
      downFile: (file) => file.replace(/\.up\.sql$/, ".down.sql"),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout:
      "`migrations/<version>_<name>.up.sql`, for one system `<version>_<name>.postgres.up.sql`, in folders inside it too",
    order: "By the bytes of the versions: `10_a.up.sql` before `9_b.up.sql`.",
    transaction: "One for each file, with the entry in `schema_migration`.",
    optOut: "None in pop; in Ory's popx `<version>_<name>.autocommit.up.sql`.",
    sends: "The file in one query, so in `.autocommit` several statements in it share an implicit transaction.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "It runs like any other pending one.",
    duplicate:
      "One of the two runs; the other is passed over without a word. A variant for a system goes before one for all.",
    undo: "`.down.sql`.",
    placeholders: "Go templates, with the connection's settings as values.",
    configuration: "`database.yml`: `dialect`; or code, which is not read.",
    notRead: "`.fizz`, and `schema.sql`, a dump that `soda` writes.",
    sources: [
      "https://github.com/gobuffalo/pop/blob/v6.3.0/migrator.go",
      "https://github.com/gobuffalo/pop/blob/v6.3.0/match.go",
      "https://github.com/gobuffalo/pop/blob/v6.3.0/file_migrator.go",
      "https://github.com/ory/x/blob/master/popx/match.go",
      "https://github.com/ory/x/blob/master/popx/migrator.go",
    ],
  },
};

interface Up {
  readonly file: string;
  readonly version: string;
  readonly isForAll: boolean;
  readonly autocommit: boolean;
}

function requirement(listing: Listing, folder: string): InstalledVersion | undefined {
  return goRequirement(listing, folder, /^github\.com\/(?:gobuffalo|ory)\/pop(?:\/|$)/);
}

/** The file by which a folder is pop's: go.mod, or the settings of `soda`. */
function foundBy(listing: Listing, folder: string): string | undefined {
  return requirement(listing, folder)?.source ?? settingsOf(listing, folder)?.file;
}

/** `soda`'s database.yml beside the folder. That of Rails has an `adapter`. */
function settingsOf(listing: Listing, folder: string): { readonly file: string; readonly text: string } | undefined {
  const file = join(parentOf(folder), SETTINGS);
  const text = listing.tree.has(file) ? listing.read(file) : undefined;
  return text !== undefined && DIALECT.test(text) ? { file, text } : undefined;
}

const DIALECT = /^\s+dialect:\s*["']?(\w+)/m;

/** The one system that all of the settings are for. */
function dialectOfSettings(listing: Listing, folder: string): string | undefined {
  const text = settingsOf(listing, folder)?.text ?? "";
  const dialects = new Set([...text.matchAll(new RegExp(DIALECT, "gm"))].map(([, word = ""]) => dialectOf(word)));
  return dialects.size === 1 ? [...dialects][0] : undefined;
}

function isOrys(listing: Listing, folder: string): boolean {
  return goRequirement(listing, folder, /^github\.com\/ory\/x$/) !== undefined;
}

function toolFacts(required: InstalledVersion | undefined, orys: boolean): ToolFacts {
  const label = orys ? "popx" : "pop";
  return {
    name: "pop",
    label,
    ...versionFacts(orys ? undefined : required),
    transaction: "per-file",
    ...(orys
      ? {
          outsideTransaction:
            "in a migration of its own with that single statement, named `….autocommit.up.sql`, because popx sends a " +
            "file as one query",
        }
      : {
          withoutOutside: builtByHand("pop runs every migration in a transaction and has no way out of it"),
        }),
    checksums: false,
    outOfOrder: { does: "runs", says: `${label} runs it on databases that have run later ones already.` },
    duplicate: {
      does: "skips",
      says: `${label} knows a migration by its version only: where one of the two has run, it never runs the other.`,
    },
  };
}
