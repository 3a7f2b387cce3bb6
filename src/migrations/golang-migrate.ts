import type { FileFacts, ToolFacts } from "../model/migration.js";
import { dialectOfFiles, dialectOfFolder } from "./dialect.js";
import { dialectOfGoProject, goRequirement } from "./go-modules.js";
import { versionFacts } from "./installed-version.js";
import type { InstalledVersion } from "./installed-version.js";
import { join } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber, withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { goCode, runScript, RUN_SCRIPTS } from "./run-scripts.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

/** `Regex` of golang-migrate's source/parse.go. */
const UP = /^(\d+)_.*\.up\.sql$/s;
const DOWN = /^(\d+)_.*\.down\./s;

/** golang-migrate: `<version>_<title>.up.sql` and `.down.sql`. */
export const golangMigrate: MigrationTool = {
  name: "golang-migrate",
  label: "golang-migrate",
  reads: ["go.mod", ...RUN_SCRIPTS],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (!listing.filesIn(folder).some((name) => UP.test(name)) || isNotDeployed(folder)) continue;
      if (usedBy(listing, folder) !== undefined) folders.push(folder);
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const leftOut: LeftOutFile[] = [];
    const facts = new Map<string, FileFacts>();
    const names = listing.filesIn(folder).filter((name) => name.endsWith(".sql") && !DOWN.test(name));
    for (const name of [...names].sort(byNumber)) {
      const file = join(folder, name);
      const version = UP.exec(name)?.[1];
      if (version !== undefined) facts.set(file, { version: withoutLeadingZeros(version) });
      else leftOut.push({ file, reason: "is not named <version>_<title>.up.sql, so golang-migrate does not run it" });
    }
    const files = [...facts.keys()];
    const used = usedBy(listing, folder);
    const dialect = dialectOfFolder(folder) ?? dialectOfFiles(listing, files) ?? dialectOfGoProject(listing, folder);
    return {
      folder,
      tool: toolFacts(used?.installed, splitBy(listing, folder)),
      ...(used === undefined ? {} : { because: `because ${used.file} names it` }),
      files,
      facts,
      leftOut,
      read: (text) => ({ sql: text }),
      downFile: (file) => file.replace(/\.up\.sql$/, ".down.sql"),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout: "`<version>_<title>.up.sql` beside `<version>_<title>.down.sql` in one folder",
    order: "By version, as a number: `9_a.up.sql`, `10_b.up.sql`.",
    transaction: "None of its own.",
    optOut:
      "A file with a single statement runs outside a transaction. With `x-multi-statement=true` in the database's URL " +
      "every statement does.",
    sends:
      "The file in one query, whose statements share an implicit transaction as soon as there are two. With " +
      "`x-multi-statement=true` it is split at every `;`, those in function bodies too.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "It is skipped without a word, and for good: only versions above that in `schema_migrations` run.",
    duplicate: "golang-migrate refuses to run: `duplicate migration file`.",
    undo: "`.down.sql`.",
    configuration:
      "The command line, or code: `x-multi-statement=true` and `MultiStatementEnabled: true` are looked for in scripts and Go code.",
    sources: [
      "https://github.com/golang-migrate/migrate/blob/v4.19.1/source/parse.go",
      "https://github.com/golang-migrate/migrate/blob/v4.19.1/source/migration.go",
      "https://github.com/golang-migrate/migrate/blob/v4.19.1/migrate.go",
      "https://github.com/golang-migrate/migrate/blob/v4.19.1/database/postgres/README.md",
      "https://github.com/golang-migrate/migrate/blob/v4.19.1/database/pgx/v5/pgx.go",
    ],
  },
};

const MODULE = /^github\.com\/(?:golang-migrate|mattes)\/migrate(?:\/|$)/;

/** An image or a command: `migrate/migrate:v4.17.0`, `migrate -path db/migrations -database "$URL" up`. */
const COMMAND =
  /golang-migrate\/migrate|\bmigrate\/migrate\b|\bmigrate\b(?=(?:[^\n]|\\\n)*\s--?(?:path|source)[ =])(?=(?:[^\n]|\\\n)*\s--?database[ =])/;

function usedBy(
  listing: Listing,
  folder: string,
): { readonly file: string; readonly installed?: InstalledVersion } | undefined {
  const required = goRequirement(listing, folder, MODULE);
  if (required !== undefined) return { file: required.source, installed: required };
  const script = runScript(listing, folder, COMMAND);
  return script === undefined ? undefined : { file: script };
}

/** Where the project turns multi-statement mode on: then each statement is sent alone. */
function splitBy(listing: Listing, folder: string): string | undefined {
  return (
    runScript(listing, folder, /x-multi-statement=true/) ??
    goCode(
      listing,
      folder,
      ["MultiStatementEnabled", "x-multi-statement"],
      /MultiStatementEnabled\s*[:=]\s*true|x-multi-statement=true/,
    )
  );
}

function toolFacts(installed: InstalledVersion | undefined, splitBy: string | undefined): ToolFacts {
  return {
    name: "golang-migrate",
    label: "golang-migrate",
    ...versionFacts(installed),
    ...(splitBy === undefined
      ? {
          transaction: "single-send",
          outsideTransaction:
            "in a migration of its own with that single statement, because golang-migrate sends a file with several " +
            "statements as one query, which is one transaction",
        }
      : {
          transaction: "per-statement",
          outsideTransaction: "in a migration of its own, so that nothing else is half done if it fails",
          assumption: `Statements are taken to be sent one by one, because ${splitBy} turns golang-migrate's multi-statement mode on.`,
        }),
    checksums: false,
    outOfOrder: {
      does: "skips",
      says:
        "golang-migrate runs only versions above that of the last migration that ran, so databases that have run " +
        "later ones never get this one, and nothing says so.",
    },
    duplicate: {
      does: "refuses",
      says: 'golang-migrate refuses to run while two migrations have the same version: "duplicate migration file".',
    },
  };
}
