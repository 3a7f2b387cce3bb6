/** Constraints, with the indexes that enforce some of them, in a table and what inherits from it. */
import type { Constraint } from "../../model/catalog.js";
import type { ConstraintDefinition, ColumnDefinition } from "../../model/operation.js";
import { serialType } from "./columns.js";
import { inheritIndexes, uniqueNames } from "./indexes.js";
import {
  learnColumn,
  mention,
  nameOf,
  partitionsOf,
  withDescendants,
  type Changes,
  type Situation,
} from "./situation.js";
import { sameName, type TableHistory, type Timeline } from "./timeline.js";

export const constraintChanges: Changes = {
  AddConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    // ALTER TABLE ONLY is refused for every other kind where there are partitions or children.
    if (operation.only && isIndexed(operation.constraint))
      addConstraint(situation, history, operation.constraint, { only: true });
    else addToTree(situation, history, operation.constraint);
  },
  ValidateConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      const constraint = table.constraints.get(operation.constraint, situation.timeline.time);
      if (constraint) situation.timeline.putConstraint(table, { ...constraint, valid: true });
    }
  },
  DropConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    dropConstraintFromTree(situation.timeline, history, operation.constraint, operation);
  },
  RenameConstraint(operation, situation) {
    const history = mention(situation, operation.table);
    if (!history) return;
    for (const table of withDescendants(situation.timeline, history)) {
      situation.timeline.renameConstraint(table, operation.constraint, operation.newName);
    }
  },
};

export function notNullConstraint(timeline: Timeline, history: TableHistory, column: string): Constraint | undefined {
  for (const constraint of timeline.table(history).constraints.values()) {
    if (constraint.kind === "not null" && constraint.columns[0] === column) return constraint;
  }
  return undefined;
}

/** From 18 on NOT NULL is a constraint with a name. */
export function setNotNull(
  { timeline, postgres }: Situation,
  history: TableHistory,
  column: string,
  valid: boolean,
  name?: string,
  origin: Pick<Constraint, "inherited" | "noInherit"> = {},
): void {
  timeline.updateColumn(history, column, { notNull: true });
  if (postgres < 18) return;
  const existing = notNullConstraint(timeline, history, column);
  if (existing) {
    if (valid && !existing.valid) timeline.putConstraint(history, { ...existing, valid });
    if (!origin.inherited) putOwn(timeline, history, notNullConstraint(timeline, history, column)!);
    return;
  }
  timeline.putConstraint(history, {
    name: name ?? timeline.chooseConstraintName(history, [column], "not_null"),
    kind: "not null",
    columns: [column],
    provesNotNull: [],
    valid,
    ...origin,
  });
}

/** What a table has from its parents becomes its own as well. */
function putOwn(timeline: Timeline, history: TableHistory, constraint: Constraint): void {
  const { inherited, ...own } = constraint;
  if (inherited) timeline.putConstraint(history, own);
}

/** The order in which CREATE TABLE makes constraints, which decides who gets the default name without a number. */
const creationOrder: readonly Constraint["kind"][] = [
  "check",
  "not null",
  "primary key",
  "unique",
  "exclude",
  "foreign key",
];

export function inCreationOrder(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  const rank = (constraint: ConstraintDefinition): number => creationOrder.indexOf(constraint.kind);
  return withoutRepeatedKeys([...constraints].sort((a, b) => rank(a) - rank(b)));
}

/** A key that repeats an earlier one of the same statement is left out; one without a name takes over its name. */
function withoutRepeatedKeys(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  const kept = new Map<string, ConstraintDefinition>();
  for (const [index, constraint] of constraints.entries()) {
    const { kind, columns, including = [], nullsNotDistinct = false, deferrable, usingIndex } = constraint;
    const isKey = (kind === "primary key" || kind === "unique") && usingIndex === undefined;
    const key = isKey ? JSON.stringify([columns, including, nullsNotDistinct, deferrable]) : String(index);
    const earlier = kept.get(key);
    if (!earlier) kept.set(key, constraint);
    else if (earlier.name === undefined && constraint.name !== undefined) {
      kept.set(key, { ...earlier, name: constraint.name });
    }
  }
  return [...kept.values()];
}

