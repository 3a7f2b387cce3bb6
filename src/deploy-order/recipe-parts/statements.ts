/** How the statements of a step are written together. */
import type { RecipeContext } from "../recipe.js";

/** Waiting for a lock keeps everybody behind it waiting: after this long the statement gives up instead. */
const LOCK_TIMEOUT = "'2s'";

/** Statements that take their locks for a moment, with a limit to how long they wait for them. */
export function shortly(context: RecipeContext, ...statements: readonly string[]): string {
  const limit = lockLimit(context);
  // What follows on the same connection may be an index that is built for hours.
  const end = context.placed.migration.transaction === "per-statement" ? ["RESET lock_timeout;"] : [];
  return limit === undefined ? statements.join("\n") : [limit, ...statements, ...end].join("\n");
}

/** SQL of a step without its own limit, for a step that has one. */
export function withoutLimit(sql: string): string {
  return sql
    .split("\n")
    .filter((line) => !/^(?:SET (?:LOCAL )?|RESET )lock_timeout\b/.test(line))
    .join("\n");
}

function lockLimit({ placed: { migration } }: RecipeContext): string | undefined {
  // What the file itself sets is not in force in a file of a proposal's own.
  const inForce = migration.statements[0]?.session.get("lock_timeout");
  if (inForce !== undefined && !/^0+ *[a-z]*$/.test(inForce)) return undefined;
  // Where each statement commits by itself a local setting would be gone before the next.
  const local = migration.transaction !== "per-statement" && migration.transaction !== "unknown";
  return `SET ${local ? "LOCAL " : ""}lock_timeout = ${LOCK_TIMEOUT};`;
}

/** Where a statement has waited that long again and again; the plan's notes say once what to look for then. */
export const LOCK_STOP = "It times out three times.";

/** Statements as code, for a sentence. */
export function codeOf(...statements: readonly string[]): string {
  return `\`${statements.join(" ").replaceAll("\n", " ").trim().replace(/;$/, "")}\``;
}
