/** What every change of the schema starts from: the moment of the replay, and the relations that statements name. */
import type { Table } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import type { OperationOf, OperationType } from "../../model/operation.js";
import type { TableHistory, Timeline } from "./timeline.js";

export interface Situation {
  readonly timeline: Timeline;
  /** Position of the migration that is being replayed. */
  readonly order: number;
  /** PostgreSQL's major version. */
  readonly postgres: number;
}

export type Change<Type extends OperationType> = (operation: OperationOf<Type>, situation: Situation) => void;

/** What operations do to the schema, by their type. */
export type Changes = { readonly [Type in OperationType]?: Change<Type> };

export function nameOf(table: Table): Required<QualifiedName> {
  return { schema: table.schema, name: table.name };
}

/**
 * The relation that a statement names. One that no migration created exists all the same: it becomes an entry with
 * unknown columns. System catalogs stay outside.
 */
export function mention(situation: Situation, name: QualifiedName): TableHistory | undefined {
  const { timeline } = situation;
  const known = timeline.history(name);
  if (known) return known;
  if (timeline.index(name) || isSystem(name)) return undefined;
  timeline.markIncomplete();
  return timeline.addTable({
    ...timeline.place(name),
    kind: "table",
    columnsKnown: false,
    inherits: [],
    reads: [],
    temporary: false,
    unlogged: false,
  });
}

function isSystem(name: QualifiedName): boolean {
  const { schema } = name;
  return schema === undefined
    ? name.name.startsWith("pg_")
    : schema === "information_schema" || schema.startsWith("pg_");
}

/** The partitions of a table, one level down. */
export function partitionsOf(timeline: Timeline, history: TableHistory): TableHistory[] {
  return timeline.children(history).filter((child) => timeline.table(child).partitionOf !== undefined);
}

/** The tables that a subcommand of ALTER TABLE reaches: with ONLY the table alone. */
export function treeOf(
  timeline: Timeline,
  history: TableHistory,
  { only }: { readonly only?: true },
): readonly TableHistory[] {
  return only ? [history] : withDescendants(timeline, history);
}

/** The table and everything that inherits from it, parents first. */
export function withDescendants(timeline: Timeline, history: TableHistory): TableHistory[] {
  const tables = [history];
  for (let index = 0; index < tables.length; index++) {
    for (const child of timeline.children(tables[index]!)) if (!tables.includes(child)) tables.push(child);
  }
  return tables;
}

/** A column of a table that no migration created, known from now on because a statement names it. */
export function learnColumn(timeline: Timeline, history: TableHistory, name: string): void {
  if (timeline.table(history).columnsKnown || history.columns.get(name, timeline.time)) return;
  timeline.putColumn(history, { name, notNull: "unknown" });
}
