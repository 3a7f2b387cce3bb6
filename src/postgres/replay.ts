import type { Catalog } from "../model/catalog.js";
import type { Lock, Work } from "../model/lock.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Refusal } from "../model/refusal.js";
import type { Statement } from "../model/statement.js";
import { inPassOrder } from "./alter-table-passes.js";
import { applyOperation, parseSearchPath } from "./catalog/apply.js";
import { CatalogAt } from "./catalog/catalog-at.js";
import { Timeline } from "./catalog/timeline.js";
import { withCalledFunctions } from "./called-functions.js";
import type { Circumstances } from "./circumstances.js";
import { emptiedAfter, NONE_EMPTIED } from "./emptied-tables.js";
import { combineLocks, locksOf } from "./locks.js";
import type { Taken } from "./taken.js";
import { refusalOf } from "./refusals.js";
import { workOf } from "./work.js";

interface Cost {
  readonly locks: readonly Lock[];
  /** One entry per operation of the statement, in the statement's order. */
  readonly work: readonly Work[];
}

/**
 * One statement after replay: the schema on both sides of it, and what it costs. The cost is found when it is first
 * asked for: most statements are history, which is replayed and never judged.
 */
export interface ReplayedStatement extends Cost {
  /** The statement, with what the functions do that it calls. */
  readonly statement: Statement;
  readonly before: Catalog;
  readonly after: Catalog;
  /** Why PostgreSQL refuses each operation, as far as the schema tells, in the statement's order. */
  readonly refusals: readonly (Refusal | undefined)[];
}

/** An operation with the schema that it meets, and that it leaves. */
interface Step {
  readonly operation: Operation;
  readonly circumstances: Circumstances;
  readonly after: Catalog;
}

function costOf(statement: Statement, steps: readonly Step[]): Cost {
  const locks: Taken[] = [];
  const workOfOperation = new Map<Operation, Work>();
  for (const { operation, circumstances } of steps) {
    const work = workOf(operation, circumstances);
    workOfOperation.set(operation, work);
    for (const lock of locksOf(operation, { ...circumstances, work })) if (!isMadeHere(lock, steps)) locks.push(lock);
  }
  return { locks: combineLocks(locks), work: statement.operations.map((operation) => workOfOperation.get(operation)!) };
}

/** Whether an earlier part of the same statement makes the relation: nobody else knows it yet. */
function isMadeHere({ relation }: Taken, steps: readonly Step[]): boolean {
  const [first, last] = [steps[0], steps.at(-1)];
  return (
    steps.length > 1 &&
    !first?.circumstances.catalog.table(relation) &&
    last?.circumstances.catalog.table(relation)?.createdIn !== undefined
  );
}

function refusalsOf(statement: Statement, steps: readonly Step[]): readonly (Refusal | undefined)[] {
  const found = new Map<Operation, Refusal | undefined>();
  const dropped = statement.operations.flatMap((operation) => droppedBy(operation) ?? []);
  for (const { operation, circumstances, after } of steps) {
    const { catalog: before, postgres } = circumstances;
    found.set(operation, refusalOf(operation, { before, after, postgres, dropped }));
  }
  return statement.operations.map((operation) => found.get(operation));
}

function droppedBy(operation: Operation): QualifiedName | undefined {
  switch (operation.type) {
    case "DropRelation":
      return operation.relation;
    case "DropType":
      return operation.name;
    case "DropFunction":
      return operation.function;
    default:
      return undefined;
  }
}

/**
 * Folds statements into a schema, in the order in which they run. Every schema that it hands out stays as it is; the
 * time for a statement does not depend on how many came before.
 */
export class Replay {
  readonly #timeline = new Timeline();
  readonly #postgres: number;
  #order: number | undefined;
  #utc = false;
  #written: string | undefined;
  #searchPath: readonly string[] | undefined;
  #transaction: string | undefined;
  #emptied = NONE_EMPTIED;

  /** @param options.postgres PostgreSQL's major version. */
  constructor(options: { readonly postgres: number }) {
    this.#postgres = options.postgres;
  }

  /** The schema after everything so far. */
  get catalog(): Catalog {
    return this.#now();
  }

  /**
   * Tells the `search_path` that the connections of later migrations start with, as SET has it.
   * @param certain Whether it is in force for certain. Else what is not found may be elsewhere.
   */
  connect(searchPath: string | undefined, certain: boolean): void {
    if (searchPath === this.#written) return;
    this.#written = searchPath;
    const path = searchPath === undefined ? [] : parseSearchPath(searchPath);
    this.#searchPath = path.length === 0 ? undefined : certain ? path : [...new Set([...path, "public"])];
    if (!certain && path.length > 0 && path[0] !== "public") this.#timeline.markIncomplete();
  }

  /**
   * @param order Position of the statement's migration in the replayed list; it never decreases.
   * @param transaction The one that the statement is in with others. Absent: with none, as far as is known.
   */
  apply(sent: Statement, order: number, transaction?: string): ReplayedStatement {
    const timeline = this.#timeline;
    if (order !== this.#order) {
      this.#order = order;
      this.#utc = false;
      timeline.time++;
      timeline.startMigration(order, this.#searchPath);
    }
    if (transaction === undefined || transaction !== this.#transaction) this.#emptied = NONE_EMPTIED;
    this.#transaction = transaction;
    const postgres = this.#postgres;
    const before = this.#now();
    const statement = withCalledFunctions(sent, (name) => timeline.routines(name));
    let after = before;
    const steps = inPassOrder(statement.operations).map((operation): Step => {
      const circumstances = { catalog: after, postgres, utc: this.#utc, emptied: this.#emptied };
      // What may not run empties nothing for certain.
      if (operation.type !== "Truncate" || sent.embedded?.uncertain !== true) {
        this.#emptied = emptiedAfter(operation, circumstances, () =>
          locksOf(operation, { ...circumstances, work: "instant" }).map(({ relation }) => relation),
        );
      }
      timeline.time++;
      applyOperation(operation, { timeline, order, postgres });
      if (operation.type === "SetVariable" && operation.variable === "timezone") {
        this.#utc = /^utc$/i.test(operation.value ?? "");
      }
      return { operation, circumstances, after: (after = this.#now()) };
    });
    let cost: Cost | undefined;
    let refusals: readonly (Refusal | undefined)[] | undefined;
    return {
      statement,
      before,
      after,
      get locks() {
        return (cost ??= costOf(statement, steps)).locks;
      },
      get work() {
        return (cost ??= costOf(statement, steps)).work;
      },
      get refusals() {
        return (refusals ??= refusalsOf(statement, steps));
      },
    };
  }

  #now(): CatalogAt {
    return new CatalogAt(this.#timeline, this.#timeline.time);
  }
}
