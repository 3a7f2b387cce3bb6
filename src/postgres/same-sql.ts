import { statementTokens } from "./statement-tokens.js";

/**
 * Whether two texts of SQL make the same where both of them run: comments, white space, empty statements, settings of
 * timeouts, IF EXISTS and CONCURRENTLY make no difference to that, nor does the schema `public` where it is searched anyway.
 */
export function sameSql(one: string, other: string): boolean {
  const tokens = SETS_PATH.test(one) || SETS_PATH.test(other) ? statementTokens : tokensInPublic;
  const left = effective(tokens(one));
  const right = effective(tokens(other));
  return left.length === right.length && left.every((token, index) => token === right[index]);
}

const SETS_PATH = /search_path/i;

/** The tokens of statements, and of the bodies of functions in them, without `public.` in front of names. */
function tokensInPublic(text: string): string[] {
  const tokens = statementTokens(text);
  return tokens.flatMap((token, at) => {
    const isSchema = /^"?public"?$/.test(token) && tokens[at + 1] === ".";
    const isItsDot = token === "." && /^"?public"?$/.test(tokens[at - 1] ?? "");
    if (isSchema || isItsDot) return [];
    return token.startsWith("$") ? [token.replace(/(?<![\w".])"?public"?\./gi, "")] : [token];
  });
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
