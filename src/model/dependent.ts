import type { QualifiedName } from "./name.js";

/** An object that PostgreSQL drops with another one, or that keeps it from being dropped. */
export interface Dependent {
  readonly kind:
    "column" | "constraint" | "default" | "materialized view" | "policy" | "table" | "trigger" | "type" | "view";
  /** The view, table or type that it is, or the table that it belongs to. */
  readonly relation: Required<QualifiedName>;
  /** Of a part of a table: its own name; of a default: its column's. */
  readonly name?: string;
}
