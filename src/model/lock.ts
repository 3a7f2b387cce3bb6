import type { LockMode } from "./operation.js";

/** What PostgreSQL does while it holds the lock. `instant` does not depend on the table's size. */
export type Work = "instant" | "scan" | "index-build" | "rewrite";

/** What other sessions cannot do meanwhile: SELECT, INSERT/UPDATE/DELETE, other schema changes (and VACUUM). */
export type Blocked = "read" | "write" | "ddl";

/** How large a table was when its database's statistics were collected. */
export interface TableSize {
  /** PostgreSQL's estimate. Absent where the table was never analysed. */
  readonly rows?: number;
  /** Without its indexes. */
  readonly bytes: number;
  readonly indexBytes: number;
}

/**
 * A table-level lock that a statement takes, held until the end of its transaction. An index that is locked without its
 * table counts as the table: planning any query on the table waits for it.
 */
export interface Lock {
  /** Qualified: `public.orders`. */
  readonly relation: string;
  readonly mode: LockMode;
  readonly blocks: readonly Blocked[];
  /** The longest work that the statement does on this relation while it holds the lock. */
  readonly while: Work;
  /** Of the relation, where the configuration says. */
  readonly size?: TableSize;
}
