/** Blocks that stand around statements for their handlers alone: `DO $$ BEGIN … EXCEPTION WHEN … THEN NULL; END $$`. */
import { bodyOf } from "./do-block.js";
import { tokensOf } from "./lexer.js";

/** Words that make a block more than its statements; conservative, as some of them have other meanings. */
const CONTROL: ReadonlySet<string> = new Set(
  "begin case continue declare execute exit for foreach get goto if into loop open perform raise return while".split(
    " ",
  ),
);

/** The statements inside; the text itself where it is another block, or none. */
export function withoutHandlers(sql: string): string {
  if (!/^\s*do\b/i.test(sql)) return sql;
  const body = bodyOf(sql, [0, sql.length]);
  const around = body && sql.slice(0, body[0]) + sql.slice(body[1]);
  if (body === undefined || /\blanguage\s+(?!plpgsql\b)/i.test(around ?? "")) return sql;
  const tokens = tokensOf(sql, body).map(({ start, end }) => ({
    start,
    end,
    word: sql.slice(start, end).toLowerCase(),
  }));
  const words = tokens.map(({ word }) => word);
  while (words.at(-1) === ";") words.pop();
  const end = words.length - 1;
  const exception = words.indexOf("exception");
  const last = exception < 0 ? end : exception;
  const isPlain =
    words[0] === "begin" &&
    words[end] === "end" &&
    words.slice(1, last).every((word, index, inside) => !CONTROL.has(word) || isCondition(inside, index)) &&
    (exception < 0 || dropsTheError(words.slice(exception + 1, end)));
  const [from, to] = [tokens[1]?.start, tokens[last]?.start];
  return isPlain && from !== undefined && to !== undefined ? sql.slice(from, to) : sql;
}

/** IF EXISTS, IF NOT EXISTS. */
function isCondition(words: readonly string[], index: number): boolean {
  return words[index] === "if" && /^(?:not )?exists/.test(words.slice(index + 1, index + 3).join(" "));
}

/** Whether handlers do nothing, or only say what happened. */
function dropsTheError(handlers: readonly string[]): boolean {
  return handlers.every((word, index) => {
    if (word === "then") return /^(?:null|raise)$/.test(handlers[index + 1] ?? "");
    if (word === "raise") return handlers[index + 1] !== "exception" && handlers[index + 1] !== ";";
    return word !== ";" || index === handlers.length - 1 || handlers[index + 1] === "when";
  });
}
