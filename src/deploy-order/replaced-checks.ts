/**
 * A CHECK in the place of another that the same change drops. Where it allows more, whatever rows and code keep to the old
 * one keep to the new one: no row has to be mended before it, and no deploy has to come first.
 */
import { allowedConstants } from "../change/constant-checks.js";
import { formatName } from "../change/object-names.js";
import type { PlacedOperation } from "../model/migration.js";
import type { AddConstraint, DropConstraint, Operation } from "../model/operation.js";

export interface ReplacedCheck {
  readonly drop: PlacedOperation;
  /** The name of the old one. */
  readonly name: string;
  /** The new one, of what the old one allows; `other` where that is not known either. */
  readonly allows: "more" | "less" | "other";
}

/** By the operation that adds the new one. */
export type ReplacedChecks = ReadonlyMap<Operation, ReplacedCheck>;

const known = new WeakMap<readonly PlacedOperation[], ReplacedChecks>();

/** @param operations Those of a change; the answer is kept, because recipes ask for each of them. */
export function replacedChecks(operations: readonly PlacedOperation[]): ReplacedChecks {
  const found = known.get(operations) ?? findReplaced(operations);
  known.set(operations, found);
  return found;
}

function findReplaced(operations: readonly PlacedOperation[]): ReplacedChecks {
  const dropped = new Map<string, PlacedOperation[]>();
  for (const placed of operations) {
    if (placed.operation.type !== "DropConstraint" || placed.operation.inBlock !== undefined) continue;
    const key = tableOf(placed.operation, placed);
    const list = dropped.get(key);
    if (list) list.push(placed);
    else dropped.set(key, [placed]);
  }
  const replaced = new Map<Operation, ReplacedCheck>();
  for (const placed of dropped.size === 0 ? [] : operations) {
    const { operation } = placed;
    if (operation.type !== "AddConstraint" || operation.constraint.kind !== "check") continue;
    const drops = dropped.get(tableOf(operation, placed)) ?? [];
    const all = drops.flatMap((drop) => replacedBy(operation, drop) ?? []);
    const found = all.find(({ allows }) => allows !== "other") ?? all[0];
    if (found) replaced.set(operation, found);
  }
  return replaced;
}

function tableOf({ table }: AddConstraint | DropConstraint, { statement, migration }: PlacedOperation): string {
  return `${migration.database}\0${formatName(statement.before.qualify(table))}`;
}

/** Undefined where the two have nothing to do with each other. */
function replacedBy({ constraint }: AddConstraint, drop: PlacedOperation): ReplacedCheck | undefined {
  const { operation, statement } = drop;
  if (operation.type !== "DropConstraint" || !constraint.expression) return undefined;
  const { constraint: name } = operation;
  const old = statement.before.table(operation.table)?.constraints.get(name);
  if (old?.kind !== "check" || !old.expression || old.inherited) return undefined;
  const [before, after] = [allowedConstants(old.expression.sql), allowedConstants(constraint.expression.sql)];
  if (before !== undefined && before.column === after?.column) {
    // What rows have that it never looked at is not known.
    if (old.valid && old.noInherit !== true && isAmong(before.values, after.values))
      return { drop, name, allows: "more" };
    if (isAmong(after.values, before.values)) return { drop, name, allows: "less" };
  }
  return name === constraint.name ? { drop, name, allows: "other" } : undefined;
}

function isAmong(values: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  return [...values].every((value) => others.has(value));
}
