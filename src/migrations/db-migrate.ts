import type { ToolFacts } from "../model/migration.js";
import { builtByHand } from "./built-by-hand.js";
import { DATA_TYPE, STRING } from "./db-migrate/columns.js";
import { DRIVER } from "./db-migrate/driver.js";
import { dialectOf, dialectOfFolder, dialectOfPackages, POSTGRESQL } from "./dialect.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { LANGUAGE } from "./evaluator/language.js";
import { Callable, Dictionary, fromPlain, option, textOf, truthOf, Unknown } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { isNotDeployed } from "./not-deployed.js";
import { type Literal, readObjectLiteral } from "./object-literal.js";
import { oncePerListing } from "./once-per-listing.js";
import { folderOfPath, usesOfPackage } from "./package-uses.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";

const PACKAGE = "db-migrate";
const MANIFEST = "package.json";
const SETTINGS = ".db-migraterc";
const DATABASES = "database.json";

/** What it loads; with a plugin TypeScript, too. `lib/skeleton.js` reads the time in the name. */
const LOADED = /^(?!.*\.d\.ts$).*\.[jt]s$/;
const NUMBERED = /\d{14}-[^.]/;

/** db-migrate's migrations: `migrations/<14 digits>-<name>.js`, with functions `up` and `down`. */
export const dbMigrate: MigrationTool = {
  name: PACKAGE,
  label: PACKAGE,
  reads: [MANIFEST, SETTINGS, DATABASES],

  find(listing) {
    const folders = new Set(instances(listing).flatMap(({ folder }) => folder ?? []));
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder)) continue;
      const names = listing.filesIn(folder).filter((name) => LOADED.test(name) && NUMBERED.test(name));
      if (names.length === 0 || manifestOf(listing, folder) === undefined) continue;
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const names: string[] = [];
    const leftOut: LeftOutFile[] = [];
    for (const name of listing.filesIn(folder).filter((one) => LOADED.test(one))) {
      if (NUMBERED.test(name)) names.push(name);
      else {
        leftOut.push({
          file: join(folder, name),
          reason: "has no time and name such as 20260102030405-add-note.js, so db-migrate stops with an error",
        });
      }
    }
    const migrations = names.sort(byTime).map((name) => migrationOf(listing, folder, name));
    const loaders = migrations.flatMap(({ loader }) => loader ?? []);
    const dialect = dialectAt(listing, folder);
    const named = instances(listing).find((one) => one.folder === folder);
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: named === undefined ? "because package.json has db-migrate" : `because ${named.file} names it`,
      files: migrations.map(({ file }) => file),
      leftOut,
      evaluate,
      downFile: (file) => file.replace(/-up\.sql$/, "-down.sql"),
      ...(loaders.length > 0 && { loaders }),
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout:
      "`migrations/<14 digits>-<name>.js` with functions `up` and `down`; `sqls/<14 digits>-<name>-up.sql` beside it, where the program does nothing but send that file",
    order: "By the number at the start of the file's name.",
    transaction: "One for each file.",
    optOut: "None for a single file: `--non-transactional` is for the whole run.",
    sends: "Each call's statements one by one, `changeColumn` up to four; a string of `runSql` as one query.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    duplicate: "Runs both: a migration is known by its whole name.",
    undo: "The function `down`; `sqls/…-down.sql`.",
    configuration:
      "`.db-migraterc`, the scripts of `package.json` and `cmdOptions` of `getInstance()` in the project's programs, which are read and not executed: `non-transactional`, the last also `migrations-dir`, beside `cwd`. `database.json`: `driver`.",
    versions: "Tested against db-migrate 0.11 with db-migrate-pg 1.5.",
    notRead: "Seeds, and what plugins add to `db`.",
    sources: [
      "https://db-migrate.readthedocs.io/en/latest/API/SQL/",
      "https://github.com/db-migrate/node-db-migrate/blob/master/lib/migrator.js",
      "https://github.com/db-migrate/node-db-migrate/blob/master/lib/skeleton.js",
      "https://github.com/db-migrate/pg/blob/master/index.js",
    ],
  },
};

/** What `setup` is given, and what the package exports. */
const DBM = new Dictionary([["dataType", DATA_TYPE]], undefined, "is db-migrate's");
const OPTIONS = new Dictionary(
  [
    ["dbmigrate", DBM],
    ["dataType", DATA_TYPE],
    ["Promise", LANGUAGE.get("Promise")],
    ["ignoreOnInit", false],
  ],
  undefined,
  "is an option of db-migrate's",
);

const evaluate = evaluator({
  modules: { [PACKAGE]: DBM, "db-migrate-shared": DBM },
  globals: { String: STRING, global: new Dictionary([["dbm", DBM]], undefined, "is not known") },
  entry(program) {
    const { site } = program;
    const setup = exportedFunction(program, "setup");
    const call = (name: "up" | "down") => {
      const found = exportedFunction(program, name);
      return (
        found &&
        ((): ReturnType<typeof found.call> => {
          setup?.call([OPTIONS, new Unknown("is for seeds", { reaches: true })], site, undefined);
          return found.call([DRIVER, new Callable("callback", () => undefined)], site, undefined);
        })
      );
    };
    return { up: call("up"), down: call("down") };
  },
});

