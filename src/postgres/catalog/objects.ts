/** Objects that have no operations of their own, as far as tables hang on them. */
import { dropRelation } from "./relations.js";
import type { Changes } from "./situation.js";
import { moveStatistics } from "./statistics.js";
import type { Timeline } from "./timeline.js";

export const objectChanges: Changes = {
  CreateObject({ kind, name: { name }, wrapper, ifNotExists }, { timeline }) {
    if (kind !== "server" || wrapper === undefined) return;
    if (ifNotExists && timeline.servers.get(name, timeline.time) !== undefined) return;
    timeline.servers.set(name, wrapper, timeline.time);
  },
  RenameObject({ kind, name, newName }, { timeline }) {
    const { time, publications } = timeline;
    if (kind === "statistics") moveStatistics(timeline, name, { name: newName });
    const tables = kind === "publication" ? publications.get(name.name, time) : undefined;
    if (tables) publications.rename(name.name, newName, tables, time);
    if (kind === "server") renameServer(timeline, name.name, newName);
    if (kind === "foreign data wrapper") {
      for (const server of serversOf(timeline, name.name)) timeline.servers.set(server, newName, time);
    }
  },
  SetObjectSchema({ kind, name, newSchema }, { timeline }) {
    // What else an extension moves does not stand in the statement.
    if (kind === "extension") timeline.markIncomplete();
    if (kind === "statistics") moveStatistics(timeline, name, { schema: newSchema });
  },
  DropObject({ kind, name, cascade }, { timeline }) {
    if (kind === "extension") timeline.markIncomplete();
    if (kind === "statistics") timeline.removeStatistics(name);
    if (kind === "publication") timeline.publications.delete(name.name, timeline.time);
    if (kind === "server") dropServer(timeline, name.name, cascade);
    if (kind === "foreign data wrapper") {
      for (const server of serversOf(timeline, name.name)) dropServer(timeline, server, cascade);
    }
  },
};

function serversOf({ servers, time }: Timeline, wrapper: string): string[] {
  return [...servers.entries(time)].filter(([, of]) => of === wrapper).map(([server]) => server);
}

function renameServer(timeline: Timeline, name: string, newName: string): void {
  const wrapper = timeline.servers.get(name, timeline.time);
  if (wrapper !== undefined) timeline.servers.rename(name, newName, wrapper, timeline.time);
  for (const history of timeline.foreignTables(name)) timeline.touch(history, { server: newName });
}

/** Its foreign tables go with CASCADE; PostgreSQL refuses it without. */
function dropServer(timeline: Timeline, server: string, cascade: boolean): void {
  timeline.servers.delete(server, timeline.time);
  if (cascade) for (const history of timeline.foreignTables(server)) dropRelation(timeline, history, true);
}
