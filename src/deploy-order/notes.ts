/** What holds for several steps of a plan and is said once: what to ask the database meanwhile, and whose durations these are. */
import type { Step } from "../model/plan.js";
import { RATES_SOURCE } from "./estimate.js";
import { LOCK_STOP } from "./recipe-parts/statements.js";

interface Note {
  /** Whether a step makes it worth saying. */
  readonly isNeeded: (step: Step) => boolean;
  readonly text: string;
}

const NOTES: readonly Note[] = [
  {
    isNeeded: ({ stopCondition = "" }) => stopCondition.includes(LOCK_STOP),
    text: "A step that times out has waited for a transaction that is still open; the oldest ones: `SELECT pid, now() - xact_start AS age, state, query FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY 2 DESC LIMIT 5;`",
  },
  {
    isNeeded: ({ sql = "" }) => /\bINDEX CONCURRENTLY\b/.test(sql),
    text: "How far the build of an index is: `SELECT phase, blocks_done, blocks_total FROM pg_stat_progress_create_index;`",
  },
  {
    isNeeded: ({ estimates = [] }) => estimates.some(({ seconds }) => seconds !== undefined),
    text: RATES_SOURCE,
  },
];

/** Sentences with backticks around code. */
export function notesOf(steps: readonly Step[]): readonly string[] {
  return NOTES.filter(({ isNeeded }) => steps.some(isNeeded)).map(({ text }) => text);
}
