/** What depends on the object of an operation, for messages, and what CASCADE takes along. */
import type { Catalog } from "../model/catalog.js";
import type { Dependent } from "../model/dependent.js";
import type { Operation } from "../model/operation.js";
import {
  dependentsOfColumn,
  dependentsOfFunction,
  dependentsOfKey,
  dependentsOfRelation,
  dependentsOfSequence,
  dependentsOfType,
} from "../postgres/dependents.js";
import type { Reference } from "../model/reference.js";
import { formatName } from "../change/object-names.js";
import { LINE_ENDING, placeCounter } from "../text/line-counter.js";
import { endOfChange } from "./end-of-change.js";
import type { RuleMigration } from "./types.js";

/** Each as a person calls it: `the view open_orders`, `the policy tenant on orders`. */
export function describeDependents(dependents: readonly Dependent[]): readonly string[] {
  return dependents.map(({ kind, relation, name = "" }) => {
    const own = formatName({ name });
    const of = formatName(relation);
    switch (kind) {
      case "column":
        return `the column ${of}.${own}`;
      case "constraint":
        return `the constraint ${own} of ${of}`;
      case "default":
        return `the default of ${of}.${own}`;
      case "function":
      case "procedure":
        return `the ${kind} ${of}`;
      case "policy":
      case "trigger":
        return `the ${kind} ${own} on ${of}`;
      default:
        return `the ${kind} ${of}`;
    }
  });
}

/**
 * What CASCADE takes along of what is in use, and the change does not make again or drop by name. The columns of a type
 * and the tables of a schema are data, and another rule's.
 */
export function goneWith(migration: RuleMigration, operation: Operation): readonly Dependent[] {
  if (operation.type !== "DropType" && operation.type !== "DropFunction" && !migration.isLive(operation)) return [];
  const statement = migration.statementOf(operation);
  const end = endOfChange(migration);
  return dependentsOf(operation, statement.before).filter((dependent) => {
    const isLive = isFunction(dependent)
      ? end.before !== undefined && isThere(dependent, end.before)
      : migration.isLive(operation, dependent.relation);
    if (!isLive) return false;
    if (end.catalog && isThere(dependent, end.catalog)) return false;
    // Where its table goes as well, that was meant.
    return isOwn(dependent) || end.table(statement, dependent.relation) !== undefined;
  });
}

/** Where migrations made them, as far as one did: like code, they name what they are made of. */
export function placesOf({ database }: RuleMigration, dependents: readonly Dependent[]): readonly Reference[] {
  return dependents.flatMap((dependent): readonly Reference[] => {
    for (const { statements, sql, file, judged } of database.migrations.toReversed()) {
      const made = statements.findLast(({ before, after }) => isThere(dependent, after) && !isThere(dependent, before));
      if (made === undefined) continue;
      const [start] = made.statement.range;
      const { line, column } = placeCounter(sql.text)(start);
      const excerpt = (sql.text.slice(start).split(LINE_ENDING)[0] ?? "").slice(0, MAX_EXCERPT);
      const kind = dependent.kind === "constraint" || dependent.kind === "table" ? "table" : "read";
      const [makes = ""] = describeDependents([dependent]);
      return [{ side: judged ? "head" : "base", grade: "certain", kind, file, line, column, excerpt, makes }];
    }
    return [];
  });
}

const MAX_EXCERPT = 160;

function dependentsOf(operation: Operation, before: Catalog): readonly Dependent[] {
  switch (operation.type) {
    case "DropColumn": {
      const table = before.table(operation.table);
      return table?.columns.has(operation.column) ? dependentsOfColumn(before, table, operation.column) : [];
    }
    case "DropConstraint": {
      const table = before.table(operation.table);
      const constraint = table?.constraints.get(operation.constraint);
      const isKey = constraint?.kind === "primary key" || constraint?.kind === "unique";
      return table && isKey ? dependentsOfKey(before, table, constraint.columns) : [];
    }
    case "DropFunction":
      return dependentsOfFunction(before, before.qualify(operation.function));
    case "DropIndex": {
      const index = before.index(operation.index);
      const table = index?.unique && !index.hasExpression ? before.table(index.table) : undefined;
      return table && index ? dependentsOfKey(before, table, index.columns) : [];
    }
    case "DropRelation": {
      const relation = before.table(operation.relation);
      if (!relation) return [];
      if (relation.kind === "sequence") return dependentsOfSequence(before, relation);
      // Tables that inherit from it hold rows; a foreign key to a table that is gone could not stay.
      return dependentsOfRelation(before, relation).filter(({ kind }) => kind !== "table" && kind !== "constraint");
    }
    case "DropType": {
      const type = before.type(operation.name);
      return type ? dependentsOfType(before, type).filter(({ kind }) => kind !== "column") : [];
    }
    default:
      return [];
  }
}

/** Whether it is an object of its own, not a part of a table. */
function isOwn({ name }: Dependent): boolean {
  return name === undefined;
}

function isFunction({ kind }: Dependent): boolean {
  return kind === "function" || kind === "procedure";
}

function isThere({ kind, relation, name = "", arguments: given }: Dependent, catalog: Catalog): boolean {
  const table = catalog.table(relation);
  switch (kind) {
    case "view":
    case "materialized view":
    case "table":
      return table !== undefined;
    case "type":
      return catalog.type(relation) !== undefined;
    case "function":
    case "procedure":
      return [...catalog.functions()].some(
        (other) =>
          other.name === relation.name && other.schema === relation.schema && other.arguments.join() === given?.join(),
      );
    case "column":
      return table?.columns.has(name) === true;
    case "constraint":
      return table?.constraints.has(name) === true;
    case "default":
      return table?.columns.get(name)?.default !== undefined;
    case "policy":
      return table?.policies?.some((policy) => policy.name === name) === true;
    case "trigger":
      return table?.triggers?.some((trigger) => trigger.name === name) === true;
  }
}
