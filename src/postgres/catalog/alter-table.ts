/** Subcommands of ALTER TABLE that have no operation of their own. */
import type { AlterTable, AlterTableSubcommand } from "../../model/operation.js";
import type { Trigger } from "../../model/catalog.js";
import { changeColumn } from "./columns.js";
import { attachIndex } from "./indexes.js";
import { learnColumn, mention, nameOf, partitionsOf, type Changes, type Situation } from "./situation.js";
import { sameName, type TableHistory, type Timeline } from "./timeline.js";
import { eachTrigger } from "./triggers-and-policies.js";

export const alterTableChanges: Changes = {
  AlterTable(operation, situation) {
    const { timeline } = situation;
    const index = timeline.index(operation.table);
    if (index && operation.subcommand === "AttachPartition") return attachIndex(timeline, index, operation.other);
    if (operation.kind === "index" || index) return;
    const history = mention(situation, operation.table);
    if (!history) return;
    if (operation.column !== undefined) learnColumn(timeline, history, operation.column);
    subcommands[operation.subcommand]?.(history, operation, situation);
  },
};

type Subcommand = (history: TableHistory, operation: AlterTable, situation: Situation) => void;

/** Those that are not listed change nothing that the catalog knows. */
const subcommands: { readonly [Name in AlterTableSubcommand]?: Subcommand } = {
  SetLogged: (history, _, situation) => setUnlogged(history, situation, false),
  SetUnLogged: (history, _, situation) => setUnlogged(history, situation, true),

  SetExpression(history, { column, expression }, { timeline }) {
    if (column !== undefined && expression) timeline.updateColumn(history, column, { generation: expression });
  },
  DropExpression(_, { table, column }, situation) {
    if (column !== undefined) changeColumn({ table, column }, situation, {}, ["generated", "generation"]);
  },
  AddIdentity(history, { column, identity = "by default" }, situation) {
    if (column === undefined) return;
    const { timeline } = situation;
    const sequence = timeline.addOwnedSequence(history, column);
    eachPartition(timeline, history, (partition) => timeline.updateColumn(partition, column, { identity }));
    timeline.updateColumn(history, column, { sequence });
  },
  SetIdentity(history, { column, identity }, { timeline }) {
    if (column === undefined || !identity) return;
    eachPartition(timeline, history, (partition) => timeline.updateColumn(partition, column, { identity }));
  },
  DropIdentity(history, { column }, { timeline }) {
    if (column === undefined || !history.columns.get(column, timeline.time)?.identity) return;
    const { identity, sequence } = history.columns.get(column, timeline.time) ?? {};
    const own = identity && sequence && timeline.history(sequence);
    if (own) timeline.removeTable(own);
    eachPartition(timeline, history, (partition) => {
      const { identity: _, sequence: __, ...plain } = partition.columns.get(column, timeline.time)!;
      timeline.putColumn(partition, plain);
    });
  },

  AddInherit: (history, operation, situation) => setParent(history, operation, situation, true),
  DropInherit: (history, operation, situation) => setParent(history, operation, situation, false),

  AlterConstraint(history, { name, enforced, deferrable }, { timeline }) {
    const constraint = name === undefined ? undefined : history.constraints.get(name, timeline.time);
    if (!constraint) return;
    const { notEnforced, deferrable: wasDeferrable, ...rest } = constraint;
    timeline.putConstraint(history, {
      ...rest,
      ...((enforced === undefined ? notEnforced : !enforced) && { notEnforced: true }),
      ...((deferrable ?? wasDeferrable) && { deferrable: true }),
      // ENFORCED checks every row.
      ...(enforced !== undefined && { valid: enforced }),
    });
  },

  EnableRowSecurity: (history, _, situation) => setRowSecurity(history, situation, { enabled: true }),
  DisableRowSecurity: (history, _, situation) => setRowSecurity(history, situation, { enabled: false }),
  ForceRowSecurity: (history, _, situation) => setRowSecurity(history, situation, { forced: true }),
  NoForceRowSecurity: (history, _, situation) => setRowSecurity(history, situation, { forced: false }),

  EnableTrig: enableTriggers,
  EnableTrigAll: enableTriggers,
  EnableTrigUser: enableTriggers,
  EnableAlwaysTrig: enableTriggers,
  // In force where replication writes only.
  EnableReplicaTrig: disableTriggers,
  DisableTrig: disableTriggers,
  DisableTrigAll: disableTriggers,
  DisableTrigUser: disableTriggers,
};

/** From 15 on its sequences follow. */
function setUnlogged(history: TableHistory, { timeline, postgres }: Situation, unlogged: boolean): void {
  timeline.touch(history, { unlogged });
  for (const sequence of postgres >= 15 ? timeline.sequences(history) : []) timeline.touch(sequence, { unlogged });
}

/** A table and its partitions, which share an identity; inheriting tables have none of it. */
function eachPartition(timeline: Timeline, history: TableHistory, change: (table: TableHistory) => void): void {
  change(history);
  for (const partition of partitionsOf(timeline, history)) eachPartition(timeline, partition, change);
}

function setParent(history: TableHistory, { other }: AlterTable, situation: Situation, inherits: boolean): void {
  const { timeline } = situation;
  const parent = other && mention(situation, other);
  if (!parent) return;
  const name = nameOf(timeline.table(parent));
  const others = timeline.table(history).inherits.filter((inherited) => !sameName(inherited, name));
  parent.namedBy(history, "child");
  timeline.touch(history, { inherits: inherits ? [...others, name] : others });
}

function setRowSecurity(
  history: TableHistory,
  { timeline }: Situation,
  change: { readonly enabled?: boolean; readonly forced?: boolean },
): void {
  const { enabled = false, forced = false } = timeline.table(history).rowSecurity ?? {};
  timeline.touch(history, { rowSecurity: { enabled, forced, ...change } });
}

function enableTriggers(history: TableHistory, { name }: AlterTable, { timeline }: Situation): void {
  eachTrigger(timeline, history, name, ({ disabled: _, ...trigger }): Trigger => trigger);
}

function disableTriggers(history: TableHistory, { name }: AlterTable, { timeline }: Situation): void {
  eachTrigger(timeline, history, name, (trigger) => ({ ...trigger, disabled: true }));
}
