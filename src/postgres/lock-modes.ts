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
