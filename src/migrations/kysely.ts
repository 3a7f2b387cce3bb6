import type { ToolFacts } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { dialectOfFolder } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { exportsUp } from "./exports-up.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { databaseHandle, KYSELY_MODULE } from "./kysely/database.js";
import { kyselySettings } from "./kysely/settings.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "kysely";
const MANIFEST = "package.json";

/** What `FileMigrationProvider` loads (`migration/file-migration-provider.ts`). */
const LOADED = /\.[cm]?[jt]s$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Kysely's migrations, also those of kysely-ctl: files with functions `up` and `down`. */
export const kysely: MigrationTool = {
  name: PACKAGE,
  label: "Kysely",
  reads: [MANIFEST],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || !/migrat/i.test(nameOf(folder)) || !usesKysely(listing, folder)) continue;
      const names = listing.filesIn(folder).filter(isLoaded);
      if (names.some((name) => isMigration(listing.read(join(folder, name)) ?? ""))) folders.push(folder);
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const files: string[] = [];
    const leftOut: LeftOutFile[] = [];
    for (const name of listing.filesIn(folder).filter(isLoaded)) {
      const file = join(folder, name);
      if (exportsUp(listing.read(file) ?? "")) files.push(name);
      else leftOut.push({ file, reason: "has no function `up`, so Kysely does not take it for a migration" });
    }
    const dialect = dialectOfFolder(folder);
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: "because package.json has kysely",
      files: files.sort(byName).map((name) => join(folder, name)),
      leftOut,
      evaluate,
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout: "`migrations/<name>.ts` or `.js`, with functions `up` and `down`; kysely-ctl puts the time before the name",
    order: "By file name.",
    transaction: "One for all that is pending.",
    optOut: "None for a single file: `disableTransactions`, or `--no-transaction` of kysely-ctl, is for the whole run.",
    sends: "Each executed call as one query. A builder that nothing executes sends nothing.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Refuses, unless `allowUnorderedMigrations` is set.",
    undo: "The function `down`.",
    configuration:
      "`disableTransactions: true` and `allowUnorderedMigrations: true` in the project's programs, `--no-transaction` of kysely-ctl in a script.",
    versions: "Each call is tested against Kysely 0.28. kysely-ctl runs the same migrations.",
    sources: [
      "https://kysely.dev/docs/migrations",
      "https://github.com/kysely-org/kysely/blob/master/src/migration/migrator.ts",
      "https://github.com/kysely-org/kysely/blob/master/src/migration/file-migration-provider.ts",
      "https://github.com/kysely-org/kysely-ctl",
    ],
  },
};

const evaluate = evaluator({
  modules: { kysely: KYSELY_MODULE },
  entry(program) {
    const call = (name: "up" | "down") => {
      const found = exportedFunction(program, name);
      return found && ((): ReturnType<typeof found.call> => found.call([databaseHandle()], program.site, undefined));
    };
    return { up: call("up"), down: call("down") };
  },
});

/** By the name without its extension, which is what Kysely knows a migration by. */
function byName(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.slice(0, name.lastIndexOf("."))) as [string, string];
  return one < other ? -1 : Number(one > other);
}

function isLoaded(name: string): boolean {
  return LOADED.test(name) && !DECLARATIONS.test(name) && !/\.(?:test|spec)\.[cm]?[jt]s$/.test(name);
}

function usesKysely(listing: Listing, folder: string): boolean {
  for (const at of upwards(folder)) {
    if (listing.has(at, MANIFEST) && /"kysely(?:-ctl)?"/.test(listing.read(join(at, MANIFEST)) ?? "")) return true;
  }
  return false;
}

/** Whether a text is a migration of Kysely. */
function isMigration(text: string): boolean {
  return /\bkysely\b/i.test(text) && exportsUp(text);
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const { disableTransactions, allowUnorderedMigrations } = kyselySettings(listing, folder);
  return {
    name: PACKAGE,
    label: "Kysely",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: disableTransactions ? "per-statement" : "all-pending",
    ...(disableTransactions
      ? { outsideTransaction: "in a migration of its own, so that nothing else is half done if it fails" }
      : {
          withoutOutside: builtByHand(
            "Kysely runs all pending migrations in one transaction, and `disableTransactions` is for a whole run",
          ),
        }),
    calls: { sql: "sql`…`.execute(db)" },
    checksums: false,
    outOfOrder: allowUnorderedMigrations
      ? { does: "runs", says: "Kysely runs it after the others, because `allowUnorderedMigrations` is set." }
      : { does: "refuses", says: "Kysely refuses to run anything, unless `allowUnorderedMigrations` is set." },
  };
}
