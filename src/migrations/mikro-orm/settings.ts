/** What a project's MikroORM config says of its migrations. */
import { exportedSettings } from "../evaluator/settings.js";
import { Callable, Dictionary, option, textOf, type Value } from "../evaluator/value.js";
import { dialectOf, POSTGRESQL } from "../dialect.js";
import { folderOf } from "../knex/settings.js";
import { join } from "../listing.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";
import { deployedFiles, isNotDeployed } from "../not-deployed.js";
import { packageOf } from "../typeorm/settings.js";

export interface MikroOrmSettings {
  /** The config. */
  readonly file: string;
  /** The folder of the migrations, relative to the root. */
  readonly folder: string;
  /** The database system, where the file says it. */
  readonly dialect?: string;
  readonly transactional: boolean;
  readonly allOrNothing: boolean;
  /** The schema that 7 puts on `search_path` for migrations. */
  readonly schema?: string;
  /** Absent where the file does not say it: which one is usual depends on the version. */
  readonly disableForeignKeys?: boolean;
}

const CONFIG = /^.*mikro-?orm.*\.[cm]?[jt]s$/i;
const NO_CONFIG = /\.d\.[cm]?ts$|\b(?:spec|test|module)\.[cm]?[jt]s$/;

/** The packages that export `defineConfig`, and the database system that it is for. */
const PACKAGES: Readonly<Record<string, string | undefined>> = {
  "@mikro-orm/core": undefined,
  "@mikro-orm/postgresql": POSTGRESQL,
  "@mikro-orm/mysql": "MySQL",
  "@mikro-orm/mariadb": "MariaDB",
  "@mikro-orm/sqlite": "SQLite",
  "@mikro-orm/better-sqlite": "SQLite",
  "@mikro-orm/libsql": "SQLite",
  "@mikro-orm/mssql": "SQL Server",
  "@mikro-orm/mongodb": "MongoDB",
};

const itself = new Callable("defineConfig", ([options]) => options);
const MODULES = Object.fromEntries(
  Object.keys(PACKAGES).map((name) => [name, new Dictionary([["defineConfig", itself]], undefined, "is MikroORM's")]),
);

/** The settings of every config that names a folder of migrations. */
export const mikroOrmSettings = oncePerListing((listing): readonly MikroOrmSettings[] =>
  deployedFiles(listing, (name) => CONFIG.test(name) && !NO_CONFIG.test(name)).flatMap((file) =>
    settingsIn(listing, file),
  ),
);

function settingsIn(listing: Listing, file: string): MikroOrmSettings[] {
  const text = listing.read(file) ?? "";
  if (!/\bmigrations\b/.test(text)) return [];
  const exported = exportedSettings(file, listing.tree, MODULES);
  const candidates = exported instanceof Dictionary ? [exported, ...exported.properties.values()] : [exported];
  const options = candidates.find((value) => option(value, "migrations") instanceof Dictionary);
  const migrations = option(options, "migrations");
  const folder = migrationsFolder(listing, file, options, migrations);
  if (folder === undefined) return [];
  const dialect = dialectIn(text, options);
  const foreignKeys = option(migrations, "disableForeignKeys");
  const schema = textOf(option(migrations, "schema"))?.known;
  return [
    {
      file,
      folder,
      transactional: option(migrations, "transactional") !== false,
      allOrNothing: option(migrations, "allOrNothing") !== false,
      ...(dialect !== undefined && { dialect }),
      ...(schema !== undefined && { schema }),
      ...(typeof foreignKeys === "boolean" && { disableForeignKeys: foreignKeys }),
    },
  ];
}

/**
 * The folder of the sources: `pathTs`, else `path`, from `baseDir`, else from where the program is started: beside its
 * package.json. What is built in `dist` has its source in `src`, or beside it.
 */
function migrationsFolder(listing: Listing, file: string, options: Value, migrations: Value): string | undefined {
  const own = textOf(option(options, "baseDir"))?.known;
  const started = join(packageOf(listing, file), "package.json");
  const bases = own === undefined ? [started, file] : [join(folderOf(started, own), "package.json")];
  const paths = ["pathTs", "path"].flatMap((name) => textOf(option(migrations, name))?.known ?? []);
  const sources = paths.flatMap((path) => [path, path.replace(BUILT, "$1src/"), path.replace(BUILT, "$1")]);
  return bases
    .flatMap((base) => sources.map((path) => folderOf(base, path)))
    .find((folder) => !isNotDeployed(folder) && listing.filesIn(folder).some((name) => /\.[cm]?[jt]s$/.test(name)));
}

const BUILT = /^(\.?\/?)(?:dist|build|lib|out)\//;

/** `defineConfig` of a driver's package, `driver: PostgreSqlDriver`, or `type: "postgresql"` before 6. */
function dialectIn(text: string, options: Value): string | undefined {
  const said = textOf(option(options, "type"))?.known;
  if (said !== undefined) return dialectOf(said);
  return Object.entries(PACKAGES).find(
    ([name, dialect]) => dialect !== undefined && (text.includes(`"${name}"`) || text.includes(`'${name}'`)),
  )?.[1];
}
