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
  const wayOf = (facts: StatementFacts, operation: OperationFacts): ChosenWay | undefined => {
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
    if (first === undefined) return undefined;
    const { steps, covers = [], guess, otherWays = [], only } = first.way;
    return {
      facts: operation,
      steps,
      covers,
      ...(guess !== undefined && { guess }),
      otherWays: [...otherWays, ...(only ? [] : others.map(({ recipe }) => recipe.summary))],
    };
  };
  const needed = statements.map((facts) => (deploy.model === "rolling" ? inNeed(facts, deploy) : []));
  const candidates = statements.map((facts, index) => needed[index]!.flatMap((one) => wayOf(facts, one) ?? []));
  // What has no way of its own may be a part of another's: the copy into a table that takes the name of the one before.
  const answered = new Set(candidates.flat().flatMap(({ facts, covers }) => [facts.placed.operation, ...covers]));
  const asking = [
    ...needed.flat(),
    ...statements.flatMap(({ hazards, operations }) => (hazards.length > 0 ? operations : [])),
  ];
  const open = new Set(asking.flatMap(({ placed: { operation } }) => (answered.has(operation) ? [] : operation)));
  for (const [index, facts] of statements.entries()) {
    for (const one of open.size === 0 || deploy.model !== "rolling" ? [] : facts.operations) {
      if (!one.live || answered.has(one.placed.operation) || open.has(one.placed.operation)) continue;
      const way = wayOf(facts, one);
      if (!way?.covers.some((operation) => open.has(operation))) continue;
      candidates[index]!.push(way);
      for (const operation of way.covers) open.delete(operation);
    }
  }
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