/** The constraints in a column's definition, the implied NOT NULL of 18 among them. */
export function columnConstraints(column: ColumnDefinition, { postgres }: Situation): readonly ConstraintDefinition[] {
  const implied = column.notNull || serialType(column.type) !== undefined || column.identity !== undefined;
  if (!implied || postgres < 18 || column.constraints.some((constraint) => constraint.kind === "not null")) {
    return column.constraints;
  }
  const notNull: ConstraintDefinition = {
    kind: "not null",
    ...(column.notNullName === undefined ? {} : { name: column.notNullName }),
    range: column.range,
    columns: [column.name],
    provesNotNull: [],
    notValid: false,
    notEnforced: false,
    deferrable: false,
  };
  return [...column.constraints, notNull];
}

/** Adds a constraint to a table and, where PostgreSQL does, to its partitions and children. */
export function addToTree(
  situation: Situation,
  history: TableHistory,
  constraint: ConstraintDefinition,
  inherited?: true,
): void {
  const { timeline } = situation;
  const name = addConstraint(situation, history, constraint, inherited && { inherited });
  if (constraint.noInherit) return;
  for (const child of timeline.children(history)) {
    const partition = timeline.table(child).partitionOf !== undefined;
    if (isIndexed(constraint)) {
      if (partition) inheritIndexes(situation, history, child, { only: name });
    } else if (constraint.kind !== "foreign key" || partition) {
      addToTree(situation, child, name === undefined ? constraint : { ...constraint, name }, true);
    }
  }
}

/** Whether an index of its own enforces it. */
function isIndexed({ kind }: Pick<Constraint, "kind">): boolean {
  return kind === "primary key" || kind === "unique" || kind === "exclude";
}

/**
 * Adds a constraint to one table and answers its name.
 * @param origin `only`: ALTER TABLE ONLY keeps it from the partitions. `inherited`: it comes from a parent.
 */
export function addConstraint(
  situation: Situation,
  history: TableHistory,
  definition: ConstraintDefinition,
  { only = false, inherited }: { readonly only?: boolean; readonly inherited?: true } = {},
): string | undefined {
  const { timeline } = situation;
  const { kind } = definition;
  for (const column of definition.columns) learnColumn(timeline, history, column);
  switch (kind) {
    case "not null":
      setNotNull(situation, history, definition.columns[0]!, !definition.notValid, definition.name, {
        ...(inherited && { inherited }),
        ...(definition.noInherit && { noInherit: true }),
      });
      return definition.name ?? notNullConstraint(timeline, history, definition.columns[0]!)?.name;
    case "primary key":
    case "unique":
    case "exclude":
      return addIndexConstraint(situation, history, definition, only);
    case "check":
    case "foreign key": {
      const references = definition.references && foreignKeyTarget(situation, definition.references);
      const named =
        kind === "check" ? [...new Set(definition.expression?.columns ?? definition.columns)] : definition.columns;
      const name =
        definition.name ??
        (kind === "check"
          ? timeline.chooseConstraintName(history, named.length === 1 ? named : [], "check")
          : timeline.chooseConstraintName(history, named, "fkey"));
      const existing = history.constraints.get(name, timeline.time);
      // A child that has the parent's CHECK already merges the two.
      if (existing) {
        if (!inherited) putOwn(timeline, history, existing);
        return name;
      }
      timeline.putConstraint(history, {
        name,
        kind,
        columns: definition.columns,
        ...(references ? { references } : {}),
        ...(definition.expression ? { expression: definition.expression } : {}),
        provesNotNull: definition.provesNotNull,
        valid: !definition.notValid && !definition.notEnforced,
        ...(definition.notEnforced && { notEnforced: true }),
        ...(definition.deferrable && { deferrable: true }),
        ...(definition.noInherit && { noInherit: true }),
        ...(inherited && { inherited }),
      });
      return name;
    }
  }
}

