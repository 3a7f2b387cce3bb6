/**
 * The one statement of a DO block that does nothing but run it, and overlooks that its object is there already. Tools
 * write it for statements without IF NOT EXISTS:
 *
 *     DO $$ BEGIN
 *       CREATE TYPE status AS ENUM ('new');
 *     EXCEPTION
 *       WHEN duplicate_object THEN null;
 *     END $$;
 */
import type { Range } from "../model/position.js";
import { Lexer, tokensOf } from "./lexer.js";

/** PL/pgSQL passes statements that begin so to PostgreSQL as they stand (its documentation, 41.5.1 and 41.5.2). */
const STATEMENT = /^(?:alter|comment|create|drop|grant|revoke)$/i;

/** What does nothing to the schema: `WHEN duplicate_object OR duplicate_table THEN NULL;`, and a RAISE NOTICE. */
const HANDLERS = /^(?: when \w+(?: or \w+)* then (?:null|raise notice '')(?: , \S+)* ;)+$/;

/**
 * Where the statement stands, without its semicolon; undefined for a block that does anything else.
 * @param range The DO statement.
 */
export function onlyStatementOf(text: string, range: Range): Range | undefined {
  const tokens = bodyTokens(text, range);
  const word = (index: number): string => {
    const token = tokens.at(index);
    return token ? text.slice(token.start, token.end).toLowerCase() : "";
  };
  const last = word(-1) === ";" ? -2 : -1;
  const first = tokens[1];
  if (word(0) !== "begin" || word(last) !== "end" || !first || !STATEMENT.test(word(1))) return undefined;

  // PostgreSQL refuses it in a function: what the statement would do is not what happens.
  if (tokens.some((_, index) => word(index) === "concurrently")) return undefined;

  const semicolon = tokens.findIndex((_, index) => word(index) === ";");
  const end = tokens[semicolon - 1];
  const rest = tokens
    .slice(semicolon + 1, last)
    .map(({ kind, start, end: to }) => (kind === "string" ? "''" : text.slice(start, to)));
  const [exception, ...handlers] = rest.map((token) => token.toLowerCase());
  const overlooks = exception === "exception" && HANDLERS.test(` ${handlers.join(" ")}`);
  return end && (exception === undefined || overlooks) ? [first.start, end.end] : undefined;
}

/** The tokens between the dollar quotes. */
function bodyTokens(text: string, [start, end]: Range): ReturnType<typeof tokensOf> {
  const lexer = new Lexer(text, start, end);
  while (lexer.next()) {
    if (lexer.kind !== "string") continue;
    const quote = /^\$\w*\$/.exec(text.slice(lexer.start, lexer.end))?.[0];
    return quote === undefined ? [] : tokensOf(text, [lexer.start + quote.length, lexer.end - quote.length]);
  }
  return [];
}
