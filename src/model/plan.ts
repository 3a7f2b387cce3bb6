import type { Lock, TableSize, Work } from "./lock.js";
import type { Reference } from "./reference.js";

/**
 * - `before-merge`: a person must do something before this pull request is merged.
 * - `automatic`: the pipeline does it; nobody acts.
 * - `after-deploy`: once every instance runs the new code.
 * - `later`: in a pull request of its own, after this one is released.
 */
export type PhaseId = "before-merge" | "automatic" | "after-deploy" | "later";

/** The answer to one of the two questions; `unknown` is never silently safe. */
export type Answer = "yes" | "no" | "unknown";

/**
 * Whether the schema comes back: `loses data` that was written since, `no` because what was there cannot be restored,
 * `unknown` because what was written since may stand in the way.
 */
export type Undo = "yes" | "loses data" | "no" | "unknown";

/** Does the running code work on the new schema? Does the new code work on the old schema? */
export interface Compatibility {
  readonly runningCodeOnNewSchema: Answer;
  readonly newCodeOnOldSchema: Answer;
  /** Does the running code work again, where the new code has written and is rolled back? Absent: not known of many at once. */
  readonly codeRollback?: Answer;
  /** Does the schema come back, once the new code has written? */
  readonly migrationRollback?: Undo;
  /** What nobody sees fail and that means something else from then on; absent where nothing does. */
  readonly meaning?: readonly string[];
  /** One sentence for each answer that is not `yes`. */
  readonly reasons: readonly string[];
  /** The references that decided it. */
  readonly evidence: readonly Reference[];
}

/** How long work takes on a table: as its size says, or the query that tells the size. */
export interface Estimate {
  readonly relation: string;
  /** `batches`: all rows are changed, and nobody waits for more than some of them. */
  readonly work: Work | "batches";
  /** From everything in memory to a slow disk. Absent: the size is not known. */
  readonly seconds?: readonly [least: number, most: number];
  /** Of the table, where no lock of the step says it. */
  readonly size?: TableSize;
  /** Where the size is not known: what tells it. */
  readonly query?: string;
}

/** A finding that the team takes on, so that nobody has to act on it. */
export interface AcceptedFinding {
  readonly rule: string;
  readonly reason: string;
  /** Where that is written. */
  readonly place: { readonly file: string; readonly line: number };
}

export interface Step {
  /** Stable over reruns and reformatting: made from kind, object and phase, never from a line number. */
  readonly id: string;
  readonly title: string;
  /** Whether a person must act. Without one the step is a plain line, not a box. */
  readonly person: boolean;
  /** What runs: SQL of this pull request, or proposed SQL. A long statement stands in the first of its steps only. */
  readonly sql?: string;
  readonly locks: readonly Lock[];
  /** How the tool runs it, where that is not as any other statement: a sentence. */
  readonly how?: string;
  /** Of the work under its locks, or in batches. Absent: it takes a moment. */
  readonly estimates?: readonly Estimate[];
  /** A query or command that shows that the step is done. */
  readonly check?: string;
  /** What the query answers then. */
  readonly answer?: string;
  readonly wayBack?: string;
  readonly stopCondition?: string;
  /** The oldest code that still runs once the step is done, where the code running now is not that: a sentence. */
  readonly rollbackFloor?: string;
  /** Of a later pull request: 1 is the next. */
  readonly release?: number;
  /** Why it cannot be otherwise, link by link. */
  readonly because?: readonly string[];
  /** What else a finding says of the statement, most of all what to do instead, where no other step does: sentences. */
  readonly instead?: string;
  /** Other ways to the same schema, each as a sentence. */
  readonly otherWays?: readonly string[];
  readonly origin: "this pull request" | "proposed";
  /** Where it stands, if it is in this pull request. */
  readonly place?: { readonly file: string; readonly line: number };
  /** Why it is in its phase: the answers to the two questions. */
  readonly compatibility?: Compatibility;
  readonly evidence: readonly Reference[];
  /** What would make somebody act, and is accepted. Absent: nothing. */
  readonly accepted?: readonly AcceptedFinding[];
}

export interface Phase {
  readonly id: PhaseId;
  readonly steps: readonly Step[];
}

/** Which order the pull request allows. */
export type DeployOrder = "none" | "any" | "migration-first" | "code-first" | "split";

/** What somebody has to know who installs the new version and stops the old one for it. */
export interface UpgradeNotes {
  /** How long the application is down, as far as the migrations decide it: sentences. */
  readonly downtime: readonly string[];
  /** The tables that are worked through, each with what takes the time. */
  readonly work: readonly UpgradeWork[];
  /** What existing data can make fail, and the query that finds it. */
  readonly mayFail: readonly { readonly what: string; readonly query?: string; readonly place: Step["place"] }[];
  /** How one comes back to the old version, and what is lost: sentences. */
  readonly wayBack: readonly string[];
}

export interface UpgradeWork extends Estimate {
  readonly lock: Lock;
  readonly place: NonNullable<Step["place"]>;
}

/** A statement elsewhere that changes what this change changes, too, and has not shipped either. */
export interface OtherChange {
  /** The number of the open pull request that it belongs to. Absent: it is merged. */
  readonly pullRequest?: number;
  /** Where it is merged, the tag of the newest release, which does not have it. */
  readonly mergedSince?: string;
  readonly sql: string;
  readonly place: { readonly file: string; readonly line: number };
  /** What both are about: `orders.legacy_ref`. */
  readonly object: string;
  /** The first statement of this change that is about it. */
  readonly here: { readonly file: string; readonly line: number };
}

export interface OtherChanges {
  readonly changes: readonly OtherChange[];
  /** Which others there may be that were not looked at, and why: sentences. Absent: none. */
  readonly unread?: readonly string[];
}

export interface Plan {
  /** The verdict in one sentence. */
  readonly sentence: string;
  readonly deployOrder: DeployOrder;
  /** Phases that have steps, in order. Empty where no order matters. */
  readonly phases: readonly Phase[];
  /** What holds for several steps, said once: sentences with backticks around code. Absent: nothing. */
  readonly notes?: readonly string[];
  /** Absent: there are none. Other open pull requests are known to the Action alone. */
  readonly otherChanges?: OtherChanges;
  /** Instead of an order, where one version is stopped before the next one starts. */
  readonly upgradeNotes?: UpgradeNotes;
}
