/**
 * What a change says as a whole, found once however many rules and files ask. Where no base is known and none is missing,
 * each file is a change of its own.
 */
import type { QualifiedName } from "../model/name.js";
import type { Operation, OperationOf, OperationType } from "../model/operation.js";
import { isAlone, operationsOf } from "./migration-context.js";
import type { PlacedStatement } from "./transaction.js";
import type { RuleMigration } from "./types.js";

/** A function that finds something in the change that a migration belongs to, and remembers it. */
export function oncePerChange<Found>(find: (migration: RuleMigration) => Found): (migration: RuleMigration) => Found {
  return remembered(find, ({ change, migration, database }) => (isAlone(change) ? migration : database));
}

/** The same for what concerns history as well, or all that is judged together. */
export function oncePerDatabase<Found>(find: (migration: RuleMigration) => Found): (migration: RuleMigration) => Found {
  return remembered(find, ({ database }) => database);
}

function remembered<Found>(
  find: (migration: RuleMigration) => Found,
  scopeOf: (migration: RuleMigration) => object,
): (migration: RuleMigration) => Found {
  const known = new WeakMap<object, { readonly found: Found }>();
  return (migration) => {
    const scope = scopeOf(migration);
    let entry = known.get(scope);
    if (!entry) known.set(scope, (entry = { found: find(migration) }));
    return entry.found;
  };
}

/** An operation of one type with the place where it stands. */
export interface PlacedOperationOf<Type extends OperationType> extends PlacedStatement {
  readonly operation: OperationOf<Type>;
}

type Placed = PlacedStatement & { readonly operation: Operation };

const byType = oncePerChange((migration) => {
  const found = new Map<OperationType, Placed[]>();
  for (const placed of migration.judged()) {
    for (const operation of placed.statement.statement.operations) {
      const alike = found.get(operation.type);
      if (alike) alike.push({ ...placed, operation });
      else found.set(operation.type, [{ ...placed, operation }]);
    }
  }
  return found;
});

/** The judged operations of some types in the change that a migration belongs to, in the order in which they run. */
export function operationsOfChange<Type extends OperationType>(
  migration: RuleMigration,
  ...types: readonly Type[]
): readonly PlacedOperationOf<Type>[] {
  const lists = types.map((type) => byType(migration).get(type) ?? []);
  const found = lists.length === 1 ? lists[0] : inOrder(lists.flat(), migration);
  return found as unknown as readonly PlacedOperationOf<Type>[];
}

/** Operations in the order in which they run. */
export function inOrder<One extends { readonly operation: Operation }>(
  placed: readonly One[],
  migration: RuleMigration,
): readonly One[] {
  return [...placed].sort((one, other) => placeOf(one.operation, migration) - placeOf(other.operation, migration));
}

/** Whether an operation stands before another one, in the order in which they run. */
export function precedes(one: Operation, other: Operation, migration: RuleMigration): boolean {
  return placeOf(one, migration) < placeOf(other, migration);
}

/** The first operation of a list that stands behind another operation; the list is in order. */
export function firstAfter<One extends { readonly operation: Operation }>(
  operation: Operation,
  placed: readonly One[],
  migration: RuleMigration,
): One | undefined {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = placed[middle];
    if (one && precedes(operation, one.operation, migration)) high = middle;
    else low = middle + 1;
  }
  return placed[low];
}

function placeOf(operation: Operation, { database }: RuleMigration): number {
  return operationsOf(database).get(operation)?.place ?? 0;
}

/** Lists by the qualified name of a relation, or of a column of one. */
export class ByName<Value> {
  readonly #lists = new Map<string, Value[]>();

  add(relation: Required<QualifiedName>, value: Value, column?: string): void {
    const key = keyOf(relation, column);
    const list = this.#lists.get(key);
    if (list) list.push(value);
    else this.#lists.set(key, [value]);
  }

  of(relation: Required<QualifiedName>, column?: string): readonly Value[] {
    return this.#lists.get(keyOf(relation, column)) ?? [];
  }
}

function keyOf({ schema, name }: Required<QualifiedName>, column = ""): string {
  return `${schema}\0${name}\0${column}`;
}
