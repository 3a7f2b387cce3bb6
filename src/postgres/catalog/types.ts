/** Enums, domains and other types; the columns that have them follow. */
import { dropColumn } from "./columns.js";
import type { Changes } from "./situation.js";

export const typeChanges: Changes = {
  CreateEnum(operation, { timeline, order }) {
    timeline.putType({ kind: "enum", ...timeline.place(operation.enum), values: operation.values, createdIn: order });
  },
  AddEnumValue({ enum: name, value, neighbor }, { timeline }) {
    const type = timeline.typeOf(name, timeline.time);
    if (type?.kind !== "enum" || type.values.includes(value)) return;
    const beside = neighbor ? type.values.indexOf(neighbor.value) : -1;
    const place = beside < 0 ? type.values.length : neighbor!.position === "after" ? beside + 1 : beside;
    timeline.putType({ ...type, values: type.values.toSpliced(place, 0, value) });
  },
  RenameEnumValue(operation, { timeline }) {
    const type = timeline.typeOf(operation.enum, timeline.time);
    if (type?.kind !== "enum") return;
    const values = type.values.map((value) => (value === operation.value ? operation.newValue : value));
    timeline.putType({ ...type, values });
  },
  CreateDomain(operation, { timeline }) {
    const { baseType, hasCheck, notNull, default: given } = operation;
    const hasDefault = given !== undefined && given.kind !== "null";
    timeline.putType({ kind: "domain", ...timeline.place(operation.domain), baseType, hasCheck, notNull, hasDefault });
  },
  AlterDomain(operation, { timeline }) {
    const type = timeline.typeOf(operation.domain, timeline.time);
    if (type?.kind !== "domain") return;
    switch (operation.subcommand) {
      case "AddConstraint":
        return timeline.putType({
          ...type,
          [operation.constraint?.kind === "not null" ? "notNull" : "hasCheck"]: true,
        });
      case "SetNotNull":
        return timeline.putType({ ...type, notNull: true });
      case "DropNotNull":
        return timeline.putType({ ...type, notNull: false });
      case "SetDefault":
        return timeline.putType({ ...type, hasDefault: true });
      case "DropDefault":
        return timeline.putType({ ...type, hasDefault: false });
    }
  },
  CreateType(operation, { timeline }) {
    timeline.putType({ kind: "other", ...timeline.place(operation.name) });
  },
  DropType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (!type) return;
    if (operation.cascade) {
      for (const { history, column } of [...timeline.columnsOfType(type)])
        dropColumn(timeline, history, column.name, true);
    }
    timeline.removeType(type);
  },
  RenameType(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: type.schema, name: operation.newName });
  },
  SetTypeSchema(operation, { timeline }) {
    const type = timeline.typeOf(operation.name, timeline.time);
    if (type) timeline.moveType(type, { schema: operation.newSchema, name: type.name });
  },
};
