/** How the reader's tool runs a statement that is proposed: a remedy must be possible in that tool. */
import type { ToolFacts, TransactionMode } from "../model/migration.js";
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
  const { actor, transaction } = step;
  if (actor !== "pipeline" || step.sql === undefined) return { actor };
  if (transaction === "outside") {
    if (tool.outsideTransaction !== undefined) return { actor, how: sentence(tool.outsideTransaction) };
    if (mode === "per-statement") return { actor };
    return {
      actor: "person",
      how: `${tool.label} has no way to run it outside a transaction: run it by hand, and keep it out of the migrations.`,
    };
  }
  if (!alone || mode === "per-statement") return { actor };
  if (mode !== "all-pending")
    return { actor, how: "In a migration of its own, so that its locks are released before the next step." };
  return tool.outsideTransaction === undefined
    ? {
        actor,
        how: `In a release of its own: ${tool.label} runs all that is pending in one transaction, and locks last until its end.`,
      }
    : { actor, how: sentence(tool.outsideTransaction) };
}

function sentence(rest: string): string {
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`;
}
