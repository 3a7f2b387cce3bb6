/** Tables, views and sequences as a whole; what a table has inside is in files of its own. */
import type { Column, Table, UsedColumn } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type {
  ColumnUse,
  ConstraintDefinition,
  CreateTable,
  CreateView,
  LikeTable,
  SequenceOwner,
} from "../../model/operation.js";
import { addColumn } from "./columns.js";
import { dropFunctionsMadeOf } from "./functions.js";
import { addConstraint, columnConstraints, inCreationOrder } from "./constraints.js";
import { inheritIndexes, renameIndex } from "./indexes.js";
import { inheritForeignKeys } from "./partitions.js";
import { mention, nameOf, type Changes, type Situation } from "./situation.js";
import { inheritTriggers } from "./triggers-and-policies.js";
import { sameName, temporarySchema, type TableHistory, type Timeline } from "./timeline.js";

export const relationChanges: Changes = {
  CreateTable: createTable,
  CreateTableAs(operation, situation) {
    const { timeline } = situation;
    if (operation.ifNotExists && timeline.history(operation.table)) return;
    const reads = knownReads(situation, operation.reads);
    newRelation(situation, operation.table, operation.materializedView ? "materialized view" : "table", {
      ...(operation.materializedView ? { reads, ...madeOf(situation, operation) } : {}),
      temporary: operation.temporary,
      unlogged: operation.unlogged ?? false,
    });
  },
  CreateView(operation, situation) {
    const { timeline } = situation;
    const existing = timeline.history(operation.view);
    const reads = knownReads(situation, operation.reads);
    if (existing && operation.replace) {
      timeline.touch(existing, { reads, uses: [], calls: [], ...madeOf(situation, operation) });
      for (const read of reads) timeline.history(read)?.namedBy(existing, "reader");
    } else {
      const { temporary } = operation;
      newRelation(situation, operation.view, "view", { reads, ...madeOf(situation, operation), temporary });
    }
  },
  CreateSequence(operation, situation) {
    const { temporary, ownedBy } = operation;
    if (operation.ifNotExists && situation.timeline.history(operation.sequence)) return;
    const sequence = newRelation(situation, operation.sequence, "sequence", { temporary: temporary === true });
    if (ownedBy) setSequenceOwner(situation, sequence, ownedBy);
  },
  AlterSequence({ sequence: name, ownedBy, options }, situation) {
    const sequence = situation.timeline.history(name);
    if (!sequence) return;
    if (ownedBy) setSequenceOwner(situation, sequence, ownedBy);
    if (options.includes("logged")) situation.timeline.touch(sequence, { unlogged: false });
  },
  DropRelation(operation, { timeline }) {
    const history = timeline.history(operation.relation);
    if (history) dropRelation(timeline, history, operation.cascade);
  },
  RenameRelation(operation, situation) {
    const { timeline } = situation;
    const index = timeline.index(operation.relation);
    if (index) return renameIndex(timeline, index, operation.newName);
    if (operation.kind === "index") return;
    const history = mention(situation, operation.relation);
    if (history) timeline.moveTable(history, { schema: timeline.table(history).schema, name: operation.newName });
  },
  SetSchema(operation, situation) {
    const { timeline } = situation;
    if (operation.kind === "index") return;
    const history = mention(situation, operation.relation);
    if (history) timeline.moveTable(history, { schema: operation.newSchema, name: timeline.table(history).name });
  },
};

/** The columns that a view's query names, and the functions that it calls. */
function madeOf(
  situation: Situation,
  { uses, functions }: Pick<CreateView, "functions"> & Partial<Pick<CreateView, "uses">>,
): Pick<Table, "uses" | "calls"> {
  return {
    ...(uses && { uses: usedColumns(situation, uses) }),
    ...(functions && { calls: functions.map((name) => situation.timeline.qualifyFunction(name)) }),
  };
}

/** The relations that have the columns which a query names. Where none is known to have one, the likeliest is taken. */
export function usedColumns({ timeline }: Situation, uses: readonly ColumnUse[]): UsedColumn[] {
  const found = new Map<string, UsedColumn>();
  const add = (table: QualifiedName, column: string): void =>
    void found.set(JSON.stringify([table.schema, table.name, column]), { table, column });
  for (const { column, relations, first } of uses) {
    const histories = relations.flatMap((relation) => timeline.history(relation) ?? []);
    if (column === "*") {
      for (const history of histories) {
        const table = timeline.table(history);
        for (const name of [...table.columns.keys()].slice(0, first)) add(nameOf(table), name);
      }
      continue;
    }
    const tables = histories.map((history) => timeline.table(history));
    const owner = tables.find(({ columns }) => columns.has(column)) ?? tables.find(({ columnsKnown }) => !columnsKnown);
    if (owner) add(nameOf(owner), column);
  }
  return [...found.values()];
}

function setSequenceOwner({ timeline }: Situation, sequence: TableHistory, owner: SequenceOwner | "none"): void {
  const history = owner === "none" ? undefined : timeline.history(owner.table);
  if (owner === "none" || !history) return timeline.setOwner(sequence, undefined);
  timeline.setOwner(sequence, { table: nameOf(timeline.table(history)), column: owner.column });
}

function newRelation(
  { timeline, order }: Situation,
  name: QualifiedName,
  kind: Table["kind"],
  facts: Partial<Omit<Table, "columns" | "constraints" | "schema" | "name" | "kind">>,
): TableHistory {
  const place = facts.temporary ? { schema: temporarySchema, name: name.name } : timeline.place(name);
  const existing = timeline.history(place);
  if (existing) dropRelation(timeline, existing, true);
  return timeline.addTable({
    ...place,
    kind,
    createdIn: order,
    columnsKnown: false,
    inherits: [],
    reads: [],
    temporary: false,
    unlogged: false,
    ...facts,
  });
}

