import type { ToolFacts } from "../model/migration.js";
import { evaluator, exportedFunction } from "./evaluator/evaluate.js";
import { Text } from "./evaluator/text.js";
import { textOf } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, nameOf, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { oncePerListing } from "./once-per-listing.js";
import { withoutLeadingZeros } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import { folderOfPath, usesOfPackage } from "./package-uses.js";
import type { LeftOutFile, MigrationSource, MigrationTool, ReadMigrationText } from "./tool.js";

const PACKAGE = "postgres-migrations";
const MANIFEST = "package.json";

/** What it loads, and what each of those must be called: `files-loader.ts`, `file-name-parser.ts`. */
const LOADED = /\.(?:sql|js)$/i;
const NAME = /^(-?\d+)[-_]?.*\.(?:sql|js)$/i;

/** A file that has this anywhere runs without a transaction: `run-migration.ts`. */
const WITHOUT_TRANSACTION = "-- postgres-migrations disable-transaction";

interface Setting {
  readonly file: string;
  readonly folder: string;
}

/** The folders that the project's programs give `migrate()`. */
const settingsOf = oncePerListing((listing): readonly Setting[] => {
  const isUsed = [...listing.folders()].some((folder) => isProject(listing, folder));
  const uses = isUsed ? usesOfPackage(listing.tree, PACKAGE, ["migrate", "loadMigrationFiles"]) : [];
  return uses.flatMap(({ file, args }) => {
    const path = args.flatMap((argument) => textOf(argument)?.known ?? [])[0];
    const folder = path === undefined ? undefined : folderOfPath(file, path, (at) => idsIn(listing, at).length > 0);
    return folder === undefined ? [] : [{ file, folder }];
  });
});

function isProject(listing: Listing, folder: string): boolean {
  return listing.has(folder, MANIFEST) && (listing.read(join(folder, MANIFEST)) ?? "").includes(`"${PACKAGE}"`);
}

function idOf(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}

function idsIn(listing: Listing, folder: string): readonly number[] {
  return listing
    .filesIn(folder)
    .filter((name) => NAME.test(name))
    .map(idOf)
    .sort((a, b) => a - b);
}

/** Migrations of postgres-migrations: `<id>_<name>.sql`, or `.js` with a function `generateSql`. */
export const postgresMigrations: MigrationTool = {
  name: PACKAGE,
  label: PACKAGE,
  reads: [MANIFEST],

  find(listing) {
    const folders = new Set(settingsOf(listing).map(({ folder }) => folder));
    if (folders.size > 0) return [...folders];
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || !/migrat/i.test(nameOf(folder))) continue;
      // It counts from one.
      if (idsIn(listing, folder)[0] !== 1) continue;
      if ([...upwards(folder)].some((at) => isProject(listing, at))) folders.add(folder);
    }
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const setting = settingsOf(listing).find((one) => one.folder === folder);
    const names: string[] = [];
    const leftOut: LeftOutFile[] = [];
    for (const name of listing.filesIn(folder).filter((one) => LOADED.test(one))) {
      if (NAME.test(name)) names.push(name);
      else {
        const reason = "does not start with a number, so postgres-migrations refuses to run";
        leftOut.push({ file: join(folder, name), reason });
      }
    }
    names.sort((a, b) => idOf(a) - idOf(b) || (a < b ? -1 : 1));
    const versions = names.map((name) => withoutLeadingZeros(/\d+/.exec(name)?.[0] ?? ""));
    return {
      folder,
      tool: toolFacts(listing, folder),
      because: setting ? `because ${setting.file} names it` : "because package.json has postgres-migrations",
      files: names.map((name) => join(folder, name)),
      facts: new Map(names.map((name, index) => [join(folder, name), { version: versions[index] ?? "" }] as const)),
      leftOut,
      read,
      evaluate,
    };
  },

  sheet: {
    layout: "`<number>_<name>.sql`, or `.js` that exports a function `generateSql`; the numbers are 1, 2, 3, …",
    order: "By number.",
    transaction: "One for each file.",
    optOut: `\`${WITHOUT_TRANSACTION}\`, anywhere in the file.`,
    sends: "A file as one query; of a program the string that `generateSql` returns.",
    checksum: "A hash of name and SQL: refuses to run anything when a migration was edited or renamed.",
    outOfOrder: "Refuses: the numbers must have no gap and no two alike.",
    duplicate: "Refuses.",
    undo: "None.",
    configuration: "The folder that `migrate()` is given, in the project's programs, which are read and not executed.",
    versions: "Tested against postgres-migrations 5.3.",
    sources: [
      "https://github.com/ThomWright/postgres-migrations#readme",
      "https://github.com/ThomWright/postgres-migrations/blob/master/src/run-migration.ts",
      "https://github.com/ThomWright/postgres-migrations/blob/master/src/validation.ts",
    ],
  },
};

const read: ReadMigrationText = (text) => ({
  sql: text,
  parts: [{ range: [0, text.length], transaction: text.includes(WITHOUT_TRANSACTION) ? "single-send" : "per-file" }],
});

const evaluate = evaluator({
  entry(program) {
    const { site } = program;
    const generate = exportedFunction(program, "generateSql");
    let sql = Text.EMPTY;
    return {
      up:
        generate &&
        (() => {
          const made = generate.call([], site, undefined);
          const known = textOf(made);
          if (known) site.run.send((sql = known), site);
          else site.run.unknown("`generateSql` returns something that is not known", site);
          return undefined;
        }),
      reason: "exports no function `generateSql`",
      facts: () => (sql.toString().includes(WITHOUT_TRANSACTION) ? { transaction: "single-send" } : {}),
    };
  },
});

function toolFacts(listing: Listing, folder: string): ToolFacts {
  return {
    name: PACKAGE,
    label: PACKAGE,
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: "per-file",
    outsideTransaction: `in a migration of its own with the comment \`${WITHOUT_TRANSACTION}\``,
    checksums: true,
    outOfOrder: {
      does: "refuses",
      says: "postgres-migrations refuses to run anything: it checks the hash of what ran under each number.",
    },
    duplicate: {
      does: "refuses",
      says: 'postgres-migrations refuses to run anything: "Found a non-consecutive migration ID …".',
    },
  };
}
