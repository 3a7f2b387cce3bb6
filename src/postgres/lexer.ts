/**
 * A reader of SQL tokens and comments after PostgreSQL's `scan.l`. It never fails: what PostgreSQL would refuse becomes
 * some token, because the parser has the last word. libpg-query's own scan costs more than parsing; the tests check
 * this one against it.
 */
import type { Range } from "../model/position.js";
import type { SqlComment } from "../model/statement.js";

export type TokenKind =
  /** A keyword or an unquoted identifier. */
  | "word"
  /** `"name"` and `U&"name"`. */
  | "quoted"
  /** Every kind of string constant, dollar quotes included. */
  | "string"
  | "number"
  /** `$1` */
  | "parameter"
  | "operator"
  /** One of `( ) [ ] , ; . :` and `:: := ..`, or a character that PostgreSQL does not know. */
  | "punctuation"
  | "comment";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
}

const OPERATOR = "~!@#^&|`?+-*/%<>=";
/** An operator of several characters may end in `+` or `-` only if it has one of these (scan.l, "operator"). */
const KEEPS_SIGN = /[~!@#^&|`?%]/;

const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
/** The opening of a dollar-quoted string, or a parameter. */
const DOLLAR = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$|\$\d+/y;

const SPACE = 1;
const IDENTIFIER_START = 2;
const DIGIT = 4;
const OPERATOR_CHARACTER = 8;
const IDENTIFIER_PART = 16;

const CLASSES = new Uint8Array(128);
for (const character of " \t\n\r\f\v") CLASSES[character.charCodeAt(0)] = SPACE;
for (const character of OPERATOR) CLASSES[character.charCodeAt(0)] = OPERATOR_CHARACTER;
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_") {
  CLASSES[character.charCodeAt(0)] = IDENTIFIER_START | IDENTIFIER_PART;
}
for (const character of "0123456789") CLASSES[character.charCodeAt(0)] = DIGIT | IDENTIFIER_PART;
CLASSES[0x24] = IDENTIFIER_PART;

const NON_ASCII = IDENTIFIER_START | IDENTIFIER_PART;

function classOf(unit: number): number {
  return unit < 128 ? (CLASSES[unit] as number) : unit >= 128 ? NON_ASCII : 0;
}

/** Steps through the tokens of `text` between two offsets without allocating; comments are tokens. */
export class Lexer {
  kind: TokenKind = "punctuation";
  start = 0;
  end: number;
  readonly #text: string;
  readonly #limit: number;

  constructor(text: string, start = 0, limit = text.length) {
    this.#text = text;
    this.#limit = limit;
    this.end = start;
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    const text = this.#text;
    let at = this.end;
    while (at < this.#limit && classOf(text.charCodeAt(at)) === SPACE) at++;
    if (at >= this.#limit) {
      this.start = this.end = at;
      return false;
    }
    this.start = at;
    this.end = Math.min(this.#read(at), this.#limit);
    return true;
  }

  #read(at: number): number {
    const text = this.#text;
    const unit = text.charCodeAt(at);
    const kind = classOf(unit);
    if ((kind & IDENTIFIER_START) !== 0) return this.#word(at, unit);
    if (kind === (DIGIT | IDENTIFIER_PART)) return this.#number(at);
    switch (unit) {
      case 0x27:
        this.kind = "string";
        return this.#quotedString(at, false);
      case 0x22:
        this.kind = "quoted";
        return this.#skipQuoted(at + 1, '"');
      case 0x24:
        return this.#dollar(at);
      case 0x2d:
        if (text.charCodeAt(at + 1) === 0x2d) {
          this.kind = "comment";
          return endOfLine(text, at, this.#limit);
        }
        break;
      case 0x2f:
        if (text.charCodeAt(at + 1) === 0x2a) {
          this.kind = "comment";
          return this.#blockComment(at);
        }
        break;
      case 0x2e:
        if ((classOf(text.charCodeAt(at + 1)) & DIGIT) !== 0) return this.#number(at);
        break;
    }
    if (kind === OPERATOR_CHARACTER) return this.#operator(at);
    this.kind = "punctuation";
    const next = text.charCodeAt(at + 1);
    if (unit === 0x3a && (next === 0x3a || next === 0x3d)) return at + 2;
    if (unit === 0x2e && next === 0x2e) return at + 2;
    return at + 1;
  }

  #word(at: number, unit: number): number {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    if (next === 0x27 && "eEbBxXnN".includes(String.fromCharCode(unit))) {
      this.kind = "string";
      // N'…' is the keyword NCHAR followed by a string for PostgreSQL; one token serves us as well.
      return this.#quotedString(at + 1, unit === 0x65 || unit === 0x45);
    }
    if (next === 0x26 && (unit === 0x75 || unit === 0x55)) {
      const quote = text.charCodeAt(at + 2);
      if (quote === 0x27) {
        this.kind = "string";
        return this.#quotedString(at + 2, false);
      }
      if (quote === 0x22) {
        this.kind = "quoted";
        return this.#skipQuoted(at + 3, '"');
      }
    }
    this.kind = "word";
    let end = at + 1;
    while (end < this.#limit && (classOf(text.charCodeAt(end)) & IDENTIFIER_PART) !== 0) end++;
    return end;
  }

  #number(at: number): number {
    const text = this.#text;
    this.kind = "number";
    NUMBER.lastIndex = at;
    const match = NUMBER.exec(text);
    return match === null ? at + 1 : at + match[0].length;
  }

