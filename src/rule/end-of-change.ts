/**
 * The schema when the whole change has run, for rules that leave out what a later statement of the same change mends:
 * a key that ALTER TABLE adds, an index two statements further on, a table that is a copy and takes its place.
 */
import type { Catalog, Column, Table } from "../model/catalog.js";
import type { Change } from "../model/change.js";
import type { AnalysedStatement } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation } from "../model/operation.js";
import type { RuleMigration } from "./types.js";

type TableName = Required<QualifiedName>;

/** Another name for a table or a column, given by the statement at this place. */
interface Renaming {
  readonly place: number;
  readonly from: TableName;
  readonly to: TableName;
  /** Where a column gets the name: its old and its new one; the table keeps its own. */
  readonly column?: readonly [from: string, to: string];
}

/** What no statement of the change can be known to mend. */
const UNREAD: ReadonlySet<Operation["type"]> = new Set(["Unparsed", "DoBlock"]);

class EndOfChange {
  readonly #places = new Map<AnalysedStatement, number>();
  readonly #renamings: Renaming[] = [];
  readonly #first: AnalysedStatement | undefined;
  readonly #last: AnalysedStatement | undefined;
  #lastUnread = -1;

  constructor(statements: readonly AnalysedStatement[]) {
    this.#first = statements[0];
    this.#last = statements.at(-1);
    for (const [place, statement] of statements.entries()) {
      this.#places.set(statement, place);
      for (const operation of statement.statement.operations) {
        if (UNREAD.has(operation.type)) this.#lastUnread = place;
        const renaming = renamingOf(operation, statement.before);
        if (renaming) this.#renamings.push({ place, ...renaming });
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
    for (const { place, from, to, column: renamed } of this.#renamings) {
      if (place <= now || from.name !== table.name || from.schema !== table.schema) continue;
      table = to;
      if (renamed?.[0] === column) column = renamed[1];
    }
    return { table, column };
  }
}

function renamingOf(operation: Operation, before: Catalog): Omit<Renaming, "place"> | undefined {
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

const ends = new WeakMap<object, EndOfChange>();

/** The end of the change that a migration belongs to. Where no base is known and none is missing, that is its file's. */
export function endOfChange(migration: RuleMigration): EndOfChange {
  const key = isAlone(migration.change) ? migration.migration : migration.database;
  let end = ends.get(key);
  if (!end) {
    const statements = isAlone(migration.change)
      ? migration.migration.statements
      : [...migration.judged()].map(({ statement }) => statement);
    ends.set(key, (end = new EndOfChange(statements)));
  }
  return end;
}

function isAlone({ base, incomplete }: Change): boolean {
  return !base && incomplete.length === 0;
}
