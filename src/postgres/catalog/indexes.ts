/** Indexes, those of partitioned tables and their parts among them. */
import type { Index } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { CreateIndex } from "../../model/operation.js";
import { notNullConstraint, setNotNull } from "./constraints.js";
import { learnColumn, mention, nameOf, partitionsOf, type Changes, type Situation } from "./situation.js";
import type { TableHistory, Timeline } from "./timeline.js";

export const indexChanges: Changes = {
  CreateIndex: createIndex,
  DropIndex(operation, { timeline }) {
    const index = timeline.index(operation.index);
    const history = index && timeline.history(index.table);
    if (history) dropIndexTree(timeline, history, index);
  },
};

function createIndex(operation: CreateIndex, situation: Situation): void {
  const { timeline } = situation;
  const history = mention(situation, operation.table);
  if (!history) return;
  const { schema } = timeline.table(history);
  if (operation.index && operation.ifNotExists && timeline.relationTaken(schema, operation.index.name)) return;
  const mentions = operation.mentions ?? [...operation.columns, ...(operation.where?.columns ?? [])];
  for (const column of mentions) learnColumn(timeline, history, column);
  const name =
    operation.index?.name ??
    timeline.chooseIndexName(history, uniqueNames(operation.nameColumns ?? operation.columns), "idx");
  timeline.addIndex(history, {
    schema,
    name,
    table: nameOf(timeline.table(history)),
    unique: operation.unique,
    columns: operation.columns,
    mentions,
    nameColumns: operation.nameColumns ?? operation.columns,
    ...(operation.keys ? { keys: operation.keys } : {}),
    ...(operation.including ? { including: operation.including } : {}),
    ...(operation.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
    hasExpression: operation.hasExpression,
    ...(operation.where && { where: operation.where }),
    method: operation.method,
    ...(operation.only && partitionsOf(timeline, history).length > 0 ? { invalid: true } : {}),
  });
  if (operation.only) return;
  for (const child of partitionsOf(timeline, history)) inheritIndexes(situation, history, child, { only: name });
}

/** Numbers repeated names, as PostgreSQL does for `expr`, `expr1`. */
export function uniqueNames(names: readonly string[]): string[] {
  const unique: string[] = [];
  for (const name of names) {
    let candidate = name;
    for (let number = 1; unique.includes(candidate); number++) candidate = `${name}${number}`;
    unique.push(candidate);
  }
  return unique;
}

/**
 * Gives a partition its own copy of each index of its parent, unless it has a matching one that is free to be
 * attached. LIKE … INCLUDING INDEXES copies in the same way, without the tie.
 */
export function inheritIndexes(
  situation: Situation,
  parent: TableHistory,
  child: TableHistory,
  { attach = true, only }: { attach?: boolean; only?: string | undefined } = {},
): void {
  const { timeline } = situation;
  const { schema } = timeline.table(child);
  const own = timeline.indexes(child);
  const constraints = timeline.table(parent).constraints;
  for (const index of timeline.indexes(parent)) {
    if (only !== undefined && index.name !== only) continue;
    if (attach && own.some((candidate) => candidate.parent === index.name)) continue;
    const owner = index.constraint === undefined ? undefined : constraints.get(index.constraint);
    const kind = owner?.kind;
    const match = attach && own.find((candidate) => candidate.parent === undefined && matches(index, candidate));
    if (match) {
      timeline.updateIndex(child, match, { parent: index.name });
      continue;
    }
    const label = kind === "primary key" ? "pkey" : kind === "unique" ? "key" : kind === "exclude" ? "excl" : "idx";
    const columns = kind === "primary key" ? [] : uniqueNames(index.nameColumns ?? index.columns);
    const name = timeline.chooseIndexName(child, columns, label);
    const { parent: _, constraint: __, invalid: ___, ...copied } = index;
    timeline.addIndex(child, {
      ...copied,
      schema,
      name,
      table: nameOf(timeline.table(child)),
      ...(attach ? { parent: index.name } : {}),
      ...(kind ? { constraint: name } : {}),
    });
    if (owner && kind) {
      const { deferrable } = owner;
      timeline.putConstraint(child, {
        name,
        kind,
        columns: index.columns,
        provesNotNull: [],
        valid: true,
        ...(deferrable && { deferrable }),
      });
      for (const column of kind === "primary key" ? index.columns : []) {
        const named = attach ? notNullConstraint(timeline, parent, column)?.name : undefined;
        setNotNull(situation, child, column, true, named, named === undefined ? {} : { inherited: true });
      }
    }
    if (attach)
      for (const grandchild of timeline.children(child)) inheritIndexes(situation, child, grandchild, { only: name });
  }
}

/** Whether an index of a partition serves as its part of the parent's index. */
function matches(parent: Index, candidate: Index): boolean {
  return (
    parent.unique === candidate.unique &&
    parent.method === candidate.method &&
    parent.hasExpression === candidate.hasExpression &&
    parent.where?.sql === candidate.where?.sql &&
    (parent.keys ?? parent.columns).join("\0") === (candidate.keys ?? candidate.columns).join("\0") &&
    (parent.constraint === undefined || candidate.constraint !== undefined)
  );
}

export function renameIndex(timeline: Timeline, index: Index, newName: string): void {
  const history = timeline.history(index.table);
  if (!history) return;
  if (index.constraint === undefined) timeline.updateIndex(history, index, { name: newName });
  else timeline.renameConstraint(history, index.constraint, newName);
}

/** ALTER INDEX … ATTACH PARTITION. */
export function attachIndex(timeline: Timeline, parent: Index, name: QualifiedName | undefined): void {
  const index = name && timeline.index(name);
  const history = index && timeline.history(index.table);
  if (!history) return;
  timeline.updateIndex(history, index, { parent: parent.name });
  becomeValid(timeline, parent);
}

/** An index that was made ON ONLY is valid as soon as every partition has a valid part of it. */
function becomeValid(timeline: Timeline, index: Index): void {
  const history = timeline.history(index.table);
  if (!history || !index.invalid) return;
  const isPart = (own: Index): boolean => own.parent === index.name && !own.invalid;
  if (!partitionsOf(timeline, history).every((child) => timeline.indexes(child).some(isPart))) return;
  const { invalid: _, ...valid } = index;
  timeline.replaceIndex(history, index, valid);
  const parentTable = timeline.table(history).partitionOf;
  const parent = index.parent !== undefined && parentTable && timeline.index({ ...parentTable, name: index.parent });
  if (parent) becomeValid(timeline, parent);
}

/** An index of a partitioned table takes those of the partitions along. */
function dropIndexTree(timeline: Timeline, history: TableHistory, index: Index): void {
  for (const child of timeline.children(history)) {
    for (const own of timeline.indexes(child)) if (own.parent === index.name) dropIndexTree(timeline, child, own);
  }
  timeline.removeIndex(history, index.name);
}
