import type { QualifiedName } from "./name.js";

/** The two sides of the code: what runs while the migration runs, and what runs afterwards. */
export type Side = "base" | "head";

/** How sure a reference is. Certain and likely ones make findings; the others are items of the plan. */
export type ReferenceGrade = "certain" | "likely" | "possible" | "unknown";

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

/** A place in application code that names a table or column. */
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
}
