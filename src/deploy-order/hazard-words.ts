/** What findings say of a statement that has to be changed: what happens, and what to do instead. */
import type { Finding } from "../model/finding.js";
import type { Lock } from "../model/lock.js";
import { effectOf } from "./effect.js";

export interface HazardWords {
  /** What follows on the imperative: `: it blocks writes on orders while it builds an index.`, or `. ` and a sentence. */
  readonly why: string;
  /** What else the findings say, most of all what to do instead, as sentences; empty where they say nothing else. */
  readonly instead: string;
}

/**
 * @param lock The statement's own that others wait for the most.
 * @param listed Relations that the configuration lists, and as what.
 */
export function hazardWords(
  hazards: readonly Finding[],
  lock: Lock | undefined,
  listed: ReadonlyMap<string, string>,
): HazardWords {
  // Other findings that block are about what an earlier statement of the transaction holds.
  const works = lock !== undefined && lock.while !== "instant" && lock.blocks.includes("write");
  const isOwnWork = ({ harm }: Finding): boolean => harm === "blocks" && works;
  const said = hazards.map((hazard) => ({ hazard, parts: sentencesOf(hazard.message) }));
  const sentences = distinct(said.flatMap(({ hazard, parts: [first] }) => (isOwnWork(hazard) ? [] : (first ?? []))));
  return {
    why: [
      hazards.some(isOwnWork) ? `: it blocks ${effectOf(lock!, listed)}.` : ".",
      ...sentences.map((sentence) => ` ${sentence}`),
    ].join(""),
    instead: distinct(said.flatMap(({ parts: [, ...rest] }) => rest)).join(" "),
  };
}

/** What a finding says that happens. */
export function whatHappens({ message }: Finding): string {
  return sentencesOf(message)[0] ?? message;
}

/** A message begins with what happens; the rest says why, and what to do. */
function sentencesOf(message: string): readonly string[] {
  const end = /[.!?](?= \p{Lu})/u.exec(message);
  return end === null ? [message] : [message.slice(0, end.index + 1), message.slice(end.index + 2)];
}

function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text !== "");
}
