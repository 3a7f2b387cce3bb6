import type { ToolFacts, TransactionMode } from "../model/migration.js";
import { dialectOfFolder, dialectOfPackages, POSTGRESQL } from "./dialect.js";
import { callMethod, evaluator, exportedInstance } from "./evaluator/evaluate.js";
import { installedVersion, type InstalledVersion, versionFacts } from "./installed-version.js";
import { KYSELY_MODULE } from "./kysely/database.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { Inherited, MIKRO_ORM_MODULE } from "./mikro-orm/migration.js";
import { mikroOrmSettings, type MikroOrmSettings } from "./mikro-orm/settings.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "@mikro-orm/migrations";
const MANIFEST = "package.json";

/** `Configuration.ts` of MikroORM: `!(*.d).{js,ts,cjs}` */
const LOADED = /^(?!.*\.d\.ts$).*\.(?:js|ts|cjs)$/;

/** As the command that makes them names them. */
const NUMBERED = /^Migration\d{14}.*\.(?:js|ts|cjs)$/;

/** MikroORM's migrations: `migrations/Migration<14 digits>_<name>.ts` with a class that extends `Migration`. */
export const mikroOrm: MigrationTool = {
  name: "mikro-orm",
  label: "MikroORM",
  reads: [MANIFEST, "mikro-orm.config.ts", "mikro-orm.config.js"],

  find(listing) {
    const folders = new Set(
      mikroOrmSettings(listing).flatMap(({ folder }) => (migrationsIn(listing, folder).files.length > 0 ? folder : [])),
    );
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || folders.has(folder)) continue;
      const names = listing.filesIn(folder).filter((name) => NUMBERED.test(name) && LOADED.test(name));
      if (names.length === 0 || manifestOf(listing, folder) === undefined) continue;
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const settings = mikroOrmSettings(listing).find((one) => one.folder === folder);
    const { files, leftOut } = migrationsIn(listing, folder);
    const manifest = manifestOf(listing, folder) ?? "";
    const driver = manifest.includes('"@mikro-orm/postgresql"') ? POSTGRESQL : dialectOfPackages(manifest);
    const dialect = dialectOfFolder(folder) ?? settings?.dialect ?? driver;
    const installed =
      installedVersion(listing, folder, PACKAGE) ?? installedVersion(listing, folder, "@mikro-orm/core");
    const session = sessionOf(installed, settings);
    return {
      folder,
      tool: toolFacts(installed, settings),
      because: settings === undefined ? "because package.json has mikro-orm" : `because ${settings.file} names it`,
      files,
      leftOut,
      evaluate,
      ...(dialect !== undefined && { dialect }),
      ...(session.size > 0 && { session, resetsSession: true }),
    };
  },

  sheet: {
    layout:
      "`migrations/Migration<14 digits>_<name>.ts`, `.js` or `.cjs`, with a class that extends `Migration`; `.snapshot-<database>.json` beside it is the schema of the last one",
    order: "By file name.",
    transaction:
      "One for all that is pending, with a savepoint for each. With `allOrNothing: false` one for each, with `transactional: false` none.",
    optOut:
      "`isTransactional() { return false; }` in the class: it runs on another connection. With `allOrNothing`, the transaction of the others is open meanwhile, and what waits for it, such as CREATE INDEX CONCURRENTLY on a table that they have locked, waits forever.",
    sends:
      "`execute` at once, what `addSql` was given one by one once `up` is done; a string of several in one query. `getKnex()` on another connection.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    undo: "The method `down`.",
    configuration:
      "`mikro-orm.config.ts` or `.js`, which is read and not executed: `migrations` with `path`, `pathTs`, `transactional`, `allOrNothing`, `schema`, which 7 puts on `search_path`, and `disableForeignKeys`, with which `session_replication_role` is `replica` in each migration; before 6 that is usual.",
    versions:
      "Tested against MikroORM 6.6. Version 7.2 has the same defaults, file names and transactions by its source (`MigrationRunner.js`, `Configuration.js`); in place of `getKnex()` it has `getKysely()` of the entity manager, in the migration's transaction (`SqlEntityManager.js`), which is read as Kysely's.",
    notRead:
      "What the entity manager changes by way of entities, and what `getKysely()` of a fork sends: each such call is said to be unknown where it stands. A list of classes in `migrationsList`. What a program hands to `migrator.up()`.",
    sources: [
      "https://mikro-orm.io/docs/migrations",
      "https://github.com/mikro-orm/mikro-orm/blob/v6/packages/migrations/src/Migrator.ts",
      "https://github.com/mikro-orm/mikro-orm/blob/v6/packages/migrations/src/MigrationRunner.ts",
    ],
  },
};

