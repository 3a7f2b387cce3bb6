import type { OrderPolicy, ToolFacts } from "../model/migration.js";
import { evaluator, exportedFunction, type Program } from "./evaluator/evaluate.js";
import { Callable, Dictionary } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { NodePgMigrateBuilder } from "./node-pg-migrate/builder.js";
import { isNotDeployed } from "./not-deployed.js";
import { blank } from "./sections.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ReadMigrationText } from "./tool.js";

const PACKAGE = "node-pg-migrate";
const MANIFEST = "package.json";

const NUMBERED = /^\d+.*\.(?:sql|[cm]?[jt]s)$/i;
const LOADED = /\.(?:sql|[cm]?[jt]s)$/i;
const DOWN_FILE = /\.down\.sql$/i;
const DECLARATIONS = /\.d\.[cm]?ts$/i;

/** Migrations of node-pg-migrate: `migrations/<time or number>_<name>`, in JavaScript, TypeScript or SQL. */
export const nodePgMigrate: MigrationTool = {
  name: PACKAGE,
  label: PACKAGE,
  reads: [MANIFEST],

  find(listing) {
    let projects: ReadonlySet<string> | undefined;
    const isProject = (folder: string): boolean => {
      const known = (projects ??= projectsOf(listing));
      return known.size > 0 && [...upwards(folder)].some((at) => known.has(at));
    };
    const isMigration = (folder: string, name: string): boolean => {
      const text = (): string => listing.read(join(folder, name)) ?? "";
      if (/\.sql$/i.test(name)) {
        if (!isProject(folder)) return false;
        return nameOf(folder) === "migrations" || folderInScripts(listing, folder) || markers(text()).up >= 0;
      }
      if (isNotDeployed(folder)) return false;
      // Where another package brings it along, only the migrations say whose they are.
      return text().includes(PACKAGE) || (isProject(folder) && /\bpgm\b/.test(text()));
    };
    const folders: string[] = [];
    for (const folder of listing.folders()) {
      const first = listing.filesIn(folder).find((name) => NUMBERED.test(name) && !DECLARATIONS.test(name));
      if (first !== undefined && isMigration(folder, first)) folders.push(folder);
    }
    return folders;
  },

  open(listing, folder): MigrationSource {
    const names: string[] = [];
    const leftOut: LeftOutFile[] = [];
    for (const name of listing.filesIn(folder)) {
      if (!LOADED.test(name) || DOWN_FILE.test(name) || DECLARATIONS.test(name)) continue;
      if (NUMBERED.test(name)) names.push(name);
      else {
        leftOut.push({
          file: join(folder, name),
          reason: "does not start with a number, so node-pg-migrate refuses to run",
        });
      }
    }
    return {
      folder,
      tool: toolFacts(listing, folder),
      because:
        projectsOf(listing).size > 0
          ? "because package.json has node-pg-migrate"
          : "because its files import node-pg-migrate",
      files: names.sort(byTime).map((name) => join(folder, name)),
      leftOut,
      read: readText,
      evaluate,
      downFile: (file) => file.replace(/\.up\.sql$/i, ".down.sql"),
    };
  },

  sheet: {
    layout: "`migrations/<time or number>_<name>.ts`, `.js` or `.sql`",
    order: "By the number, of which 17 digits are a date; where they are equal, by the name.",
    transaction: "One for all that is pending; with `--no-single-transaction` one for each file.",
    optOut:
      "`pgm.noTransaction()`, which ends the one transaction: what follows the file runs in another one. None for SQL files.",
    sends:
      "Each call of a program as one query, when its function is done; `pgm.db.query` at once. Of a SQL file what is between `-- Up Migration` and `-- Down Migration` as one query.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Refuses, unless `--no-check-order` is given: then it runs.",
    duplicate: "Runs both: a migration is known by its whole name.",
    undo: "The function `down`; without one the calls of `up` are undone, the last one first. `-- Down Migration`, and `.down.sql` files.",
    configuration: "Scripts in `package.json`: `--no-single-transaction`, `--no-check-order`, `-m`.",
    versions: "Each call is tested against node-pg-migrate 9.0.",
    sources: [
      "https://github.com/salsita/node-pg-migrate/blob/main/src/runner.ts",
      "https://github.com/salsita/node-pg-migrate/blob/main/src/migration.ts",
      "https://github.com/salsita/node-pg-migrate/blob/main/src/sqlMigration.ts",
      "https://github.com/salsita/node-pg-migrate/blob/main/src/utils/fileNameUtils.ts",
      "https://salsita.github.io/node-pg-migrate/cli",
    ],
  },
};

