import { tokensOf } from "./lexer.js";

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
