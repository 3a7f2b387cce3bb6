/** What a rule may ask about the migration that it looks at. */
import type { Catalog } from "../model/catalog.js";
import type { Change, Database } from "../model/change.js";
import type { Work } from "../model/lock.js";
import type { AnalysedStatement, Migration, PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { Reference } from "../model/reference.js";
import { type Project, projectOf } from "../change/project.js";
import type { LocatedMigration } from "./linted-migration.js";
import { newStatements } from "../change/edited-statements.js";
import { relationOf } from "../change/live.js";
import { columnsLost } from "../change/names.js";
import { describe, objectOf, parseQualified } from "../change/object-names.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleContext, RuleMigration } from "./types.js";

/** A property of the context: a WeakMap of all contexts costs the garbage collector more than the rules take. */
const provided = Symbol("migration");

interface Provided {
  [provided]?: RuleMigration;
}

/** Tells `migrationOf` which migration a rule's context belongs to. */
export function provideMigration(context: object, migration: RuleMigration): void {
  (context as Provided)[provided] = migration;
}

/** The migration that a rule looks at. */
export function migrationOf<MessageId extends string, Options extends readonly unknown[]>(
  context: RuleContext<MessageId, Options>,
): RuleMigration {
  const migration = (context as Provided)[provided];
  if (!migration) throw new TypeError("migrationOf takes the context that the rule's create was called with.");
  return migration;
}

const contexts = new WeakMap<LocatedMigration, MigrationContext>();

/** One object serves all rules on a file. */
export function migrationFor(located: LocatedMigration): MigrationContext {
  let context = contexts.get(located);
  if (!context) contexts.set(located, (context = new MigrationContext(located)));
  return context;
}

class MigrationContext implements RuleMigration {
  readonly migration: Migration;
  readonly database: Database;
  readonly change: Change;
  readonly postgres: number;
  readonly #project: Project;

  constructor({ migration, database, change }: LocatedMigration) {
    this.migration = migration;
    this.database = database;
    this.change = change;
    this.postgres = database.postgres.version;
    this.#project = projectOf(change);
  }

  statementOf(operation: Operation): AnalysedStatement {
    return this.#placed(operation).statement;
  }

  before(operation: Operation): Catalog {
    return this.#placed(operation).statement.before;
  }

  after(operation: Operation): Catalog {
    return this.#placed(operation).statement.after;
  }

  work(operation: Operation): Work {
    const placed = this.#placed(operation);
    const work = placed.statement.work[placed.index] ?? "instant";
    return work !== "instant" && this.#worksOnSmall(placed) ? "instant" : work;
  }

  /** What fills a table works on those that it reads; what has no relation of its own, on those that it locks. */
  #worksOnSmall(placed: IndexedOperation): boolean {
    const { operation } = placed;
    if (operation.type === "CreateTableAs" || (operation.type === "Insert" && operation.reads.length > 0)) {
      return operation.reads.every((read) => this.#project.isListed("small", placed, read));
    }
    const relation = relationOf(placed);
    if (relation) return this.#project.isListed("small", placed, relation);
    const worked = placed.statement.locks.filter(({ while: work }) => work !== "instant");
    return (
      worked.length > 0 &&
      worked.every((lock) => this.#project.isListed("small", placed, parseQualified(lock.relation)))
    );
  }

  isLive(operation: Operation, relation?: QualifiedName): boolean {
    return this.#project.isLive(this.#placed(operation), relation);
  }

  isHot(operation: Operation, relation?: QualifiedName): boolean {
    return this.#project.isListed("hot", this.#placed(operation), relation);
  }

  isSmall(operation: Operation, relation?: QualifiedName): boolean {
    return this.#project.isListed("small", this.#placed(operation), relation);
  }

  referencesTo(operation: Operation): readonly Reference[] {
    return this.#project.referencesOf(this.#placed(operation));
  }

  referencesToNew(operation: Operation): readonly Reference[] {
    return this.#project.referencesToNew(this.#placed(operation));
  }

  usesOf(operation: Operation, column: string, table?: QualifiedName): readonly Reference[] {
    return this.#project.usesOf(this.#placed(operation), column, table);
  }

  columnsLost(operation: Operation): readonly string[] {
    return columnsLost(this.#placed(operation));
  }

  judged(): Iterable<PlacedStatement> {
    return judgedOf(isAlone(this.change) ? [this.migration] : this.database.migrations);
  }

  describe(operation: Operation): Readonly<Record<string, string>> {
    return describe(this.#placed(operation));
  }

  objectOf(operation: Operation): string | undefined {
    return objectOf(this.#placed(operation));
  }

  #placed(operation: Operation): IndexedOperation {
    const placed = operationsOf(this.database).get(operation);
    if (placed) return placed;
    throw new TypeError(`The operation ${operation.type} belongs to no judged migration of ${this.database.name}.`);
  }
}

/** The statements of migrations that are judged. */
export function* judgedOf(migrations: readonly Migration[]): Iterable<PlacedStatement> {
  for (const migration of migrations) {
    if (!migration.judged) continue;
    for (const statement of newStatements(migration)) yield { migration, statement };
  }
}

/** Whether each file of a change is a change of its own: no base is known, and none is missing. */
export function isAlone({ base, incomplete }: Change): boolean {
  return base === undefined && incomplete.length === 0;
}

interface IndexedOperation extends PlacedOperation {
  /** Position in its statement. */
  readonly index: number;
  /** Position among all of them, in the order in which they run. */
  readonly place: number;
}

const operations = new WeakMap<Database, ReadonlyMap<Operation, IndexedOperation>>();

/** Every operation of a database's judged migrations. */
export function operationsOf(database: Database): ReadonlyMap<Operation, IndexedOperation> {
  let known = operations.get(database);
  if (!known) {
    const found = new Map<Operation, IndexedOperation>();
    for (const migration of database.migrations) {
      if (!migration.judged) continue;
      for (const statement of migration.statements) {
        for (const [index, operation] of statement.statement.operations.entries()) {
          found.set(operation, { operation, statement, migration, index, place: found.size });
        }
      }
    }
    operations.set(database, (known = found));
  }
  return known;
}
