import { statementTokens } from "./statement-tokens.js";

/**
 * Whether two texts of SQL make the same where both of them run: comments, white space, empty statements, settings of
 * timeouts, IF EXISTS and CONCURRENTLY make no difference to that.
 */
export function sameSql(one: string, other: string): boolean {
  const left = effective(statementTokens(one));
  const right = effective(statementTokens(other));
  return left.length === right.length && left.every((token, index) => token === right[index]);
}

/** `SET LOCAL lock_timeout = …`, `RESET statement_timeout`: how long a statement waits or runs, not what it does. */
const TIMEOUT = /^(?:set(?: local| session)?|reset) \w+_timeout(?: |$)/;

/** How a statement copes with what is there or not there, and with others at work; and the schema that an extension gets anyway. */
const MANNER = /^(?:if(?: not)? exists|concurrently|schema public)$/;

/** The tokens without statements that set a timeout. A semicolon inside a function's body parts nothing that matters. */
function effective(tokens: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let start = 0; start < tokens.length;) {
    const semicolon = tokens.indexOf(";", start);
    const end = semicolon < 0 ? tokens.length : semicolon + 1;
    if (!TIMEOUT.test(tokens.slice(start, Math.min(start + 3, end)).join(" "))) kept.push(...tokens.slice(start, end));
    start = end;
  }
  if (kept.at(-1) === ";") kept.pop();
  return withoutManner(kept);
}

function withoutManner(tokens: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const length = [1, 2, 3].find((words) => MANNER.test(tokens.slice(at, at + words).join(" ")));
    if (length === undefined) kept.push(tokens[at]!);
    else at += length - 1;
  }
  return kept;
}
