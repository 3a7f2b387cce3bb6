import type { Lock } from "./lock.js";
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

/** Does the running code work on the new schema? Does the new code work on the old schema? */
export interface Compatibility {
  readonly runningCodeOnNewSchema: Answer;
  readonly newCodeOnOldSchema: Answer;
  /** One sentence for each answer that is not `yes`. */
  readonly reasons: readonly string[];
  /** The references that decided it. */
  readonly evidence: readonly Reference[];
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
  /** What runs: SQL of this pull request, or proposed SQL. */
  readonly sql?: string;
  readonly locks: readonly Lock[];
  /** A query or command that shows that the step is done. */
  readonly check?: string;
  readonly wayBack?: string;
  readonly stopCondition?: string;
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

export interface Plan {
  /** The verdict in one sentence. */
  readonly sentence: string;
  readonly deployOrder: DeployOrder;
  /** Phases that have steps, in order. Empty where no order matters. */
  readonly phases: readonly Phase[];
}