  /** From the opening quote; strings that only a line break parts are one. */
  #quotedString(quote: number, backslashes: boolean): number {
    let end = backslashes ? this.#skipEscaped(quote + 1) : this.#skipQuoted(quote + 1, "'");
    for (;;) {
      const continuation = this.#continuation(end);
      if (continuation < 0) return end;
      end = backslashes ? this.#skipEscaped(continuation) : this.#skipQuoted(continuation, "'");
    }
  }

  /** Where a string that goes on in a later line has its text, or -1. */
  #continuation(end: number): number {
    const text = this.#text;
    let newLine = false;
    for (let at = end; at < this.#limit; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x27) return newLine ? at + 1 : -1;
      if (unit === 0x0a || unit === 0x0d) newLine = true;
      else if (newLine && unit === 0x2d && text.charCodeAt(at + 1) === 0x2d) at = endOfLine(text, at, this.#limit) - 1;
      else if (classOf(unit) !== SPACE) return -1;
    }
    return -1;
  }

  #skipQuoted(at: number, quote: string): number {
    const text = this.#text;
    for (;;) {
      const close = text.indexOf(quote, at);
      if (close < 0 || close >= this.#limit) return this.#limit;
      if (text[close + 1] !== quote) return close + 1;
      at = close + 2;
    }
  }

  #skipEscaped(at: number): number {
    const text = this.#text;
    for (; at < this.#limit; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0x5c) at++;
      else if (unit === 0x27) {
        if (text.charCodeAt(at + 1) !== 0x27) return at + 1;
        at++;
      }
    }
    return this.#limit;
  }

  #dollar(at: number): number {
    const text = this.#text;
    DOLLAR.lastIndex = at;
    const match = DOLLAR.exec(text)?.[0];
    if (match === undefined) {
      this.kind = "punctuation";
      return at + 1;
    }
    if (!match.endsWith("$")) {
      this.kind = "parameter";
      return at + match.length;
    }
    this.kind = "string";
    const close = text.indexOf(match, at + match.length);
    return close < 0 ? this.#limit : close + match.length;
  }

  #blockComment(at: number): number {
    const text = this.#text;
    let depth = 0;
    for (; at < this.#limit; at++) {
      const unit = text.charCodeAt(at);
      const next = text.charCodeAt(at + 1);
      if (unit === 0x2f && next === 0x2a) {
        depth++;
        at++;
      } else if (unit === 0x2a && next === 0x2f) {
        depth--;
        at++;
        if (depth === 0) return at + 1;
      }
    }
    // Without an end it is an error, which must not be passed over as a comment.
    this.kind = "punctuation";
    return this.#limit;
  }

  #operator(at: number): number {
    const text = this.#text;
    this.kind = "operator";
    let end = at + 1;
    while (end < this.#limit && classOf(text.charCodeAt(end)) === OPERATOR_CHARACTER) {
      const pair = text.slice(end, end + 2);
      if (pair === "--" || pair === "/*") break;
      end++;
    }
    if (end - at > 1 && !KEEPS_SIGN.test(text.slice(at, end))) {
      while (end - at > 1 && (text[end - 1] === "+" || text[end - 1] === "-")) end--;
    }
    return end;
  }
}

