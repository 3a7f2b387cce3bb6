/** Publications, as far as they name tables. */
import type { PublishedTable } from "../../model/object-operation.js";
import { mention, withDescendants, type Changes, type Situation } from "./situation.js";
import type { TableHistory } from "./timeline.js";

export const publicationChanges: Changes = {
  CreatePublication({ publication, tables }, situation) {
    const { timeline } = situation;
    timeline.publications.set(publication, published(tables, situation), timeline.time);
  },
  AlterPublication({ publication, action, tables }, situation) {
    if (action === "set options") return;
    const { timeline } = situation;
    const named = published(tables, situation);
    const before = action === "set" ? [] : (timeline.publications.get(publication, timeline.time) ?? []);
    const after = action === "drop" ? before.filter((table) => !named.includes(table)) : [...before, ...named];
    timeline.publications.set(publication, [...new Set(after)], timeline.time);
  },
};

/** A table that others inherit from is published with them; a partitioned one by itself. */
function published(tables: readonly PublishedTable[], situation: Situation): TableHistory[] {
  const { timeline } = situation;
  return tables.flatMap((name) => {
    const history = mention(situation, name);
    if (!history) return [];
    const alone = name.only === true || timeline.table(history).kind === "partitioned table";
    return alone ? [history] : withDescendants(timeline, history);
  });
}
