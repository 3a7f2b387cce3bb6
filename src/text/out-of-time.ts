/**
 * The end of a check's time, asked in loops that a single file can make long. What runs in such a check is synchronous,
 * so one limit is in force at a time.
 */
export interface TimeLimit {
  readonly seconds: number;
  isOver(): boolean;
}

/** Counts from now. */
export function timeLimit(seconds: number): TimeLimit {
  const end = performance.now() + seconds * 1000;
  return { seconds, isOver: () => performance.now() >= end };
}

/** Thrown by what has no result until it is done. */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

let inForce: TimeLimit | undefined;

/** Does something under a limit. @param limit Absent: there is time for everything. */
export function withinTime<Result>(limit: TimeLimit | undefined, work: () => Result): Result {
  const before = inForce;
  inForce = limit;
  try {
    return work();
  } finally {
    inForce = before;
  }
}

/** Whether the time is over; for what has a part of its result to show. */
export function isOutOfTime(): boolean {
  return inForce?.isOver() ?? false;
}

/** Throws `OutOfTime` where the time is over. */
export function checkTime(): void {
  if (isOutOfTime()) throw new OutOfTime("The time for this check is over.");
}

/** Why something was not read. */
export const TIME_WAS_OVER = "the time for this check was over";
