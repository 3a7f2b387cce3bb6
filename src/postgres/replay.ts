import type { Catalog } from "../model/catalog.js";
import type { Lock, Work } from "../model/lock.js";
import type { Statement } from "../model/statement.js";
import { inPassOrder } from "./alter-table-passes.js";
import { applyOperation } from "./catalog/apply.js";
import { CatalogAt } from "./catalog/catalog-at.js";
import { Timeline } from "./catalog/timeline.js";
import { combineLocks, locksOf } from "./locks.js";
import { workOf } from "./work.js";

/** One statement after replay: the schema on both sides of it, and what it costs. */
export interface ReplayedStatement {
  readonly before: Catalog;
  readonly after: Catalog;
  readonly locks: readonly Lock[];
  /** One entry per operation of the statement, in the statement's order. */
  readonly work: readonly Work[];
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

  /** @param options.postgres PostgreSQL's major version. */
  constructor(options: { readonly postgres: number }) {
    this.#postgres = options.postgres;
  }

  /** The schema after everything so far. */
  get catalog(): Catalog {
    return this.#now();
  }

  /** @param order Position of the statement's migration in the replayed list; it never decreases. */
  apply(statement: Statement, order: number): ReplayedStatement {
    const timeline = this.#timeline;
    if (order !== this.#order) {
      this.#order = order;
      this.#utc = false;
      timeline.time++;
      timeline.startMigration(order);
    }
    const postgres = this.#postgres;
    const before = this.#now();
    const work: Work[] = [];
    const locks = [];
    for (const operation of inPassOrder(statement.operations)) {
      const circumstances = { catalog: this.#now(), postgres, utc: this.#utc };
      const own = workOf(operation, circumstances);
      work[statement.operations.indexOf(operation)] = own;
      locks.push(...locksOf(operation, { ...circumstances, work: own }));
      timeline.time++;
      applyOperation(operation, { timeline, order, postgres });
      if (operation.type === "SetVariable" && operation.variable === "timezone") {
        this.#utc = /^utc$/i.test(operation.value ?? "");
      }
    }
    return { before, after: this.#now(), locks: combineLocks(locks), work };
  }

  #now(): CatalogAt {
    return new CatalogAt(this.#timeline, this.#timeline.time);
  }
}
