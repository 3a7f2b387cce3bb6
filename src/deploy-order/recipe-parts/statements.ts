/** How the statements of a step are written together. */
import type { RecipeContext } from "../recipe.js";

/** Waiting for a lock keeps everybody behind it waiting: after this long the statement gives up instead. */
const LOCK_TIMEOUT = "'2s'";

/** Statements that take their locks for a moment, with a limit to how long they wait for them. */
export function shortly(context: RecipeContext, ...statements: readonly string[]): string {
  const limit = lockLimit(context);
  return [...(limit === undefined ? [] : [limit]), ...statements].join("\n");
}

function lockLimit({ placed: { migration } }: RecipeContext): string | undefined {
  // What the file itself sets is not in force in a file of a proposal's own.
  const inForce = migration.statements[0]?.session.get("lock_timeout");
  if (inForce !== undefined && !/^0+ *[a-z]*$/.test(inForce)) return undefined;
  // Where each statement commits by itself a local setting would be gone before the next.
  const local = migration.transaction !== "per-statement" && migration.transaction !== "unknown";
  return `SET ${local ? "LOCAL " : ""}lock_timeout = ${LOCK_TIMEOUT};`;
}

/** What to do where a statement has waited that long. */
export const LOCK_STOP =
  "It times out three times. Then look for the oldest transactions: `SELECT pid, now() - xact_start AS age, query FROM pg_stat_activity WHERE xact_start IS NOT NULL ORDER BY 2 DESC LIMIT 5`";
