import { tokensOf } from "../postgres/lexer.js";

/** Whether two texts of SQL are the same statements: comments, white space and empty statements make no difference. */
export function sameSql(one: string, other: string): boolean {
  const left = statementTokens(one);
  const right = statementTokens(other);
  return left.length === right.length && left.every((token, index) => token === right[index]);
}

function statementTokens(text: string): string[] {
  const tokens = tokensOf(text, [0, text.length]).map(({ kind, start, end }) => {
    const token = text.slice(start, end);
    return kind === "word" ? token.toLowerCase() : token;
  });
  return tokens
    .filter((token, index) => token !== ";" || (tokens[index - 1] ?? ";") !== ";")
    .join("\0")
    .replace(/\0;$/, "")
    .split("\0");
}
