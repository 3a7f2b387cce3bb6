/** Code that fails without what an operation takes away. */
import type { Operation } from "../model/operation.js";
import type { LeastGrade, Reference } from "../model/reference.js";
import { isSureEnough } from "../references/grades.js";
import { listPlaces } from "./remedies.js";
import type { RuleMigration } from "./types.js";

export interface BrokenUses {
  /**
   * Which code breaks: that of the pull request, in any order; only that which runs while the migration does; or only a
   * released version of it, since what is merged does not use it any more.
   */
  readonly by: "head" | "base" | "release";
  /** On both sides, those of the pull request first. */
  readonly uses: readonly Reference[];
  /** The places of the side that `by` names: `src/repo.ts:88, src/api.ts:12 and 3 more`. */
  readonly places: string;
}

/** The option `report`, for rules whose findings rest on uses in code. */
export const REPORT_SCHEMA = [
  {
    type: "object",
    properties: {
      report: {
        description: "How sure a use must be to make a finding.",
        enum: ["certain", "likely", "possible"],
      },
    },
    additionalProperties: false,
  },
] as const;

export const REPORT_DEFAULT: readonly [{ readonly report: LeastGrade }] = [{ report: "likely" }];

/** The uses of a live object that an operation takes away; undefined where none breaks. */
export function brokenUses(migration: RuleMigration, operation: Operation, least?: LeastGrade): BrokenUses | undefined {
  if (!migration.isLive(operation)) return undefined;
  return brokenBy(
    migration,
    migration.referencesTo(operation).filter((reference) => isUse(operation, reference)),
    least,
  );
}

/**
 * PostgreSQL drops a type only once no column has it, and what goes with the columns is told of them: that running code
 * declares the type breaks nothing more.
 */
function isUse({ type }: Operation, { kind, side }: Reference): boolean {
  return type !== "DropType" || kind !== "declared" || side === "head";
}

/** Which code breaks, of places in code that do not work on the new schema; undefined where none is sure enough. */
export function brokenBy(
  migration: RuleMigration,
  references: readonly Reference[],
  least?: LeastGrade,
): BrokenUses | undefined {
  const uses = references.filter((reference) => isSureEnough(reference, least));
  const atHead = uses.filter(({ side }) => side === "head");
  if (atHead.length > 0) return { by: "head", uses, places: placesOf(atHead) };
  if (uses.length === 0 || !meetsRunningCode(migration)) return undefined;
  const atBase = uses.filter(({ release }) => release === undefined);
  if (atBase.length > 0) return { by: "base", uses, places: placesOf(atBase) };
  return { by: "release", uses, places: placesOf(uses) };
}

/** The places, and that nothing but the name tells where none is more than possible. */
function placesOf(uses: readonly Reference[]): string {
  const isNameAlone = uses.every(({ grade }) => grade === "possible");
  return listPlaces(uses) + (isNameAlone ? ", by the name alone" : "");
}

/** Whether the old code still runs when the migration does: not with downtime, nor with migrations after the deploy. */
function meetsRunningCode({ change: { configuration } }: RuleMigration): boolean {
  return configuration.deploy.model === "rolling" && configuration.deploy.migrations === "before";
}
