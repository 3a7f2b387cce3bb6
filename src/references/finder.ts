import { escapeRegExp } from "./escapes.js";

/**
 * Finds which of many strings are in a text, in one pass however many there are. One string may be a part of another, and
 * they may overlap.
 */
export class Finder<Value> {
  readonly #pattern: RegExp | undefined;
  /** By each string the values of all that are in it. */
  readonly #values = new Map<string, readonly Value[]>();

  constructor(entries: Iterable<readonly [text: string, value: Value]>) {
    const own = new Map<string, Value[]>();
    for (const [text, value] of entries) {
      const values = own.get(text);
      if (values === undefined) own.set(text, [value]);
      else values.push(value);
    }
    // The longest that fits says all: what else begins there is a part of it.
    const texts = [...own.keys()].sort((one, other) => other.length - one.length);
    for (const text of texts) {
      this.#values.set(
        text,
        [...own].flatMap(([part, values]) => (text.includes(part) ? values : [])),
      );
    }
    if (texts.length > 0) this.#pattern = new RegExp(texts.map(escapeRegExp).join("|"), "g");
  }

  /** The values of the strings that a text has in it. */
  in(text: string): ReadonlySet<Value> {
    const found = new Set<Value>();
    const pattern = this.#pattern;
    if (pattern === undefined) return found;
    const seen = new Set<string>();
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      pattern.lastIndex = match.index + 1;
      if (seen.has(match[0])) continue;
      seen.add(match[0]);
      for (const value of this.#values.get(match[0]) ?? []) found.add(value);
    }
    return found;
  }
}
