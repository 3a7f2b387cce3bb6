/** Which statements take a recipe in their place. */
import type { DeploySetting } from "../model/configuration.js";
import type { PlacedOperation } from "../model/migration.js";
import type { Operation } from "../model/operation.js";
import { RECIPES } from "./recipes/index.js";
import type { RecipeContext, RecipeStep } from "./recipe.js";
import { viewDefinitions } from "../change/view-definitions.js";
import { acceptedFor, isHazard, type PlanInput, type OperationFacts, type StatementFacts } from "./statement-facts.js";

/** A recipe that takes an operation's place. */
export interface ChosenWay {
  readonly facts: OperationFacts;
  readonly steps: readonly RecipeStep[];
  /** Further operations whose place it takes. */
  readonly covers: readonly Operation[];
  /** As in a way. */
  readonly guess?: string;
  /** Further recipes that fit, each as a sentence. */
  readonly otherWays: readonly string[];
}

export interface Treatment {
  readonly facts: StatementFacts;
  readonly ways: readonly ChosenWay[];
  /** Operations that the ways of this or another statement replace. */
  readonly replaced: ReadonlySet<Operation>;
}

/** Chooses the ways of all statements. Where the application is down for an upgrade, statements stay as they are. */
export function treat(
  statements: readonly StatementFacts[],
  deploy: DeploySetting,
  postgres: (database: string) => number,
  { change, recipes = RECIPES, usesOf }: Pick<PlanInput, "change" | "recipes" | "usesOf">,
): readonly Treatment[] {
  const all = new Map<string, PlacedOperation[]>();
  for (const { migration, operations } of statements) {
    const list = all.get(migration.database) ?? [];
    all.set(migration.database, list);
    for (const { placed } of operations) list.push(placed);
  }
  const definitions = viewDefinitions(change.databases);
  const candidates = statements.map((facts) => {
    const chosen: ChosenWay[] = [];
    for (const operation of deploy.model === "rolling" ? inNeed(facts, deploy) : []) {
      const { placed, references } = operation;
      const context: RecipeContext = {
        placed,
        references,
        postgres: postgres(facts.migration.database),
        ...(usesOf && { usesOf: (column) => usesOf(placed, column) }),
        definitionOf: (view) => definitions(facts.migration.database)(view, placed),
        operations: all.get(facts.migration.database) ?? [],
      };
      const fitting = recipes.flatMap((recipe) => {
        if (recipe.operation !== placed.operation.type) return [];
        const way = recipe.way(placed.operation, context);
        return way === undefined ? [] : [{ recipe, way }];
      });
      const [first, ...others] = fitting;
      if (first === undefined) continue;
      chosen.push({
        facts: operation,
        steps: first.way.steps,
        covers: first.way.covers ?? [],
        ...(first.way.guess !== undefined && { guess: first.way.guess }),
        otherWays: [
          ...(first.way.otherWays ?? []),
          ...(first.way.only ? [] : others.map(({ recipe }) => recipe.summary)),
        ],
      });
    }
    return chosen;
  });
  const standing = withoutCovered(candidates.flat());
  const replaced = new Set([...standing].flatMap(({ facts, covers }) => [facts.placed.operation, ...covers]));
  const ways = candidates.map((list) => list.filter((way) => standing.has(way)));
  return statements.map((facts, index) => ({ facts, ways: ways[index]!, replaced }));
}

/** Ways whose operation no other way takes the place of; of two that take each other's, the first. */
function withoutCovered(ways: readonly ChosenWay[]): ReadonlySet<ChosenWay> {
  const own = ({ facts }: ChosenWay): Operation => facts.placed.operation;
  const coveredBy = new Map<Operation, ChosenWay[]>();
  for (const way of ways) {
    for (const operation of way.covers) coveredBy.set(operation, [...(coveredBy.get(operation) ?? []), way]);
  }
  const order = new Map(ways.map((way, index) => [way, index]));
  const standing = new Set<ChosenWay>();
  for (const way of ways) {
    const others = (coveredBy.get(own(way)) ?? []).filter((other) => other !== way);
    const gives = others.some(
      (other) => standing.has(other) || !way.covers.includes(own(other)) || order.get(other)! < order.get(way)!,
    );
    if (!gives) standing.add(way);
  }
  return standing;
}

/** The operations of a statement that cannot stay as they are. */
function inNeed(facts: StatementFacts, { migrations }: DeploySetting): readonly OperationFacts[] {
  const { operations, hazards } = facts;
  const alone = operations.length === 1;
  const accepted = facts.accepted.some(({ harm }) => harm === "breaks code" || harm === "fails");
  return operations.filter(({ object, live, compatibility, use, counterpart }) => {
    if (!live || counterpart) return false;
    if (hazards.some((hazard) => alone || hazard.object === undefined || hazard.object === object)) return true;
    if (migrations !== "before" || compatibility.runningCodeOnNewSchema !== "no") return false;
    if (facts.accepted.some(isHazard)) return false;
    return use === undefined ? !accepted : use.base.length > 0 && acceptedFor(use, facts).length === 0;
  });
}