/** What a view selects from, by full names; relations that no migration created become entries. */
export function knownReads(situation: Situation, reads: readonly QualifiedName[]): Required<QualifiedName>[] {
  return reads.flatMap((read) => {
    const history = mention(situation, read);
    return history ? [nameOf(situation.timeline.table(history))] : [];
  });
}

/** Partitions always go with their parent; views and inheriting tables with CASCADE. */
export function dropRelation(timeline: Timeline, history: TableHistory, cascade: boolean): void {
  const table = history.at(timeline.time);
  if (!table) return;
  for (const child of timeline.children(history)) {
    if (cascade || timeline.table(child).partitionOf) dropRelation(timeline, child, cascade);
  }
  if (cascade) {
    for (const view of timeline.readers(history)) dropRelation(timeline, view, true);
    dropFunctionsMadeOf(timeline, ({ reads, types }) => [...reads, ...types].some((name) => sameName(name, table)));
  }
  timeline.removeTable(history);
}

function createTable(operation: CreateTable, situation: Situation): void {
  const { timeline } = situation;
  if (operation.ifNotExists && timeline.history(operation.table)) return;
  const parents = [...(operation.partitionOf ? [operation.partitionOf] : []), ...operation.inherits];
  const parentHistories = parents.flatMap((parent) => mention(situation, parent) ?? []);
  const likes = operation.like.map((like) => ({ like, source: mention(situation, like) }));
  const sources = [...parentHistories, ...likes.flatMap(({ source }) => source ?? [])];
  const parentNames = parentHistories.map((parent) => nameOf(timeline.table(parent)));

  const kind = operation.foreign ? "foreign table" : operation.partitioned ? "partitioned table" : "table";
  const history = newRelation(situation, operation.table, kind, {
    columnsKnown: operation.ofType === undefined && sources.every((source) => timeline.table(source).columnsKnown),
    temporary: operation.temporary,
    unlogged: operation.unlogged,
    ...(operation.server !== undefined && { server: operation.server }),
    ...(operation.ofType && { ofType: timeline.place(operation.ofType) }),
    ...(operation.partitionBy && { partitionKey: operation.partitionBy.columns }),
    ...(operation.partitionBy?.hasExpression && { partitionExpressions: true }),
    ...(operation.bound && { bound: operation.bound }),
    ...(operation.partitionOf && parentNames[0] ? { partitionOf: parentNames[0] } : {}),
    ...(operation.defaultPartition ? { defaultPartition: true } : {}),
    inherits: operation.partitionOf ? [] : parentNames,
  });

  const constraints: ConstraintDefinition[] = [];
  for (const parent of parentHistories) {
    for (const column of timeline.table(parent).columns.values()) inheritColumn(timeline, history, column);
    for (const constraint of timeline.table(parent).constraints.values()) {
      const goesDown = constraint.kind === "check" || constraint.kind === "not null";
      if (goesDown && !constraint.noInherit) timeline.putConstraint(history, { ...constraint, inherited: true });
    }
  }
  for (const { like, source } of likes) if (source) copyLike(situation, like, source, history);
  for (const column of operation.columns) {
    addColumn(situation, history, column);
    constraints.push(...columnConstraints(column, situation));
  }
  for (const constraint of inCreationOrder([...constraints, ...operation.constraints])) {
    addConstraint(situation, history, constraint);
  }
  if (operation.partitionOf && parentHistories[0]) {
    inheritIndexes(situation, parentHistories[0], history);
    inheritForeignKeys(timeline, parentHistories[0], history);
    inheritTriggers(timeline, parentHistories[0], history);
  }
  timeline.tableCreated(situation.order);
}

/** A child's copy of a parent's column: same type, default and NOT NULL. A partition shares the parent's identity. */
export function inheritColumn(timeline: Timeline, child: TableHistory, column: Column): void {
  const { sequence: _, inherited: __, identity, ...copied } = column;
  const own = child.columns.get(column.name, timeline.time);
  timeline.putColumn(child, {
    ...copied,
    ...(identity && timeline.table(child).partitionOf ? { identity } : {}),
    ...(own?.notNull === true ? { notNull: true } : {}),
    ...(own && !own.inherited ? {} : { inherited: true }),
  });
}

/** LIKE copies columns and NOT NULL; the rest only where INCLUDING names it. */
function copyLike(situation: Situation, like: LikeTable, source: TableHistory, target: TableHistory): void {
  const { timeline } = situation;
  const including = (what: string): boolean => like.including?.includes(what) ?? false;
  for (const column of timeline.table(source).columns.values()) {
    const { default: value, identity, generated, generation, sequence: _, inherited: __, ...plain } = column;
    timeline.putColumn(target, {
      ...plain,
      ...(value && including("defaults") ? { default: value } : {}),
      ...(generated && including("generated") ? { generated, ...(generation && { generation }) } : {}),
    });
    if (identity && including("identity")) {
      timeline.updateColumn(target, column.name, {
        identity,
        sequence: timeline.addOwnedSequence(target, column.name),
      });
    }
  }
  for (const constraint of timeline.table(source).constraints.values()) {
    if (constraint.kind === "not null" || (constraint.kind === "check" && including("constraints"))) {
      const { inherited: _, ...own } = constraint;
      timeline.putConstraint(target, { ...own, valid: true });
    }
  }
  if (including("indexes")) inheritIndexes(situation, source, target, { attach: false });
}
