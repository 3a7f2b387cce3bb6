import type { Operation } from "../model/operation.js";
import type { OperationVisitors } from "./types.js";

type Visitors = Readonly<Record<string, (operation: Operation) => void>>;

/** One set of visitors that calls those of all. */
export function mergeVisitors(...all: readonly OperationVisitors[]): OperationVisitors {
  const merged: Record<string, (operation: Operation) => void> = {};
  for (const visitors of all as readonly Visitors[]) {
    for (const [type, visit] of Object.entries(visitors)) {
      const before = merged[type];
      merged[type] = before
        ? (operation) => {
            before(operation);
            visit(operation);
          }
        : visit;
    }
  }
  return merged;
}
