import type { QualifiedName } from "./name.js";

/** The two sides of the code: what runs while the migration runs, and what runs afterwards. */
export type Side = "base" | "head";

/** How sure a reference is. Certain and likely ones make findings; the others are items of the plan. */
export type ReferenceGrade = "certain" | "likely" | "possible" | "unknown";

/** The grade that a reference must have at least to make a finding: option `report` of the rules. */
export type LeastGrade = Exclude<ReferenceGrade, "unknown">;

export type ReferenceKind =
  | "read"
  | "star read"
  | "declared"
  | "write"
  | "insert that omits it"
  | "positional write"
  | "conflict target"
  | "enum literal"
  | "function call"
  | "table";

/** What is no relation and is found by its name in SQL, not bound as columns are. */
export type NamedObject = "function" | "type" | "schema" | "sequence";

/** A database object that code may name. */
export interface ReferenceTarget {
  /** The relation; where `object` is set the name of that, which for a schema is twice the schema's. */
  readonly table: Required<QualifiedName>;
  /** Absent where the table itself is meant. */
  readonly column?: string;
  /** Absent for relations and their columns. */
  readonly object?: NamedObject;
}

/**
 * A place in application code that names a table or column, or, among `usesOf` a column, works on it without naming it:
 * `star read`, `insert that omits it`, `positional write` (INSERT or COPY without a list of columns).
 */
export interface Reference {
  readonly side: Side;
  readonly grade: ReferenceGrade;
  /** Absent where only the name was found, not what is done with it. */
  readonly kind?: ReferenceKind;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** The source line, trimmed and cut; untrusted text. */
  readonly excerpt: string;
  /** The tag of the released version that has it, where the tip of base does not have it any more. */
  readonly release?: string;
  /** The constants that the place gives to the column or compares it with, null for NULL; absent where none is known. */
  readonly values?: readonly (string | null)[];
  /** What a `conflict target` says, with the database's names where they are known. */
  readonly conflict?: ConflictTarget;
  /** Of a migration: what it makes that depends on the object, as a person calls it: `the view open_orders`. */
  readonly makes?: string;
  /** Why a `star read` fails when the table has other columns: the statement is kept under a name, or INSERT takes its rows. */
  readonly fixedShape?: "prepared" | "inserted";
  /**
   * The columns that an `insert that omits it` gives, or the row of a query builder's `write`, as the database calls them;
   * absent where that is not known.
   */
  readonly gives?: readonly string[];
}

/** A reference that somebody declares harmless: it makes no finding, and the plan asks nobody to act on it. */
export interface AcceptedReference extends Reference {
  /** What it names: `public.orders.legacy_ref`. */
  readonly object: string;
  readonly reason: string;
  /** `directive`: a comment beside the code. `configuration`: an entry of `accept`. */
  readonly by: "directive" | "configuration";
  /** Where the comment or the entry stands. */
  readonly directive: { readonly file: string; readonly line: number };
  /** The last day on which the entry holds, in UTC. */
  readonly until?: string;
  /** Whether the change adds the comment. What it adds to the configuration is listed as a change of that. */
  readonly added?: boolean;
}

/** `ON CONFLICT (account_id, email)`, `ON CONFLICT ON CONSTRAINT users_email_key` and what libraries make into them. */
export type ConflictTarget = { readonly columns: readonly string[] } | { readonly constraint: string };
