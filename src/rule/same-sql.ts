import { tokensOf } from "../postgres/lexer.js";

/** Whether two texts of SQL are the same statements: comments, white space and empty statements make no difference. */
export function sameSql(one: string, other: string): boolean {
  const left = statementTokens(one);
  const right = statementTokens(other);
  return left.length === right.length && left.every((token, index) => token === right[index]);
}

/** The tokens of statements: those that mean the same have the same ones. */
export function statementTokens(text: string): string[] {
  const tokens: string[] = [];
  for (const { kind, start, end } of tokensOf(text, [0, text.length])) {
    const token = text.slice(start, end);
    const endsNothing = token === ";" && (tokens.at(-1) ?? ";") === ";";
    if (!endsNothing) tokens.push(kind === "word" ? token.toLowerCase() : token);
  }
  if (tokens.at(-1) === ";") tokens.pop();
  return tokens;
}
