import type { ToolFacts, TransactionMode } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { type Callable, Dictionary, option, textOf } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { migrationArgument } from "./slonik/connection.js";
import { SQL_TAG } from "./slonik/sql-tag.js";
import { folderOfPath, usesOfPackage } from "./package-uses.js";
import type { MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "@slonik/migrator";
const MANIFEST = "package.json";

/** What it loads: `migrationsGlob()` of the package. */
const LOADED = /^(?!.*\.d\.ts$).*\.(?:js|ts|sql)$/;
const PROGRAM = /^(?!.*\.d\.ts$).*\.[jt]s$/;

/** Slonik itself, or a copy of it in a scope of its own. */
const IMPORTS_SLONIK = /["'](?:@[\w-]+\/)?slonik["']/;

interface Setting {
  /** The file that has it. */
  readonly file: string;
  readonly folder: string;
  readonly singleTransaction: boolean;
}

const found = new WeakMap<Listing, readonly Setting[]>();

/** What the project's programs tell the migrator. */
function settingsOf(listing: Listing): readonly Setting[] {
  let all = found.get(listing);
  if (!all) {
    const isUsed = [...listing.folders()].some((folder) => manifestAt(listing, folder).includes(`"${PACKAGE}"`));
    const uses = isUsed ? usesOfPackage(listing.tree, PACKAGE, ["SlonikMigrator", "setupSlonikMigrator"]) : [];
    all = uses.flatMap(({ file, args: [options] }) => {
      const path = textOf(option(options, "migrationsPath"))?.known;
      const folder =
        path === undefined ? undefined : folderOfPath(file, path, (at) => migrationsIn(listing, at).length > 0);
      const singleTransaction = option(options, "singleTransaction") === true;
      return folder === undefined ? [] : [{ file, folder, singleTransaction }];
    });
    found.set(listing, all);
  }
  return all;
}

function manifestAt(listing: Listing, folder: string): string {
  return listing.has(folder, MANIFEST) ? (listing.read(join(folder, MANIFEST)) ?? "") : "";
}

function migrationsIn(listing: Listing, folder: string): readonly string[] {
  return listing.filesIn(folder).filter((name) => LOADED.test(name));
}

/** Migrations of @slonik/migrator, and programs that send SQL by way of Slonik for a runner of the project's own. */
export const slonik: MigrationTool = {
  name: "slonik",
  label: "Slonik",
  reads: [MANIFEST],

  find(listing) {
    const folders = new Set(settingsOf(listing).map(({ folder }) => folder));
    for (const folder of listing.folders()) {
      if (folders.has(folder) || isNotDeployed(folder)) continue;
      const names = listing.filesIn(folder).filter(isProgramOfRunner);
      if (names.length === 0 || ![...upwards(folder)].some((at) => manifestAt(listing, at).includes('slonik"')))
        continue;
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const setting = settingsOf(listing).find((one) => one.folder === folder);
    const own = listing.filesIn(folder).filter(isProgramOfRunner);
    const names = setting || own.length === 0 ? [...migrationsIn(listing, folder)].sort(byName) : [...own].sort(byTime);
    const files = names.map((name) => join(folder, name));
    const isInside = setting?.singleTransaction === true;
    const asOneQuery = setting && !isInside ? files.filter((file) => file.endsWith(".sql")) : [];
    return {
      folder,
      tool: toolFacts(listing, folder, setting),
      because: setting ? `because ${setting.file} names it` : "because its files import Slonik",
      files,
      leftOut: [],
      evaluate: isInside ? evaluateInside : evaluate,
      read: (text) => ({ sql: text }),
      downFile: (file) => (file.endsWith(".sql") ? join(join(folder, "down"), nameOf(file)) : file),
      transactions: new Map(asOneQuery.map((file) => [file, "single-send"] as const)),
    };
  },

  sheet: {
    layout:
      "`*.sql`, `*.ts` and `*.js` in the folder that `new SlonikMigrator({ migrationsPath })` names; programs with functions `up` and `down` that import Slonik, for a runner of the project's own",
    order: "By file name; by the time in the names for a runner of the project's own.",
    transaction: "None, but a file of SQL is one query; with `singleTransaction` one for all that is pending.",
    optOut: "A file of SQL with that single statement. None with `singleTransaction`.",
    sends: "A file of SQL as one query; each call of a program by itself.",
    checksum: "A hash: an edited migration gets a warning.",
    outOfOrder: "Runs it.",
    undo: "`down/<name>.sql`; the function `down`.",
    configuration:
      "`migrationsPath` and `singleTransaction` of `new SlonikMigrator()`, in the project's programs, which are read and not executed.",
    versions:
      "Tested against Slonik 29, with which @slonik/migrator 0.12 works. A copy of Slonik in a scope of its own (`@silverhand/slonik`) is read, too.",
    sources: [
      "https://github.com/mmkal/slonik-tools",
      "https://github.com/gajus/slonik#user-content-slonik-value-placeholders",
    ],
  },
};

/** Whether a file beside others that export functions is one that a runner runs: those have numbers. */
function isProgramOfRunner(name: string): boolean {
  return PROGRAM.test(name) && /\d/.test(name);
}

function programs(isInside: boolean): NonNullable<MigrationSource["evaluate"]> {
  const modules = new Dictionary([["sql", SQL_TAG]], undefined, "is Slonik's");
  return evaluator({
    modules: { slonik: modules, "@silverhand/slonik": modules },
    entry(program) {
      const { site } = program;
      const call = (name: "up" | "down") => {
        const callee = exportedFunction(program, name);
        // A runner of the project's own may have something before it.
        const before = exportedFunction(program, name === "up" ? "beforeUp" : "beforeDown");
        const run = (one: Callable): ReturnType<Callable["call"]> =>
          site.run.settle(one.call([migrationArgument(isInside)], site, undefined), site);
        return (
          callee &&
          ((): ReturnType<Callable["call"]> => {
            if (before) run(before);
            return run(callee);
          })
        );
      };
      return { up: call("up"), down: call("down") };
    },
  });
}

const evaluate = programs(false);
const evaluateInside = programs(true);

function byName(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** By the time in the names, where both have one: versions before it are not compared as text. */
function byTime(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => Number(/\d{10,}/.exec(name)?.[0] ?? 0));
  return (one && other && one - other) || byNumber(a, b);
}

/** Whether a text is a migration that sends SQL by way of Slonik. */
function isMigration(text: string): boolean {
  return IMPORTS_SLONIK.test(text) && /\bup\b/.test(text);
}

const NO_RUNNER =
  "Nothing says what runs these migrations, which send SQL by way of Slonik. They are taken to run in the order of their names.";

function toolFacts(listing: Listing, folder: string, setting: Setting | undefined): ToolFacts {
  const transaction: TransactionMode = !setting
    ? "unknown"
    : setting.singleTransaction
      ? "all-pending"
      : "per-statement";
  return {
    name: "slonik",
    label: setting ? PACKAGE : "Slonik",
    ...versionFacts(installedVersion(listing, folder, setting ? PACKAGE : "slonik")),
    transaction,
    ...(!setting && { assumption: NO_RUNNER }),
    ...(transaction === "per-statement" && {
      outsideTransaction: "in a file of its own with that single statement",
    }),
    ...(transaction === "all-pending" && {
      withoutOutside: builtByHand(
        "@slonik/migrator runs all pending migrations in one transaction with `singleTransaction`",
      ),
    }),
    checksums: false,
    ...(setting && { outOfOrder: { does: "runs", says: "@slonik/migrator runs it after the others." } }),
  };
}
