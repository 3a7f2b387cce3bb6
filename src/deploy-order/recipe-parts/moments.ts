/** Moments of the timeline, as recipes write them. */
import type { Moment, Slot } from "../moment.js";

const at =
  (slot: Slot) =>
  (release: number): Moment => ({ release, slot });

/** The migrations of a pull request, before its code is deployed. */
export const before = at("before");
export const deploy = at("deploy");
export const backfill = at("backfill");
/** When every instance runs the code of the pull request. */
export const after = at("after");
