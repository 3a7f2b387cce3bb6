import type { ToolFacts } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { dialectOfFolder, dialectOfPackages, POSTGRESQL } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { option } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { knexHandle } from "./knex/handle.js";
import { type KnexSettings, knexSettings } from "./knex/settings.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { isNotDeployed } from "./not-deployed.js";
import { byNumber } from "./name-order.js";
import { runScript } from "./run-scripts.js";
import type { MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "knex";
const MANIFEST = "package.json";

/**
 * The names of a folder's migrations, in Knex's order.
 * @param pattern Which files are some; Knex loads all, and in a folder that a knexfile names they are.
 */
function migrationsIn(listing: Listing, folder: string, pattern: RegExp): readonly string[] {
  const names = listing.filesIn(folder).filter((name) => pattern.test(name) && !DECLARATIONS.test(name));
  return names.sort(byName);
}

function byName(a: string, b: string): number {
  const [one, other] = [nameOf(a), nameOf(b)];
  if (VERSIONS.test(one) && VERSIONS.test(other)) return byNumber(one, other);
  return one < other ? -1 : Number(one > other);
}

/** What Knex loads: `loadExtensions` of its `lib/migrations/util/fs.js`, without the languages that nobody has here. */
const LOADED = /\.[cm]?[jt]s$/;
const NUMBERED = /^\d+.*\.[cm]?[jt]s$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Names of versions, which only a source of migrations of the project's own sorts: `2.10.0.js` comes after `2.9.0.js`. */
const VERSIONS = /^\d+\.\d+\.\d+/;

/** Knex's migrations: `migrations/<14 digits>_<name>.ts`, with functions `up` and `down`. */
export const knex: MigrationTool = {
  name: PACKAGE,
  label: "Knex",
  reads: [MANIFEST, "knexfile.js", "knexfile.ts", "knexfile.cjs", "knexfile.mjs"],

  find(listing) {
    const configured = knexSettings(listing).map(({ folders }) =>
      folders.find((folder) => migrationsIn(listing, folder, LOADED).length > 0),
    );
    const folders = new Set(configured.flatMap((folder) => folder ?? []));
    const others = new Set(knexSettings(listing).flatMap((settings) => settings.folders));
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || others.has(folder)) continue;
      const names = migrationsIn(listing, folder, NUMBERED);
      if (names.length === 0 || manifestOf(listing, folder) === undefined) continue;
      // Where the project has had another tool before, the last ones are of this one.
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const settings = knexSettings(listing).find(({ folders }) => folders.includes(folder));
    const folders = settings?.folders ?? [folder];
    const driver = dialectOfPackages(manifestOf(listing, folder) ?? "");
    // A program with a driver for PostgreSQL runs on it, too, whatever its knexfile is for.
    const said = driver === POSTGRESQL ? undefined : settings?.dialect;
    const dialect = said ?? dialectOfFolder(folder) ?? driver;
    const files = folders.flatMap((at) =>
      migrationsIn(listing, at, settings === undefined ? NUMBERED : LOADED).map((name) => join(at, name)),
    );
    return {
      folder,
      tool: toolFacts(listing, folder, settings, files.at(-1)),
      because: settings === undefined ? "because package.json has knex" : `because ${settings.file} names it`,
      files: settings?.folderByFolder === true ? files : files.sort(byName),
      leftOut: [],
      evaluate: knexMigrateFacts(listing, folder) === undefined ? evaluate : evaluateForKnexMigrate,
      ...(folders.length > 1 && { owns: folders }),
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout: "`migrations/<14 digits>_<name>.ts` or `.js`, with functions `up` and `down`",
    order: "By file name.",
    transaction:
      "One for all that is pending. As soon as one of them has `config.transaction = false`, every other one gets a transaction of its own.",
    optOut: "`export const config = { transaction: false }`",
    sends: "Each call's statements one by one.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    undo: "The function `down`.",
    configuration:
      "`knexfile.ts` or `.js`, which is read and not executed: `migrations.directory`, one or several, `disableTransactions`, `sortDirsSeparately`. A script that runs `knex-migrate up`: a transaction for each file, or none with `--raw`, and `config` is not asked.",
    versions:
      "Each call is tested against Knex 3.3. Objection's migrations are Knex's. What knex-migrate does with them is known from its source, 1.7.",
    sources: [
      "https://knexjs.org/guide/migrations.html",
      "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
      "https://github.com/sheerun/knex-migrate/blob/master/src/index.js",
    ],
  },
};

/** @param isKnex Whether Knex itself runs them: other runners do not ask a file how it is to be run. */
function evaluatorFor(isKnex: boolean): ReturnType<typeof evaluator> {
  return evaluator({
    entry(program) {
      const { site, exports } = program;
      const call = (name: "up" | "down") => {
        const found = exportedFunction(program, name);
        return found && ((): ReturnType<typeof found.call> => found.call([knexHandle(), PROMISE], site, undefined));
      };
      return {
        up: call("up"),
        down: call("down"),
        facts() {
          const own = isKnex ? option(exports.get("config"), "transaction") : undefined;
          if (own === true) return { transaction: "per-file" };
          return own === false ? { transaction: "per-statement", splitsRun: "everywhere" } : {};
        },
      };
    },
  });
}

const evaluate = evaluatorFor(true);
const evaluateForKnexMigrate = evaluatorFor(false);

/** Old migrations are given `Promise` as well. */
const PROMISE = undefined;

/** The nearest package.json that has Knex. */
function manifestOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (text.includes(`"${PACKAGE}"`)) return text;
  }
  return undefined;
}

/** Whether a text is a migration of Knex. */
function isMigration(text: string): boolean {
  return /\bknex\b/i.test(text) && /\bup\b/.test(text);
}

function toolFacts(
  listing: Listing,
  folder: string,
  settings: KnexSettings | undefined,
  newest: string | undefined,
): ToolFacts {
  return {
    name: PACKAGE,
    label: "Knex",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    ...(knexMigrateFacts(listing, folder) ?? {
      transaction: settings?.withoutTransactions === true ? "per-statement" : "all-pending",
      outsideTransaction: `in a migration of its own with \`${configOf(listing.read(newest ?? "") ?? "")} = { transaction: false }\``,
    }),
    calls: { sql: "knex.raw()", keepNotNull: "`alter({ alterNullable: false })`" },
    checksums: false,
    outOfOrder: { does: "runs", says: "Knex runs it after the others." },
  };
}

/**
 * knex-migrate runs the same files by Umzug (`src/index.js` of 1.7): a transaction for each, and `config` is not asked.
 * Undefined where no script of the project runs it.
 */
function knexMigrateFacts(
  listing: Listing,
  folder: string,
): Pick<ToolFacts, "transaction" | "outsideTransaction" | "withoutOutside"> | undefined {
  const isRun = (pattern: RegExp): boolean => runScript(listing, folder, pattern) !== undefined;
  if (!isRun(/\bknex-migrate\s[^"\n]*\bup\b/)) return undefined;
  if (isRun(/\bknex-migrate\s[^"\n]*--raw\b/)) {
    return {
      transaction: "per-statement",
      outsideTransaction: "in a migration of its own, so that nothing else is half done if it fails",
    };
  }
  const because = "knex-migrate runs every migration in a transaction, and `--raw` is for a whole run";
  return { transaction: "per-file", withoutOutside: builtByHand(because) };
}

/** What a migration sets to say how it is run, written as the project's others export. */
function configOf(text: string): string {
  if (/^\s*module\.exports\s*=/m.test(text)) return "module.exports.config";
  return /^\s*(?:module\.)?exports\./m.test(text) ? "exports.config" : "export const config";
}
