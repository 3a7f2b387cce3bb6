/**
 * SQL that is not yet SQL: psql's commands and variables, and the placeholders of template languages. They are replaced
 * by blanks or names of the same length, so that every offset stays what it was. Only tried on text that does not parse.
 */
import type { Range } from "../model/position.js";
import { Lexer } from "./lexer.js";

/** SQL that a psql command runs, or a template includes, out of our sight. */
export interface HiddenSql {
  readonly range: Range;
  readonly reason: string;
}

export interface Substitution {
  /** As long as the original. */
  readonly text: string;
  /** What was replaced by names, in order. */
  readonly placeholders: readonly Range[];
  readonly hidden: readonly HiddenSql[];
}

/** The range grown to the borders of the placeholders that it begins or ends in: their names are shorter than they. */
export function widen(range: Range, placeholders: readonly Range[]): Range {
  if (placeholders.length === 0) return range;
  const [start, end] = range;
  const around = (offset: number): Range | undefined => {
    let low = 0;
    let high = placeholders.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((placeholders[middle] as Range)[1] < offset) low = middle + 1;
      else high = middle;
    }
    const found = placeholders[low];
    return found !== undefined && found[0] < offset && offset <= found[1] ? found : undefined;
  };
  const [first, last] = [around(start), around(end)];
  return [first !== undefined && start < first[1] ? first[0] : start, last?.[1] ?? end];
}