/** A migration's file; where that is SQL, the program that sends it. */
function migrationOf(listing: Listing, folder: string, name: string): { file: string; loader?: string } {
  const file = join(folder, name);
  const sql = `sqls/${name.replace(/\.[jt]s$/, "")}-up.sql`;
  const isThere = listing.has(join(folder, "sqls"), nameOf(sql));
  return isThere && isLoader(listing.read(file) ?? "", nameOf(sql))
    ? { file: join(folder, sql), loader: file }
    : { file };
}

/** Whether a program is what `db-migrate create --sql-file` writes: it sends one file up, and one down. */
function isLoader(text: string, sql: string): boolean {
  const calls = [...text.matchAll(/\bdb\s*\.\s*(\w+)\s*(?:\(\s*([^),]*))?/g)];
  const readers = text.match(/\breadFile(?:Sync)?\s*\(/g) ?? [];
  return (
    text.includes(sql) &&
    calls.length <= 2 &&
    readers.length === calls.length &&
    calls.every(([, method, first]) => method === "runSql" && first === "data") &&
    !/\b(?:if|for|while|replace|split)\s*\(\s*(?!err\b|!ignoreOnInit\b)/.test(text)
  );
}

/** By the number before the first hyphen (`filterCompleted` of `db-migrate-shared/util.js`). */
function byTime(a: string, b: string): number {
  return Number(/^\d+/.exec(a)?.[0]) - Number(/^\d+/.exec(b)?.[0]) || (a < b ? -1 : Number(a > b));
}

/** What a program hands to `getInstance(true, { cwd, cmdOptions })` (`lib/commands/set-default-argv.js`). */
interface Instance {
  readonly file: string;
  /** Absent where it is the usual one, or no folder that is there. */
  readonly folder?: string;
  readonly nonTransactional: boolean;
}

const instances = oncePerListing((listing): readonly Instance[] => {
  const isUsed = [...listing.folders()].some(
    (at) => listing.has(at, MANIFEST) && (listing.read(join(at, MANIFEST)) ?? "").includes(`"${PACKAGE}"`),
  );
  if (!isUsed) return [];
  return usesOfPackage(listing.tree, PACKAGE, ["getInstance"]).map(({ file, args: [, options] }): Instance => {
    const command = option(options, "cmdOptions");
    const path = textOf(option(command, "migrations-dir"))?.known;
    const cwd = textOf(option(options, "cwd"))?.known;
    const named = path ?? (cwd === undefined ? undefined : `${cwd}/migrations`);
    const folder =
      named === undefined
        ? undefined
        : folderOfPath(file, named, (at) => listing.filesIn(at).some((name) => NUMBERED.test(name)));
    return {
      file,
      nonTransactional: truthOf(option(command, "non-transactional")) === true,
      ...(folder !== undefined && { folder }),
    };
  });
});

/** The nearest package.json that has db-migrate. */
function manifestOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (text.includes(`"${PACKAGE}"`)) return text;
  }
  return undefined;
}

/** Whether a text is a migration of db-migrate. */
function isMigration(text: string): boolean {
  return /\bdbmigrate\b|\bdb-migrate\b|\bexports\._meta\b|\bdb\s*\.\s*(?:runSql|createTable|addColumn|all)\b/.test(
    text,
  );
}

/** The settings in a file of JSON, in the folder or above it. */
function settingsAbove(listing: Listing, folder: string, name: string): Readonly<Record<string, Literal>> | undefined {
  const at = [...upwards(folder)].find((one) => listing.has(one, name));
  return at === undefined ? undefined : readObjectLiteral(listing.read(join(at, name)) ?? "");
}

/** The database system: of `database.json`, of the driver's package, of the folder's name. */
function dialectAt(listing: Listing, folder: string): string | undefined {
  const manifest = manifestOf(listing, folder) ?? "";
  const environments = Object.values(settingsAbove(listing, folder, DATABASES) ?? {});
  const configured = environments.flatMap((environment) => driverOf(environment) ?? []);
  const installed = [...manifest.matchAll(/"db-migrate-(\w+)"/g)].flatMap(([, word = ""]) => dialectOf(word) ?? []);
  const all = [...configured, ...installed];
  if (all.includes(POSTGRESQL)) return POSTGRESQL;
  return all[0] ?? dialectOfFolder(folder) ?? dialectOfPackages(manifest);
}

function driverOf(environment: Literal): string | undefined {
  const driver =
    fromPlain(environment) instanceof Dictionary ? (environment as { driver?: Literal }).driver : undefined;
  return typeof driver === "string" ? dialectOf(driver) : undefined;
}

/** Whether the project's own way to run it switches its transactions off. */
function isNonTransactional(listing: Listing, folder: string): boolean {
  const own = instances(listing).filter((one) => one.folder === undefined || one.folder === folder);
  if (own.some(({ nonTransactional }) => nonTransactional)) return true;
  if (settingsAbove(listing, folder, SETTINGS)?.["non-transactional"] === true) return true;
  const scripts = [...(manifestOf(listing, folder) ?? "").matchAll(/"((?:[^"\\]|\\.)*)"/g)];
  return scripts.some(
    ([, script = ""]) => /\bdb-migrate\b.*\bup\b/.test(script) && /--non-transactional\b/.test(script),
  );
}

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const isOutside = isNonTransactional(listing, folder);
  return {
    name: PACKAGE,
    label: PACKAGE,
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: isOutside ? "per-statement" : "per-file",
    withoutOutside: builtByHand(
      "db-migrate runs every migration in a transaction, and `--non-transactional` is for a whole run",
    ),
    calls: { sql: "db.runSql()" },
    checksums: false,
    outOfOrder: { does: "runs", says: "db-migrate runs it after the others." },
  };
}
