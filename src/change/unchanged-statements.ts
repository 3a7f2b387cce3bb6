import type { ParsedSql } from "../model/statement.js";
import { statementTokens } from "../postgres/statement-tokens.js";

/** The indexes of statements that an edited file had before, comments and white space aside. */
export function unchangedStatements(before: ParsedSql, now: ParsedSql): ReadonlySet<number> {
  const left = new Map<string, number>();
  for (const { sql } of before.statements) left.set(keyOf(sql), (left.get(keyOf(sql)) ?? 0) + 1);
  const unchanged = new Set<number>();
  for (const { index, sql } of now.statements) {
    const key = keyOf(sql);
    const count = left.get(key) ?? 0;
    if (count === 0) continue;
    left.set(key, count - 1);
    unchanged.add(index);
  }
  return unchanged;
}

function keyOf(sql: string): string {
  return statementTokens(sql).join("\0");
}
