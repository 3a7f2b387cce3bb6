/**
 * The schema when the whole change has run, for rules that leave out what a later statement of the same change mends:
 * a key that ALTER TABLE adds, an index two statements further on, a table that is a copy and takes its place.
 */
import type { Catalog, Column, Table } from "../model/catalog.js";
import type { AnalysedStatement } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import { ByName, oncePerChange } from "./same-change.js";
import type { RuleMigration } from "./types.js";

type TableName = Required<QualifiedName>;

/** Another name for a table or a column, given by the statement at this place. */
interface Renaming {
  /** Of all renamings: a statement can make several. */
  readonly order: number;
  readonly place: number;
  readonly to: TableName;
  /** Where a column gets the name: its old and its new one; the table keeps its own. */
  readonly column?: readonly [from: string, to: string];
}

/** What no statement of the change can be known to mend. */
const UNREAD: ReadonlySet<Operation["type"]> = new Set(["Unparsed", "DoBlock"]);

class EndOfChange {
  readonly #places = new Map<AnalysedStatement, number>();
  /** By the name that the table has before. */
  readonly #renamings = new ByName<Renaming>();
  readonly #first: AnalysedStatement | undefined;
  readonly #last: AnalysedStatement | undefined;
  #lastUnread = -1;

  constructor(statements: readonly AnalysedStatement[]) {
    let order = 0;
    this.#first = statements[0];
    this.#last = statements.at(-1);
    for (const [place, statement] of statements.entries()) {
      this.#places.set(statement, place);
      for (const operation of statement.statement.operations) {
        if (UNREAD.has(operation.type)) this.#lastUnread = place;
        const renaming = renamingOf(operation, statement.before);
        if (renaming) this.#renamings.add(renaming.from, { order: order++, place, ...renaming });
      }
    }
  }

  /** Whether every statement from this one on was understood; absence at the end is a fact only then. */
  isKnownFrom(statement: AnalysedStatement): boolean {
    return this.#lastUnread <= (this.#places.get(statement) ?? Infinity);
  }

  /** The schema at the end. */
  get catalog(): Catalog | undefined {
    return this.#last?.after;
  }

  /** The schema before the change's first statement. */
  get before(): Catalog | undefined {
    return this.#first?.before;
  }

  /** A table that a statement names, as it is at the end; undefined where it is gone. */
  table(statement: AnalysedStatement, name: QualifiedName): Table | undefined {
    return this.catalog?.table(this.#follow(statement, name).table);
  }

  /** A column of it, as it is at the end. */
  column(statement: AnalysedStatement, name: QualifiedName, column: string): Column | undefined {
    const found = this.#follow(statement, name, column);
    return this.catalog?.table(found.table)?.columns.get(found.column);
  }

  #follow(statement: AnalysedStatement, name: QualifiedName, column = ""): { table: TableName; column: string } {
    const now = this.#places.get(statement) ?? Infinity;
    let table = statement.after.qualify(name);
    for (let last = -1; ;) {
      const next = this.#renamings.of(table).find(({ place, order }) => place > now && order > last);
      if (!next) return { table, column };
      last = next.order;
      table = next.to;
      if (next.column?.[0] === column) column = next.column[1];
    }
  }
}

function renamingOf(
  operation: Operation,
  before: Catalog,
): (Omit<Renaming, "order" | "place"> & { readonly from: TableName }) | undefined {
  switch (operation.type) {
    case "RenameRelation": {
      const from = before.qualify(operation.relation);
      return { from, to: { ...from, name: operation.newName } };
    }
    case "SetSchema": {
      const from = before.qualify(operation.relation);
      return { from, to: { ...from, schema: operation.newSchema } };
    }
    case "RenameColumn": {
      const table = before.qualify(operation.table);
      return { from: table, to: table, column: [operation.column, operation.newName] };
    }
    default:
      return undefined;
  }
}

/** The end of the change that a migration belongs to. */
export const endOfChange = oncePerChange(
  (migration: RuleMigration) => new EndOfChange([...migration.judged()].map(({ statement }) => statement)),
);
