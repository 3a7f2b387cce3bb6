/**
 * The timeline that steps are placed on. Each pull request is a release with four slots: its migrations run `before` the
 * deploy, then the code is deployed, then data is brought over while both old and new code is gone or writes both, and
 * what the old code would not have survived runs `after`.
 */

export type Slot = "before" | "deploy" | "backfill" | "after";

/** A slot of a pull request, counted from this one: 0 is this one, 1 the next. */
export interface Moment {
  readonly release: number;
  readonly slot: Slot;
}

const SLOTS: readonly Slot[] = ["before", "deploy", "backfill", "after"];

/** The position of a moment on the timeline; four to a release. */
export function positionOf({ release, slot }: Moment): number {
  return release * SLOTS.length + SLOTS.indexOf(slot);
}

/** The moment at a position of the timeline. */
export function momentAt(position: number): Moment {
  return { release: Math.floor(position / SLOTS.length), slot: SLOTS[position % SLOTS.length]! };
}
