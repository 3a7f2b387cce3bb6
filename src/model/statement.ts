import type { Catalog } from "./catalog.js";
import type { Operation } from "./operation.js";
import type { TransactionMode } from "./migration.js";
import type { Range } from "./position.js";

/** A SQL comment. `value` is its text without the delimiters. */
export interface SqlComment {
  readonly kind: "line" | "block";
  readonly range: Range;
  readonly value: string;
}

/** One SQL statement of a file, with what it does. */
export interface Statement {
  /** Position in the file's list of statements. */
  readonly index: number;
  /** As it stands in the file, without the final semicolon; placeholders are as written. */
  readonly sql: string;
  /** From the statement's first token to its last; comments before it and the semicolon are outside. */
  readonly range: Range;
  /** At least one; a statement that could not be read has a single `Unparsed`. */
  readonly operations: readonly Operation[];
  /** Of SQL that a program sends; absent in files of SQL. */
  readonly embedded?: EmbeddedStatement;
}

/** How a statement stands in the program that sends it. */
export interface EmbeddedStatement {
  /** The statement of the program: what stands above it is said of this one. */
  readonly within: Range;
  /** What begins and ends the string that has this very SQL; absent where no string has it, so that it cannot be edited. */
  readonly quote?: string;
  /** Whether only a run of the program knows that it is sent at all, or all names in it: PostgreSQL may never see it so. */
  readonly uncertain?: true;
  /** Whether no call asks for it: the tool sends it because of what a call leaves out. */
  readonly implied?: true;
  /**
   * Where the tool looks at the schema to know what it sends: the statements that stand for this one, which is not known
   * itself. In a migration that has been replayed they have taken its place.
   */
  readonly lookup?: (schema: Catalog) => readonly Statement[];
  /** How it is sent, where that is not how the file is. */
  readonly transaction?: TransactionMode;
  /** Where others are sent with it in one query: which of the program's queries that is. */
  readonly query?: number;
}

/** A file of SQL after parsing. Never fails as a whole: what could not be read is an `Unparsed` operation. */
export interface ParsedSql {
  /** The text that all ranges refer to: the file's, without its byte order mark. */
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly comments: readonly SqlComment[];
}
