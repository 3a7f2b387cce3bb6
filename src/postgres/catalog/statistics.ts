/** Extended statistics: all that is known of them is the table that they are on. */
import { chooseName } from "./default-names.js";
import { mention, type Changes } from "./situation.js";

export const statisticsChanges: Changes = {
  CreateStatistics({ statistics, table, columns, ifNotExists }, situation) {
    const { timeline } = situation;
    const history = mention(situation, table);
    if (!history || (ifNotExists && statistics && timeline.find(timeline.statistics, statistics, timeline.time)))
      return;
    const { schema, name } = timeline.table(history);
    const isTaken = (choice: string): boolean =>
      timeline.find(timeline.statistics, { schema, name: choice }, timeline.time) !== undefined;
    const place = statistics
      ? timeline.place(statistics)
      : { schema, name: chooseName(name, columns, "stat", isTaken) };
    timeline.putStatistics(place, history);
  },
  RenameObject({ kind, name, newName }, { timeline }) {
    const table = kind === "statistics" ? timeline.removeStatistics(name) : undefined;
    if (table) timeline.putStatistics({ ...timeline.place(name), name: newName }, table);
  },
  SetObjectSchema({ kind, name, newSchema }, { timeline }) {
    // What else an extension moves does not stand in the statement.
    if (kind === "extension") timeline.markIncomplete();
    const table = kind === "statistics" ? timeline.removeStatistics(name) : undefined;
    if (table) timeline.putStatistics({ schema: newSchema, name: name.name }, table);
  },
  DropObject({ kind, name }, { timeline }) {
    if (kind === "extension") timeline.markIncomplete();
    if (kind === "statistics") timeline.removeStatistics(name);
  },
};
