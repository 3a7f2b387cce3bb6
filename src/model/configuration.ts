/** The configuration after reading: every field has a value. `change/configuration.ts` reads and checks it. */

export type RuleLevel = "off" | "warn" | "error";

/** `[level, options]`, as ESLint takes it. */
export type RuleSetting = readonly [RuleLevel, ...unknown[]];

export type Preset = "recommended" | "strict" | "all";

export interface Override {
  /** Globs relative to the repository's root. */
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, RuleSetting>>;
}

/** A finding that the team takes on: silenced, and listed with its reason in every report. */
export interface Acceptance {
  readonly rule: string;
  /** As findings name it, `public` left out or not: `public.orders.legacy_ref`. Absent: everything in `file`. */
  readonly object?: string;
  /** A path or glob, relative to the repository's root. Absent: every migration. */
  readonly file?: string;
  readonly reason: string;
  /** The last day on which it holds, in UTC: `2027-01-01`. Absent: it has no end. */
  readonly until?: string;
  /** Where the entry stands; `file` is a path, or what the source of the configuration is called. */
  readonly place: { readonly file: string; readonly line: number };
}

/** Uses in application code that the team knows to be harmless: no findings, and listed in every report. */
export interface AcceptedUses {
  /** What they name, as findings do, `public` left out or not: `public.orders.legacy_ref`. */
  readonly reference: string;
  /** A path or glob of code, relative to the repository's root. */
  readonly file: string;
  readonly reason: string;
  /** As in `Acceptance`. */
  readonly until?: string;
  readonly place: Acceptance["place"];
}

/** Names of tables or globs over them; without a schema `public` is meant. */
export interface TableLists {
  /** Busy ones, where even a short wait for a lock is felt. */
  readonly hot: readonly string[];
  /** Ones that are read through in no time, so that work under a lock is short. */
  readonly small: readonly string[];
}

export interface MigrationSourceSetting {
  readonly path: string;
  /** A tool's name; absent: detect it. */
  readonly tool?: string;
  /** How the runner of a plain folder sends a file; absent: what is known of the tool. */
  readonly transaction?: "file" | "none";
}

export interface DatabaseSetting {
  readonly migrations: readonly MigrationSourceSetting[];
  /** Folders with application code; empty: the whole repository. */
  readonly code: readonly string[];
  /** Settings on the connection or role: `lock_timeout` → `3s`. */
  readonly session: Readonly<Record<string, string>>;
  /** Between `rules` and `overrides`. */
  readonly rules?: Readonly<Record<string, RuleSetting>>;
  readonly tables?: TableLists;
  /** A file of SQL that makes the schema from which the first migration starts. */
  readonly schema?: string;
  /** A file that says how large the tables are. */
  readonly stats?: string;
  /** Where the settings stand; `file` as in `Acceptance`. */
  readonly place?: { readonly file: string; readonly line: number };
}

export type DeployModel = "rolling" | "recreate";

/** How the application ships. */
export interface DeploySetting {
  readonly model: DeployModel;
  readonly migrations: "before" | "after";
  /** A glob over the tags that say what has shipped. Absent: what is merged counts as shipped. */
  readonly released?: { readonly pattern: string; readonly place: { readonly file: string; readonly line: number } };
}

export interface Configuration {
  readonly extends: Preset;
  /** Absent: read from the repository, else 14. */
  readonly postgres?: number;
  /** The last one, where several versions are in use; `postgres` is the first. */
  readonly postgresUntil?: number;
  /** Where `postgres` was said, for reports; absent: `source`. */
  readonly postgresSource?: string;
  readonly rules: Readonly<Record<string, RuleSetting>>;
  readonly overrides: readonly Override[];
  readonly deploy: DeploySetting;
  /** Empty: detect. */
  readonly databases: Readonly<Record<string, DatabaseSetting>>;
  /** Globs: not judged, still replayed. */
  readonly ignore: readonly string[];
  readonly accept?: readonly Acceptance[];
  /** Entries of `accept` that are about code. */
  readonly acceptUses?: readonly AcceptedUses[];
  /** What differs from the base branch's file, a sentence each; absent: nothing, or there is nothing to compare with. */
  readonly changes?: readonly string[];
  /** Where it was read: a path, `inline`, both joined with ` and `, or `default`. */
  readonly source: string;
}

/** Something wrong with the configuration; the run stops with exit code 2. */
export interface ConfigurationProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One sentence that names the wrong thing and the nearest valid one. */
  readonly message: string;
}
