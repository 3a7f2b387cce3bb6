/** What holds for several steps is said once, and only where a step is for it. */
import { expect, test } from "vitest";
import { notesOf, withSharedWaysOnce } from "../../src/deploy-order/notes.js";
import { LOCK_STOP } from "../../src/deploy-order/recipe-parts/statements.js";
import type { Step } from "../../src/model/plan.js";

const STEP: Step = { id: "1", title: "", person: true, locks: [], origin: "proposed", evidence: [] };
const first = (note: string): string => note.split(/[:.]/)[0] ?? "";

test.each([
  ["nothing", {}, []],
  [
    "a wait for a lock",
    { stopCondition: `It is used. Or: ${LOCK_STOP}` },
    ["A step that times out has waited for a transaction that is still open; the oldest ones"],
  ],
  ["an index", { sql: "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);" }, ["How far the build of an index is"]],
  ["a size that is not known", { estimates: [{ relation: "public.t", work: "scan", query: "SELECT 1" }] }, []],
  [
    "a size that is known",
    { estimates: [{ relation: "public.t", work: "batches", seconds: [1, 2] }] },
    ["Durations are reckoned from the sizes in the statistics file, without the wait for the lock"],
  ],
] as const)("%s", (_, parts, notes) => {
  const step: Step = { ...STEP, ...parts };
  expect(notesOf([STEP, step, step]).map(first)).toEqual(notes);
});

test("another way that several steps have is said once, and one of a step alone stays there", () => {
  const step = { ...STEP, phase: "before-merge", kind: "change" } as const;
  const { steps, ways } = withSharedWaysOnce([
    { ...step, otherWays: ["Wait.", "Ask first."] },
    { ...step, otherWays: ["Wait."] },
    step,
  ]);
  expect(steps.map(({ otherWays }) => otherWays)).toEqual([["Ask first."], undefined, undefined]);
  expect(ways).toEqual(["Another way, for several of the steps: Wait."]);
});
