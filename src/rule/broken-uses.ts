/** Code that fails without what an operation takes away. */
import type { Operation } from "../model/operation.js";
import type { Reference } from "../model/reference.js";
import { listPlaces } from "./remedies.js";
import type { RuleMigration } from "./types.js";

interface BrokenUses {
  /** The code of the pull request, which breaks in any order, or only the code that runs while the migration does. */
  readonly by: "head" | "base";
  /** On both sides, those of the pull request first. */
  readonly uses: readonly Reference[];
  /** The places of the side that `by` names: `src/repo.ts:88, src/api.ts:12 and 3 more`. */
  readonly places: string;
}

/**
 * The uses of a live object that an operation takes away; undefined where none breaks. With downtime, or with migrations
 * after the deploy, the old code does not run any more when the migration does.
 * Uses that only a released version has are not among them.
 */
export function brokenUses(migration: RuleMigration, operation: Operation): BrokenUses | undefined {
  if (!migration.isLive(operation)) return undefined;
  const { deploy } = migration.change.configuration;
  const meetsRunningCode = deploy.model === "rolling" && deploy.migrations === "before";
  const uses = migration
    .referencesTo(operation)
    .filter(({ grade, release }) => (grade === "certain" || grade === "likely") && release === undefined);
  const atHead = uses.filter(({ side }) => side === "head");
  if (atHead.length > 0) return { by: "head", uses, places: listPlaces(atHead) };
  return meetsRunningCode && uses.length > 0 ? { by: "base", uses, places: listPlaces(uses) } : undefined;
}
