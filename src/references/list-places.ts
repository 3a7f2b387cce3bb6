/** Where names stand that PostgreSQL's parse tree only lists: those of USING, of ON CONFLICT and of COPY. */
import { type Token, tokensOf } from "../postgres/lexer.js";
import type { PlacedName } from "./query.js";

/** The lists of one text. They are asked for in the order in which they stand there. */
export class ListPlaces {
  #tokens: readonly Token[] | undefined;
  /** Where the lists of USING begin that a join has already. */
  readonly #taken = new Set<number>();

  constructor(readonly text: string) {}

  /** Where the parts of the first list in brackets behind an offset begin. */
  parts(from: number): readonly number[] {
    const starts: number[] = [];
    let depth = 0;
    let begins = false;
    for (const { start } of this.#all) {
      if (start < from) continue;
      const character = this.text[start];
      if (begins) starts.push(start);
      begins = (character === "(" && depth === 0) || (character === "," && depth === 1);
      if (character === "(") depth++;
      else if (character === ")" && --depth === 0) break;
    }
    return starts;
  }

  /** The names of `USING (…)`: those of the first such list behind an offset that no join has yet. */
  using(names: readonly string[], from: number): readonly PlacedName[] {
    const tokens = this.#all;
    const at = tokens.findIndex(
      ({ start }, index) =>
        start >= from &&
        !this.#taken.has(start) &&
        this.#wordAt(index) === "using" &&
        this.#wordAt(index + 1) === "(" &&
        this.#wordAt(index + 1 + 2 * names.length) === ")" &&
        names.every((name, nth) => this.#wordAt(index + 2 + 2 * nth) === name),
    );
    const using = tokens[at];
    if (using !== undefined) this.#taken.add(using.start);
    return names.map((name, nth) => {
      const start = using === undefined ? from : (tokens[at + 2 + 2 * nth]?.start ?? from);
      return { name, start, qualifiers: 0 };
    });
  }

  get #all(): readonly Token[] {
    return (this.#tokens ??= tokensOf(this.text, [0, this.text.length]));
  }

  /** A token as PostgreSQL understands it: a name without its quotes, or in small letters. */
  #wordAt(index: number): string | undefined {
    const token = this.#all[index];
    if (token === undefined) return undefined;
    const written = this.text.slice(token.start, token.end);
    return token.kind === "quoted" ? written.slice(1, -1).replaceAll('""', '"') : written.toLowerCase();
  }
}
