import { statementTokens } from "../postgres/statement-tokens.js";

/**
 * Whether two texts of SQL make the same: comments, white space, empty statements and settings of timeouts make no
 * difference to that.
 */
export function sameSql(one: string, other: string): boolean {
  const left = effective(statementTokens(one));
  const right = effective(statementTokens(other));
  return left.length === right.length && left.every((token, index) => token === right[index]);
}

/** `SET LOCAL lock_timeout = …`, `RESET statement_timeout`: how long a statement waits or runs, not what it does. */
const TIMEOUT = /^(?:set(?: local| session)?|reset) \w+_timeout(?: |$)/;

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
  return kept;
}
