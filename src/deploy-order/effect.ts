/** Locks in words: who waits for whom, and how long. */
import type { Blocked, Lock, Work } from "../model/lock.js";

const WORDS: Readonly<Record<Work, string>> = {
  instant: "for a moment",
  scan: "while it reads the whole table",
  "index-build": "while it builds an index",
  rewrite: "while it rewrites the table",
};

const RANK: Readonly<Record<Work, number>> = { instant: 0, scan: 1, "index-build": 2, rewrite: 3 };

/** The lock that holds others up the most: work comes before strength. */
export function worstLock(locks: readonly Lock[]): Lock | undefined {
  return locks.reduce<Lock | undefined>(
    (worst, lock) => (worst && weight(worst) >= weight(lock) ? worst : lock),
    undefined,
  );
}

function weight({ blocks, while: work }: Lock): number {
  return (RANK[work] > 0 ? 8 : 0) + blocks.length * 2 + RANK[work] / 4;
}

/**
 * `reads and writes on orders while it rewrites the table`
 * @param listed Relations that the configuration lists, and as what.
 */
export function effectOf({ blocks, relation, while: work }: Lock, listed: ReadonlyMap<string, string>): string {
  const list = listed.get(relation);
  const name = relation.replace(/^public\./, "") + (list === undefined ? "" : ` (listed as ${list})`);
  return `${blockedWords(blocks)} on ${name} ${WORDS[work]}`;
}

function blockedWords(blocks: readonly Blocked[]): string {
  if (blocks.includes("read")) return "reads and writes";
  return blocks.includes("write") ? "writes" : "other schema changes";
}
