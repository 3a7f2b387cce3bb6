import { LOCKING_OPERATIONS } from "../postgres/locks.js";
import type { Operation } from "../model/operation.js";
import type { OperationVisitors } from "./types.js";

/** Visitors that call `check` for each operation that may lock a table. */
export function visitLocking(check: (operation: Operation) => void): OperationVisitors {
  return Object.fromEntries(LOCKING_OPERATIONS.map((type) => [type, check]));
}
