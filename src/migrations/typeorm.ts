import type { ToolFacts, TransactionMode } from "../model/migration.js";
import { dialectOfFolder, dialectOfPackages, POSTGRESQL } from "./dialect.js";
import { callMethod, evaluator, exportedInstance } from "./evaluator/evaluate.js";
import { option } from "./evaluator/value.js";
import { installedVersion, versionFacts } from "./installed-version.js";
import { join, upwards } from "./listing.js";
import type { Listing } from "./listing.js";
import { byNumber } from "./name-order.js";
import { isNotDeployed } from "./not-deployed.js";
import type { LeftOutFile, MigrationSource, MigrationTool } from "./tool.js";
import { TYPEORM_MODULE } from "./typeorm/builder.js";
import { queryRunner } from "./typeorm/query-runner.js";
import { listedWith, packageOf, type TypeormSettings, typeormSettings } from "./typeorm/settings.js";

const PACKAGE = "typeorm";
const MANIFEST = "package.json";

/** As the command that makes them names them; TypeORM itself looks at the class only. */
const NUMBERED = /^\d{13}-.*\.[cm]?[jt]s$/;
const LOADED = /\.[cm]?[jt]s$/;
const NO_MIGRATIONS = /\.d\.[cm]?ts$|\.(?:spec|test)\.[cm]?[jt]s$/;

/** TypeORM's migrations: `<13 digits>-<Name>.ts` with a class `<Name><13 digits>`. */
export const typeorm: MigrationTool = {
  name: PACKAGE,
  label: "TypeORM",
  reads: [MANIFEST, "data-source.ts", "datasource.ts", "ormconfig.ts", "ormconfig.js", "ormconfig.json"],

  find(listing) {
    const settings = typeormSettings(listing);
    const named = new Set(settings.flatMap(({ folders }) => folders));
    const folders = new Set(
      settings.flatMap((one) => one.folders.find((folder) => migrationsIn(listing, folder).files.length > 0) ?? []),
    );
    for (const folder of listing.folders()) {
      if (isNotDeployed(folder) || named.has(folder)) continue;
      const names = listing.filesIn(folder).filter((name) => NUMBERED.test(name) && !NO_MIGRATIONS.test(name));
      if (names.length === 0 || manifestOf(listing, folder) === undefined) continue;
      // Where the project has had another tool before, the last ones are of this one.
      const texts = [names[0], names.at(-1)].map((name = "") => listing.read(join(folder, name)) ?? "");
      if (texts.some(isMigration)) folders.add(folder);
    }
    for (const folder of [...folders]) for (const other of listedWith(listing, folder)) folders.delete(other);
    return [...folders];
  },

  open(listing, folder): MigrationSource {
    const settings = settingsFor(listing, folder);
    const isNamed = settings?.folders.includes(folder) === true;
    const folders = isNamed ? settings.folders : [folder, ...listedWith(listing, folder)];
    const found = folders.map((at) => migrationsIn(listing, at));
    const files = found.flatMap((one) => one.files).sort((a, b) => byNumber(a.timestamp, b.timestamp));
    const driver = dialectOfPackages(manifestOf(listing, folder) ?? "");
    // A program with a driver for PostgreSQL runs on it, too, whatever its DataSource is for.
    const said = driver === POSTGRESQL ? undefined : settings?.dialect;
    const dialect = dialectOfFolder(folder) ?? said ?? driver;
    return {
      folder,
      tool: toolFacts(listing, folder, settings),
      because: isNamed ? `because ${settings.file} names it` : "because package.json has typeorm",
      files: files.map(({ file }) => file),
      leftOut: found.flatMap((one) => one.leftOut),
      evaluate,
      ...(folders.length > 1 && { owns: folders }),
      ...(dialect !== undefined && { dialect }),
    };
  },

  sheet: {
    layout: "`<folder>/<13 digits>-<Name>.ts` or `.js` with a class `<Name><13 digits>` that has `up` and `down`",
    order: "By the last 13 digits of the class's name, or of its property `name`.",
    transaction: "One for all that is pending; one for each, or none, where `migrationsTransactionMode` says so.",
    optOut:
      "`transaction = false` in the class, with `migrationsTransactionMode` `each` or `none`; with `all` TypeORM refuses the whole run.",
    sends: "Each call's statements one by one; a string of several in one query.",
    checksum: "None: an edited migration is not noticed.",
    outOfOrder: "Runs it.",
    duplicate: "Refuses two classes of the same name.",
    undo: "The method `down`.",
    configuration:
      "The DataSource, in a file with `data-source`, `datasource`, `ormconfig` or `typeorm` in its name, which is read and not executed: `migrations`, `migrationsTransactionMode`, `type`. `--transaction` of the command in a script of package.json.",
    versions:
      "Each call is tested against TypeORM 1.1. A copy in a scope of its own (`@n8n/typeorm`) is taken for TypeORM.",
    notRead:
      "Calls of the QueryRunner that look at the database to know what to send, such as `changeColumn` and `dropPrimaryKey`, are followed on the schema that the migrations make; where that does not have all of the table, the call is said to be unknown where it stands. What TypeORM writes into its own table of metadata.",
    sources: [
      "https://typeorm.io/docs/migrations/why/",
      "https://github.com/typeorm/typeorm/blob/master/src/migration/MigrationExecutor.ts",
      "https://github.com/typeorm/typeorm/blob/master/src/driver/postgres/PostgresQueryRunner.ts",
    ],
  },
};

