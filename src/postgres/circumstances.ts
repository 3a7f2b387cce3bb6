import type { Catalog } from "../model/catalog.js";

/** What the cost of an operation depends on beside the operation itself. */
export interface Circumstances {
  /** The schema just before the operation. */
  readonly catalog: Catalog;
  /** PostgreSQL's major version. */
  readonly postgres: number;
  /** Whether the session is known to have the time zone UTC. */
  readonly utc: boolean;
  /** Tables that the transaction has emptied, by schema and name. Absent: none is known. */
  readonly emptied?: ReadonlySet<string>;
}
