import type { LockMode } from "../model/operation.js";

/** Weakest first; `LockStmt.mode` (lockdefs.h) counts them from 1. */
export const LOCK_MODES: readonly LockMode[] = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
];

/**
 * By each mode the weakest that it conflicts with: it conflicts with every stronger one, too
 * (PostgreSQL documentation, "Conflicting Lock Modes"). SHARE is the exception that does not conflict with itself.
 */
const WEAKEST_CONFLICT: Readonly<Record<LockMode, LockMode>> = {
  "ACCESS SHARE": "ACCESS EXCLUSIVE",
  "ROW SHARE": "EXCLUSIVE",
  "ROW EXCLUSIVE": "SHARE",
  "SHARE UPDATE EXCLUSIVE": "SHARE UPDATE EXCLUSIVE",
  SHARE: "ROW EXCLUSIVE",
  "SHARE ROW EXCLUSIVE": "ROW EXCLUSIVE",
  EXCLUSIVE: "ROW SHARE",
  "ACCESS EXCLUSIVE": "ACCESS SHARE",
};

/** Whether a lock in one mode waits for a lock in the other, on the same relation and in another transaction. */
export function lockConflict(one: LockMode, other: LockMode): boolean {
  if (one === "SHARE" && other === "SHARE") return false;
  return LOCK_MODES.indexOf(other) >= LOCK_MODES.indexOf(WEAKEST_CONFLICT[one]);
}