const HINT = /\\|\{\{|\$\{|:["'A-Za-z_]|^COPY\b/im;

/** Go templates' and Handlebars' control words, comments and assignments: they leave no text. */
const CONTROL = /^\{\{-?\s*(?:[#/^!]|(?:if|else|end|range|with|define|block|break|continue)\b|\$\w+\s*:?=)/;

/** Go's way to put another template's text in its place; tern has files of SQL for that. */
const INCLUDES = /^\{\{-?\s*(?:template|install_snapshot)\s+"([^"]*)"/;

const RUNS_A_FILE = /^\\(?:i|ir|include|include_relative)(?![a-z_])/;
const RUNS_ITS_RESULT = /^\\gexec\b/;

/**
 * PostgreSQL's reserved words, that no bare name may be (`pg_get_keywords()`, categories R and T of PostgreSQL 18).
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    "all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation " +
    "column concurrently constraint create cross current_catalog current_date current_role current_schema " +
    "current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for " +
    "foreign freeze from full grant group having ilike in initially inner intersect into is isnull join lateral " +
    "leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps " +
    "placing primary references returning right select session_user similar some symmetric system_user table " +
    "tablesample then to trailing true union unique user using variadic verbose when where window with"
  ).split(" "),
);

/** A name for the placeholder `[start, end)`, as long as it is, that keeps the words in it readable. */
function nameFor(text: string, start: number, end: number): string {
  const length = end - start;
  const placeholder = text.slice(start, end);
  const words = placeholder.match(/[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/g)?.join("_") ?? "";
  const gluedBefore = /[\w$"\u0080-\uffff]/.test(text[start - 1] ?? "");
  const gluedBehind = /[\w$\u0080-\uffff]/.test(text[end] ?? "");
  if (gluedBefore && gluedBehind) return words.slice(0, length).padEnd(length, "_");
  if (gluedBefore) return words.slice(0, length).padEnd(length, " ");
  if (gluedBehind) return (words === "" ? "_" : words).slice(0, length).padStart(length, " ");
  const bare = words === "" ? "_" : words;
  return (RESERVED_WORDS.has(bare.toLowerCase()) ? `_${bare}` : bare).slice(0, length).padStart(length, " ");
}

function blank(text: string): string {
  return text.replace(/[^\r\n]+/g, (line) => " ".repeat(line.length));
}

function lineEnd(text: string, at: number): number {
  while (at < text.length && text[at] !== "\n" && text[at] !== "\r") at++;
  return at;
}

/** `indexOf` for places that only move forward: text that is never closed is not searched again and again. */
class ForwardSearch {
  readonly #text: string;
  readonly #found = new Map<string, number>();

  constructor(text: string) {
    this.#text = text;
  }

  next(wanted: string, from: number): number {
    const known = this.#found.get(wanted);
    if (known !== undefined && (known < 0 || known >= from)) return known;
    const found = this.#text.indexOf(wanted, from);
    this.#found.set(wanted, found);
    return found;
  }
}

/** Undefined where there is nothing to replace. */
export function substitutePlaceholders(text: string): Substitution | undefined {
  if (!HINT.test(text)) return undefined;
  const pieces: string[] = [];
  const hidden: HiddenSql[] = [];
  const placeholders: Range[] = [];
  let copied = 0;
  const replace = (start: number, end: number, replacement: string): void => {
    pieces.push(text.slice(copied, start), replacement);
    copied = end;
  };
  const search = new ForwardSearch(text);
  let lexer = new Lexer(text);
  const continueAt = (offset: number): void => {
    lexer = new Lexer(text, offset);
  };
  let brackets = 0;
  let copyFrom: "no" | "copy" | "data" = "no";
  let atStart = true;
  while (lexer.next()) {
    if (lexer.kind === "comment") continue;
    const { start } = lexer;
    const first: boolean = atStart;
    atStart = false;
    switch (lexer.kind === "word" ? "word" : text[start]) {
      case "word": {
        const word = text.slice(start, lexer.end).toLowerCase();
        if (first) copyFrom = word === "copy" ? "copy" : "no";
        else if (word === "stdin" && copyFrom === "copy") copyFrom = "data";
        break;
      }
      case ";": {
        atStart = true;
        if (copyFrom !== "data") break;
        // The rows of COPY … FROM stdin follow in the text, up to a line with `\.` (pg_dump writes them so).
        copyFrom = "no";
        const from = lineEnd(text, lexer.end);
        const close = search.next("\n\\.", from);
        if (close < 0) break;
        const end = close + 3;
        replace(from, end, blank(text.slice(from, end)));
        continueAt(end);
        break;
      }
      case '"': {
        // In `"{{ index .Options "Namespace" }}"` the inner quotes are the template's.
        const token = text.slice(start, lexer.end);
        const open = token.lastIndexOf("{{");
        if (open < 0 || token.lastIndexOf("}}") > open) break;
        const close = search.next("}}", lexer.end);
        const quote = close < 0 ? -1 : text.indexOf('"', close);
        if (quote < 0) break;
        placeholders.push([start, quote + 1]);
        replace(start, quote + 1, nameFor(text, start, quote + 1));
        continueAt(quote + 1);
        break;
      }
      case "[":
        brackets++;
        break;
      case "]":
        brackets--;
        break;
      case "\\": {
        const end = lineEnd(text, start);
        const command = text.slice(start, end);
        const closes = /^\\(?:g|crosstabview|;)/.test(command);
        if (text[start + 1] === ";") {
          replace(start, start + 2, " ;");
          continueAt(start + 2);
        } else {
          replace(start, end, (closes ? ";" : " ").padEnd(end - start, " "));
          continueAt(end);
        }
        atStart = closes || first;
        if (RUNS_A_FILE.test(command)) {
          hidden.push({
            range: [start, start + command.trimEnd().length],
            reason: `psql's ${command.split(/\s/, 1)[0] ?? ""} runs the SQL of another file, which is not read here`,
          });
        } else if (RUNS_ITS_RESULT.test(command)) {
          hidden.push({
            range: [start, start + command.trimEnd().length],
            reason: "psql's \\gexec runs SQL that its query makes, which cannot be known",
          });
        }
        break;
      }
      case "{":
      case "$": {
        const double = text.startsWith("{{", start);
        // In `a_${b}` the dollar belongs to the name before it.
        const single = text.startsWith("${", start) ? start : text.startsWith("${", start - 1) ? start - 1 : -1;
        if (!double && single < 0) break;
        const from = double ? start : single;
        const close = double ? "}}" : "}";
        const found = search.next(close, from + 2);
        if (found < 0) break;
        let end = found + close.length;
        if (double && text[end] === "}" && text[from + 2] === "{") end++;
        const included = double ? INCLUDES.exec(text.slice(from, end))?.[1] : undefined;
        if (included !== undefined) {
          hidden.push({
            range: [from, end],
            reason: `the SQL of the template ${included} is put here, which is not read`,
          });
        }
        const control = included !== undefined || (double && CONTROL.test(text.slice(from, from + 40)));
        if (!control) placeholders.push([from, end]);
        replace(from, end, control ? blank(text.slice(from, end)) : nameFor(text, from, end));
        continueAt(end);
        if (control) atStart = first;
        break;
      }
      case ":": {
        if (brackets > 0 || lexer.end - start > 1) break;
        const variable = /:(?:[A-Za-z_][A-Za-z0-9_]*|'[A-Za-z0-9_]+'|"[A-Za-z0-9_]+")/y;
        variable.lastIndex = start;
        const match = variable.exec(text)?.[0];
        if (match === undefined) break;
        const end = start + match.length;
        placeholders.push([start, end]);
        const quoted = match[1] === "'" || match[1] === '"';
        replace(start, end, quoted ? ` ${match.slice(1)}` : variableName(text, start, end));
        continueAt(end);
        break;
      }
    }
  }
  if (copied === 0) return undefined;
  return { text: pieces.join("") + text.slice(copied), placeholders, hidden };
}

/** `:name` has one character to spare: a blank, or an underscore where the name alone is a reserved word. */
function variableName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end);
  const glued = /[\w$\u0080-\uffff]/.test(text[start - 1] ?? "");
  return (glued || RESERVED_WORDS.has(name.toLowerCase()) ? "_" : " ") + name;
}
