import type { FileFacts, ToolFacts } from "../model/migration.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, parentOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { readObjectLiteral } from "./object-literal.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ReadMigrationText } from "./tool.js";

const COMMITTED = "committed";
const CONFIGURATIONS: readonly string[] = [".gmrc", ".gmrc.js", ".gmrc.cjs"];

/** `VALID_FILE_REGEX` of graphile-migrate's `src/migrationFilename.ts`. */
const VERSIONED = /^(\d+)(?:-[-_a-zA-Z0-9]*)?\.sql$/;

/** graphile-migrate: `<folder>/committed/NNNNNN-<name>.sql`, each with the hash of the one before it. */
export const graphileMigrate: MigrationTool = {
  name: "graphile-migrate",
  label: "graphile-migrate",
  reads: CONFIGURATIONS,

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (nameOf(folder) !== COMMITTED) continue;
      const first = listing.filesIn(folder).find((name) => VERSIONED.test(name));
      if (first !== undefined && /^--! Previous:/.test(listing.read(join(folder, first)) ?? "")) {
        folders.push(parentOf(folder));
      }
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const migrations = nameOf(folder) === COMMITTED ? parentOf(folder) : folder;
    const committed = join(migrations, COMMITTED);
    const files: string[] = [];
    const facts = new Map<string, FileFacts>();
    const leftOut: LeftOutFile[] = [];
    for (const name of [...listing.filesIn(committed)].sort(byBytes)) {
      const file = join(committed, name);
      const version = VERSIONED.exec(name)?.[1];
      if (version !== undefined) {
        files.push(file);
        facts.set(file, { version });
      } else if (/\.sql$/i.test(name)) {
        leftOut.push({ file, reason: "is not named <number>-<name>.sql, so graphile-migrate does not run it" });
      }
    }
    leftOut.push(...workInProgress(listing, migrations));
    return {
      folder,
      tool: toolFacts(listing, migrations),
      because: `because the files in ${committed} start with --! Previous`,
      files,
      facts,
      leftOut,
      session: connectionSettings(listing, migrations),
      read: readText,
    };
  },

  sheet: {
    layout: "`<folder>/committed/<number>-<name>.sql`; each starts with `--! Previous` and `--! Hash`",
    order: "By the bytes of the numbers.",
    transaction: "One for each file.",
    optOut: "`--! no-transaction` as the first line below the headers, for a file with a single statement.",
    sends: "The whole file as one query.",
    checksum:
      "A hash in the file itself, over its text and the hash before it, is compared where the file has not run: with another text it is refused. A database that has run it compares nothing.",
    outOfOrder: "Refuses: each file names the hash of the one before it, and the chain is checked as a whole.",
    duplicate: "Refuses, because both name the same file as the one before them.",
    repeatable: "`current.sql` or `current/` is work in progress. `graphile-migrate migrate` does not run it.",
    placeholders:
      "`:DATABASE_NAME`, `:DATABASE_OWNER`, and those of `placeholders`. `--!include` is resolved on commit.",
    callbacks: "`beforeReset`, `afterReset`, `beforeAllMigrations`, `afterAllMigrations` and their kin: not read.",
    configuration: "`.gmrc`, `.gmrc.js` or `.gmrc.cjs` above the folder: `pgSettings`.",
    sources: [
      "https://github.com/graphile/migrate/blob/main/src/migration.ts",
      "https://github.com/graphile/migrate/blob/main/src/migrationFilename.ts",
      "https://github.com/graphile/migrate/blob/main/src/header.ts",
      "https://github.com/graphile/migrate/blob/main/src/current.ts",
      "https://github.com/graphile/migrate/blob/main/src/settings.ts",
      "https://github.com/graphile/migrate/blob/main/src/commands/commit.ts",
    ],
  },
};

/** What `graphile-migrate commit` will make a migration of; empty where there is nothing but comments. */
function workInProgress(listing: Listing, migrations: string): LeftOutFile[] {
  const folder = join(migrations, "current");
  const files = listing.has(migrations, "current.sql")
    ? [join(migrations, "current.sql")]
    : listing
        .filesIn(folder)
        .filter((name) => name.endsWith(".sql"))
        .map((name) => join(folder, name));
  return files
    .filter((file) => (listing.read(file) ?? "").replace(/--[^\n]*/g, "").trim() !== "")
    .map((file) => ({ file, reason: "is work in progress, which graphile-migrate migrate does not run" }));
}

/** `pgSettings`, which are set on each connection. */
function connectionSettings(listing: Listing, migrations: string): ReadonlyMap<string, string> {
  for (const at of upwards(parentOf(migrations))) {
    const name = CONFIGURATIONS.find((configuration) => listing.has(at, configuration));
    if (name === undefined) continue;
    const settings = readObjectLiteral(listing.read(join(at, name)) ?? "")?.["pgSettings"];
    return new Map(
      Object.entries(settings ?? {})
        .filter((entry): entry is [string, string | number] => /^(?:string|number)$/.test(typeof entry[1]))
        .map(([setting, value]) => [setting.toLowerCase(), String(value)]),
    );
  }
  return new Map();
}

const HEADERS = /^(?:--! [A-Z]\w*(?::.*)?\r?\n)*\s*/;

const readText: ReadMigrationText = (text) => {
  const body = text.slice(HEADERS.exec(text)?.[0].length ?? 0);
  if (!/^--![ \t]*no-transaction\b/.test(body)) return { sql: text };
  return { sql: text, parts: [{ range: [0, text.length], transaction: "single-send" }] };
};

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const installed = installedVersion(listing, folder, "graphile-migrate");
  return {
    name: "graphile-migrate",
    label: "graphile-migrate",
    ...versionFacts(installed),
    transaction: "per-file",
    outsideTransaction:
      "in a migration of its own: alone in current.sql, below --! no-transaction as its first line, then committed",
    checksums: true,
    outOfOrder: {
      does: "refuses",
      says: "graphile-migrate refuses to run any: each migration names the hash of the one before it, and here the chain is broken.",
    },
    duplicate: {
      does: "refuses",
      says: "graphile-migrate refuses to run any: both name the same migration as the one before them, and only one can.",
    },
  };
}
