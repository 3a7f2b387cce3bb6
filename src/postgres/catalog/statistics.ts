/** Extended statistics: all that is known of them is the table that they are on. */
import type { QualifiedName } from "../../model/name.js";
import { chooseName } from "./default-names.js";
import { mention, type Changes } from "./situation.js";
import type { Timeline } from "./timeline.js";

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
};

export function moveStatistics(timeline: Timeline, name: QualifiedName, to: Partial<QualifiedName>): void {
  const table = timeline.removeStatistics(name);
  if (table) timeline.putStatistics({ ...timeline.place(name), ...to }, table);
}
