import type { Node } from "libpg-query";
import type { Range } from "../model/position.js";
import { tokensOf, type Token } from "./lexer.js";
import { widen } from "./placeholders.js";

/**
 * The text of one statement beside its parse tree: the tree says what a clause means and where it begins, the tokens
 * where it ends. All offsets are those of the file.
 */
export class StatementSource {
  /** Position in the file's list of statements. */
  readonly index: number;
  readonly range: Range;
  readonly node: Node;
  /** The file as it stands. */
  readonly #written: string;
  /** The file as it was parsed: placeholders replaced by names of the same length. */
  readonly #parsed: string;
  readonly #placeholders: readonly Range[];
  readonly #fromByte: (byte: number) => number;
  #tokens: readonly Token[] | undefined;

  constructor(source: {
    readonly index: number;
    readonly range: Range;
    readonly node: Node;
    readonly written: string;
    readonly parsed: string;
    readonly placeholders: readonly Range[];
    readonly fromByte: (byte: number) => number;
  }) {
    this.index = source.index;
    this.range = source.range;
    this.node = source.node;
    this.#written = source.written;
    this.#parsed = source.parsed;
    this.#placeholders = source.placeholders;
    this.#fromByte = source.fromByte;
  }

  /** Made when first asked for: most statements need no tokens. */
  get tokens(): readonly Token[] {
    return (this.#tokens ??= tokensOf(this.#parsed, this.range));
  }

  /** The offset of a parse node; its location is absent when it is 0 and negative when it is not known. */
  offset(location: number | undefined): number {
    return this.#fromByte(location ?? 0);
  }

  /** As written in the file. */
  sql([start, end]: Range): string {
    return this.#written.slice(start, end);
  }

  /** Index of the first token at or behind an offset. */
  tokenAt(offset: number): number {
    const { tokens } = this;
    let low = 0;
    let high = tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tokens[middle] as Token).start < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A keyword or unquoted identifier in lower case, a punctuation character, else the empty string. */
  word(token: number): string {
    const found = this.tokens[token];
    if (found === undefined || (found.kind !== "word" && found.kind !== "punctuation")) return "";
    return this.#parsed.slice(found.start, found.end).toLowerCase();
  }

  /** Whether the words stand at this token, in this order. */
  has(token: number, ...words: readonly string[]): boolean {
    return words.every((word, index) => this.word(token + index) === word);
  }

  /** Index of the token behind the bracket that closes the one at `open`. */
  behindBracket(open: number): number {
    const { tokens } = this;
    let depth = 0;
    for (let index = open; index < tokens.length; index++) {
      const token = tokens[index] as Token;
      if (token.kind !== "punctuation") continue;
      const character = this.#parsed[token.start];
      if (character === "(" || character === "[") depth++;
      else if ((character === ")" || character === "]") && --depth === 0) return index + 1;
    }
    return tokens.length;
  }

  /**
   * Index of the first token at or behind `from` that is outside of brackets and one of `stops`; also the bracket that
   * closes around `from`. `limit` where there is none.
   */
  find(from: number, stops: readonly string[], limit = this.tokens.length): number {
    const { tokens } = this;
    for (let index = from; index < limit; index++) {
      const token = tokens[index] as Token;
      if (token.kind === "punctuation") {
        const character = this.#parsed[token.start] as string;
        if (character === ")" || character === "]" || stops.includes(character)) return index;
        if (character === "(" || character === "[") index = this.behindBracket(index) - 1;
      } else if (token.kind === "word" && stops.includes(this.word(index))) {
        return index;
      }
    }
    return limit;
  }

  /** The element of a comma-separated list that begins at a token: up to the comma or the bracket that closes the list. */
  element(from: number): { readonly from: number; readonly to: number } {
    return { from, to: this.find(from, [","]) };
  }

  /** The elements of the list that begins at a token. */
  elements(from: number): { readonly from: number; readonly to: number }[] {
    const elements = [];
    for (let at = from; at < this.tokens.length;) {
      const element = this.element(at);
      elements.push(element);
      if (this.word(element.to) !== ",") break;
      at = element.to + 1;
    }
    return elements;
  }

  /** From the first of these tokens to the last; the whole statement where there are none. */
  rangeOf(from: number, to: number): Range {
    const first = this.tokens[from];
    const last = this.tokens[to - 1];
    if (first === undefined || last === undefined || to <= from) return this.range;
    return widen([first.start, last.end], this.#placeholders);
  }

  /** Index of the token behind a name like `a.b.c` that begins at a token, its closing parenthesis of `ONLY (…)` and `*` included. */
  behindName(from: number): number {
    let token = from + 1;
    while (this.word(token) === ".") token += 2;
    if (this.word(token) === ")") token++;
    const star = this.tokens[token];
    if (star?.kind === "operator" && star.end - star.start === 1 && this.#parsed[star.start] === "*") token++;
    return token;
  }
}
