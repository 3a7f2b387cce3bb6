/** The statements that views are made with: the schema remembers what a view reads, its migrations how. */
import type { Database } from "../model/change.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";

/** @returns The statement of a view as a migration before an operation has it; undefined where none fits it any more. */
type DefinitionOf = (view: QualifiedName, before: PlacedOperation) => string | undefined;

/** By the name of a database; the migrations are looked through when the first view is asked for. */
export function viewDefinitions(databases: readonly Database[]): (database: string) => DefinitionOf {
  const made = new Map<string, ReadonlyMap<string, readonly PlacedOperation[]>>();
  return (name) => (view, before) => {
    const found = made.get(name) ?? createdViews(databases.find((one) => one.name === name));
    made.set(name, found);
    const catalog = before.statement.before;
    const { schema, name: own } = catalog.qualify(view);
    const known = catalog.table(view);
    const create = found
      .get(`${schema}.${own}`)
      ?.findLast(({ migration, statement }) => isBefore({ migration, statement }, before));
    if (known === undefined || create === undefined) return undefined;
    const { sql } = create.statement.statement;
    // What it names may have another name by now: then PostgreSQL has changed the view, and its statement is of the past.
    const names = [...known.reads.map(({ name: read }) => read), ...(known.uses ?? []).map(({ column }) => column)];
    return names.every((one) => sql.toLowerCase().includes(one.toLowerCase())) ? sql : undefined;
  };
}

function isBefore(
  { migration, statement }: Pick<PlacedOperation, "migration" | "statement">,
  other: PlacedOperation,
): boolean {
  return migration === other.migration
    ? statement.statement.index < other.statement.statement.index
    : migration.order < other.migration.order;
}

function createdViews(database: Database | undefined): ReadonlyMap<string, readonly PlacedOperation[]> {
  const found = new Map<string, PlacedOperation[]>();
  for (const migration of database?.migrations ?? []) {
    for (const statement of migration.statements) {
      for (const operation of statement.statement.operations) {
        if (operation.type !== "CreateView" || operation.inBlock !== undefined) continue;
        const { schema, name } = statement.before.qualify(operation.view);
        const key = `${schema}.${name}`;
        found.set(key, [...(found.get(key) ?? []), { operation, statement, migration }]);
      }
    }
  }
  return found;
}
