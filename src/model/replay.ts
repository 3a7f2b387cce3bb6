/** What the check would have said of merges that a branch already has: `replay --format json` prints exactly this. */
import type { Finding } from "./finding.js";
import type { ReportedDatabase, Unknown, Verdict } from "./report.js";

/** One merge, judged as the pull request that it was. */
export interface ReplayedMerge {
  readonly commit: string;
  /** The first parent, which stands for the base branch. Absent for the first commit of all. */
  readonly base?: string;
  /** When it was committed, in ISO 8601. */
  readonly date: string;
  readonly title: string;
  /** `failed`: the check itself failed. */
  readonly verdict: Verdict | "failed";
  /** Why nothing is known of it: a failure of ours, or contents that a partial clone lacks. */
  readonly failure?: string;
  /** Migrations that it added, edited, renamed or deleted. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Findings that a directive or the configuration accepts. */
  readonly accepted: number;
  readonly statements: number;
  readonly analysed: number;
  /** Of the others: those that PostgreSQL's grammar refuses, or that could not be read. */
  readonly unparsed: number;
  /** Statements that were not analysed, and migrations that could not be read. */
  readonly unknowns: readonly Unknown[];
}

/** How often a rule spoke. */
export interface RuleCount {
  readonly rule: string;
  readonly severity: Finding["severity"];
  readonly findings: number;
  /** Merges with at least one of them. */
  readonly merges: number;
}

export interface ReplayTotals {
  readonly merges: number;
  /** Merges without any finding. */
  readonly silent: number;
  readonly withErrors: number;
  /** Merges of which nothing is known; they count in no other figure. */
  readonly failed: number;
  readonly findings: { readonly median: number; readonly mean: number; readonly most: number };
  readonly statements: number;
  readonly analysed: number;
  readonly unparsed: number;
  /** Most findings first. */
  readonly rules: readonly RuleCount[];
}

export interface Replay {
  readonly version: 1;
  readonly branch: { readonly label: string; readonly commit: string };
  /** Where the one configuration was read that judged every merge. */
  readonly configuration: string;
  /** As the newest of the merges has them. */
  readonly databases: readonly ReportedDatabase[];
  readonly leftOut: readonly { readonly file: string; readonly reason: string }[];
  readonly looked: {
    /** Commits of the branch, from its tip back to the last one that was looked at. */
    readonly commits: number;
    /** Why it went no further: as many as asked for, the branch's first commit, or where the shallow clone ends. */
    readonly until: "asked" | "first commit" | "shallow";
  };
  /** Newest first. */
  readonly merges: readonly ReplayedMerge[];
  readonly totals: ReplayTotals;
}
