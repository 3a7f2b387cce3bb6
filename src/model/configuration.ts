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
}

export type DeployModel = "rolling" | "recreate";

export interface Configuration {
  readonly extends: Preset;
  /** Absent: read from the repository, else 14. */
  readonly postgres?: number;
  readonly rules: Readonly<Record<string, RuleSetting>>;
  readonly overrides: readonly Override[];
  readonly deploy: { readonly model: DeployModel; readonly migrations: "before" | "after" };
  /** Empty: detect. */
  readonly databases: Readonly<Record<string, DatabaseSetting>>;
  /** Globs: not judged, still replayed. */
  readonly ignore: readonly string[];
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
