import type { LockMode } from "./operation.js";

/** What PostgreSQL does while it holds the lock. `instant` does not depend on the table's size. */
export type Work = "instant" | "scan" | "index-build" | "rewrite";

/** What other sessions cannot do meanwhile: SELECT, INSERT/UPDATE/DELETE, other schema changes (and VACUUM). */
export type Blocked = "read" | "write" | "ddl";

/** A table-level lock that a statement takes, held until the end of its transaction. */
export interface Lock {
  /** Qualified: `public.orders`. */
  readonly relation: string;
  readonly mode: LockMode;
  readonly blocks: readonly Blocked[];
  /** The longest work that the statement does on this relation while it holds the lock. */
  readonly while: Work;
}
