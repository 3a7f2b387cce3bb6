/** The way that a recipe answers a pull request with. */
import { viewDefinitions } from "../../../src/change/view-definitions.js";
import type { Recipe, RecipeContext, Way } from "../../../src/deploy-order/recipe.js";
import { RECIPES } from "../../../src/deploy-order/recipes/index.js";
import type { PlacedOperation } from "../../../src/model/migration.js";
import type { Reference } from "../../../src/model/reference.js";
import { memoryChange, type Surroundings } from "../../rules/memory-change.js";

export interface Asked extends Pick<Surroundings, "postgres" | "tool" | "transaction" | "session"> {
  /** The migrations of base. */
  readonly schema: string;
  /** The migration of the pull request. */
  readonly pull: string;
  /** As it is written, where PostgreSQL refuses that; `pull` is what it is meant to do. */
  readonly refused?: string;
  /** Default: the first that fits. */
  readonly recipe?: string;
  readonly references?: readonly Reference[];
}

export interface Chosen {
  readonly recipe: Recipe;
  readonly way: Way;
  readonly placed: PlacedOperation;
  /** Statements of the pull request of which the way replaces nothing, each with its semicolon. */
  readonly kept: readonly string[];
}

/** The first operation of the pull request that the recipe fits. */
export function chosenWay({
  schema,
  pull: meant,
  refused: pull = meant,
  recipe: wanted,
  references = [],
  ...surroundings
}: Asked): Chosen | undefined {
  const { change } = memoryChange("/repository", pull, { history: [schema], ...surroundings });
  const [database] = change.databases;
  const placed = (database?.migrations ?? [])
    .filter(({ judged }) => judged)
    .flatMap((migration) =>
      migration.statements.flatMap((statement) =>
        statement.statement.operations.map((operation) => ({ operation, statement, migration })),
      ),
    );
  for (const recipe of RECIPES) {
    if (wanted !== undefined && recipe.name !== wanted) continue;
    for (const one of placed) {
      if (one.operation.type !== recipe.operation) continue;
      const context: RecipeContext = {
        placed: one,
        postgres: surroundings.postgres ?? 16,
        references,
        definitionOf: (view) => viewDefinitions(change.databases)(database!.name)(view, one),
        operations: placed,
      };
      const way = recipe.way(one.operation, context);
      if (!way) continue;
      const replaced = new Set([one.operation, ...(way.covers ?? [])]);
      const kept = [
        ...new Set(placed.filter(({ operation }) => !replaced.has(operation)).map(({ statement }) => statement)),
      ]
        .filter(({ statement }) => !statement.operations.some((operation) => replaced.has(operation)))
        .map(({ statement }) => `${statement.sql};`);
      return { recipe, way, placed: one, kept };
    }
  }
  return undefined;
}
