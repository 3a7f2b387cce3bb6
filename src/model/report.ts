/**
 * The report: the whole result of a check. `check --format json` prints exactly this, every other format is a view of
 * it, and `report/report.schema.json` describes it. Added fields are not a new version.
 */
import type { Finding, SuppressedFinding } from "./finding.js";
import type { Lock, Work } from "./lock.js";
import type { MigrationStatus } from "./migration.js";
import type { Plan } from "./plan.js";
import type { Range } from "./position.js";
import type { AcceptedReference } from "./reference.js";

/**
 * - `unsafe`: at least one error. `incomplete`: the change could not be read whole, so silence would prove nothing.
 * - `warnings`: warnings only. `safe`: neither.
 */
export type Verdict = "unsafe" | "incomplete" | "warnings" | "safe";

/** Something of the change that could not be read. */
export interface Incompleteness {
  /** What could not be known, in one sentence. */
  readonly reason: string;
  /** The setting or command that fixes it, ready to paste. */
  readonly fix: string;
}

export interface ReportedTool {
  readonly name: string;
  /** From the lockfile; absent where it does not say. */
  readonly version?: string;
  readonly folder: string;
  /** What is assumed of the tool where nothing says it, as a sentence. */
  readonly assumption?: string;
}

export interface ReportedDatabase {
  readonly name: string;
  readonly tools: readonly ReportedTool[];
  /** The file that makes the schema from which the migrations start, and the side that it was read from. */
  readonly schema?: { readonly file: string; readonly side: string };
  /** The file that says how large the tables are, and when that was so, in ISO 8601. */
  readonly statistics?: { readonly file: string; readonly collectedAt: string };
  readonly postgres: {
    readonly version: number;
    /** The last version that was judged, where there are several; `version` is the first. */
    readonly until?: number;
    /** `.github/migration-safety.yml`, `docker-compose.yml:4`, or `default`. */
    readonly source: string;
  };
}

export interface ReportedOperation {
  readonly type: string;
  readonly object?: string;
  readonly range: Range;
  readonly work: Work;
}

export interface ReportedStatement {
  readonly sql: string;
  readonly range: Range;
  readonly line: number;
  readonly endLine: number;
  readonly operations: readonly ReportedOperation[];
  readonly locks: readonly Lock[];
  readonly transactional: boolean | "unknown";
}

export interface ReportedMigration {
  readonly database: string;
  readonly file: string;
  readonly status: MigrationStatus;
  /** The transaction that its statements share with other statements; absent where each commits by itself. */
  readonly transactionGroup?: string;
  readonly statements: readonly ReportedStatement[];
}

/** A statement, a file or a use that could not be analysed. */
export interface Unknown {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

export interface Coverage {
  /** In judged migrations. */
  readonly statements: number;
  readonly analysed: number;
  readonly unparsed: number;
  readonly notAnalysable: number;
  /** Statements of the replayed history, judged ones not counted. */
  readonly replayed: number;
  /** Migrations of this change that are not judged because the configuration's `ignore` names them. */
  readonly ignored?: readonly string[];
  /** Files in migration folders that were left out, and why. */
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
}

export interface ReportedChange {
  /** Absent for `check FILES`: every file is then its own change. */
  readonly base?: { readonly label: string; readonly commit?: string };
  readonly head: { readonly label: string; readonly commit?: string };
  /** The newest release that base builds on, where the configuration says which tags tell what has shipped. */
  readonly release?: { readonly tag: string; readonly commit: string };
  /** Where the configuration was read: a path, `default`, or both sources of a merge. */
  readonly configuration: string;
  /** What this change alters in the repository's configuration file, a sentence each. Absent: nothing. */
  readonly configurationChanges?: readonly string[];
  readonly incomplete: readonly Incompleteness[];
}

/** Somebody's decision to merge although the step would fail. */
export interface Override {
  readonly pullRequest: number;
  readonly label: string;
  readonly reason: string;
  /** The login that set the label; absent where that could not be read. */
  readonly by?: string;
}

export interface Report {
  readonly version: 1;
  readonly verdict: Verdict;
  /** Verdict and findings are the same with and without one. */
  readonly override?: Override;
  readonly change: ReportedChange;
  readonly databases: readonly ReportedDatabase[];
  readonly migrations: readonly ReportedMigration[];
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** Uses in code that somebody declares harmless. Absent: none. */
  readonly acceptedReferences?: readonly AcceptedReference[];
  /** Directives that silenced nothing or were not honoured, and notes on the configuration. */
  readonly notes: readonly { readonly file: string; readonly line: number; readonly message: string }[];
  readonly plan: Plan;
  readonly unknowns: readonly Unknown[];
  readonly coverage: Coverage;
}

/** The part of a report that `plan --format json` prints. */
export type PlanReport = Pick<Report, "version" | "verdict" | "change" | "databases" | "plan" | "unknowns">;
