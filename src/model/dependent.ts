import type { QualifiedName } from "./name.js";

/** An object that PostgreSQL drops with another one, or that keeps it from being dropped. */
export interface Dependent {
  readonly kind:
    | "column"
    | "constraint"
    | "default"
    | "function"
    | "materialized view"
    | "policy"
    | "procedure"
    | "table"
    | "trigger"
    | "type"
    | "view";
  /** The view, table, type or function that it is, or the table that it belongs to. */
  readonly relation: Required<QualifiedName>;
  /** Of a function: as in `Routine`, which tells it from others of its name. */
  readonly arguments?: readonly string[];
  /** Of a part of a table: its own name; of a default: its column's. */
  readonly name?: string;
}
