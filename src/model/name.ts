/** The name of a database object as PostgreSQL reads it: folded to lower case unless it was quoted, cut at 63 bytes. */
export interface QualifiedName {
  /** Absent where the statement does not name one: then `search_path` decides. */
  readonly schema?: string;
  readonly name: string;
}

/** A data type as it is written in a statement. */
export interface TypeName {
  readonly schema?: string;
  /** PostgreSQL's internal name: `int4`, `varchar`, `timestamptz`, `serial`, `order_status`. */
  readonly name: string;
  /** Type modifiers, in order: `varchar(20)` has `[20]`, `numeric(10,2)` has `[10, 2]`. */
  readonly modifiers: readonly number[];
  /** Number of array dimensions; 0 for a scalar. */
  readonly arrayDimensions: number;
  /** As written, for messages. */
  readonly sql: string;
}
