/** What a project tells Kysely's migrator: options in its programs, and in the scripts that run kysely-ctl. */
import type { WordHit } from "../../model/tree.js";
import { upwards } from "../listing.js";
import type { Listing } from "../listing.js";
import { runScript } from "../run-scripts.js";

export interface KyselySettings {
  /** No migration runs in a transaction. */
  readonly disableTransactions: boolean;
  /** A migration that sorts before one that has run is run, too. */
  readonly allowUnorderedMigrations: boolean;
}

const OPTIONS = ["disableTransactions", "allowUnorderedMigrations"] as const;
const NOT_THE_PROJECT = ["**/node_modules/**", "**/dist/**", "**/*.d.ts", "**/*.test.*", "**/*.spec.*", "**/*.md"];
const PROGRAMS = ["**/*.ts", "**/*.mts", "**/*.cts", "**/*.js", "**/*.mjs", "**/*.cjs"];

/** `--no-transaction` of kysely-ctl's `migrate` commands. */
const WITHOUT_TRANSACTION = /\bkysely\b[^"\n]*\bmigrate\b[^"\n]*--no-transaction\b/;

/** Searches of one repository, made once. */
const found = new WeakMap<Listing, readonly WordHit[]>();

export function kyselySettings(listing: Listing, folder: string): KyselySettings {
  let hits = found.get(listing);
  if (!hits) found.set(listing, (hits = listing.tree.grep(OPTIONS, NOT_THE_PROJECT, PROGRAMS)));
  const project = [...upwards(folder)].find((at) => listing.has(at, "package.json")) ?? "";
  const own = hits.filter(({ file }) => project === "" || file.startsWith(`${project}/`));
  const isOn = (option: string): boolean =>
    own.some(({ text }) => new RegExp(`^(?!\\s*(?://|\\*)).*\\b${option}\\s*:\\s*true\\b`).test(text));
  return {
    disableTransactions: isOn("disableTransactions") || runScript(listing, folder, WITHOUT_TRANSACTION) !== undefined,
    allowUnorderedMigrations: isOn("allowUnorderedMigrations"),
  };
}
