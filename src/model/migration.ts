import type { Catalog } from "./catalog.js";
import type { Lock, Work } from "./lock.js";
import type { Operation, OperationType } from "./operation.js";
import type { Refusal } from "./refusal.js";
import type { Range } from "./position.js";
import type { ParsedSql, Statement } from "./statement.js";

/** Against base: `existing` is unchanged history, replayed and never judged. */
export type MigrationStatus = "existing" | "added" | "modified" | "deleted";

/**
 * How a migration tool sends a file to PostgreSQL.
 *
 * - `all-pending`: one transaction around all files that are pending.
 * - `per-file`: one transaction around each file.
 * - `single-send`: the file in one simple query, which is an implicit transaction as soon as it has two statements.
 * - `per-statement`: each statement commits by itself.
 * - `unknown`: the runner is not known (a plain folder); only BEGIN and COMMIT in the file itself are facts.
 */
export type TransactionMode = "all-pending" | "per-file" | "single-send" | "per-statement" | "unknown";

/** Calls of a tool's programs, and their options, as they are written. */
export interface ToolCalls {
  /** The one that sends SQL as it stands: `knex.raw()`. */
  readonly sql: string;
  /** What makes those that build and drop indexes do it CONCURRENTLY: `concurrently: true`. Absent: nothing. */
  readonly concurrently?: string;
  /** What makes the one that changes a column leave its NOT NULL alone. Absent: it does not touch it. */
  readonly keepNotNull?: string;
}

/** What is known of the tool that runs a migration, at the installed version. */
export interface ToolFacts {
  /** `prisma`, `drizzle`, `sql`. */
  readonly name: string;
  /** As its makers write it: `Prisma`. */
  readonly label: string;
  /** From the lockfile; absent where it does not say. */
  readonly version?: string;
  /** The file that has the version. */
  readonly versionSource?: string;
  readonly transaction: TransactionMode;
  /**
   * How this tool runs a statement outside a transaction, as the rest of a sentence: `in a migration of its own, …`.
   * Absent where it cannot.
   */
  readonly outsideTransaction?: string;
  /**
   * What more it takes where the statement waits for all older transactions, as CREATE INDEX CONCURRENTLY does, because
   * the tool keeps one open: the rest of a sentence. Absent: nothing.
   */
  readonly outsideWaiting?: string;
  /** Operations that it has no way to run outside of its transaction all the same. Absent: none. */
  readonly staysInside?: readonly OperationType[];
  /** What to do instead where it cannot: how an index is built, in sentences. */
  readonly withoutOutside?: string;
  /** What a remedy names where a call that builds SQL made the statement. Absent: it has no such calls. */
  readonly calls?: ToolCalls;
  /** What is assumed of the tool because the repository does not say, and why, as a sentence. */
  readonly assumption?: string;
  /** Whether the tool remembers a checksum of each file and refuses an edited one. */
  readonly checksums: boolean;
  /** The project tells the tool to go on where a migration that has run is missing. */
  readonly ignoresMissing?: true;
  /** PostgreSQL's image runs the files when it starts on an empty data directory; nothing runs them on any other. */
  readonly onFirstStart?: true;
  /** A new migration that sorts before one that has run. Absent where it is not known. */
  readonly outOfOrder?: OrderPolicy;
  /** Two migrations with the same version. Absent where it is not known, or cannot be. */
  readonly duplicate?: OrderPolicy;
}

/** What a tool does with a migration whose place in the order is wrong. */
export interface OrderPolicy {
  /** `runs`: as any other. `skips`: without a word, and for good. `refuses`: with an error, before it runs anything. */
  readonly does: "runs" | "skips" | "refuses";
  /** What happens, as a sentence: `Flyway refuses to migrate: "Detected resolved migration not applied …".` */
  readonly says: string;
}

/** What a file's name and place decide, before its text is read. */
export interface FileFacts {
  /** What the tool tells it from others by, written so that equal ones are equal: `1.2` of `V1_02__x.sql`. */
  readonly version?: string;
  /**
   * - `repeatable`: runs again whenever its text changes, after all versioned ones.
   * - `baseline`: stands for those before it on new databases; one that has them never runs it.
   *
   * Absent: versioned, runs once.
   */
  readonly kind?: "repeatable" | "baseline";
  /** Where the tool decides by a time whether a migration has run (Drizzle's journal): that time. */
  readonly time?: number;
  /** Whether the tool does not run it, but a script of the project's beside it does: nothing remembers its text. */
  readonly byHand?: boolean;
  /** Where the file's name decides what happens to it out of order (refinery's `U`): that, instead of the tool's. */
  readonly outOfOrder?: OrderPolicy;
}