function endOfLine(text: string, at: number, limit: number): number {
  while (at < limit) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a || unit === 0x0d) return at;
    at++;
  }
  return limit;
}

/** The tokens of a stretch of SQL, comments left out. */
export function tokensOf(text: string, [start, end]: Range): Token[] {
  const tokens: Token[] = [];
  const lexer = new Lexer(text, start, end);
  while (lexer.next()) {
    if (lexer.kind !== "comment") tokens.push({ kind: lexer.kind, start: lexer.start, end: lexer.end });
  }
  return tokens;
}

/** Every comment of a file. */
export function commentsOf(text: string): SqlComment[] {
  if (!text.includes("--") && !text.includes("/*")) return [];
  const comments: SqlComment[] = [];
  const lexer = new Lexer(text);
  while (lexer.next()) {
    if (lexer.kind !== "comment") continue;
    const { start, end } = lexer;
    const block = text.charCodeAt(start) === 0x2f;
    const closed = block && text.endsWith("*/", end) && end - start >= 4;
    comments.push({
      kind: block ? "block" : "line",
      range: [start, end],
      value: text.slice(start + 2, closed ? end - 2 : end),
    });
  }
  return comments;
}

/**
 * Splits SQL at the semicolons that end statements, for files that do not parse as a whole. Each range goes from a
 * statement's first token to its last. A semicolon inside parentheses ends a statement too (a lost parenthesis costs one
 * statement, not the file), except in CREATE RULE, and so do not those of a `BEGIN ATOMIC` body.
 */
export function splitStatements(text: string): Range[] {
  const ranges: Range[] = [];
  const lexer = new Lexer(text);
  let start = -1;
  let end = -1;
  let words: string[] = [];
  let previous = "";
  let parentheses = 0;
  let blocks = 0;
  const finish = (): void => {
    if (start >= 0) ranges.push([start, end]);
    start = -1;
    words = [];
    parentheses = 0;
    blocks = 0;
  };
  while (lexer.next()) {
    if (lexer.kind === "comment") continue;
    if (lexer.kind === "punctuation") {
      const character = text[lexer.start];
      if (character === ";" && blocks === 0 && (parentheses === 0 || !isRule(words))) {
        finish();
        continue;
      }
      if (character === "(") parentheses++;
      else if (character === ")" && parentheses > 0) parentheses--;
    } else if (lexer.kind === "word" && lexer.end - lexer.start <= 9) {
      const word = text.slice(lexer.start, lexer.end).toLowerCase();
      if (words.length < 4) words.push(word);
      if (isRoutine(words)) {
        const opens = blocks > 0 ? word === "begin" || word === "case" : word === "atomic" && previous === "begin";
        if (opens) blocks++;
        else if (word === "end" && blocks > 0) blocks--;
      }
      previous = word;
    }
    if (start < 0) start = lexer.start;
    end = lexer.end;
  }
  finish();
  return ranges;
}

function createdKind(words: readonly string[]): string | undefined {
  if (words[0] !== "create") return undefined;
  return words[1] === "or" ? words[3] : words[1];
}

function isRule(words: readonly string[]): boolean {
  return createdKind(words) === "rule";
}

function isRoutine(words: readonly string[]): boolean {
  const kind = createdKind(words);
  return kind === "function" || kind === "procedure";
}
