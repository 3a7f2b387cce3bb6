import type { ToolFacts } from "../model/migration.js";
import { dialectOf, dialectOfFolder } from "./dialect.js";
import { installedVersion, majorMinor, requestedRange, versionFacts } from "./installed-version.js";
import { join, nameOf, parentOf } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { dataSteps, isDataStep } from "./prisma/data-step.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const LOCK = "migration_lock.toml";
const MIGRATION = "migration.sql";

/**
 * Prisma Migrate: `<folder>/<name>/migration.sql`, in the order of the folders' names, beside a `migration_lock.toml`.
 *
 * Before 7.4 a file is sent as one simple query, so its statements share an implicit transaction as soon as there are
 * two (prisma-engines, `client.simple_query(script)`). From 7.4 on each statement is sent alone and commits by itself
 * (prisma-engines #5767).
 */
export const prisma: MigrationTool = {
  name: "prisma",
  label: "Prisma",
  reads: [LOCK],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (listing.has(folder, LOCK) || (nameOf(folder) === "migrations" && besideSchema(listing, folder))) {
        folders.push(folder);
      }
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const files: string[] = [];
    const steps: string[] = [];
    const leftOut: LeftOutFile[] = [];
    for (const name of [...listing.foldersIn(folder)].sort(byBytes)) {
      const migration = join(folder, name);
      if (listing.has(migration, MIGRATION)) files.push(join(migration, MIGRATION));
      for (const file of listing.filesIn(migration)) {
        const path = join(migration, file);
        if (isDataStep(file, () => listing.read(path) ?? "")) {
          files.push(path);
          steps.push(path);
        } else if (file === MIGRATION) continue;
        else if (file.endsWith(".sql")) {
          leftOut.push({ file: join(migration, file), reason: `is not run by Prisma, which runs ${MIGRATION} only` });
        }
      }
    }
    const dialect = providerDialect(listing, folder) ?? dialectOfFolder(folder);
    return {
      folder,
      tool: facts(listing, folder),
      because: listing.has(folder, LOCK) ? `because of ${LOCK} in it` : "because it stands beside a Prisma schema",
      files,
      leftOut,
      ...(steps.length > 0 && {
        evaluate: dataSteps(() =>
          schemaFiles(listing, folder).map((file) => ({ file, text: listing.read(file) ?? "" })),
        ),
        facts: new Map(steps.map((file) => [file, { byHand: true }] as const)),
      }),
      ...(dialect === undefined ? {} : { dialect }),
    };
  },

  sheet: {
    layout:
      "`<folder>/<name>/migration.sql` beside `migration_lock.toml`; programs with Prisma Client in `<name>` are data steps, which the project's scripts run behind it",
    order: "By the bytes of the folders' names.",
    transaction: "None of its own.",
    optOut: "From 7.4 on nothing is needed; before, a file with a single statement runs outside a transaction.",
    sends:
      "Before 7.4 the whole file as one query, so that several statements share a transaction; from 7.4 on statement by statement.",
    checksum:
      "A SHA-256 of the file: `prisma migrate deploy` warns of an edit, `prisma migrate dev` wants to reset the database.",
    outOfOrder: "`prisma migrate deploy` runs every migration that has not run, whatever its place.",
    undo: "None; `down.sql` is for `prisma db execute`.",
    configuration: "`migration_lock.toml` and the schema's `datasource`: the provider.",
    sources: [
      "https://www.prisma.io/docs/orm/prisma-migrate/understanding-prisma-migrate/migration-histories",
      "https://github.com/prisma/prisma-engines/blob/main/schema-engine/commands/src/commands/apply_migrations.rs",
      "https://github.com/prisma/prisma-engines/pull/5767",
    ],
  },
};

/** A folder of Prisma's whose lock file was not committed. */
function besideSchema(listing: Listing, folder: string): boolean {
  const migrations = listing.foldersIn(folder).map((name) => join(folder, name));
  return (
    migrations.some((migration) => listing.has(migration, MIGRATION)) &&
    !migrations.some((migration) => listing.has(migration, "snapshot.json")) &&
    schemaFiles(listing, folder).length > 0
  );
}

/** The schema's files: beside the folder, or in `schema/` beside it. */
function schemaFiles(listing: Listing, folder: string): readonly string[] {
  const parent = parentOf(folder);
  return [parent, join(parent, "schema")].flatMap((at) =>
    listing
      .filesIn(at)
      .filter((name) => name.endsWith(".prisma"))
      .map((name) => join(at, name)),
  );
}

function providerDialect(listing: Listing, folder: string): string | undefined {
  const lock = listing.has(folder, LOCK) ? listing.read(join(folder, LOCK)) : undefined;
  const locked = lock === undefined ? null : /^\s*provider\s*=\s*"([^"]*)"/m.exec(lock);
  if (locked !== null) return dialectOf(locked[1] ?? "");
  for (const file of schemaFiles(listing, folder)) {
    const provider = /\bdatasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"([^"]*)"/.exec(listing.read(file) ?? "");
    if (provider !== null) return dialectOf(provider[1] ?? "");
  }
  return undefined;
}

function facts(listing: Listing, folder: string): ToolFacts {
  const installed = installedVersion(listing, folder, "prisma") ?? installedVersion(listing, folder, "@prisma/client");
  const asked = (): string | undefined =>
    requestedRange(listing, folder, "prisma") ?? requestedRange(listing, folder, "@prisma/client");
  const known = installed === undefined ? splitByRange(asked()) : splitsFiles(majorMinor(installed.version));
  const common = {
    name: "prisma",
    label: "Prisma",
    checksums: true,
    outOfOrder: {
      does: "runs",
      says: "prisma migrate deploy runs every migration that has not run, whatever its place.",
    } as const,
    ...versionFacts(installed),
  };
  if (known === true) {
    return {
      ...common,
      transaction: "per-statement",
      outsideTransaction: "in a migration of its own, so that nothing else is half done if it fails",
    };
  }
  return {
    ...common,
    transaction: "single-send",
    outsideTransaction:
      "in a migration of its own with that single statement, because before version 7.4 Prisma sends a file with " +
      "several statements as one transaction",
    ...(known === false
      ? {}
      : {
          assumption:
            "No lockfile says which version of Prisma is installed. A version before 7.4 is assumed, which sends a " +
            "file with several statements as one transaction.",
        }),
  };
}

/** Whether a version sends each statement alone. */
function splitsFiles(version: readonly [number, number] | undefined): boolean | undefined {
  if (version === undefined) return undefined;
  return version[0] > 7 || (version[0] === 7 && version[1] >= 4);
}

/** Whether every version that a range allows does; undefined where the range allows both. */
function splitByRange(range: string | undefined): boolean | undefined {
  if (range === undefined || !/^[\^~]?\d+(\.\d+)*$/.test(range)) return undefined;
  const lowest = majorMinor(range);
  const splits = splitsFiles(lowest);
  if (splits !== false || !range.startsWith("^")) return splits;
  return lowest?.[0] === 7 ? undefined : false;
}
