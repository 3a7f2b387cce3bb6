/** What ATTACH and DETACH PARTITION make of two tables. */
import type { Expression } from "../../model/operation.js";
import { provesBound } from "../partition-proof.js";
import { CatalogAt } from "./catalog-at.js";
import { changeColumn } from "./columns.js";
import { notNullConstraint } from "./constraints.js";
import { chooseName } from "./default-names.js";
import { inheritIndexes } from "./indexes.js";
import { mention, nameOf, type Changes } from "./situation.js";
import { inheritTriggers } from "./triggers-and-policies.js";
import { sameName, type TableHistory, type Timeline } from "./timeline.js";

export const partitionChanges: Changes = {
  AttachPartition(operation, situation) {
    const { timeline } = situation;
    const parent = mention(situation, operation.table);
    const partition = mention(situation, operation.partition);
    if (!parent || !partition) return;
    parent.namedBy(partition, "child");
    if (operation.defaultPartition) parent.namedBy(partition, "default partition");
    timeline.touch(partition, {
      partitionOf: nameOf(timeline.table(parent)),
      bound: operation.bound,
      ...(operation.defaultPartition ? { defaultPartition: true } : {}),
    });
    for (const { name, identity } of timeline.table(parent).columns.values()) {
      timeline.updateColumn(partition, name, { inherited: true, ...(identity && { identity }) });
    }
    for (const constraint of [...timeline.table(partition).constraints.values()]) {
      const { constraints } = timeline.table(parent);
      const isParents =
        constraint.kind === "not null"
          ? notNullConstraint(timeline, parent, constraint.columns[0]!) !== undefined
          : constraints.get(constraint.name)?.kind === constraint.kind && constraint.kind === "check";
      if (isParents) timeline.putConstraint(partition, { ...constraint, inherited: true });
    }
    inheritIndexes(situation, parent, partition);
    inheritForeignKeys(timeline, parent, partition);
    inheritTriggers(timeline, parent, partition);
  },
  DetachPartition(operation, situation) {
    const { timeline } = situation;
    const parent = mention(situation, operation.table);
    const partition = mention(situation, operation.partition);
    if (!partition) return;
    if (operation.concurrently && parent) keepBound(timeline, parent, partition);
    const { partitionOf: _, defaultPartition: __, bound: ____, triggers, ...facts } = timeline.table(partition);
    // Row triggers that it had from its parent go.
    const own = triggers?.filter(({ inherited }) => !inherited);
    timeline.replaceFacts(partition, { ...facts, ...(own && { triggers: own }) });
    for (const { name, identity, sequence } of [...timeline.table(partition).columns.values()]) {
      const lost = identity && !sequence ? (["inherited", "identity"] as const) : (["inherited"] as const);
      changeColumn({ table: operation.partition, column: name, only: true }, situation, {}, lost);
    }
    for (const { inherited, ...constraint } of [...timeline.table(partition).constraints.values()]) {
      if (inherited) timeline.putConstraint(partition, constraint);
    }
    for (const index of timeline.indexes(partition)) {
      const { parent: ___, ...alone } = index;
      timeline.replaceIndex(partition, index, alone);
    }
  },
};

/**
 * DETACH CONCURRENTLY leaves a CHECK behind that says what the partition was for, unless one of its own does
 * (`DetachAddConstraintIfNeeded` in tablecmds.c).
 */
function keepBound(timeline: Timeline, parent: TableHistory, partition: TableHistory): void {
  const [table, of] = [timeline.table(partition), timeline.table(parent)];
  const { bound, constraints } = table;
  const { partitionKey: key } = of;
  if (!bound || !key || provesBound(table, of, bound, new CatalogAt(timeline, timeline.time))) return;
  // Its name has that of the column, if there is only one.
  const columns = key.length === 1 ? key : [];
  const name = chooseName(table.name, columns, "check", (taken) => constraints.has(taken));
  // No statement has its text.
  const expression: Expression = { sql: "", range: [0, 0], kind: "expression", functions: [], columns: key };
  timeline.putConstraint(partition, { name, kind: "check", columns: key, expression, provesNotNull: [], valid: true });
}

/** A partition has the foreign keys of its parent, under the same names. */
export function inheritForeignKeys(timeline: Timeline, parent: TableHistory, child: TableHistory): void {
  for (const constraint of timeline.table(parent).constraints.values()) {
    if (constraint.kind !== "foreign key") continue;
    const has = [...timeline.table(child).constraints.values()].some(
      (own) =>
        own.references &&
        sameName(own.references.table, constraint.references!.table) &&
        own.columns.join("\0") === constraint.columns.join("\0"),
    );
    if (!has) timeline.putConstraint(child, { ...constraint, inherited: true });
  }
}
