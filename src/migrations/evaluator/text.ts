/** Strings that remember where they come from, so that a finding about SQL has its place in the program that makes it. */
import type { Range } from "../../model/position.js";

/** What stands in a string for something that only a run of the program knows. */
export interface Hole {
  /**
   * - `value`: a parameter or a literal, never a part of a name.
   * - `identifier`: a name.
   * - `any`: where it stands in the SQL decides.
   */
  readonly kind: "value" | "identifier" | "any";
  /** As it is written: `tableName`. */
  readonly name: string;
  /** Why it is not known, as the rest of a sentence that starts with the name. */
  readonly reason: string;
  /** The value as a literal, where it is known: for SQL that takes no parameters. */
  readonly inline?: Text;
}

/** Where a piece of text comes from. */
export interface Origin {
  readonly file: string;
  readonly range: Range;
  /** Whether the file has this very text there, unit by unit. */
  readonly verbatim: boolean;
  /** What begins and ends the string that it stands in. */
  readonly quote?: string;
}

export interface Piece {
  readonly text: string;
  /** Absent: from the tool itself; the place is then that of the call that sends it. */
  readonly origin?: Origin;
  readonly hole?: Hole;
  /** Whether no call asks for it: the tool sends it because of what the calls leave out. */
  readonly implied?: true;
}

/** A string of the program under evaluation. Immutable. */
export class Text {
  static readonly EMPTY = new Text([]);

  constructor(readonly pieces: readonly Piece[]) {}

  /** @param origin Where the text was made; absent: it is the tool's own. */
  static of(text: string, origin?: Origin): Text {
    return text === "" && origin === undefined
      ? Text.EMPTY
      : new Text([origin === undefined ? { text } : { text, origin }]);
  }

  static hole(hole: Hole, origin?: Origin): Text {
    return new Text([{ text: `\${${hole.name}}`, hole, ...(origin && { origin }) }]);
  }

  static join(texts: readonly (Text | string)[], separator: Text | string = ""): Text {
    const pieces: Piece[] = [];
    const add = (text: Text | string): void => {
      if (typeof text !== "string") pieces.push(...text.pieces);
      else if (text !== "") pieces.push({ text });
    };
    for (const [index, text] of texts.entries()) {
      if (index > 0) add(separator);
      add(text);
    }
    return new Text(pieces);
  }

  /** With `${expression}` for what is not known. */
  toString(): string {
    return this.pieces.map(({ text }) => text).join("");
  }

  /** The string where all of it is known. */
  get known(): string | undefined {
    return this.pieces.some(({ hole }) => hole !== undefined) ? undefined : this.toString();
  }

  get holes(): readonly Hole[] {
    return this.pieces.flatMap(({ hole }) => hole ?? []);
  }

  /** Gives a place to the pieces that have none inside of it. */
  at({ file, range }: Pick<Origin, "file" | "range">): Text {
    const place: Origin = { file, range, verbatim: false };
    const isInside = (origin: Origin | undefined): boolean =>
      origin?.file === file && origin.range[0] >= range[0] && origin.range[1] <= range[1];
    return new Text(this.pieces.map((piece) => (isInside(piece.origin) ? piece : { ...piece, origin: place })));
  }

  /** The part `[start, end)`; a hole is cut off whole or not at all. */
  slice(start: number, end = Infinity): Text {
    const pieces: Piece[] = [];
    let offset = 0;
    for (const piece of this.pieces) {
      const { text, origin, hole } = piece;
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, text.length);
      offset += text.length;
      if (from >= to) continue;
      if (hole !== undefined || (from === 0 && to === text.length)) pieces.push(piece);
      else if (origin?.verbatim !== true) pieces.push({ ...piece, text: text.slice(from, to) });
      else {
        const first = origin.range[0];
        pieces.push({ text: text.slice(from, to), origin: { ...origin, range: [first + from, first + to] } });
      }
    }
    return new Text(pieces);
  }

  /** As JavaScript's `split`; what is not known is never split. */
  split(separator: string): readonly Text[] {
    const parts: Text[] = [];
    let pieces: Piece[] = [];
    for (const piece of this.pieces) {
      if (piece.hole !== undefined) {
        pieces.push(piece);
        continue;
      }
      let at = 0;
      for (const part of piece.text.split(separator)) {
        if (at > 0) {
          parts.push(new Text(pieces));
          pieces = [];
        }
        pieces.push(...new Text([piece]).slice(at, at + part.length).pieces);
        at += part.length + separator.length;
      }
    }
    return [...parts, new Text(pieces)];
  }

  trim(): Text {
    const text = this.toString();
    const start = text.length - text.trimStart().length;
    return this.slice(start, Math.max(start, text.trimEnd().length));
  }

  /** Changes the parts that are known; their place stays, though the file has another text there. */
  map(change: (text: string) => string): Text {
    return new Text(
      this.pieces.map((piece) => {
        const text = piece.hole === undefined ? change(piece.text) : piece.text;
        if (text === piece.text) return piece;
        return { ...piece, text, ...(piece.origin && { origin: { ...piece.origin, verbatim: false } }) };
      }),
    );
  }
}

/**
 * A template for the SQL that a tool makes: what stands between the values is the tool's own, so its place is that of
 * the call. Values that are strings already are put in as they are.
 */
export function sqlText(strings: TemplateStringsArray, ...values: readonly (Text | string | number)[]): Text {
  const parts: (Text | string)[] = [];
  for (const [index, part] of strings.entries()) {
    parts.push(part);
    const value = values[index];
    if (value !== undefined) parts.push(typeof value === "number" ? String(value) : value);
  }
  return Text.join(parts);
}

/** A quoted identifier: `"orders"`. */
export function quoted(name: Text | string): Text {
  const text = typeof name === "string" ? Text.of(name) : name;
  return Text.join(['"', text.map((part) => part.replaceAll('"', '""')), '"']);
}

/** A string literal: `'it''s'`. */
export function literal(value: Text | string): Text {
  const text = typeof value === "string" ? Text.of(value) : value;
  return Text.join(["'", text.map((part) => part.replaceAll("'", "''")), "'"]);
}

/**
 * A parameter of a statement.
 * @param inline The value as a literal, where it is known.
 */
export function parameter(name: string, inline?: Text): Text {
  return Text.hole({ kind: "value", name, reason: "is a parameter", ...(inline && { inline }) });
}

/** The SQL with literals in place of its parameters, as far as their values are known. */
export function inlined(sql: Text): Text {
  return Text.join(sql.pieces.map((piece) => piece.hole?.inline ?? new Text([piece])));
}

/** SQL that no call asks for: the tool sends it because of what the calls leave out. */
export function implied(sql: Text): Text {
  return new Text(sql.pieces.map((piece) => ({ ...piece, implied: true })));
}
