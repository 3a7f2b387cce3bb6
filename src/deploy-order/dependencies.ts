/** Which operations of a change can only run behind others of it: those that make what they name, or free its name. */
import { nameGiven, nameTaken } from "../change/names.js";
import { relationOf } from "../change/live.js";
import type { PlacedOperation } from "../model/migration.js";
import type { ColumnDefinition, ConstraintDefinition, Operation } from "../model/operation.js";
import type { QualifiedName } from "../model/name.js";
import type { ReferenceTarget } from "../model/reference.js";
import { targetKey } from "../references/find-references.js";

/** Names by their keys: keys that are equal are one name. */
type Targets = ReadonlyMap<string, ReferenceTarget>;

/** The names of a statement: what it makes, what it frees, and everything that it mentions. */
export interface Names {
  readonly given: Targets;
  readonly taken: Targets;
  readonly mentioned: Targets;
}

export function namesOf(placed: readonly PlacedOperation[]): Names {
  const keyed = (targets: readonly ReferenceTarget[]): Targets =>
    new Map(targets.map((target) => [targetKey(target), target]));
  return {
    given: keyed(placed.flatMap((one) => nameGiven(one) ?? [])),
    taken: keyed(placed.flatMap((one) => nameTaken(one) ?? [])),
    mentioned: keyed(placed.flatMap(mentionsOf)),
  };
}

/** Why a statement can only run behind an earlier one; undefined where nothing ties them. */
export function whyBehind(later: Names, earlier: Names): string | undefined {
  for (const [key, name] of earlier.given) if (later.mentioned.has(key)) return `it needs ${nameWords(name)}`;
  for (const [key, name] of earlier.taken) if (later.given.has(key)) return `the name ${nameWords(name)} must be free`;
  return undefined;
}

/** As a person calls it: `orders`, `orders.total`. */
export function nameWords({ table: { schema, name }, column }: ReferenceTarget): string {
  const table = schema === "public" ? name : `${schema}.${name}`;
  return column === undefined ? table : `${table}.${column}`;
}

/** The relations, columns and types that an operation names. */
function mentionsOf(placed: PlacedOperation): readonly ReferenceTarget[] {
  const { operation, statement } = placed;
  const mentioned: ReferenceTarget[] = [];
  const relation = (name: QualifiedName | undefined): void => {
    if (name) mentioned.push({ table: statement.before.qualify(name) });
  };
  const columns = (table: QualifiedName | undefined, names: readonly (string | undefined)[]): void => {
    if (!table) return;
    for (const column of names) {
      if (column !== undefined) mentioned.push({ table: statement.before.qualify(table), column });
    }
  };
  const constraint = (table: QualifiedName, one: ConstraintDefinition): void => {
    columns(table, [...one.columns, ...(one.expression?.columns ?? [])]);
    relation(one.references?.table);
    columns(one.references?.table, one.references?.columns ?? []);
  };
  const definition = (table: QualifiedName, { type, constraints }: ColumnDefinition): void => {
    mentioned.push({ table: statement.before.qualify(type), object: "type" });
    for (const one of constraints) constraint(table, one);
  };
  const table = relationOf(placed);
  relation(table);
  columns(table, columnsOf(operation));
  for (const read of readsOf(operation)) relation(read);
  if (operation.type === "AddConstraint") constraint(operation.table, operation.constraint);
  if (operation.type === "AddColumn") definition(operation.table, operation.column);
  if (operation.type === "CreateTable") {
    for (const column of operation.columns) definition(operation.table, column);
    for (const one of operation.constraints) constraint(operation.table, one);
  }
  if (operation.type === "CreateView") {
    for (const { column, relations } of operation.uses) for (const one of relations) columns(one, [column]);
  }
  if (operation.type === "AddEnumValue" || operation.type === "RenameEnumValue") {
    mentioned.push({ table: statement.before.qualify(operation.enum), object: "type" });
  }
  return mentioned;
}

/** Columns of the operation's own relation. */
function columnsOf(operation: Operation): readonly (string | undefined)[] {
  const single = "column" in operation && typeof operation.column === "string" ? [operation.column] : [];
  switch (operation.type) {
    case "CreateIndex":
      return [...operation.columns, ...(operation.mentions ?? [])];
    case "Update":
      return [...operation.columns, ...(operation.copies ?? []), ...(operation.where?.columns ?? [])];
    case "Delete":
      return operation.where?.columns ?? [];
    case "CreateTrigger":
      return [...operation.columns, ...operation.whenColumns];
    default:
      return single;
  }
}

function readsOf(operation: Operation): readonly QualifiedName[] {
  return "reads" in operation ? (operation.reads ?? []) : [];
}
