import type { ToolFacts } from "../model/migration.js";
import { DRIZZLE_SQL } from "./drizzle/sql-tag.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { Dictionary } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byBytes } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { migrationArguments } from "./payload/arguments.js";
import { ADAPTERS, payloadSettings, type PayloadSettings } from "./payload/settings.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "payload";
const MANIFEST = "package.json";

/** What Payload loads (`packages/payload/src/database/migrations/readMigrationFiles.ts`). */
const LOADED = /^(?!index\.[jt]s$)(?!.*\.d\.ts$).*\.[jt]s$/;

/** As `payload migrate:create` names them. */
const NUMBERED = /^\d{8}_\d{6}.*\.[jt]s$/;

/** Payload's migrations: `src/migrations/<8 digits>_<6 digits>_<name>.ts`, with functions `up` and `down`. */
export const payload: MigrationTool = {
  name: PACKAGE,
  label: "Payload",
  reads: [MANIFEST, "payload.config.ts", "payload.config.js"],

  find(listing) {
    const folders = new Set(
      payloadSettings(listing).flatMap(({ folder }) => (migrationsIn(listing, folder).length > 0 ? folder : [])),
    );
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || folders.has(folder)) continue;
      const names = listing.filesIn(folder).filter((name) => NUMBERED.test(name) && LOADED.test(name));
      if (names.length === 0 || !usesPostgres(listing, folder)) continue;
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const settings = payloadSettings(listing).find((one) => one.folder === folder);
    const names = migrationsIn(listing, folder);
    const listed = settings?.runsAtStart === true ? listedIn(listing, folder) : undefined;
    const isRun = (name: string): boolean => listed?.includes(name.slice(0, name.lastIndexOf("."))) !== false;
    return {
      folder,
      tool: toolFacts(listing, folder, settings),
      because: settings === undefined ? "because package.json has payload" : `because ${settings.file} names it`,
      files: names.filter(isRun).map((name) => join(folder, name)),
      leftOut: names
        .filter((name) => !isRun(name))
        .map((name): LeftOutFile => ({
          file: join(folder, name),
          reason: "is not in the folder's index.ts, so Payload does not run it when the server starts",
        })),
      evaluate,
    };
  },

  sheet: {
    layout:
      "`src/migrations/<8 digits>_<6 digits>_<name>.ts` or `.js`, with functions `up` and `down`; `.json` beside it is the schema after it, `index.ts` lists all",
    order: "By file name.",
    transaction: "One for each migration; none where the adapter has `transactionOptions: false`.",
    optOut:
      "`payload.db.drizzle.execute()` instead of `db.execute()`: it takes another connection, which is not in the transaction.",
    sends: "Each `db.execute()` as one query, which may have several statements.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    undo: "The function `down`.",
    configuration:
      "`payload.config.ts`, which is read and not executed: `migrationDir`, `transactionOptions` and `prodMigrations` of the adapter. With `prodMigrations` what `index.ts` does not list is left out.",
    versions:
      "What `db.execute` sends is tested against drizzle-orm 0.45, by which Payload sends it; its runner's transactions are known from the source of `@payloadcms/drizzle`.",
    notRead:
      "What `payload.create()`, `update()` and `delete()` change, and Drizzle's query builder: each is said to be unknown where it stands.",
    sources: [
      "https://payloadcms.com/docs/database/migrations",
      "https://github.com/payloadcms/payload/blob/main/packages/drizzle/src/migrate.ts",
      "https://github.com/payloadcms/payload/blob/main/packages/payload/src/database/migrations/readMigrationFiles.ts",
    ],
  },
};

const MODULE = new Dictionary([["sql", DRIZZLE_SQL]], undefined, "is Payload's");

const evaluate = evaluator({
  modules: Object.fromEntries([...ADAPTERS, "drizzle-orm", "@payloadcms/drizzle"].map((name) => [name, MODULE])),
  entry(program) {
    const call = (name: "up" | "down") => {
      const found = exportedFunction(program, name);
      return (
        found && ((): ReturnType<typeof found.call> => found.call([migrationArguments()], program.site, undefined))
      );
    };
    return { up: call("up"), down: call("down") };
  },
});

function migrationsIn(listing: Listing, folder: string): readonly string[] {
  return listing
    .filesIn(folder)
    .filter((name) => LOADED.test(name) && isMigration(listing.read(join(folder, name)) ?? ""))
    .sort(byBytes);
}

/** The names that `index.ts` lists; undefined where there is none. */
function listedIn(listing: Listing, folder: string): readonly string[] | undefined {
  const name = ["index.ts", "index.js"].find((one) => listing.has(folder, one));
  const text = name === undefined ? undefined : listing.read(join(folder, name));
  return text === undefined
    ? undefined
    : [...text.matchAll(/\bname:\s*["'`]([^"'`]+)["'`]/g)].flatMap(([, one]) => one ?? []);
}

/** Whether a text is a migration of Payload for PostgreSQL. */
function isMigration(text: string): boolean {
  return /\bpayload/i.test(text) && /\bup\b/.test(text) && !/@payloadcms\/db-(?!postgres|vercel-postgres)/.test(text);
}

/** Whether the nearest package.json that has Payload has its adapter for PostgreSQL. */
function usesPostgres(listing: Listing, folder: string): boolean {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (text.includes('"payload"')) return ADAPTERS.some((name) => text.includes(`"${name}"`));
  }
  return false;
}

function toolFacts(listing: Listing, folder: string, settings: PayloadSettings | undefined): ToolFacts {
  const isWithout = settings?.withoutTransactions === true;
  return {
    name: PACKAGE,
    label: "Payload",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: isWithout ? "per-statement" : "per-file",
    outsideTransaction: isWithout
      ? "in a call of its own"
      : "in a migration of its own through `payload.db.drizzle.execute()`, which is not in its transaction",
    checksums: false,
    outOfOrder: { does: "runs", says: "Payload runs it after the others." },
  };
}
