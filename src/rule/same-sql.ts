import { statementTokens } from "../postgres/statement-tokens.js";

/** Whether two texts of SQL are the same statements: comments, white space and empty statements make no difference. */
export function sameSql(one: string, other: string): boolean {
  const left = statementTokens(one);
  const right = statementTokens(other);
  return left.length === right.length && left.every((token, index) => token === right[index]);
}