const evaluate = evaluator({
  modules: { typeorm: TYPEORM_MODULE },
  entry(program) {
    const instance = exportedInstance(program, "up");
    if (instance === undefined) return { reason: "exports no class with a method up" };
    const call = (name: "up" | "down") =>
      instance.has(name)
        ? (): ReturnType<typeof callMethod> => callMethod(instance, name, [queryRunner()], program.site)
        : undefined;
    return {
      up: call("up"),
      down: call("down"),
      facts() {
        const own = option(instance, "transaction");
        if (own === true) return { transaction: "per-file" };
        return own === false ? { transaction: "per-statement" } : {};
      },
    };
  },
});

interface Migration {
  readonly file: string;
  /** What it is sorted by. */
  readonly timestamp: string;
}

function migrationsIn(
  listing: Listing,
  folder: string,
): { readonly files: readonly Migration[]; readonly leftOut: readonly LeftOutFile[] } {
  const files: Migration[] = [];
  const leftOut: LeftOutFile[] = [];
  for (const name of listing.filesIn(folder)) {
    if (!LOADED.test(name) || NO_MIGRATIONS.test(name)) continue;
    const file = join(folder, name);
    const text = listing.read(file) ?? "";
    if (isMigration(text)) files.push({ file, timestamp: timestampIn(text) ?? /^\d+/.exec(name)?.[0] ?? name });
    else if (NUMBERED.test(name)) leftOut.push({ file, reason: "has no class with a method `up`" });
  }
  return { files, leftOut };
}

/** The end of the name of the class, or of what the class says is its name. */
function timestampIn(text: string): string | undefined {
  const said = /^\s*(?:public\s+|readonly\s+)*name\s*(?::\s*string\s*)?=\s*["'`]\w*?(\d{13})["'`]/m.exec(text);
  return (said ?? /\bclass\s+\w*?(\d{13})\b/.exec(text))?.[1];
}

/** Whether a text is a migration of TypeORM. */
function isMigration(text: string): boolean {
  return /\b(?:MigrationInterface|queryRunner)\b/.test(text) && /\bclass\b/.test(text) && /\bup\b/.test(text);
}

/** The nearest package.json that has TypeORM, or a fork of it. */
function manifestOf(listing: Listing, folder: string): string | undefined {
  for (const at of upwards(folder)) {
    const text = listing.has(at, MANIFEST) ? (listing.read(join(at, MANIFEST)) ?? "") : "";
    if (/"(?:@[\w-]+\/)?typeorm"/.test(text)) return text;
  }
  return undefined;
}

/** The DataSource that names the folder, or the one of its package that lists classes. */
function settingsFor(listing: Listing, folder: string): TypeormSettings | undefined {
  const all = typeormSettings(listing);
  const own = packageOf(listing, folder);
  return (
    all.find(({ folders }) => folders.includes(folder)) ??
    all.find(({ file, folders }) => folders.length === 0 && packageOf(listing, file) === own)
  );
}

const MODES: Readonly<Record<string, TransactionMode>> = {
  all: "all-pending",
  each: "per-file",
  none: "per-statement",
};

function toolFacts(listing: Listing, folder: string, settings: TypeormSettings | undefined): ToolFacts {
  const script = /migration:run[^"]*(?:--transaction|-t)[ =](all|each|none)\b/.exec(manifestOf(listing, folder) ?? "");
  const mode = script?.[1] ?? settings?.transactionMode ?? "all";
  return {
    name: PACKAGE,
    label: "TypeORM",
    ...versionFacts(installedVersion(listing, folder, PACKAGE)),
    transaction: MODES[mode] ?? "all-pending",
    outsideTransaction:
      mode === "all"
        ? 'in a migration of its own with `transaction = false` in its class, and `migrationsTransactionMode: "each"` in the DataSource'
        : "in a migration of its own with `transaction = false` in its class",
    calls: { sql: "queryRunner.query()", concurrently: "new TableIndex({ …, isConcurrent: true })" },
    checksums: false,
    outOfOrder: { does: "runs", says: "TypeORM runs it after the others." },
  };
}
