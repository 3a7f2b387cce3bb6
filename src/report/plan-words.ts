/** The words of a plan that its views share. Plain text, with backticks around code. */
import type { Blocked, Lock, Work } from "../model/lock.js";
import type { Estimate, OtherChange, Phase, PhaseId, Step, UpgradeWork } from "../model/plan.js";
import { sizeWords } from "../text/size-words.js";
import { shortName } from "./words.js";

/** What a lock is for, who is blocked by it, and how long: three facts, each with its name. */
export function lockFacts(lock: Lock, estimates: readonly Estimate[] = []): string {
  const { relation, while: work } = lock;
  const estimate = estimates.find((one) => one.relation === relation && one.work === work);
  return [
    `Lock: ${lockWords(lock)} \`${shortName(relation)}\``,
    `Blocked: ${blockedWords(lock.blocks)}`,
    `Duration: ${durationWords(lock, estimate)}`,
  ].join(". ");
}

/** A table that is hardly locked and yet kept from everybody has an index that is. */
function lockWords({ mode, blocks }: Lock): string {
  return mode === "ACCESS SHARE" && blocks.includes("read") ? "ACCESS EXCLUSIVE on an index of" : `${mode} on`;
}

/** The facts of each lock of a step, and the wait that comes before the first of them. */
export function stepLocks({ locks, estimates = [] }: Step): readonly string[] {
  const batches = estimates.filter(({ work }) => work === "batches");
  return [
    ...locks.map((lock) => `${lockFacts(lock, estimates)}.`),
    ...batches.map(
      (one) =>
        `Blocked: nobody for longer than a batch. Duration: it goes through the whole table, ${estimateWords(one, one.size)}.`,
    ),
  ];
}

function blockedWords(blocks: readonly Blocked[]): string {
  if (blocks.includes("read")) return "reads and writes";
  if (blocks.includes("write")) return "writes; reads go on";
  return blocks.includes("ddl") ? "other schema changes; reads and writes go on" : "nobody";
}

const WORK_WORDS: Readonly<Record<Exclude<Work, "instant">, string>> = {
  scan: "it reads the whole table",
  "index-build": "it builds the index",
  rewrite: "it rewrites the whole table",
};

function durationWords({ while: work, size }: Lock, estimate: Estimate | undefined): string {
  if (work === "instant") return "a moment, whatever the size of the table";
  return `${WORK_WORDS[work]}, ${estimateWords(estimate, size)}`;
}

/** `12 s to 1 min (about 48 million rows, 6.1 GB)`, or the query that tells the size. */
function estimateWords(estimate: Estimate | undefined, size: Lock["size"]): string {
  if (estimate?.seconds) {
    const [least, most] = estimate.seconds;
    return `${rangeWords(least, most)}${size ? ` (${sizeWords(size)})` : ""}`;
  }
  const depends = "how long depends on the size";
  return estimate?.query === undefined ? depends : `${depends}: \`${estimate.query}\``;
}

/** Work of an upgrade: the table, what is done with it, and how long. */
export function upgradeWorkWords({ relation, lock, ...estimate }: UpgradeWork): string {
  if (lock.while === "instant") return `\`${shortName(relation)}\`: a moment`;
  return `\`${shortName(relation)}\`: ${WORK_WORDS[lock.while]}, ${estimateWords({ relation, ...estimate }, lock.size)}`;
}

/** `12 s to 1 min`; a range of one length is that. */
export function rangeWords(least: number, most: number): string {
  const [from, to] = [secondsWords(least), secondsWords(most)];
  if (from === to) return from;
  const [, figure, unit] = /^([\d.]+)( .+)$/.exec(from) ?? [];
  return figure !== undefined && unit !== undefined && to.endsWith(unit) ? `${figure} to ${to}` : `${from} to ${to}`;
}

function secondsWords(seconds: number): string {
  if (seconds < 1) return "less than a second";
  for (const [unit, length] of [
    ["h", 3600],
    ["min", 60],
  ] as const) {
    if (seconds >= length) return `${String(Number((seconds / length).toPrecision(2)))} ${unit}`;
  }
  return `${String(Number(seconds.toPrecision(2)))} s`;
}

/** Which pull request a later step belongs to: this one is the first. */
export function releaseWords(release: number): string {
  return release === 1 ? "The next pull request" : `Pull request ${String(release + 1)}, counted from this one`;
}

/** When a later pull request may ship. */
export function releaseCondition(release: number): string {
  return release === 1
    ? "once every instance runs the code of this one"
    : `once every instance runs the code of pull request ${String(release)}`;
}

/** Over what holds for several steps. */
export const NOTES_HEADING = "While the steps run";

/** What tells whether the code from before a deploy still runs. */
export const OLD_CONNECTIONS =
  "A connection that is older than the deploy belongs to an instance that still runs the code from before: `SELECT application_name, client_addr, min(backend_start) FROM pg_stat_activity WHERE datname = current_database() GROUP BY 1, 2;`";

/** The first phase in which something waits for the last old instance; undefined where nothing does. */
export function waitingPhase(phases: readonly Phase[]): PhaseId | undefined {
  return phases.find(
    ({ id, steps }) =>
      (id === "after-deploy" || id === "later") && steps.some(({ person, origin }) => person && origin === "proposed"),
  )?.id;
}

/** What shows that a step is done: the query, and what it answers then. */
export function checkWords({ check, answer }: Step): string | undefined {
  if (check === undefined) return undefined;
  return answer === undefined ? check : `${check} answers ${answer}`;
}

/** Statements elsewhere, by why they matter; a group without any is left out. */
export function otherChangeGroups(
  changes: readonly OtherChange[],
): readonly { readonly why: string; readonly changes: readonly OtherChange[] }[] {
  const merged = changes.filter(({ mergedSince }) => mergedSince !== undefined);
  const open = changes.filter(({ pullRequest }) => pullRequest !== undefined);
  const tag = merged[0]?.mergedSince ?? "";
  return [
    {
      why: `Merged since \`${tag}\`, the newest release, and about the same as this pull request: the code of \`${tag}\` meets both with the next release.`,
      changes: merged,
    },
    {
      why: "Other open pull requests are about the same. Whichever is merged second meets the schema of the first: update its branch then, so that it is checked again.",
      changes: open,
    },
  ].filter((group) => group.changes.length > 0);
}