const evaluate = evaluator({
  modules: {
    "@mikro-orm/core": MIKRO_ORM_MODULE,
    "@mikro-orm/postgresql": MIKRO_ORM_MODULE,
    "@mikro-orm/sql": MIKRO_ORM_MODULE,
    kysely: KYSELY_MODULE,
  },
  entry(program) {
    const instance = exportedInstance(program, "up");
    if (instance === undefined) return { reason: "exports no class with a method up" };
    const { site } = program;
    const inherited = new Inherited();
    inherited.giveTo(instance);
    const call = (name: "up" | "down") =>
      instance.has(name)
        ? () => {
            site.run.settle(callMethod(instance, name, [], site), site);
            inherited.send();
            return undefined;
          }
        : undefined;
    return {
      up: call("up"),
      down: call("down"),
      facts: () =>
        callMethod(instance, "isTransactional", [], site) === false ? { transaction: "per-statement" } : {},
    };
  },
});

function migrationsIn(
  listing: Listing,
  folder: string,
): { readonly files: readonly string[]; readonly leftOut: readonly LeftOutFile[] } {
  const files: string[] = [];
  const leftOut: LeftOutFile[] = [];
  for (const name of listing.filesIn(folder).filter((one) => LOADED.test(one))) {
    const file = join(folder, name);
    if (isMigration(listing.read(file) ?? "")) files.push(file);
    else if (NUMBERED.test(name)) leftOut.push({ file, reason: "has no class that extends `Migration`" });
  }
  return { files: files.sort((a, b) => (a < b ? -1 : Number(a > b))), leftOut };
}

/** Whether a text is a migration of MikroORM. */
function isMigration(text: string): boolean {
  return /\bclass\b[^{]*\bextends\s+\w*Migration\w*\b/.test(text) && /\bup\b/.test(text);
}

/** The nearest package.json that has MikroORM, or the framework whose modules bring it along. */
function manifestOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (/"@(?:mikro-orm|medusajs)\//.test(text)) return text;
  }
  return undefined;
}

/** What the runner sets before each migration (`MigrationRunner.js`): `disableForeignKeys` was usual up to 5, `schema` is of 7. */
function sessionOf(
  installed: InstalledVersion | undefined,
  settings: MikroOrmSettings | undefined,
): ReadonlyMap<string, string> {
  const major = installed === undefined ? undefined : Number.parseInt(installed.version, 10);
  const { disableForeignKeys = major !== undefined && major < 6, schema } = settings ?? {};
  return new Map([
    ...(disableForeignKeys ? ([["session_replication_role", "replica"]] as const) : []),
    ...(schema !== undefined && major !== undefined && major >= 7
      ? ([["search_path", `"${schema.replaceAll('"', '""')}"`]] as const)
      : []),
  ]);
}

function toolFacts(installed: InstalledVersion | undefined, settings: MikroOrmSettings | undefined): ToolFacts {
  const { transactional = true, allOrNothing = true } = settings ?? {};
  const mode: TransactionMode = !transactional ? "per-statement" : allOrNothing ? "all-pending" : "per-file";
  const own = "in a migration of its own whose class has `isTransactional() { return false; }`";
  return {
    name: "mikro-orm",
    label: "MikroORM",
    ...versionFacts(installed),
    transaction: mode,
    outsideTransaction:
      mode === "all-pending" ? `${own}, and \`allOrNothing: false\` in the \`migrations\` of the configuration` : own,
    checksums: false,
    outOfOrder: { does: "runs", says: "MikroORM runs it after the others." },
  };
}
