/**
 * What each statement of a file does: `explain --format json` prints exactly this, `explain` is a view of it, and
 * `report/explanation.schema.json` describes it. Added fields are not a new version. It judges nothing.
 */
import type { Lock } from "./lock.js";
import type { StatementTransaction, TransactionMode } from "./migration.js";
import type { ReportedOperation, ReportedStatement } from "./report.js";

/**
 * What is known of a relation before the statement.
 *
 * - `created here`: an earlier statement of the file creates it, so it holds what this file puts in.
 * - `created earlier`: a migration before this file creates it.
 * - `unknown`: nothing that was read creates it. It is assumed to exist and to hold rows.
 */
export type RelationOrigin = "created here" | "created earlier" | "unknown";

export interface ExplainedLock extends Lock {
  readonly origin: RelationOrigin;
  /** The migration that creates the relation; absent where none is known. */
  readonly createdIn?: string;
}

export interface ExplainedOperation extends ReportedOperation {
  /** Its table is created by an earlier statement of the file: `work` is done on what this file has put in. */
  readonly onNew?: true;
  /** What cannot be known of it, as a sentence. `work` is then no promise. */
  readonly unknown?: string;
  /** Why PostgreSQL refuses it, for certain: it does and locks nothing then. */
  readonly refusal?: {
    /** SQLSTATE. */
    readonly code: string;
    /** PostgreSQL's own words, or the syntax that it does not know. */
    readonly message: string;
    /** The major version from which on PostgreSQL accepts it, where an older one is the reason. */
    readonly since?: number;
  };
}

/** The transaction that a statement runs in, as far as the file shows it. */
export interface ExplainedTransaction extends StatementTransaction {
  /** Lines of the first and the last statement of the file that run in it; 1-based. Absent outside one. */
  readonly lines?: readonly [first: number, last: number];
}

export interface ExplainedStatement extends Omit<ReportedStatement, "operations" | "locks" | "transactional"> {
  /** 1-based, in UTF-16 units, as is `endColumn`, which is exclusive. */
  readonly column: number;
  readonly endColumn: number;
  readonly operations: readonly ExplainedOperation[];
  readonly locks: readonly ExplainedLock[];
  readonly transaction: ExplainedTransaction;
  /** Settings of the session in force that end its waiting: `lock_timeout`, `statement_timeout`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Why the statement fails where it stands, as a sentence; only where that is known. */
  readonly fails?: string;
  /** Present where the text could not be read: nothing is known of it. */
  readonly error?: { readonly line: number; readonly column: number; readonly reason: string };
  /**
   * The versions of PostgreSQL that this holds for, ascending; absent: for all that the file is explained for. At the
   * others it is `otherwise`.
   */
  readonly postgres?: readonly number[];
  readonly otherwise?: readonly EffectAtVersions[];
}

/** What of a statement depends on PostgreSQL's version. */
export type Effect = Pick<ExplainedStatement, "operations" | "locks" | "transaction" | "fails">;

export interface EffectAtVersions extends Effect {
  readonly postgres: readonly number[];
}

export interface Explanation {
  readonly version: 1;
  /** Path from the repository's root; `standard input` for that. */
  readonly file: string;
  /** `until`: the last version of a range; what differs in it stands at each statement. */
  readonly postgres: { readonly version: number; readonly until?: number; readonly source: string };
  /** Who runs the file; `sql` for a file of SQL that no tool is known to run. */
  readonly tool: {
    readonly name: string;
    readonly label: string;
    readonly version?: string;
    readonly assumption?: string;
    readonly transaction: TransactionMode;
  };
  /** Why no tool runs the file, as a sentence without its final stop; absent where that is not known. */
  readonly leftOut?: string;
  /** What was replayed before the file: the schema that its first statement meets. */
  readonly history: { readonly migrations: number; readonly statements: number };
  readonly statements: readonly ExplainedStatement[];
}
