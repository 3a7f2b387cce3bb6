import type { ToolFacts } from "../model/migration.js";
import { dialectOfFolder, dialectOfPackages, POSTGRESQL } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { exportedSettings } from "./evaluator/settings.js";
import { option, textOf } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { folderOf } from "./knex/settings.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { isNotDeployed } from "./not-deployed.js";
import { queryInterfaceHandle, SEQUELIZE_6, SEQUELIZE_7, type SequelizeVersion } from "./sequelize/handle.js";
import { SEQUELIZE } from "./sequelize/types.js";
import { umzugFolders } from "./umzug/folders.js";
import type { MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "sequelize";
/** What version 7 is called. */
const CORE = "@sequelize/core";
const MANIFEST = "package.json";
const SETTINGS = ".sequelizerc";

/** What sequelize-cli runs: `src/core/migrator.js` of the package. */
const LOADED = /^(?!.*\.d\.[cm]?ts$).*\.(?:[cm]?js|c?ts)$/;
const NUMBERED = /^\d+.*\.(?:[cm]?js|[cm]?ts)$/;

function migrationsIn(listing: Listing, folder: string, pattern: RegExp): readonly string[] {
  return listing
    .filesIn(folder)
    .filter((name) => pattern.test(name) && LOADED.test(name))
    .sort((a, b) => (a < b ? -1 : Number(a > b)));
}

interface Named {
  readonly file: string;
  readonly folder: string;
  /** Which files, and in which order, where that is said, too. */
  readonly files?: readonly string[];
}

/** The folders that `.sequelizerc` and Umzug name, in programs that are read and not executed. */
const namedFolders = oncePerListing((listing): readonly Named[] => {
  const files = [...listing.folders()]
    .filter((folder) => listing.has(folder, SETTINGS))
    .map((at) => join(at, SETTINGS));
  const configured = files.flatMap((file): Named[] => {
    const path = textOf(option(exportedSettings(file, listing.tree), "migrations-path"))?.known;
    return path === undefined ? [] : [{ file, folder: folderOf(file, path) }];
  });
  const ofUmzug = umzugFolders(listing).filter(({ files: [first = ""] }) => isUmzugs(listing.read(first) ?? ""));
  return [...configured, ...ofUmzug];
});

/** Sequelize's migrations: `migrations/<14 digits>-<name>.js`, with functions `up` and `down`. */
export const sequelize: MigrationTool = {
  name: PACKAGE,
  label: "Sequelize",
  reads: [MANIFEST, SETTINGS],

  find(listing) {
    const folders = new Set(
      namedFolders(listing).flatMap(({ folder, files }) =>
        files !== undefined || migrationsIn(listing, folder, LOADED).length > 0 ? folder : [],
      ),
    );
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || folders.has(folder)) continue;
      const names = migrationsIn(listing, folder, NUMBERED);
      if (names.length === 0 || manifestOf(listing, folder) === undefined) continue;
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const settings = namedFolders(listing).find((one) => one.folder === folder);
    const manifest = manifestOf(listing, folder) ?? "";
    const isNext = isCore(manifest);
    const driver = manifest.includes('"@sequelize/postgres"') ? POSTGRESQL : dialectOfPackages(manifest);
    const dialect = driver === POSTGRESQL ? driver : (dialectOfFolder(folder) ?? driver);
    return {
      folder,
      tool: toolFacts(listing, folder),
      because:
        settings === undefined
          ? `because package.json has ${isNext ? CORE : PACKAGE}`
          : `because ${settings.file} names it`,
      files:
        settings?.files ??
        migrationsIn(listing, folder, settings === undefined ? NUMBERED : LOADED).map((name) => join(folder, name)),
      leftOut: [],
      evaluate: isNext ? evaluate7 : evaluate6,
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout: "`migrations/<14 digits>-<name>.js` or `.ts`, with functions `up` and `down`",
    order: "By file name.",
    transaction: "None, unless the migration begins one: `queryInterface.sequelize.transaction()`.",
    optOut:
      "A call without `{ transaction }` runs on another connection: outside of the migration's own transaction, and behind the locks that it holds. In version 7 it joins the transaction that is around it by itself, except with `{ transaction: null }`.",
    sends: "Each call's statements one by one; `changeColumn` and `addColumn` several in one string.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    undo: "The function `down`.",
    configuration:
      "`.sequelizerc`, `migrations-path`; `new Umzug({ migrations: { glob } })` in the project's programs. Both are read and not executed.",
    versions:
      "Each call is tested against Sequelize 6.37. `@sequelize/core`, which is to be version 7, is read as its 7.0.0-alpha.48 does it (`sequelize-typescript.js`, `query-generator-typescript.internal.js` of `@sequelize/postgres`): transactions join by themselves, and `IF EXISTS` and `CASCADE` are options. Umzug knows no database: what it runs is read where it is given a `queryInterface` or `sequelize`.",
    sources: [
      "https://sequelize.org/docs/v6/other-topics/migrations/",
      "https://github.com/sequelize/umzug#readme",
      "https://github.com/sequelize/sequelize/blob/v6/src/dialects/postgres/query-generator.js",
    ],
  },
};

const evaluate6 = evaluatorOf(SEQUELIZE_6);
const evaluate7 = evaluatorOf(SEQUELIZE_7);

function evaluatorOf(version: SequelizeVersion): ReturnType<typeof evaluator> {
  return evaluator({
    modules: { [PACKAGE]: SEQUELIZE, [CORE]: SEQUELIZE },
    entry(program) {
      const { site } = program;
      const call = (name: "up" | "down") => {
        const found = exportedFunction(program, name);
        const given = [queryInterfaceHandle(version), SEQUELIZE];
        return found && ((): ReturnType<typeof found.call> => found.call(given, site, undefined));
      };
      return { up: call("up"), down: call("down") };
    },
  });
}

/** The nearest package.json that has Sequelize. */
function manifestOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (text.includes(`"${PACKAGE}"`) || text.includes(`"${CORE}"`)) return text;
  }
  return undefined;
}

/** Whether a package.json has version 7 and not what was there before it. */
function isCore(manifest = ""): boolean {
  return manifest.includes(`"${CORE}"`) && !manifest.includes(`"${PACKAGE}"`);
}

/** Whether a text that Umzug runs is for Sequelize: Umzug itself knows no database. */
function isUmzugs(text: string): boolean {
  return /\b(?:queryInterface|sequelize)\b/i.test(text) && /\bup\b/.test(text);
}

/** Whether a text is a migration of Sequelize. */
function isMigration(text: string): boolean {
  return /\bqueryInterface\b/i.test(text) && /\bup\b/.test(text);
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  return {
    name: PACKAGE,
    label: "Sequelize",
    ...versionFacts(installedVersion(listing, folder, PACKAGE) ?? installedVersion(listing, folder, CORE)),
    transaction: "per-statement",
    outsideTransaction: "in a call of its own outside of `sequelize.transaction()`",
    calls: { sql: "queryInterface.sequelize.query()", concurrently: "concurrently: true" },
    checksums: false,
    outOfOrder: { does: "runs", says: "Sequelize runs it after the others." },
  };
}
