/**
 * Recipes: the way to a schema that a single statement cannot reach while two versions of the code are live. A recipe
 * is asked for one operation of a pull request and answers with steps; the planner places the steps on the timeline,
 * computes their locks from their SQL, and words what is the same for all of them (who runs it, in which file, how the
 * reader's tool runs a statement outside a transaction).
 *
 * What each recipe promises, and the tests of `recipes/` run: carried out in order the steps leave the schema that the
 * pull request wanted, and after each step both versions of the code that may be live then work.
 */
import type { ViewDefinition } from "../change/view-definitions.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import type { Reference } from "../model/reference.js";
import type { Moment } from "./moment.js";

/** What a recipe may ask about the operation that it replaces. */
export interface RecipeContext {
  /** With the schema on both sides of its statement, and the tool that runs it. */
  readonly placed: PlacedOperation;
  /** The major version of PostgreSQL; where several are in use the lowest, so that the SQL runs on each. */
  readonly postgres: number;
  /** The places in code that name what the operation changes. */
  readonly references: readonly Reference[];
  /** What code does with a column of the operation's table, also where it does not name it. Absent: that is not known. */
  usesOf?(column: string): readonly Reference[];
  /** What a migration makes a view of, as it still holds; undefined where none does. Absent: not known. */
  definitionOf?(view: QualifiedName): ViewDefinition | undefined;
  /** All judged statements of its database in the order in which they run, its own among them. */
  readonly operations: readonly PlacedOperation[];
}

/**
 * - `pipeline`: SQL of a migration, which runs by itself when its pull request ships.
 * - `person`: somebody runs it by hand, or decides.
 * - `code`: somebody changes the application's code.
 */
export type Actor = "pipeline" | "person" | "code";

export interface RecipeStep {
  /** Tells it from the recipe's other steps, in kebab case: `add-column`. Its id is made of it, so it must not change. */
  readonly name: string;
  readonly actor: Actor;
  /** One action by one person, in the imperative, with the reader's names and a final stop. Code in backticks. */
  readonly title: string;
  /** When it may run at the earliest. */
  readonly from: Moment;
  /** When it must have run at the latest. Absent: there is no end. */
  readonly until?: Moment;
  /** Names of the steps that must be done before. Absent: the one listed before it. */
  readonly needs?: readonly string[];
  /** One or more statements, each with its semicolon, valid on the reader's PostgreSQL. No transaction control. */
  readonly sql?: string;
  /** `outside`: PostgreSQL refuses it in a transaction. Absent: it runs in a transaction of its own. */
  readonly transaction?: "outside";
  /** The SQL works on a part of the rows: it is run again until it changes none. */
  readonly repeat?: true;
  /** The table whose rows it changes in batches, as a lock names it. Absent: it does no such thing. */
  readonly batchesOf?: string;
  /** A query for psql, and what it answers once the step is done: `0`, `t`. */
  readonly check?: { readonly sql: string; readonly answer: string };
  /** How the step is undone, and what is lost by it; a sentence, or several. */
  readonly wayBack?: string;
  /** What must not go on for long or come out differently, and what to do then; a sentence, or several. */
  readonly stopCondition?: string;
  /**
   * The release whose code is the oldest that runs behind the step; `any`: the code from before this pull request runs,
   * too, because a trigger fills what it leaves out, or nothing names what goes. Absent: the release before, as far as
   * the SQL ends older code at all.
   */
  readonly oldestCode?: number | "any";
}

/** A way from the old schema to the new one. */
export interface Way {
  /** The steps in an order in which they can be carried out. */
  readonly steps: readonly RecipeStep[];
  /** Other operations of the pull request that this way replaces, too. Absent: none. */
  readonly covers?: readonly Operation[];
  /** What the way takes for granted although nothing says it, and what to do where it is not so: a sentence. Absent: nothing. */
  readonly guess?: string;
  /** Ways that are no recipe, each as a sentence. Absent: none. */
  readonly otherWays?: readonly string[];
  /** Recipes behind this one fit the operation alone, and lose what code writes meanwhile. Absent: they are other ways. */
  readonly only?: true;
}

export interface Recipe<Type extends OperationType = OperationType> {
  /** In kebab case: `rename-column-by-dual-write`. */
  readonly name: string;
  /** What makes it a choice, as a sentence: `A trigger keeps both columns equal, so that one deploy is saved.` */
  readonly summary: string;
  readonly operation: Type;
  /** The way for an operation; undefined where the recipe does not fit it. */
  way(operation: OperationOf<Type>, context: RecipeContext): Way | undefined;
}

/** Ties the type of a recipe's operation to its `way`. */
export function defineRecipe<Type extends OperationType>(recipe: Recipe<Type>): Recipe {
  return recipe as unknown as Recipe;
}