/** The transaction that a statement runs in. */
export interface StatementTransaction {
  /** `unknown` where it depends on a runner that is not known. */
  readonly inTransaction: boolean | "unknown";
  /** Who opened it; absent outside a transaction. */
  readonly openedBy?: "tool" | "file" | "send";
  /** Statements with the same group share one transaction; it may span files. Absent outside one. */
  readonly group?: string;
}

/** One statement after replay: the schema on both sides of it, and what it costs. */
export interface AnalysedStatement {
  readonly statement: Statement;
  readonly before: Catalog;
  readonly after: Catalog;
  readonly locks: readonly Lock[];
  /** One entry per operation of the statement, in order. */
  readonly work: readonly Work[];
  /** Why PostgreSQL refuses each operation, as far as the schema before it tells; one entry per operation, in order. */
  readonly refusals: readonly (Refusal | undefined)[];
  readonly transaction: StatementTransaction;
  /** Session settings in force just before it: `lock_timeout` → `5s`. */
  readonly session: ReadonlyMap<string, string>;
}

/** A migration file as its tool sees it, before replay. */
export interface MigrationFile extends FileFacts {
  /** Path from the repository's root, with `/`. */
  readonly file: string;
  readonly status: MigrationStatus;
  /** Path at base where git found a rename; only with `modified`. */
  readonly previousFile?: string;
  /** Where the tool goes by a time: the one at base of a `modified` one. */
  readonly previousTime?: number;
  readonly tool: ToolFacts;
  readonly database: string;
  /** How the tool sends this file; the tool's own way unless the file or what stands beside it says otherwise. */
  readonly transaction: TransactionMode;
  /**
   * Its place in the tool's own order, where base has got migrations meanwhile: those are replayed before the new ones,
   * wherever they sort. Absent: the order of the replay is the tool's.
   */
  readonly place?: number;
}

/** What undoes a migration; read when it is asked for. */
export interface Down {
  /** The migration's own file, or one beside it. */
  readonly file: string;
  /** Its statements in the order in which they run, with their places in that file. Undefined where there is no such file. */
  readonly sql: ParsedSql | undefined;
  /** Parts of the migration of which nothing says how they are undone, so that the tool stops there. */
  readonly missing?: readonly { readonly range: Range; readonly id: string }[];
  /** Whether some part of the migration is left as it is. Absent: everything is undone. */
  readonly partial?: true;
}

/** How a migration was edited that was merged before. */
export interface Edit {
  /** Its text at base. */
  readonly before: string;
  /**
   * What that means for a database that has run it: `none` where the bytes are the same, `same` where it sends the same
   * on the way up, `restored` where it gets back the text of the newest release, or with which it was merged, `mended`
   * where there is no such database, because PostgreSQL refuses the text of before.
   */
  readonly effect: "none" | "same" | "restored" | "mended" | "other";
}

/** A migration file after replay. */
export interface Migration extends MigrationFile {
  /** Position in the replayed order. */
  readonly order: number;
  /** Whether findings are made for it: new against base and not ignored. */
  readonly judged: boolean;
  /**
   * Indexes of the statements of an edited migration that it had before. They have run wherever it has and nowhere run
   * again, so no rule hears of them; that the file was edited is a finding of its own. Absent: none.
   */
  readonly unchanged?: ReadonlySet<number>;
  /** Operations that it had before in a DO block which is edited elsewhere: no rule hears of them either. Absent: none. */
  readonly kept?: ReadonlySet<Operation>;
  /**
   * Operations that make what an edited migration made before, or one that is deleted: where that is, nobody waits for
   * them. Absent: none.
   */
  readonly remade?: ReadonlySet<Operation>;
  /**
   * Where the tool remembers parts of a file and not the file (Liquibase's changesets): those of an edited one that are
   * not what they were, or gone. New ones run.
   */
  readonly editedParts?: readonly string[];
  /** Of one that was edited since it was merged. Absent where its text at base could not be read. */
  readonly edit?: Edit;
  readonly sql: ParsedSql;
  readonly statements: readonly AnalysedStatement[];
  /** Absent where its tool knows none, and for what is not judged. */
  readonly down?: Down;
}

/** An operation with the migration and statement that it belongs to. */
export interface PlacedOperation {
  readonly operation: Operation;
  readonly statement: AnalysedStatement;
  readonly migration: Migration;
}
