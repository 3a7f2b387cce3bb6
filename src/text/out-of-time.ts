/**
 * The end of a check's time, asked in loops that a single file can make long. What runs in such a check is synchronous,
 * so one limit is in force at a time.
 */
export class OutOfTime extends Error {
  override readonly name = "OutOfTime";
}

let isOver: (() => boolean) | undefined;

/** Does something that ends with `OutOfTime` when the time is over. @param over Absent: there is time for everything. */
export function withinTime<Result>(over: (() => boolean) | undefined, work: () => Result): Result {
  const before = isOver;
  isOver = over;
  try {
    return work();
  } finally {
    isOver = before;
  }
}

/** Throws `OutOfTime` where the time is over. */
export function checkTime(): void {
  if (isOver?.()) throw new OutOfTime("The time for this check is over.");
}