/** PRIMARY KEY, UNIQUE and EXCLUDE: the constraint and its index, which share a name. */
function addIndexConstraint(
  situation: Situation,
  history: TableHistory,
  definition: ConstraintDefinition,
  only: boolean,
): string {
  const { timeline } = situation;
  const kind = definition.kind as "primary key" | "unique" | "exclude";
  const { schema } = timeline.table(history);
  // Refused: there can be but one, and a name that is taken is taken.
  const primary = kind === "primary key" ? primaryKey(timeline, history) : undefined;
  if (primary) return primary.name;
  if (definition.name !== undefined && history.constraints.get(definition.name, timeline.time)) return definition.name;
  const existing =
    definition.usingIndex === undefined ? undefined : history.indexes.get(definition.usingIndex, timeline.time);
  const columns = definition.usingIndex === undefined ? definition.columns : (existing?.columns ?? []);
  const label = { "primary key": "pkey", unique: "key", exclude: "excl" } as const;
  const name =
    definition.name ??
    definition.usingIndex ??
    timeline.chooseIndexName(
      history,
      kind === "primary key" ? [] : uniqueNames(definition.nameColumns ?? columns),
      label[kind],
    );
  if (existing) {
    timeline.updateIndex(history, existing, { name, constraint: name });
  } else {
    timeline.addIndex(history, {
      schema,
      name,
      table: nameOf(timeline.table(history)),
      unique: kind !== "exclude",
      columns,
      mentions: definition.mentions ?? [...new Set([...columns, ...(definition.including ?? [])])],
      ...(definition.nameColumns ? { nameColumns: definition.nameColumns } : {}),
      ...(kind === "exclude" ? {} : { keys: columns }),
      ...(definition.including ? { including: definition.including } : {}),
      ...(definition.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
      hasExpression:
        kind === "exclude" &&
        (definition.where !== undefined ||
          (definition.nameColumns?.length ?? 0) > columns.length + (definition.including?.length ?? 0)),
      ...(definition.where && { where: definition.where }),
      method: definition.method ?? "btree",
      constraint: name,
      ...(only && partitionsOf(timeline, history).length > 0 ? { invalid: true } : {}),
    });
  }
  const { deferrable } = definition;
  timeline.putConstraint(history, {
    name,
    kind,
    columns,
    provesNotNull: [],
    valid: true,
    ...(deferrable && { deferrable }),
  });
  if (kind === "primary key") for (const column of columns) setNotNull(situation, history, column, true);
  return name;
}

/** The referenced table by its full name, and the columns of its primary key where the statement names none. */
function foreignKeyTarget(
  situation: Situation,
  target: NonNullable<Constraint["references"]>,
): NonNullable<Constraint["references"]> {
  const { timeline } = situation;
  const history = mention(situation, target.table);
  if (!history) return target;
  const table = timeline.table(history);
  for (const column of target.columns) learnColumn(timeline, history, column);
  if (target.columns.length > 0) return { ...target, table: nameOf(table) };
  return { ...target, table: nameOf(table), columns: primaryKey(timeline, history)?.columns ?? [] };
}

function primaryKey(timeline: Timeline, history: TableHistory): Constraint | undefined {
  return [...timeline.table(history).constraints.values()].find(({ kind }) => kind === "primary key");
}

/** Children that have the constraint from this table alone lose it, too; with ONLY it becomes their own. */
export function dropConstraintFromTree(
  timeline: Timeline,
  history: TableHistory,
  name: string,
  operation: { readonly cascade: boolean; readonly only?: true },
): void {
  const constraint = history.constraints.get(name, timeline.time);
  if (!constraint) return;
  for (const child of timeline.children(history)) {
    const own =
      constraint.kind === "not null"
        ? notNullConstraint(timeline, child, constraint.columns[0]!)
        : child.constraints.get(name, timeline.time);
    const ofIndex = isIndexed(constraint) && timeline.indexes(child).find((index) => index.parent === name);
    if (ofIndex) dropConstraintFromTree(timeline, child, ofIndex.constraint ?? "", operation);
    if (own?.kind !== constraint.kind || !own.inherited) continue;
    if (operation.only) {
      const { inherited: _, ...alone } = own;
      timeline.putConstraint(child, alone);
    } else dropConstraintFromTree(timeline, child, own.name, operation);
  }
  dropConstraint(timeline, history, name, operation.cascade);
}

/** Takes a constraint away; with CASCADE also the foreign keys that rest on it. */
export function dropConstraint(timeline: Timeline, history: TableHistory, name: string, cascade: boolean): void {
  const constraint = history.constraints.get(name, timeline.time);
  if (!constraint) return;
  if (cascade && (constraint.kind === "primary key" || constraint.kind === "unique")) {
    const table = timeline.table(history);
    const key = [...constraint.columns].sort().join("\0");
    for (const other of timeline.referencing(history)) {
      for (const candidate of [...timeline.table(other).constraints.values()]) {
        const { references } = candidate;
        if (references && sameName(references.table, table) && [...references.columns].sort().join("\0") === key) {
          timeline.removeConstraint(other, candidate.name);
        }
      }
    }
  }
  timeline.removeConstraint(history, name);
  if (constraint.kind === "not null") timeline.updateColumn(history, constraint.columns[0]!, { notNull: false });
}
