/** What holds for several steps of a plan and is said once: what to ask the database meanwhile, whose durations these are, other ways. */
import type { Step } from "../model/plan.js";
import { RATES_SOURCE } from "./estimate.js";
import { LOCK_STOP } from "./recipe-parts/statements.js";
import type { PlacedStep } from "./steps.js";

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

/** Takes other ways that several steps have out of these steps, and says each once. */
export function withSharedWaysOnce(steps: readonly PlacedStep[]): {
  readonly steps: readonly PlacedStep[];
  readonly ways: readonly string[];
} {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const way of steps.flatMap(({ otherWays = [] }) => otherWays)) (seen.has(way) ? shared : seen).add(way);
  if (shared.size === 0) return { steps, ways: [] };
  return {
    steps: steps.map((step) => {
      const { otherWays = [], ...rest } = step;
      const own = otherWays.filter((way) => !shared.has(way));
      return own.length === otherWays.length ? step : { ...rest, ...(own.length > 0 && { otherWays: own }) };
    }),
    ways: [...shared].map((way) => `Another way, for several of the steps: ${way}`),
  };
}
