/** How the reader's tool runs a statement that is proposed: a remedy must be possible in that tool. */
import type { ToolFacts, TransactionMode } from "../model/migration.js";
import { parseSql } from "../postgres/parse-sql.js";
import type { Actor, RecipeStep } from "./recipe.js";

export interface Running {
  readonly actor: Actor;
  /** A sentence; absent where it runs as any other statement. */
  readonly how?: string;
}

/**
 * Who runs the SQL of a step, and how.
 * @param mode How the tool sends the file that the step replaces a statement of.
 * @param alone Whether another step of the same release must not share its transaction.
 */
export function howItRuns(step: RecipeStep, tool: ToolFacts, mode: TransactionMode, alone: boolean): Running {
  const { actor, transaction, sql, repeat } = step;
  if (sql === undefined) return { actor };
  if (actor !== "pipeline") {
    const again = repeat === true ? ", again and again until it changes no row" : "";
    return { actor, how: `By hand or by a script, and in no migration${again}.` };
  }
  const outside = wayOut(tool, sql);
  if (transaction === "outside") {
    if (outside !== undefined) {
      const waiting = WAITS.test(sql) ? (tool.outsideWaiting ?? "") : "";
      return { actor, how: sentence(outside + waiting) };
    }
    if (mode === "per-statement") return { actor };
    return {
      actor: "person",
      how:
        BUILDS_INDEX.test(sql) && tool.withoutOutside !== undefined
          ? tool.withoutOutside
          : `${tool.label} has no way to run it outside a transaction: run it by hand, and keep it out of the migrations.`,
    };
  }
  if (mode === "per-statement") {
    const works = parseSql(sql).statements.filter((one) => !SETS.test(one.sql));
    return works.length > 1
      ? { actor, how: "Between BEGIN and COMMIT, sent together: all of it or nothing." }
      : { actor };
  }
  if (!alone) return { actor };
  if (mode !== "all-pending")
    return { actor, how: "In a migration of its own, so that no step holds the locks of another." };
  if (outside === undefined) {
    return {
      actor,
      how: `In a release of its own: ${tool.label} runs all that is pending in one transaction, and locks last until its end.`,
    };
  }
  // What it sets for its transaction would be gone outside of one; a step that is outside ends the transaction of all.
  return { actor, how: SETS_LOCAL.test(sql) ? "In a migration of its own." : sentence(outside) };
}

/** How the tool runs the SQL of a step outside of its transaction; undefined where it cannot. */
function wayOut({ outsideTransaction: way, staysInside = [] }: ToolFacts, sql: string): string | undefined {
  if (way === undefined || staysInside.length === 0) return way;
  const operations = parseSql(sql).statements.flatMap((statement) => statement.operations);
  return operations.some(({ type }) => staysInside.includes(type)) ? undefined : way;
}

const BUILDS_INDEX = /^CREATE (?:UNIQUE )?INDEX\b/;
/** It waits for every older transaction, whatever that has touched. */
const WAITS = /\bCONCURRENTLY\b/;
const SETS = /^(?:RE)?SET\b/;
const SETS_LOCAL = /^SET LOCAL\b/;

function sentence(rest: string): string {
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`;
}
