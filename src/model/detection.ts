/**
 * Which migrations the repository has, and why it is thought so: `detect --format json` prints exactly this, `detect` is
 * a view of it, and `report/detection.schema.json` describes it. Added fields are not a new version.
 */
import type { OrderPolicy, TransactionMode } from "./migration.js";

/** One folder of migrations with the tool that runs them. */
export interface DetectedSource {
  readonly folder: string;
  readonly tool: {
    readonly name: string;
    readonly label: string;
    readonly version?: string;
    /** The file that has the version. */
    readonly versionSource?: string;
    readonly assumption?: string;
  };
  /** Why it is this tool's, as the rest of a sentence: `because flyway.toml names it`. */
  readonly because?: string;
  /** How many files run on the way up, and the first and the last of them. */
  readonly files: number;
  readonly first: string;
  readonly last: string;
  readonly transaction: TransactionMode;
  /** Files that are sent in another way because something outside of them says so; those that say it themselves are not counted. */
  readonly otherTransactions: number;
  readonly checksums: boolean;
  readonly outOfOrder?: OrderPolicy;
  readonly duplicate?: OrderPolicy;
  /** Settings in force when a migration starts, because the tool sets them. */
  readonly session: Readonly<Record<string, string>>;
}

export interface DetectedDatabaseReport {
  readonly name: string;
  readonly postgres: { readonly version: number; readonly source: string };
  /** In the order in which they run. */
  readonly sources: readonly DetectedSource[];
}

export interface DetectionReport {
  readonly version: 1;
  /** Where the configuration was read; `default` where there is none. */
  readonly configuration: string;
  /** Whether its `databases` say which migrations there are. */
  readonly configured: boolean;
  readonly databases: readonly DetectedDatabaseReport[];
  /** Files and folders of migrations that are left out, and why, as the rest of a sentence that starts with the file. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
  /** Migrations in languages that are not read. */
  readonly unread: readonly { readonly folder: string; readonly language: string; readonly files: number }[];
  /** Folders of SQL that look like migrations and are not taken for them, and why. */
  readonly notTaken: readonly { readonly folder: string; readonly reason: string }[];
  /** The configuration that says the same, as YAML; empty where nothing was found. */
  readonly yaml: string;
}
