import type { Change, Database } from "../model/change.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Reference, ReferenceTarget } from "../model/reference.js";
import { isLive } from "./live.js";

const projects = new WeakMap<Change, Project>();

/** The project of a change; one for all who ask. */
export function projectOf(change: Change): Project {
  let project = projects.get(change);
  if (project === undefined) projects.set(change, (project = new Project(change)));
  return project;
}

/** A change together with the application code on both of its sides. The code is searched when first asked about. */
export class Project {
  #references: ReadonlyMap<string, readonly Reference[]> | undefined;

  constructor(readonly change: Change) {
    projects.set(change, this);
  }

  /** Whether a relation is in use while the migration runs. */
  isLive(placed: PlacedOperation, relation?: QualifiedName): boolean {
    return isLive(this.change, this.#databaseOf(placed), placed, relation);
  }

  /** Places in application code that name what an operation takes away; empty where it takes nothing. */
  referencesOf(placed: PlacedOperation): readonly Reference[] {
    const target = removedBy(placed);
    return target === undefined ? [] : this.referencesTo(target);
  }

  /** Places in application code that name a table or column that a judged migration takes away. */
  referencesTo(target: ReferenceTarget): readonly Reference[] {
    this.#references ??= new Map();
    return this.#references.get(JSON.stringify([target.table.schema, target.table.name, target.column])) ?? [];
  }

  #databaseOf({ migration }: PlacedOperation): Database {
    const database = this.change.databases.find(({ name }) => name === migration.database);
    if (database === undefined) throw new TypeError(`The change has no database ${migration.database}.`);
    return database;
  }
}

/** What an operation takes away from code that names it: a column, a table, or the old name of either. */
export function removedBy({ operation, statement }: PlacedOperation): ReferenceTarget | undefined {
  const { before } = statement;
  switch (operation.type) {
    case "DropColumn":
    case "RenameColumn":
      return { table: before.qualify(operation.table), column: operation.column };
    case "DropRelation":
      return { table: before.qualify(operation.relation) };
    case "RenameRelation":
    case "SetSchema":
      return operation.kind === "index" ? undefined : { table: before.qualify(operation.relation) };
    default:
      return undefined;
  }
}
