/**
 * Comments beside code that declare a use of a table, column or other object harmless:
 * `// migration-safety-accept-reference orders.legacy_ref -- the export that reads it is switched off`.
 */
import type { Language } from "./application-files.js";
import type { Node } from "./script-tree.js";
import { readLiterals } from "./text-references.js";

/** What the comment begins with. */
export const ACCEPT_REFERENCE = "migration-safety-accept-reference";

export interface AcceptComment {
  /** Objects as written, without quotes: `orders.legacy_ref`, `public.orders`. */
  readonly objects: readonly string[];
  /** Empty where none is given: then it accepts nothing. */
  readonly reason: string;
  /** 1-based. */
  readonly line: number;
  /** The lines that it is about, both included: its own, or the statement that begins behind it. */
  readonly lines: readonly [first: number, last: number];
}

/** How comments begin, in any language. */
const OPENING = /(?:\/\/+|\/\*+|--|#|<!--|^\s*\*)\s*$/;
/** How they end before the line does. */
const CLOSING = /\*\/\s*\}?|-->/;
const COMMENT = new RegExp(String.raw`(?<![\w-])${ACCEPT_REFERENCE}(?![\w-])(.*)$`);
/** What stands before the reason, as in ESLint's directives. */
const REASON = /(?:^|\s)-{2,}(?:\s|$)/;
/** A line that has nothing but a comment in it, or nothing at all. */
const NO_CODE = /^\s*(?:$|\/\/|\/\*|<!--|\{\s*\/\*|--\s|#(?![[!{\w]))/;

/** The comments of a file. `nodes` gives those of a script; undefined for what cannot be parsed as one. */
export function acceptComments(
  text: string,
  language: Language,
  nodes: () => readonly Node[] | undefined = () => undefined,
): readonly AcceptComment[] {
  if (!text.includes(ACCEPT_REFERENCE)) return [];
  const lines = linesOf(text);
  return lines.flatMap(({ text: line, start }, index): AcceptComment[] => {
    const found = COMMENT.exec(line);
    if (found === null) return [];
    const before = line.slice(0, found.index);
    const opening = OPENING.exec(before);
    if (opening === null || isQuoted(line, opening.index)) return [];
    const inScript = language === "script" || language === "vue" ? nodes() : undefined;
    // A text that shows such a comment is none, but SQL in a string has comments of its own.
    if (inScript && !/--|\/\*/.test(opening[0]) && isInString(inScript, start + found.index)) return [];
    const [written = "", behind = ""] = (found[1] ?? "").split(CLOSING);
    const reason = REASON.exec(written);
    const objects = (reason ? written.slice(0, reason.index) : written).split(",");
    const isAlone = /^\s*\{?\s*$/.test(before.slice(0, opening.index)) && behind.trim() === "";
    const next = isAlone ? lines.findIndex((one, at) => at > index && !NO_CODE.test(one.text)) : -1;
    const first = next < 0 ? index : next;
    const last = next < 0 ? index : lastLine(lines, next, text, language, inScript);
    return [
      {
        objects: objects.map((object) => object.replaceAll('"', "").trim()).filter((object) => object !== ""),
        reason: reason ? written.slice(reason.index + reason[0].length).trim() : "",
        line: index + 1,
        lines: [first + 1, last + 1],
      },
    ];
  });
}

interface Line {
  readonly text: string;
  readonly start: number;
}

function linesOf(text: string): readonly Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const found = { text: line.replace(/\r$/, ""), start };
    start += line.length + 1;
    return found;
  });
}

/** Whether a string that begins before an offset of a line ends behind it. */
function isQuoted(line: string, offset: number): boolean {
  return ['"', "'", "`"].some((quote) => {
    const before = line.slice(0, offset).split(quote).length - 1;
    return before % 2 === 1 && line.includes(quote, offset);
  });
}

function isInString(nodes: readonly Node[], offset: number): boolean {
  return nodes.some(
    ({ type, start, end }) =>
      (type === "StringLiteral" || type === "TemplateElement") && start <= offset && offset < end,
  );
}

/** The index of the line on which what begins on a line ends: a statement or a member; in other languages, a string. */
function lastLine(
  lines: readonly Line[],
  index: number,
  text: string,
  language: Language,
  nodes: readonly Node[] | undefined,
): number {
  const line = lines[index]!;
  const offset = line.start + (line.text.length - line.text.trimStart().length);
  const end = nodes
    ? endOfStatement(nodes, offset)
    : language === "sql"
      ? endOfSql(text, offset)
      : endOfString(text, language, line);
  let last = index;
  while ((lines[last + 1]?.start ?? Infinity) < end) last += 1;
  return last;
}

/** What stands in a block is no part of the statement that has the block. */
const BLOCKS: ReadonlySet<string> = new Set(
  "BlockStatement ClassBody SwitchCase TSInterfaceBody TSModuleBlock StaticBlock".split(" "),
);

function endOfStatement(nodes: readonly Node[], offset: number): number {
  let end = offset;
  for (const node of nodes) if (node.start === offset && node.type !== "Program") end = Math.max(end, node.end);
  for (const { type, start } of nodes) if (start > offset && start < end && BLOCKS.has(type)) end = start;
  return end;
}

function endOfSql(text: string, offset: number): number {
  const end = /;[ \t]*(?:--.*)?$/m.exec(text.slice(offset));
  return end === null ? text.length : offset + end.index;
}

/** A query in the code of other languages is a string. */
function endOfString(text: string, language: Language, { start, text: line }: Line): number {
  const beginsHere = readLiterals(text, language).literals.filter(
    ({ range }) => range[0] >= start && range[0] < start + line.length,
  );
  return Math.max(start, ...beginsHere.map(({ range }) => range[1]));
}
