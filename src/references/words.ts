/** Words of a text that stand for something. */
import { escapeRegExp } from "./escapes.js";

export interface Hit<Value> {
  readonly offset: number;
  readonly values: readonly Value[];
}

/** Any of some words, as a part of a regular expression; nothing fits where there are none. */
export function alternatives(words: Iterable<string>): string {
  return Array.from(words, escapeRegExp).join("|") || "(?!)";
}

/** Finds words in texts. What was found in the last text is kept: the one who asks first is not the only one. */
export class Words<Value> {
  readonly #pattern: RegExp;
  readonly #valuesOf: (word: string) => readonly Value[];
  readonly #known = new Map<string, readonly Value[]>();
  #text: string | undefined;
  #hits: readonly Hit<Value>[] = [];

  /** @param pattern A global one. */
  constructor(pattern: RegExp, valuesOf: (word: string) => readonly Value[]) {
    this.#pattern = pattern;
    this.#valuesOf = valuesOf;
  }

  /** From the first to the last. */
  in(text: string): readonly Hit<Value>[] {
    if (text === this.#text) return this.#hits;
    const hits: Hit<Value>[] = [];
    const pattern = this.#pattern;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      hits.push({ offset: match.index, values: this.#of(match[0]) });
    }
    this.#text = text;
    this.#hits = hits;
    return hits;
  }

  #of(word: string): readonly Value[] {
    let values = this.#known.get(word);
    if (values === undefined) this.#known.set(word, (values = this.#valuesOf(word)));
    return values;
  }
}

/** The values of the words within each of some parts of a text, which stand in order and next to each other. */
export function valuesByPart<Part extends { readonly end: number }, Value>(
  parts: readonly Part[],
  hits: readonly Hit<Value>[],
): ReadonlyMap<Part, ReadonlySet<Value>> {
  const found = new Map<Part, Set<Value>>();
  let at = 0;
  for (const part of parts) {
    const values = new Set<Value>();
    for (let hit = hits[at]; hit !== undefined && hit.offset < part.end; hit = hits[++at]) {
      for (const value of hit.values) values.add(value);
    }
    if (values.size > 0) found.set(part, values);
  }
  return found;
}

/** Whether a word stands between two offsets. */
export function hasHit(hits: readonly Hit<unknown>[], start: number, end: number): boolean {
  let low = 0;
  for (let high = hits.length; low < high;) {
    const middle = (low + high) >> 1;
    if ((hits[middle] as Hit<unknown>).offset < start) low = middle + 1;
    else high = middle;
  }
  const first = hits[low];
  return first !== undefined && first.offset < end;
}
