/** What a check says that its time limit has ended. */
import type { Incompleteness } from "../model/report.js";
import { OutOfTime, type TimeLimit } from "../text/out-of-time.js";
import { versionWords } from "../text/version-words.js";

/** The result of some work; undefined where the time is over before it is done. */
export function beforeTheEnd<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutOfTime) return undefined;
    throw error;
  }
}

/** How far a check came. */
export interface Progress {
  readonly judged: number;
  readonly all: number;
  /** The versions of PostgreSQL that this is true of; fewer than asked for where the time was over before the next. */
  readonly versions: readonly number[];
  readonly wanted: readonly number[];
}

/** What the report says of a check that was ended. */
export function outOfTime({ seconds }: TimeLimit, { judged, all, versions, wanted }: Progress): Incompleteness {
  const of = versions.length < wanted.length ? ` for PostgreSQL ${versionWords(versions, wanted)}` : "";
  return {
    reason:
      `The check was ended after ${String(seconds)} seconds: ` +
      (judged < all
        ? `${String(judged)} of ${String(all)} migrations were judged${of}. What was not is listed as not analysed.`
        : `every migration was judged${of}, and there was no time for the plan.`),
    fix: "Set the input `time-limit` to more seconds, or name what need not be judged under `ignore` in the configuration.",
  };
}
