/** The statements that views are made with: the schema remembers what a view reads, its migrations how. */
import type { Database } from "../model/change.js";
import type { PlacedOperation } from "../model/migration.js";
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationType } from "../model/operation.js";
import { relationOf } from "./live.js";

export interface ViewDefinition {
  /** The statement that makes it, without its semicolon. */
  readonly create: string;
  /** What migrations say of its privileges, owner and comment since then, which goes with it when it is dropped. */
  readonly about: readonly string[];
}

/** @returns What a migration before an operation makes a view of; undefined where nothing fits it any more. */
type DefinitionOf = (view: QualifiedName, before: PlacedOperation) => ViewDefinition | undefined;

/** By the name of a database; the migrations are looked through when the first view is asked for. */
export function viewDefinitions(databases: readonly Database[]): (database: string) => DefinitionOf {
  const made = new Map<string, ReadonlyMap<string, readonly PlacedOperation[]>>();
  return (name) => (view, before) => {
    const found = made.get(name) ?? aboutViews(databases.find((one) => one.name === name));
    made.set(name, found);
    const catalog = before.statement.before;
    const { schema, name: own } = catalog.qualify(view);
    const known = catalog.table(view);
    const all = (found.get(`${schema}.${own}`) ?? []).filter((one) => isBefore(one, before));
    const create = all.findLast(({ operation }) => isCreate(operation));
    if (known === undefined || create === undefined) return undefined;
    const { sql } = create.statement.statement;
    // What it names may have another name by now: then PostgreSQL has changed the view, and its statement is of the past.
    const names = [...known.reads.map(({ name: read }) => read), ...(known.uses ?? []).map(({ column }) => column)];
    if (!names.every((one) => sql.toLowerCase().includes(one.toLowerCase()))) return undefined;
    return { create: sql, about: statementsOf(all.slice(all.indexOf(create) + 1)) };
  };
}

/** The statements of operations, each once. */
export function statementsOf(placed: readonly PlacedOperation[]): readonly string[] {
  return [...new Set(placed.map(({ statement }) => statement.statement))].map(({ sql }) => sql);
}

const ABOUT: ReadonlySet<OperationType> = new Set<OperationType>(["ChangeOwner", "Comment", "Grant", "Revoke"]);

/** Whether an operation is about what goes with a view when it is dropped. */
export function isAboutView({ type }: Operation): boolean {
  return ABOUT.has(type);
}

/** The view that an operation makes. */
export function viewMadeBy(operation: Operation): QualifiedName | undefined {
  if (operation.type === "CreateView") return operation.view;
  return operation.type === "CreateTableAs" && operation.materializedView ? operation.table : undefined;
}

function isCreate(operation: Operation): boolean {
  return viewMadeBy(operation) !== undefined;
}

function isBefore({ migration, statement }: PlacedOperation, other: PlacedOperation): boolean {
  return migration === other.migration
    ? statement.statement.index < other.statement.statement.index
    : migration.order < other.migration.order;
}

/** What makes relations by a query, and what is said of any, by the relation's name. */
function aboutViews(database: Database | undefined): ReadonlyMap<string, readonly PlacedOperation[]> {
  const found = new Map<string, PlacedOperation[]>();
  for (const migration of database?.migrations ?? []) {
    for (const statement of migration.statements) {
      for (const operation of statement.statement.operations) {
        if (operation.inBlock !== undefined) continue;
        const placed = { operation, statement, migration };
        const relation = viewMadeBy(operation) ?? (isAboutView(operation) ? relationOf(placed) : undefined);
        if (relation === undefined) continue;
        const { schema, name } = statement.before.qualify(relation);
        const key = `${schema}.${name}`;
        const list = found.get(key);
        if (list) list.push(placed);
        else found.set(key, [placed]);
      }
    }
  }
  return found;
}
