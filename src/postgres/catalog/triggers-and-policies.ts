/** Triggers, policies and row security: what acts on the rows of a table. */
import type { Policy, Trigger } from "../../model/catalog.js";
import type { QualifiedName } from "../../model/name.js";
import { mention, partitionsOf, type Changes, type Situation } from "./situation.js";
import { sameName, type TableHistory, type Timeline } from "./timeline.js";

export const triggerAndPolicyChanges: Changes = {
  CreateTrigger(operation, situation) {
    const { timeline } = situation;
    const history = mention(situation, operation.table);
    if (!history) return;
    const { trigger: name, timing, events, columns, forEach, whenColumns } = operation;
    const called = timeline.qualifyFunction(operation.function);
    addTrigger(timeline, history, { name, timing, events, columns, forEach, whenColumns, function: called });
  },
  DropTrigger(operation, { timeline }) {
    const history = timeline.history(operation.table);
    if (history) eachTrigger(timeline, history, operation.trigger, () => undefined);
  },
  RenameTrigger(operation, { timeline }) {
    const history = timeline.history(operation.table);
    if (!history) return;
    eachTrigger(timeline, history, operation.trigger, (trigger) => ({ ...trigger, name: operation.newName }));
  },

  CreatePolicy(operation, situation) {
    const { timeline } = situation;
    const history = mention(situation, operation.table);
    if (!history) return;
    const { policy: name, command, permissive, roles, using, withCheck } = operation;
    const policy: Policy = {
      name,
      command,
      permissive,
      roles,
      ...(using && { using }),
      ...(withCheck && { withCheck }),
    };
    timeline.touch(history, { policies: [...(timeline.table(history).policies ?? []), policy] });
  },
  AlterPolicy({ table, policy: name, roles, using, withCheck }, situation) {
    changePolicy(situation, table, name, (policy) => ({
      ...policy,
      ...(roles && { roles }),
      ...(using && { using }),
      ...(withCheck && { withCheck }),
    }));
  },
  DropPolicy: ({ table, policy }, situation) => changePolicy(situation, table, policy, () => undefined),
  RenamePolicy: ({ table, policy, newName }, situation) =>
    changePolicy(situation, table, policy, (renamed) => ({ ...renamed, name: newName })),
};

/** A row trigger of a partitioned table is on its partitions too. */
function addTrigger(timeline: Timeline, history: TableHistory, trigger: Trigger): void {
  const others = (timeline.table(history).triggers ?? []).filter(({ name }) => name !== trigger.name);
  timeline.putTriggers(history, [...others, trigger]);
  if (trigger.forEach === "statement") return;
  for (const partition of partitionsOf(timeline, history)) inheritTrigger(timeline, partition, trigger);
}

function inheritTrigger(timeline: Timeline, partition: TableHistory, trigger: Trigger): void {
  addTrigger(timeline, partition, { ...trigger, inherited: true });
}

/** Gives a new partition the row triggers of its parent. */
export function inheritTriggers(timeline: Timeline, parent: TableHistory, partition: TableHistory): void {
  for (const trigger of timeline.table(parent).triggers ?? []) {
    if (trigger.forEach === "row") inheritTrigger(timeline, partition, trigger);
  }
}

/**
 * Takes away or changes a trigger of a table, and with it those that the partitions have from it.
 * @param name Absent: all of them.
 */
export function eachTrigger(
  timeline: Timeline,
  history: TableHistory,
  name: string | undefined,
  change: (trigger: Trigger) => Trigger | undefined,
): void {
  const { triggers = [] } = timeline.table(history);
  timeline.touch(history, {
    triggers: triggers.flatMap((trigger) =>
      name === undefined || trigger.name === name ? (change(trigger) ?? []) : trigger,
    ),
  });
  for (const partition of partitionsOf(timeline, history)) {
    for (const trigger of timeline.table(partition).triggers ?? []) {
      const isPart = trigger.inherited && triggers.some((own) => own.name === trigger.name);
      if (isPart && (name === undefined || trigger.name === name))
        eachTrigger(timeline, partition, trigger.name, change);
    }
  }
}

export function dropTriggersThatCall(timeline: Timeline, called: QualifiedName): void {
  for (const history of timeline.callers(called)) {
    const { triggers = [] } = timeline.table(history);
    timeline.touch(history, { triggers: triggers.filter((trigger) => !sameName(trigger.function, called)) });
  }
}

function changePolicy(
  { timeline }: Situation,
  table: QualifiedName,
  name: string,
  change: (policy: Policy) => Policy | undefined,
): void {
  const history = timeline.history(table);
  if (!history) return;
  const { policies = [] } = timeline.table(history);
  timeline.touch(history, {
    policies: policies.flatMap((policy) => (policy.name === name ? (change(policy) ?? []) : policy)),
  });
}
