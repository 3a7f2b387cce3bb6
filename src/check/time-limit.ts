/** Ends a check that would take too long, with what is known by then. */
import { type ParseMigration, parseMigration, unreadableMigration } from "../change/parse-migration.js";
import type { Incompleteness } from "../model/report.js";
import { OutOfTime } from "../text/out-of-time.js";

export interface TimeLimit {
  readonly seconds: number;
  /** Asked between two files and, within one, for each operation. A file that is left half done counts as not judged. */
  isOver(): boolean;
}

/** Counts from now. */
export function timeLimit(seconds: number): TimeLimit {
  const end = performance.now() + seconds * 1000;
  return { seconds, isOver: () => performance.now() >= end };
}

/** Parses no more files once the time is over. */
export function parseWithin(limit: TimeLimit, parse: ParseMigration = parseMigration): ParseMigration {
  return (...file) => (limit.isOver() ? unreadableMigration("the time for this check is over") : parse(...file));
}

/** The result of some work; undefined where the time is over before it is done. */
export function beforeTheEnd<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  }
}

/** What the report says of a check that was ended. */
export function outOfTime({ seconds }: TimeLimit, judged: number, all: number): Incompleteness {
  return {
    reason:
      `The check was ended after ${String(seconds)} seconds: ` +
      (judged < all
        ? `${String(judged)} of ${String(all)} migrations were judged, and references to the rest were not looked for.`
        : "every migration was judged, and there was no time for the plan."),
    fix: "Set the input `time-limit` to more seconds, or name what need not be judged under `ignore` in the configuration.",
  };
}