const evaluate = evaluator({
  entry(program) {
    const shorthands = sharedShorthands(program);
    let builder = new NodePgMigrateBuilder(shorthands);
    const call = (callee: Callable, reversed: boolean) => () => {
      builder = new NodePgMigrateBuilder(shorthands, reversed);
      // With two parameters it is done when it calls the second.
      const done = new Callable("run", () => undefined);
      const { site } = program;
      site.run.settle(callee.call([builder.handle, done], site, undefined), site);
      builder.send();
      return undefined;
    };
    const [up, down] = [exportedFunction(program, "up"), exportedFunction(program, "down")];
    const undone = program.exports.get("down") === false ? undefined : (down ?? up);
    return {
      up: up && call(up, false),
      down: undone && call(undone, down === undefined),
      facts: () => (builder.outside ? { transaction: "per-statement", splitsRun: "here" } : {}),
    };
  },
});

/** Types that a file gives a name: `exports.shorthands`. */
function sharedShorthands({ exports }: Program): Dictionary {
  const shorthands = exports.get("shorthands");
  return shorthands instanceof Dictionary ? shorthands : new Dictionary();
}

/** The folders whose package.json has node-pg-migrate. */
function projectsOf(listing: Listing): ReadonlySet<string> {
  const projects = new Set<string>();
  for (const at of listing.folders()) {
    if (listing.has(at, MANIFEST) && (listing.read(join(at, MANIFEST)) ?? "").includes(`"${PACKAGE}"`))
      projects.add(at);
  }
  return projects;
}

/** The scripts of the nearest package.json with node-pg-migrate that run it, and the folder of that file. */
function scriptsOf(listing: Listing, folder: string): { readonly at: string; readonly scripts: readonly string[] } {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (!text.includes(`"${PACKAGE}"`)) continue;
    const scripts = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, string = ""]) => string);
    return { at, scripts: scripts.filter((script) => /\bnode-pg-migrate\s/.test(script)) };
  }
  return { at: "", scripts: [] };
}

/** Whether a script names the folder: `node-pg-migrate -m db/changes up`. */
function folderInScripts(listing: Listing, folder: string): boolean {
  const { at, scripts } = scriptsOf(listing, folder);
  return scripts.some((script) =>
    [...script.matchAll(/\s(?:-m|--migrations-dir)(?:\s+|=)(?:\.\/)?([^\s"'\\]+)/g)].some(
      ([, path = ""]) => join(at, path.replace(/\/+$/, "")) === folder,
    ),
  );
}

/** `compareMigrationFileNames` of the package's `src/utils/comparators.ts`. */
function byTime(a: string, b: string): number {
  return timeOf(a) - timeOf(b) || a.localeCompare(b, "en", { numeric: true, ignorePunctuation: true });
}

/** The number at a name's start; 17 digits are a date, others are taken as they are. */
function timeOf(name: string): number {
  const digits = /^\d+/.exec(name)?.[0] ?? "";
  const date = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/.exec(digits);
  if (date === null) return Number(digits);
  const [year = 0, month = 1, ...rest] = date.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest);
}

/** Where the two sections of a file start; -1 where it has no such line. */
function markers(text: string): { readonly up: number; readonly down: number } {
  return { up: text.search(/^\s*--[\s-]*up\s+migration/im), down: text.search(/^\s*--[\s-]*down\s+migration/im) };
}

/** `getActions` of the package's `src/sqlMigration.ts`: without a line for the way up the whole file is sent. */
const readText: ReadMigrationText = (text) => {
  const { up, down } = markers(text);
  if (up < 0) return { sql: text };
  const end = down < up ? text.length : down;
  return {
    sql: blank(text, [
      [0, up],
      [end, text.length],
    ]),
  };
};

const REFUSES: OrderPolicy = {
  does: "refuses",
  says: 'node-pg-migrate refuses to run any: "Not run migration … is preceding already run migration …".',
};

function toolFacts(listing: Listing, folder: string): ToolFacts {
  const installed = installedVersion(listing, folder, PACKAGE);
  const { scripts } = scriptsOf(listing, folder);
  const has = (option: RegExp): boolean => scripts.some((script) => option.test(script));
  const single = !has(/\s--(?:no-single-transaction\b|single-transaction(?:=|\s+)false\b)/);
  return {
    name: PACKAGE,
    label: PACKAGE,
    ...versionFacts(installed),
    transaction: single ? "all-pending" : "per-file",
    ...(scripts.length > 0
      ? {}
      : {
          assumption:
            "No script of package.json says with which options node-pg-migrate runs. Those of its command line are " +
            "assumed: all pending migrations in one transaction, and a check of their order.",
        }),
    outsideTransaction: "in a migration of its own in JavaScript or TypeScript that calls pgm.noTransaction()",
    calls: { sql: "pgm.sql()", concurrently: "concurrently: true" },
    checksums: false,
    outOfOrder: has(/\s--(?:no-check-order\b|check-order(?:=|\s+)false\b)/)
      ? {
          does: "runs",
          says: "node-pg-migrate runs it all the same, because a script turns the check of the order off.",
        }
      : REFUSES,
  };
}
