/** What a project's Payload config says of its migrations. */
import { exportedSettings } from "../evaluator/settings.js";
import { Callable, Dictionary, option, textOf } from "../evaluator/value.js";
import { folderOf } from "../knex/settings.js";
import type { Listing } from "../listing.js";
import { oncePerListing } from "../once-per-listing.js";
import { deployedFiles } from "../not-deployed.js";

export interface PayloadSettings {
  /** The config. */
  readonly file: string;
  /** The folder of the migrations, relative to the root. */
  readonly folder: string;
  /** Whether migrations run in no transaction. */
  readonly withoutTransactions: boolean;
  /** Whether the server itself runs what the folder's `index.ts` lists, when it starts. */
  readonly runsAtStart: boolean;
}

/** The adapters for PostgreSQL. */
export const ADAPTERS = ["@payloadcms/db-postgres", "@payloadcms/db-vercel-postgres"] as const;

const CONFIG = /^payload\.config\.[cm]?[jt]s$/;

/** Calls that come to what they are given. */
const itself = (name: string): [string, Callable] => [name, new Callable(name, ([options]) => options)];
const MODULES = {
  payload: new Dictionary([itself("buildConfig")], undefined, "is Payload's"),
  "payload/config": new Dictionary([itself("buildConfig")], undefined, "is Payload's"),
  ...Object.fromEntries(
    ADAPTERS.map((name) => [
      name,
      new Dictionary([itself("postgresAdapter"), itself("vercelPostgresAdapter")], undefined, "is Payload's"),
    ]),
  ),
};

/** The settings of every config whose database is PostgreSQL. */
export const payloadSettings = oncePerListing((listing): readonly PayloadSettings[] =>
  deployedFiles(listing, (name) => CONFIG.test(name)).flatMap((file) => settingsIn(listing, file)),
);

function settingsIn(listing: Listing, file: string): PayloadSettings[] {
  // Without the folder's name there is nothing to learn from it.
  const text = listing.read(file) ?? "";
  if (!/\bmigrationDir\b|\btransactionOptions\b|\bprodMigrations\b/.test(text)) return [];
  if (!ADAPTERS.some((name) => text.includes(name))) return [];
  const database = option(exportedSettings(file, listing.tree, MODULES), "db");
  if (!(database instanceof Dictionary)) return [];
  const named = textOf(database.get("migrationDir"))?.known;
  const folder = named === undefined ? usualFolder(listing, file) : folderOf(file, named);
  if (folder === undefined) return [];
  return [
    {
      file,
      folder,
      withoutTransactions: database.get("transactionOptions") === false,
      runsAtStart: database.has("prodMigrations"),
    },
  ];
}

/** The folder that Payload looks for from where it is started: above the config, as a rule. */
function usualFolder(listing: Listing, file: string): string | undefined {
  return ["migrations", "../src/migrations", "../migrations", "src/migrations"]
    .map((path) => folderOf(file, path))
    .find((folder) => listing.filesIn(folder).length > 0);
}
