import type { ToolFacts } from "../model/migration.js";
import { dialectOfFolder } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { Dictionary } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { knexHandle } from "./knex-handle.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { isNotDeployed } from "./not-deployed.js";
import { byNumber } from "./name-order.js";
import type { MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "knex";
const MANIFEST = "package.json";

/** What Knex loads: `loadExtensions` of its `lib/migrations/util/fs.js`, without the languages that nobody has here. */
const NAME = /^\d+.*\.(?:[cm]?js|[cm]?ts)$/;
const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Names of versions, which only a source of migrations of the project's own sorts: `2.10.0.js` comes after `2.9.0.js`. */
const VERSIONS = /^\d+\.\d+\.\d+/;

/** Knex's migrations: `migrations/<14 digits>_<name>.ts`, with functions `up` and `down`. */
export const knex: MigrationTool = {
  name: PACKAGE,
  label: "Knex",
  reads: [MANIFEST],

  find(listing) {
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder)) continue;
      const first = listing.filesIn(folder).find((name) => NAME.test(name) && !DECLARATIONS.test(name));
      if (first === undefined || !usesKnex(listing, folder)) continue;
      if (isMigration(listing.read(join(folder, first)) ?? "")) folders.push(folder);
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const dialect = dialectOfFolder(folder);
    const names = listing.filesIn(folder).filter((name) => NAME.test(name) && !DECLARATIONS.test(name));
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: "because package.json has knex",
      files: names.sort(VERSIONS.test(names[0] ?? "") ? byNumber : undefined).map((name) => join(folder, name)),
      leftOut: [],
      evaluate,
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
    sources: [
      "https://knexjs.org/guide/migrations.html",
      "https://github.com/knex/knex/blob/master/lib/migrations/migrate/Migrator.js",
    ],
  },
};

const evaluate = evaluator({
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
        const config = exports.get("config");
        const ownWay = config instanceof Dictionary && config.get("transaction") === false;
        return ownWay ? { transaction: "per-statement", splitsRun: "everywhere" } : {};
      },
    };
  },
});

/** Old migrations are given `Promise` as well. */
const PROMISE = undefined;

function usesKnex(listing: Listing, folder: string): boolean {
  for (const at of upwards(folder)) {
    if (listing.has(at, MANIFEST) && (listing.read(join(at, MANIFEST)) ?? "").includes(`"${PACKAGE}"`)) return true;
  }
  return false;
}

/** Whether a text is a migration of Knex. */
function isMigration(text: string): boolean {
  return /\bknex\b/i.test(text) && /\bup\b/.test(text);
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  return {
    name: PACKAGE,
    label: "Knex",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: "all-pending",
    outsideTransaction: "in a migration of its own with `export const config = { transaction: false }`",
    checksums: false,
    outOfOrder: { does: "runs", says: "Knex runs it after the others." },
  };
}
