/** Subcommands of ALTER TABLE that have no operation of their own. */
import { changeColumn } from "./columns.js";
import { attachIndex } from "./indexes.js";
import { learnColumn, mention, nameOf, type Changes } from "./situation.js";
import { sameName } from "./timeline.js";

export const alterTableChanges: Changes = {
  AlterTable(operation, situation) {
    const { timeline } = situation;
    const index = timeline.index(operation.table);
    if (index && operation.subcommand === "AttachPartition") return attachIndex(timeline, index, operation.other);
    if (operation.kind === "index" || index) return;
    const history = mention(situation, operation.table);
    if (!history) return;
    const column = operation.column;
    switch (operation.subcommand) {
      case "SetLogged":
        return timeline.touch(history, { unlogged: false });
      case "SetUnLogged":
        return timeline.touch(history, { unlogged: true });
      case "DropExpression":
        return changeColumn({ table: operation.table, column: column! }, situation, {}, ["generated"]);
      case "DropIdentity":
        return changeColumn({ table: operation.table, column: column! }, situation, {}, ["identity"]);
      case "AddIdentity": {
        if (column === undefined) return;
        learnColumn(timeline, history, column);
        const sequence = timeline.addOwnedSequence(history, column);
        return timeline.updateColumn(history, column, { identity: "by default", sequence });
      }
      case "AddInherit":
      case "DropInherit": {
        const parent = operation.other && mention(situation, operation.other);
        if (!parent) return;
        const name = nameOf(timeline.table(parent));
        const others = timeline.table(history).inherits.filter((inherited) => !sameName(inherited, name));
        parent.namedBy(history, "child");
        return timeline.touch(history, {
          inherits: operation.subcommand === "AddInherit" ? [...others, name] : others,
        });
      }
      default:
        if (column !== undefined) learnColumn(timeline, history, column);
    }
  },
};
