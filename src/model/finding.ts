import type { Place, Range } from "./position.js";
import type { Reference } from "./reference.js";

export type Severity = "error" | "warning";

/** What goes wrong: one operation has at most one finding for each. */
export type Harm = "blocks" | "fails" | "breaks code" | "loses data" | "other";

/** A change to the migration that the reader may accept. Never applied without being asked for. */
export interface Suggestion {
  readonly message: string;
  readonly range: Range;
  readonly text: string;
}

/** What silences one finding, ready to paste; only the reason is to be written. */
export interface Suppression {
  /** `file`: a comment on a line of its own above `line`. `configuration`: an entry of `accept`. */
  readonly in: "file" | "configuration";
  readonly text: string;
  readonly line?: number;
}

export interface Finding extends Place {
  readonly database: string;
  /** Without the plugin's prefix: `no-blocking-index-build`. */
  readonly rule: string;
  readonly severity: Severity;
  readonly harm: Harm;
  readonly message: string;
  readonly messageId: string;
  /** The object it is about, qualified: `public.orders`, `public.orders.legacy_ref`. Absent for a file as a whole. */
  readonly object?: string;
  /** Index of the statement in its file; absent for a file as a whole. */
  readonly statement?: number;
  /** The major versions of PostgreSQL for which it holds, where several are judged. Absent: all of them. */
  readonly postgres?: readonly number[];
  readonly evidence: readonly Reference[];
  readonly suggestions: readonly Suggestion[];
  /** Address of the rule's page. */
  readonly help: string;
  readonly suppression?: Suppression;
}

/** A finding that a directive in the file silences, or an entry of the configuration. */
export interface SuppressedFinding extends Finding {
  readonly reason: string;
  /** Where the directive or the entry stands. */
  readonly directive: Place;
  /** Absent: `directive`. */
  readonly by?: "directive" | "configuration";
  /** The last day on which the entry holds, in UTC. */
  readonly until?: string;
}
