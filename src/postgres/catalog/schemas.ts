/** Schemas, which take along what is in them. */
import { dropRelation } from "./relations.js";
import type { Changes } from "./situation.js";
import { dropType } from "./types.js";
import type { TableHistory } from "./timeline.js";

export const schemaChanges: Changes = {
  CreateSchema({ schema }, { timeline }) {
    timeline.schemas.set(schema, true, timeline.time);
  },
  DropSchema(operation, { timeline }) {
    timeline.schemas.set(operation.schema, false, timeline.time);
    for (const [, relation] of [...timeline.relations.entries(timeline.time)]) {
      if ("versions" in relation && relation.at(timeline.time)?.schema === operation.schema) {
        dropRelation(timeline, relation, true);
      }
    }
    for (const [, type] of [...timeline.types.entries(timeline.time)]) {
      if (type.schema === operation.schema) dropType(timeline, type, true);
    }
    timeline.removeRoutinesOf(operation.schema);
  },
  RenameSchema({ schema, newName }, { timeline }) {
    timeline.schemas.set(schema, false, timeline.time);
    timeline.schemas.set(newName, true, timeline.time);
    for (const [, relation] of [...timeline.relations.entries(timeline.time)]) {
      const table = "versions" in relation ? relation.at(timeline.time) : undefined;
      if (table?.schema === schema) timeline.moveTable(relation as TableHistory, { schema: newName, name: table.name });
    }
    for (const [, type] of [...timeline.types.entries(timeline.time)]) {
      if (type.schema === schema) timeline.moveType(type, { schema: newName, name: type.name });
    }
    timeline.moveRoutinesOf(schema, newName);
  },
};
